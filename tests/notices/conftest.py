"""Fixtures of the outbox tests: a committee, a clean registry of checks, and an SMTP server that stalls."""

from __future__ import annotations

import asyncio
import email
import email.policy
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest

from notices.services import truth
from orgs.models import Organisation
from tests.factories import make_organisation


@pytest.fixture
def root(db: None) -> Organisation:
    """A committee."""
    return make_organisation("DW", name="中共测试学院委员会")


@pytest.fixture
def branch(root: Organisation) -> Organisation:
    """A branch under the committee."""
    return make_organisation("ZB101", root, level="branch", name="教工第一党支部")


@pytest.fixture(autouse=True)
def no_checks(monkeypatch: pytest.MonkeyPatch) -> dict[str, truth.Check]:
    """Rooms to the right have no say here, unless a test registers a check of its own."""
    checks: dict[str, truth.Check] = {}
    monkeypatch.setattr(truth, "_checks", checks)
    return checks


class Sink:
    """Keeps what it gets; refuses addresses, or stops answering at one mail until it is released."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refused: set[str] = set()
        self.stall_at = 0
        self.stalled = threading.Event()
        self.release = threading.Event()
        self.sessions: set[int] = set()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        """Refuse the addresses named."""
        if address in self.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Keep one mail, or stall before keeping it."""
        self.sessions.add(id(session))
        if self.stall_at and len(self.mails) + 1 == self.stall_at:
            self.stalled.set()
            while not self.release.is_set():
                await asyncio.sleep(0.01)
            return "451 never mind"
        self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))  # type: ignore[arg-type]
        return "250 kept"

    def recipients(self) -> list[str]:
        """Addresses in the order of arrival."""
        return [str(mail["to"]) for mail in self.mails]


@pytest.fixture
def sink(settings: Any, free_port: int) -> Iterator[Sink]:
    """A real SMTP server; ``settings`` point to it."""
    from aiosmtpd.controller import Controller

    handler = Sink()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_TIMEOUT = 10
    yield handler
    handler.release.set()
    controller.stop()
