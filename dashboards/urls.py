"""Addresses of the room ``dashboards``."""

from django.urls import path

from dashboards import views

app_name = "dashboards"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("desk/asked/", views.desk_asked, name="desk_asked"),
    path("overview/", views.overview, name="overview"),
    path("dashboard/", views.committee, name="committee"),
    path("general-branches/<str:code>/", views.general_branch, name="general_branch"),
    path("branches/<str:code>/year/<int:year>/", views.branch_year, name="branch_year"),
    path("branches/<str:code>/calendar/<int:year>/<int:month>/", views.branch_calendar, name="branch_calendar"),
    path(
        "branches/<str:code>/calendar/<int:year>/<int:month>/meetings.ics",
        views.branch_calendar_file,
        name="branch_calendar_file",
    ),
]
