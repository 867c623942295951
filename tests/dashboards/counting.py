"""Queries of one page, session and user included, signing in left out."""

from __future__ import annotations

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orgs.models import User


def queries_of(user: User, url: str) -> list[str]:
    """The statements that one GET of ``url`` sends."""
    client = Client()
    client.force_login(user, backend="orgs.backends.AccountBackend")
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url)
    assert response.status_code == 200, (url, response.status_code)
    return [query["sql"] for query in captured.captured_queries]
