"""The platform's addresses and one whose view fails as asked; loaded when a test uses them."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from tests.common.errors_of_views import ERRORS


def failing(_request: HttpRequest, name: str) -> HttpResponse:
    """Fail as asked."""
    raise ERRORS[name]


urlpatterns = [path("failing/<str:name>/", failing), path("", include("partybuild.urls"))]
