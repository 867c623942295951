"""Addresses of slips."""

from django.urls import path

from tasks.pages import supervision

urlpatterns = [
    path("slips/", supervision.slip_list, name="slip_list"),
    path("slips/<int:pk>/", supervision.slip_detail, name="slip_detail"),
    path("slips/<int:pk>/answer/", supervision.slip_answer, name="slip_answer"),
]
