"""Inviting a person to set their password."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction

from common import clock
from common.errors import InvalidInput
from common.sentences import written as _
from notices.models import Notice
from notices.services.nudge import send_soon
from notices.services.outbox import Message, owe
from orgs import access
from orgs.models import Organisation

if TYPE_CHECKING:
    from orgs.models import Person, User


@transaction.atomic
def invite(*, person: Person, actor: User) -> None:
    """Owe ``person`` an invitation mail with a link to set the password, sent alone and soon.

    The link is made when the mail is sent, so no row ever holds it. An invitation that still waits is not doubled; a
    later one is a new mail. Raises ``NotAllowed`` without ``access.MANAGE_ORGANISATIONS`` on the person's
    organisation, ``InvalidInput`` without an active account or an e-mail address. Side effects: one outbox row,
    the account's ``invited_at``, a nudge to the worker.
    """
    if person.organisation is None:
        raise InvalidInput(_("这个人不在任何党组织中，不能邀请，请先办理转入。"))
    access.require(actor, access.MANAGE_ORGANISATIONS, person.organisation)
    one_at_a_time([person.organisation])
    user: User | None = getattr(person, "user", None)
    if user is None or not user.is_active:
        raise InvalidInput(_("这个人没有启用的账号，请先建立或启用账号。"))
    if not (person.email or user.email):
        raise InvalidInput(_("这个人没有登记邮箱，请先补上邮箱。"))
    now = clock.now()
    waiting = Notice.objects.filter(
        person=person,
        kind=Notice.Kind.INVITATION,
        state__in=[Notice.State.PENDING, Notice.State.CLAIMED],
    )
    if not waiting.exists():
        owe(messages=[invitation(person, now)])
    user.invited_at = now
    user.save(update_fields=["invited_at"])
    send_soon()


def one_at_a_time(organisations: Iterable[Organisation]) -> None:
    """Wait for whoever invites in the same trees: both would find the same people waiting. Needs a transaction."""
    tops = {organisation.path[: Organisation.steplen] for organisation in organisations}
    list(Organisation.objects.select_for_update(no_key=True).filter(path__in=tops).order_by("path"))


def invitation(person: Person, moment: datetime.datetime) -> Message:
    """The message that invites; its subject is the moment, so that a later one is a new mail."""
    return Message(
        person_id=person.pk,
        kind=Notice.Kind.INVITATION,
        subject=f"invitation:{moment:%Y%m%dT%H%M%S%f}",
        day=clock.today(),
        title=_("邀请您使用党建平台"),
        is_urgent=True,
    )
