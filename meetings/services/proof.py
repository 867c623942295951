"""What a confirmed section proves, and the Tasks that its agreed items are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from common.sentences import written as _
from meetings.messages import gathering_url
from meetings.models import AgreedItem, MeetingKind, Section
from meetings.record import SectionRecord, SharedRecord
from meetings.services.frame import SectionFrame
from meetings.services.writing import Outcome
from orgs.models import Level
from tasks.models import AGREED_ITEM, Task
from tasks.services import Offer, TaskSpec, offer_evidence, open_tasks, withdraw_evidence, withdraw_tasks

if TYPE_CHECKING:
    from orgs.models import User

# Kinds of evidence beside the codes of the kinds of meetings: any meeting of a branch, and any meeting of an
# organisation on a topic (``meeting:ideology``); ``party_committee_meeting:ideology`` is one kind on a topic.
BRANCH_LIFE, ANY_MEETING = "branch_life", "meeting"


def record_key(section: Section) -> str:
    """The record's name for good, under which it is offered as proof."""
    return f"section:{section.pk}"


def offers_of(part: SectionFrame, record: SectionRecord, outcome: Outcome, shared: SharedRecord) -> list[Offer]:
    """What the section is proof of: held, chaired, lectured, attended, guided; on which topics.

    Held counts for the period by its code; unless it makes up for an earlier period, also for whatever else was
    owed on that day. A meeting without its quorum (R-BR-11) was not validly held and proves nothing.
    """
    if outcome.is_quorate is False:
        return []
    section, kind = part.section, part.kind.code
    organisation, group = section.organisation_id, section.group_id
    offers = []
    if record.period_code:
        offers.append(Offer(kind=kind, organisation_id=organisation, group_id=group, period_code=record.period_code))
    if record.period_code in ("", part.own_period):
        offers.append(Offer(kind=kind, organisation_id=organisation, group_id=group))
    offers += _parts(part, record, shared, organisation)
    return [*offers, *_branch_life(part, record, organisation), *_topics(part, record, organisation)]


def _parts(part: SectionFrame, record: SectionRecord, shared: SharedRecord, organisation: int) -> list[Offer]:
    kind = part.kind.code
    parts: list[tuple[str, int]] = [("attended", pk) for pk in sorted(part.present)]
    if record.chair_id is not None:
        parts.append(("chaired", record.chair_id))
    if shared.lecturer_id is not None and part.kind.form == MeetingKind.Form.LECTURE:
        parts.append(("lectured", shared.lecturer_id))
    return [Offer(kind=kind, part=name, organisation_id=organisation, person_id=pk) for name, pk in parts]


def _branch_life(part: SectionFrame, record: SectionRecord, organisation: int) -> list[Offer]:
    """Whatever a branch holds is its life: for those on its roll who came, and for known people who came as guests.

    A talk is between persons and no meeting of the branch.
    """
    if part.kind.level != Level.BRANCH or part.kind.form == MeetingKind.Form.TALK:
        return []
    came = [("attended", row.person_id) for row in record.attendance if row.mark == "present"]
    came += [("guided", row.person_id) for row in record.guests if row.person_id is not None]
    return [Offer(kind=BRANCH_LIFE, part=name, organisation_id=organisation, person_id=pk) for name, pk in sorted(came)]


def _topics(part: SectionFrame, record: SectionRecord, organisation: int) -> list[Offer]:
    """What the meeting dealt with, for the organisation and for who chaired it."""
    offers = []
    for topic in record.topics:
        for kind in (f"{part.kind.code}:{topic}", f"{ANY_MEETING}:{topic}"):
            offers.append(Offer(kind=kind, organisation_id=organisation))
            if record.chair_id is not None:
                offers.append(Offer(kind=kind, part="chaired", organisation_id=organisation, person_id=record.chair_id))
    return offers


def offer(section: Section, offers: Sequence[Offer], *, actor: User) -> list[int]:
    """Offer the section as proof; it then closes what it proves. Returns the ids of the Tasks it counts for."""
    words = _("{day} {kind}").format(day=section.held_on.isoformat(), kind=section.kind.name)
    return offer_evidence(
        record=record_key(section),
        occurred_on=section.held_on,
        offers=list(offers),
        url=gathering_url(section.gathering_id),
        label=words if section.kind.form == MeetingKind.Form.TALK else f"{words}：{section.gathering.title}",
        actor=actor,
    )


def withdraw(section: Section, *, cause: str, actor: User, keep: Sequence[int] = ()) -> None:
    """Take the section back as proof, except for the Tasks ``keep``; what it closed is owed again."""
    withdraw_evidence(record=record_key(section), cause=cause, actor=actor, keep=keep)


def sync_agreed_items(section: Section, record: SectionRecord, *, actor: User, reason: str) -> None:
    """Make the agreed items, and the Tasks they are, those of ``record``.

    An unchanged item keeps its row and Task; a changed or removed one is deleted and its Task stopped with
    ``reason``; a new one opens a Task for its owner.
    """
    left = list(section.agreed_items.all())
    fresh: list[AgreedItem] = []
    for row in record.agreed_items:
        if row.owner_id is None or row.due_on is None:
            continue  # refused before: an item has an owner and a date
        wanted = (row.text.strip(), row.owner_id, row.due_on)
        same = next((item for item in left if (item.text, item.owner_id, item.due_on) == wanted), None)
        if same is not None:
            left.remove(same)
        else:
            fresh.append(AgreedItem(section=section, text=wanted[0], owner_id=row.owner_id, due_on=row.due_on))
    drop_agreed_items(left, actor=actor, reason=reason)
    _open(section, AgreedItem.objects.bulk_create(fresh), actor)


def drop_agreed_items(items: Sequence[AgreedItem], *, actor: User, reason: str) -> None:
    """Delete agreed items and stop their open Tasks with ``reason``."""
    if not items:
        return
    withdraw_tasks(natural_keys=[_key(item) for item in items], cause=reason, actor=actor)
    AgreedItem.objects.filter(pk__in=[item.pk for item in items]).delete()


def _key(item: AgreedItem) -> str:
    return f"{AGREED_ITEM}:{item.pk}"


def _open(section: Section, items: Sequence[AgreedItem], actor: User) -> None:
    if not items:
        return
    cause = _("{day} {kind}议定").format(day=section.held_on.isoformat(), kind=section.kind.name)
    open_tasks(specs=[_spec(section, item) for item in items], actor=actor, cause=cause)
    found = dict(Task.objects.filter(natural_key__in=[_key(item) for item in items]).values_list("natural_key", "pk"))
    for item in items:
        item.task_id = found[_key(item)]
    AgreedItem.objects.bulk_update(items, ["task"])


def _spec(section: Section, item: AgreedItem) -> TaskSpec:
    return TaskSpec(
        natural_key=_key(item),
        source=AGREED_ITEM,
        kind=AGREED_ITEM,
        title=item.text,
        organisation_id=section.organisation_id,
        group_id=section.group_id,
        person_id=item.owner_id,
        office="",
        window_start=section.held_on,
        due_on=item.due_on,
    )
