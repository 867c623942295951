"""The request of somebody who is signed in, as views behind ``login_required`` get it."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from orgs.models import User


class SignedInRequest(HttpRequest):
    """For type checking only: the user is an account, and ``htmx`` is set by its middleware."""

    user: User
    htmx: HtmxDetails
