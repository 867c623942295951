"""Addresses of the room ``scoring``."""

from importlib.util import find_spec

from django.urls import include, path

app_name = "scoring"
PARTS = ("scheme_urls", "marking_urls", "sheet_urls", "process_urls", "composite_urls")
urlpatterns = [
    path("", include(f"scoring.pages.{part}")) for part in PARTS if find_spec(f"scoring.pages.{part}") is not None
]
