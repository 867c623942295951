"""Addresses of the wall chart."""

from django.urls import path

from tasks.pages import chart

urlpatterns = [
    path("chart/", chart.wall_chart, name="wall_chart"),
    path("chart/table/", chart.chart_table, name="chart_table"),
    path("chart/wall/", chart.wall, name="wall"),
]
