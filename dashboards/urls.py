"""Addresses of the room ``dashboards``."""

from django.urls import path

from dashboards import chart_pages, views

app_name = "dashboards"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("desk/asked/", views.desk_asked, name="desk_asked"),
    path("overview/", views.overview, name="overview"),
    path("dashboard/", views.committee, name="committee"),
    path("analysis/", chart_pages.analysis_top, name="analysis_top"),
    path("analysis/<str:code>/", chart_pages.analysis, name="analysis"),
    path("analysis/<str:code>/<slug:key>/", chart_pages.analysis_chart, name="analysis_chart"),
    path("analysis/<str:code>/<slug:key>/table.xlsx", chart_pages.analysis_file, name="analysis_file"),
    path("general-branches/<str:code>/", views.general_branch, name="general_branch"),
    path("branches/<str:code>/year/<int:year>/", views.branch_year, name="branch_year"),
    path("branches/<str:code>/calendar/<int:year>/<int:month>/", views.branch_calendar, name="branch_calendar"),
    path(
        "branches/<str:code>/calendar/<int:year>/<int:month>/meetings.ics",
        views.branch_calendar_file,
        name="branch_calendar_file",
    ),
]
