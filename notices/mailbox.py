"""The demo's mailbox: a folder with one ``.eml`` file per mail, and its reader."""

from __future__ import annotations

import datetime
import email
import email.policy
import os
import re
import tempfile
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import EmailMessage as ParsedMail
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from common import clock

_NAME = re.compile(r"[\w.-]+\.eml", re.ASCII)


class MailFolderBackend(BaseEmailBackend):
    """Writes every mail into ``settings.MAIL_DIR``; a reader never sees half a file."""

    def send_messages(self, email_messages: Iterable[EmailMessage]) -> int:
        """Write the mails; returns how many."""
        folder = Path(settings.MAIL_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        written = 0
        for message in email_messages:
            _write(folder, message.message().as_bytes())
            written += 1
        return written


def _write(folder: Path, content: bytes) -> None:
    name = f"{clock.now():%Y%m%dT%H%M%S%f}-{uuid.uuid4().hex[:12]}.eml"
    handle, draft = tempfile.mkstemp(
        dir=folder, prefix=".draft-"
    )  # readable by the owner only: it holds links to sign in
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    os.replace(draft, folder / name)


@dataclass(frozen=True)
class StoredMail:
    """A mail of the folder as a page shows it."""

    name: str
    subject: str
    recipient: str
    sender: str
    sent_at: datetime.datetime | None
    text: str = ""
    html: str = ""


def names() -> list[str]:
    """File names in the folder, the mail written last first."""
    folder = Path(settings.MAIL_DIR)
    if not folder.is_dir():
        return []
    found = [(entry.stat().st_mtime_ns, entry.name) for entry in os.scandir(folder) if _NAME.fullmatch(entry.name)]
    return [name for _written, name in sorted(found, reverse=True)]


def read(name: str) -> StoredMail | None:
    """One mail with its parts, or ``None`` if there is no file of that name in the folder."""
    path = Path(settings.MAIL_DIR) / name
    if not _NAME.fullmatch(name) or not path.is_file():
        return None
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    date = mail["date"]
    return StoredMail(
        name=name,
        subject=str(mail["subject"] or ""),
        recipient=str(mail["to"] or ""),
        sender=str(mail["from"] or ""),
        sent_at=date.datetime if date else None,
        text=_part(mail, "plain"),
        html=_part(mail, "html"),
    )


def _part(mail: ParsedMail, kind: str) -> str:
    body = mail.get_body(preferencelist=(kind,))
    return str(body.get_content()) if body is not None else ""
