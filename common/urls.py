"""Addresses of the room ``common``."""

from django.urls import path

from common.tables import pages

app_name = "common"
urlpatterns = [
    path("bulk/<uuid:pk>/", pages.bulk_run, name="bulk_run"),
]
