"""What a mail says: one digest per person, or one mail of its own for what is urgent."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass
from email.utils import format_datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import dateformat, timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.safestring import SafeString
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from common.language import offered
from common.sentences import spoken
from notices.models import Notice
from orgs.models import Person, User

_ORDER = {kind: position for position, kind in enumerate(Notice.Kind.values)}


@dataclass
class Mail:
    """One mail to one person and the messages that it carries."""

    person: Person
    user: User
    address: str
    notices: list[Notice]
    slot: str  # "digest" or the urgent kind

    @property
    def message_id(self) -> str:
        """The same for every attempt, so that a mail sent twice after a crash can be recognised as one.

        The first message's number keeps a second, different mail of the same day apart.
        """
        first = min(self.notices, key=lambda notice: notice.pk)
        host = urlsplit(settings.SITE_URL).hostname or "localhost"
        return f"<{first.day:%Y%m%d}.{self.person.pk}.{self.slot}.{first.pk}@{host}>"


def group_mails(notices: list[Notice]) -> list[Mail]:
    """One digest per person, one mail per person and urgent kind. The people must have accounts and addresses."""
    groups: dict[tuple[int, str], list[Notice]] = {}
    for notice in notices:
        slot = notice.kind if notice.is_urgent else "digest"
        groups.setdefault((notice.person_id, slot), []).append(notice)
    return [
        Mail(group[0].person, group[0].person.user, address_of(group[0].person), group, slot)
        for (_person, slot), group in groups.items()
    ]


def address_of(person: Person) -> str:
    """Where mail to ``person`` goes: the roster's address, else the account's; empty when there is none."""
    user = getattr(person, "user", None)
    return person.email or (user.email if user else "") or ""


class _Message(EmailMultiAlternatives):
    """A mail with a boundary of its own: without one, Python compiles a search for a free one for every mail."""

    def message(self, *args: Any, **options: Any) -> Any:
        """The MIME message; the boundary is random, so that no text can hold it."""
        found = super().message(*args, **options)
        if found.is_multipart():
            found.set_boundary(f"=_{uuid.uuid4().hex}")
        return found


def compose(mail: Mail, now: datetime.datetime, connection: Any = None) -> EmailMultiAlternatives:
    """The message with its text and HTML parts, in the receiver's language whoever runs the job. No query."""
    with override(offered(mail.user.language)):
        is_invitation = mail.slot == Notice.Kind.INVITATION
        template = "invitation" if is_invitation else "digest"
        context = _invitation(mail) if is_invitation else _digest(mail, now)
        message = _Message(
            subject=context["subject"],
            body=_body(template, "txt", context),
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[mail.address],
            connection=connection,
            headers={
                "Message-ID": mail.message_id,
                "Date": format_datetime(now),
                "Auto-Submitted": "auto-generated",
            },
        )
        message.attach_alternative(_body(template, "html", context), "text/html")
    return message


def _body(template: str, part: str, context: dict[str, Any]) -> str:
    if template == "digest":
        places = (context["where"], context["desk_url"], context["account_url"])
        context = {**context, "ending": _ending(part, *places, get_language() or settings.LANGUAGE_CODE)}
    return render_to_string(f"mail/{template}.{part}", context)


@lru_cache(maxsize=1024)
def _ending(part: str, where: str, desk_url: str, account_url: str, _language: str) -> SafeString:
    """The end of a digest: the same for all members of a branch, so it is not put together for every mail."""
    return render_to_string(
        f"mail/digest_end.{part}", {"where": where, "desk_url": desk_url, "account_url": account_url}
    )


def absolute(path: str) -> str:
    """Address for a mail from a path of this site; the bell when a message names no page."""
    return f"{settings.SITE_URL}{path if path.startswith('/') else reverse('notices:bell')}"


def _digest(mail: Mail, now: datetime.datetime) -> dict[str, Any]:
    day = timezone.localtime(now).date()
    groups = _by_kind(mail.notices, day)
    organisation = mail.person.organisation
    return {
        "subject": _subject(mail, groups, day),
        "greeting": _("%(name)s同志：") % {"name": mail.person.name},
        "opening": _("截至%(date)s，有 %(total)d 件事请您留意。")
        % {"date": dateformat.format(day, _("Y年n月j日")), "total": len(mail.notices)},
        "groups": groups,
        "where": organisation.name if organisation else "",
        "desk_url": absolute("/"),
        "account_url": absolute(reverse("orgs:account")),
    }


def _by_kind(notices: list[Notice], day: datetime.date) -> list[dict[str, Any]]:
    groups: dict[str, list[dict[str, str]]] = {}
    for notice in sorted(notices, key=lambda row: (_ORDER[_kind_on(row, day)], row.pk)):
        row = {"title": spoken(notice.title), "detail": spoken(notice.detail), "url": absolute(notice.url)}
        groups.setdefault(_kind_on(notice, day), []).append(row)
    return [_group(str(Notice.Kind(kind).label), rows) for kind, rows in groups.items()]


def _group(label: str, rows: list[dict[str, str]]) -> dict[str, Any]:
    heading = _("【%(label)s】%(count)d 项") % {"label": label, "count": len(rows)}
    return {"label": label, "heading": heading, "rows": rows}


def _kind_on(notice: Notice, day: datetime.date) -> str:
    """What was due on its day is overdue in a mail that a retry carried past midnight."""
    is_past = notice.kind == Notice.Kind.DUE_TODAY and notice.day < day
    return Notice.Kind.OVERDUE if is_past else notice.kind


def _subject(mail: Mail, groups: list[dict[str, Any]], day: datetime.date) -> str:
    if len(mail.notices) == 1 and mail.slot != "digest":
        return " ".join(spoken(mail.notices[0].title).split())
    parts = _("，").join(
        _("%(label)s %(count)d 项") % {"label": group["label"], "count": len(group["rows"])} for group in groups
    )
    return _("党建提醒（%(month)d月%(day)d日）：%(parts)s") % {"month": day.month, "day": day.day, "parts": parts}


def _invitation(mail: Mail) -> dict[str, Any]:
    """The link is made only here: neither the row nor the broker ever holds it."""
    uid = urlsafe_base64_encode(force_bytes(mail.user.pk))
    path = reverse("orgs:password_set", args=[uid, default_token_generator.make_token(mail.user)])
    return {
        "subject": _("邀请您使用党建平台"),
        "name": mail.person.name,
        "organisation": mail.person.organisation,
        "username": mail.user.get_username(),
        "link": absolute(path),
        "days": settings.PASSWORD_RESET_TIMEOUT // 86_400,
    }
