"""Addresses of the room ``tasks``."""

from django.urls import include, path

from tasks import views
from tasks.pages.all_tasks import task_list

app_name = "tasks"
urlpatterns = [
    path("", include("tasks.pages.directives_urls")),  # first: tasks/<pk>/files/ is no verb
    path("tasks/", task_list, name="task_list"),
    path("tasks/<int:pk>/", views.task_detail, name="task_detail"),
    path("tasks/<int:pk>/<slug:verb>/", views.task_act, name="task_act"),
    path("", include("tasks.pages.chart_urls")),
    path("", include("tasks.pages.supervision_urls")),
    path("", include("tasks.pages.lists_urls")),
    path("", include("tasks.pages.projects_urls")),
]
