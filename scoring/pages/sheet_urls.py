"""Addresses of the sheets."""

from django.urls import path

from scoring.pages import sheets as pages

urlpatterns = [
    path("scores/", pages.sheet_list, name="sheet_list"),
    path("scores/<int:pk>/", pages.sheet_detail, name="sheet_detail"),
]
