"""The platform's addresses and the floors beside them."""

from django.urls import include, path

from bench import views

urlpatterns = [
    path("bench/rows/", views.rows, name="bench_rows"),
    path("bench/bare/", views.bare_rows, name="bench_bare"),
    path("", include("partybuild.urls")),
]
