"""Addresses of the composite."""

from django.urls import path

from scoring.pages import composites as pages

urlpatterns = [
    path("composites/", pages.composite_list, name="composite_list"),
    path("composites/<int:pk>/", pages.composite_detail, name="composite_detail"),
    path("composites/<int:pk>/import/", pages.composite_import, name="composite_import"),
    path("composites/<int:pk>/publish/", pages.composite_publish, name="composite_publish"),
    path("composites/<int:pk>/excel/", pages.composite_export, name="composite_export"),
    path("composites/<int:pk>/notice/", pages.composite_notice, name="composite_notice"),
]
