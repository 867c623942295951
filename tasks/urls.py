"""Addresses of the room ``tasks``."""

from django.urls import include, path

from tasks import views

app_name = "tasks"
urlpatterns = [
    path("tasks/<int:pk>/", views.task_detail, name="task_detail"),
    path("tasks/<int:pk>/<slug:verb>/", views.task_act, name="task_act"),
    path("", include("tasks.pages.supervision_urls")),
]
