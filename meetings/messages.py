"""What the room tells people, and whether it is still true when the mail goes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from common import clock
from common.sentences import written as _
from meetings.models import Section
from notices.models import Notice
from notices.services import Message

if TYPE_CHECKING:
    from orgs.models import Person

SUBJECT = "section"
_TRUE_IN = {
    Notice.Kind.TO_REVIEW: (Section.State.PLANNED, Section.State.DRAFT, Section.State.RETURNED),
    Notice.Kind.INFO: (Section.State.PLANNED, Section.State.DRAFT),
    Notice.Kind.RETURNED: (Section.State.RETURNED,),
}


def gathering_url(gathering_id: int) -> str:
    """Where the record is read."""
    return reverse("meetings:gathering_detail", args=[gathering_id])


def record_url(section: Section) -> str:
    """Where the record of the section's organisation is written."""
    return f"{reverse('meetings:record', args=[section.gathering_id])}?organisation={section.organisation.code}"


def _message(section: Section, person: Person, kind: Notice.Kind, title: str, url: str, detail: str = "") -> Message:
    return Message(
        person_id=person.pk,
        kind=kind,
        subject=f"{SUBJECT}:{section.pk}",
        day=clock.today(),
        title=title,
        detail=detail,
        url=url,
    )


def invited(section: Section, secretary: Person, host: str) -> Message:
    """Another organisation called a meeting in which this one has a section."""
    words = _("{host}邀请本支部参加{day}的{kind}，请届时登记本支部名册并核定")
    title = words.format(host=host, day=section.held_on.isoformat(), kind=section.kind.name)
    return _message(section, secretary, Notice.Kind.INFO, title, record_url(section))


def ready(section: Section, secretary: Person, asker: str) -> Message:
    """Somebody asks the secretary to confirm."""
    words = _("{asker}提请核定{day}的{kind}记录")
    title = words.format(asker=asker, day=section.held_on.isoformat(), kind=section.kind.name)
    return _message(section, secretary, Notice.Kind.TO_REVIEW, title, record_url(section))


def returned(section: Section, secretary: Person) -> Message:
    """The level above returned the record; the reason is on the page behind the link."""
    words = _("{day}的{kind}记录被退回，请修改后重新核定")
    title = words.format(day=section.held_on.isoformat(), kind=section.kind.name)
    return _message(section, secretary, Notice.Kind.RETURNED, title, gathering_url(section.gathering_id))


def still_true(notices: list[Notice]) -> set[int]:
    """Ids of the messages about sections that still hold. One query."""
    subjects = {int(notice.subject.partition(":")[2]) for notice in notices}
    rows = Section.objects.filter(pk__in=subjects).values_list("pk", "state", "ready_at")
    states = {f"{SUBJECT}:{pk}": (state, ready_at) for pk, state, ready_at in rows}
    return {notice.pk for notice in notices if _holds(notice, *states.get(notice.subject, ("", None)))}


def _holds(notice: Notice, state: str, ready_at: object) -> bool:
    if notice.kind == Notice.Kind.TO_REVIEW and ready_at is None:
        return False
    return state in _TRUE_IN.get(Notice.Kind(notice.kind), ())
