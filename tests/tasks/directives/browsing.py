"""Somebody at the pages of directives."""

from __future__ import annotations

from typing import Any

from django.test import Client

from orgs.models import User
from tests.tasks.directives.making import (
    text,
)


def client_of(user: User) -> Client:
    """Somebody signed in."""
    client = Client()
    client.force_login(user)
    return client


def get(user: User, url: str) -> Any:
    return client_of(user).get(url)


def words(answer: Any) -> str:
    return answer.content.decode()


def sent(**more: Any) -> dict[str, Any]:
    """What the form sends."""
    text()
    from tasks.models import DirectiveType

    facts: dict[str, Any] = {
        "title": "消防安全排查",
        "text": "逐楼排查",
        "standard": "隐患清零",
        "source": "meeting",
        "type": DirectiveType.objects.get(code="ordinary").pk,
        "starts_on": "2026-06-15",
        "due_on": "2026-07-15",
        "rhythm": "monthly",
        "lead": ["org:ZZ1"],
        "support": ["org:ZB201"],
        "partners": "各教研室\n产教融合专班",
        **more,
    }
    return {name: value for name, value in facts.items() if value is not None}
