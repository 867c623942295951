"""Addresses of marks, bonus, penalty, veto and exemptions."""

from django.urls import path

from scoring.pages import adjustments, marking

urlpatterns = [
    path("marking/", marking.marking_list, name="marking_list"),
    path("marking/<int:pk>/<str:code>/", marking.marking_page, name="marking_page"),
    path("schemes/<int:pk>/entries/", adjustments.entries, name="entries"),
    path("schemes/<int:pk>/entries/<slug:what>/", adjustments.entry_new, name="entry_new"),
    path("entries/bonus/<int:pk>/file/", adjustments.bonus_file, name="bonus_file"),
    path("entries/<slug:what>/<int:pk>/<slug:verb>/", adjustments.entry_act, name="entry_act"),
]
