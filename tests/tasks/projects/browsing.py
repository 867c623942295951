"""A browser without scripts: opens pages of projects and sends their forms."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orgs.models import User
from tasks.models import Project


def client_of(user: User) -> Client:
    """Somebody signed in."""
    client = Client()
    client.force_login(user, "orgs.backends.AccountBackend")
    return client


def show(user: User, project: Project) -> Any:
    """The answer to opening the page."""
    return client_of(user).get(f"/projects/{project.code}/")


def act(user: User, project: Project, verb: str, **data: Any) -> Any:
    """The answer to sending one of its forms."""
    fields = {f"{verb}-{name}": value for name, value in data.items()}
    return client_of(user).post(f"/projects/{project.code}/{verb}/", fields)


def step(user: User, project: Project, number: int, verb: str, **data: Any) -> Any:
    """The answer to sending one of the forms of a milestone."""
    fields = {f"{number}-{verb}-{name}": value for name, value in data.items()}
    return client_of(user).post(f"/projects/{project.code}/milestones/{number}/{verb}/", fields)


def offered(answer: Any) -> set[str]:
    """The verbs whose form is on the page."""
    return {item["action"].verb for item in answer.context["offered"]}


def steps(answer: Any) -> list[set[str]]:
    """The verbs offered at each milestone."""
    return [{item["action"].verb for item in offers} for _step, offers in answer.context["steps"]]


def queries(user: User, url: str) -> int:
    """How many a page costs."""
    client = client_of(user)
    with CaptureQueriesContext(connection) as found:
        assert client.get(url).status_code == 200
    return len(found)
