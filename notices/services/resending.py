"""Sending failed messages again, by the committee office."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction

from common import clock
from common.errors import NotAllowed
from common.sentences import written as _
from notices.models import Notice
from notices.services.invitations import one_at_a_time
from notices.services.nudge import send_soon
from orgs import access

if TYPE_CHECKING:
    from orgs.models import User


@transaction.atomic
def resend(*, notice_ids: Iterable[int], actor: User) -> int:
    """Put failed messages back into the queue with all their attempts; returns how many really were put back.

    Messages that are not in the state failed are left as they are, and so is an invitation after which another was
    written: its link would be the second. Raises ``NotAllowed`` unless the actor maintains
    the settings (``access.CONFIGURE``) of every addressee's organisation. Side effect: a nudge to the worker.
    """
    notices = list(Notice.objects.filter(pk__in=list(notice_ids)).select_related("person__organisation"))
    for organisation in {notice.person.organisation for notice in notices}:
        if organisation is None:
            raise NotAllowed(_("收件人已不在任何党组织中，不能重新发送。"))
        access.require(actor, access.CONFIGURE, organisation)
    one_at_a_time(notice.person.organisation for notice in notices if notice.person.organisation is not None)
    failed = Notice.objects.filter(pk__in=[notice.pk for notice in notices], state=Notice.State.FAILED)
    failed = failed.exclude(pk__in=[notice.pk for notice in notices if _is_replaced(notice)])
    # With a time of its own the message goes at the next tick and does not wait for the night.
    count = failed.update(state=Notice.State.PENDING, attempts=0, next_attempt_at=clock.now(), claim="", last_error="")
    if count:
        send_soon()
    return count


def _is_replaced(notice: Notice) -> bool:
    """Whether a later invitation of the same person waits or went out."""
    if notice.kind != Notice.Kind.INVITATION:
        return False
    later = Notice.objects.filter(person=notice.person_id, kind=notice.kind, pk__gt=notice.pk)
    return later.filter(state__in=[Notice.State.PENDING, Notice.State.CLAIMED, Notice.State.SENT]).exists()
