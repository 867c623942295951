"""Addresses of projects and task forces."""

from django.urls import path

from tasks.pages import projects, task_forces

urlpatterns = [
    path("projects/", projects.project_list, name="project_list"),
    path("projects/new/", projects.project_new, name="project_new"),
    path("projects/<str:code>/", projects.project_detail, name="project_detail"),
    path("projects/<str:code>/edit/", projects.project_edit, name="project_edit"),
    path("projects/<str:code>/plan/", projects.project_plan, name="project_plan"),
    path("projects/<str:code>/files/<int:pk>/", projects.project_file, name="project_file"),
    path("projects/<str:code>/files/<int:pk>/remove/", projects.project_file_remove, name="project_file_remove"),
    path("projects/<str:code>/milestones/<int:number>/<slug:verb>/", projects.milestone_act, name="milestone_act"),
    path("projects/<str:code>/<slug:verb>/", projects.project_act, name="project_act"),
    path("task-forces/", task_forces.task_force_list, name="task_force_list"),
    path("task-forces/new/", task_forces.task_force_new, name="task_force_new"),
    path("task-forces/<str:code>/", task_forces.task_force_detail, name="task_force_detail"),
    path("task-forces/<str:code>/edit/", task_forces.task_force_edit, name="task_force_edit"),
    path("task-forces/<str:code>/close/", task_forces.task_force_close, name="task_force_close"),
]
