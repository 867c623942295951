"""Confirming a record, and changing it afterwards."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from django.db import transaction

from common import audit, clock
from common.errors import Conflict, InvalidInput
from common.sentences import written as _
from meetings.models import Draft, Gathering, Section
from meetings.record import GatheringRecord, SectionRecord, SharedRecord
from meetings.rights import (
    AMENDABLE,
    EDITABLE,
    draft_of,
    lock,
    require_confirm,
    require_reason,
    sections_of,
)
from meetings.services import proof
from meetings.services.drafts import conflict
from meetings.services.frame import Frame, SectionFrame, frame_of
from meetings.services.validation import check_record, is_late
from meetings.services.writing import (
    Outcome,
    fill_section,
    keep_version,
    normal_section,
    normal_shared,
    outcome_of,
    write_rows,
    write_shared,
)

if TYPE_CHECKING:
    from orgs.models import Organisation, User


@transaction.atomic
def confirm_sections(
    *,
    actor: User,
    gathering: Gathering,
    organisation: Organisation,
    record: GatheringRecord,
    version: int,
    late_reason: str = "",
) -> list[Section]:
    """Confirm the organisation's sections named in ``record``, all or none.

    ``version``: ``Draft.version`` as loaded, 0 without a draft. All errors come at once in ``InvalidInput.errors``
    (paths: ``meetings.record``). Only the secretary confirms (or the deputy while the office is vacant).

    Side effects: shared facts, attendance, guests, resolutions with their computed result, appraisal results, agreed
    items as Tasks, a ``SectionVersion``, evidence offered for what is owed, the draft deleted once no section is open.
    A record without its quorum is kept as what it is (``is_quorate`` False) and offers no evidence. Confirmed more
    than ``LATE_ENTRY_GRACE_DAYS`` after the day: ``late_reason`` is required and the flag is set. A returned section
    is confirmed again as a new version.

    Raises: ``NotAllowed``, ``InvalidInput``, ``Conflict`` (already confirmed or cancelled), ``DraftConflict``.
    """
    require_confirm(actor, organisation)
    gathering = lock(gathering)
    sections = _named(gathering, organisation, record, EDITABLE)
    _require_draft(gathering, organisation, version)
    frame = frame_of(gathering, organisation, sections, record)
    check_record(frame, late_reason=late_reason)
    late = late_reason.strip() if is_late(frame) else ""
    return _store(frame, actor=actor, reason="", late_reason=late)


@transaction.atomic
def start_amendment(*, actor: User, gathering: Gathering, organisation: Organisation) -> Draft:
    """Begin to change confirmed sections: an empty draft, into which the form saves. Idempotent.

    Raises: ``NotAllowed``; ``Conflict`` when nothing is confirmed or returned.
    """
    require_confirm(actor, organisation)
    gathering = lock(gathering)
    if not any(section.state in AMENDABLE for section in sections_of(gathering, organisation)):
        raise Conflict(_("没有已核定的记录可以修改，请刷新页面查看。"))
    draft, _created = Draft.objects.get_or_create(
        gathering=gathering, organisation=organisation, defaults={"saved_by": actor, "saved_at": clock.now()}
    )
    return draft


@transaction.atomic
def amend_sections(
    *,
    actor: User,
    gathering: Gathering,
    organisation: Organisation,
    record: GatheringRecord,
    reason: str,
    version: int,
) -> list[Section]:
    """Confirm a new version of confirmed or returned sections; the old versions stay.

    Side effects: as ``confirm_sections``; Tasks of removed agreed items are stopped, evidence that no longer holds is
    withdrawn with the reason. Raises: as there; ``InvalidInput`` on ``reason`` when it is empty.
    """
    require_confirm(actor, organisation)
    reason = require_reason(reason)
    gathering = lock(gathering)
    sections = _named(gathering, organisation, record, AMENDABLE)
    _require_draft(gathering, organisation, version)
    frame = frame_of(gathering, organisation, sections, record)
    check_record(frame, late_reason="")
    return _store(frame, actor=actor, reason=reason, late_reason="")


def _named(
    gathering: Gathering, organisation: Organisation, record: GatheringRecord, states: tuple[str, ...]
) -> list[Section]:
    """The sections that ``record`` names, in its order; ``Conflict`` when one is not there or not in ``states``."""
    present = {section.pk: section for section in sections_of(gathering, organisation)}
    wanted = [present.get(row.section_id) for row in record.sections]
    if not wanted:
        raise InvalidInput(errors={"sections": _("没有要核定的内容，请刷新页面查看。")})
    found = []
    for section, row in zip(wanted, record.sections, strict=True):
        if section is None or section in found:
            raise Conflict(_("这个议程段已经取消或不属于这次活动，请刷新页面。"))
        _require_current(section, row.version, states)
        section.gathering = gathering
        found.append(section)
    return found


def _require_current(section: Section, version: int, states: tuple[str, ...]) -> None:
    if section.state in states and section.version == version:
        return
    if section.state == Section.State.CONFIRMED and section.confirmed_at is not None:
        words = _("“{kind}”已由{who}于{when}核定，不需要再次核定。")
        who = section.confirmed_by.name if section.confirmed_by else ""
        when = section.confirmed_at.astimezone(clock.SHANGHAI).strftime("%m-%d %H:%M")
        raise Conflict(words.format(kind=section.kind.name, who=who, when=when))
    raise Conflict(_("这份记录刚刚变化了，请刷新页面再试。"))


def _require_draft(gathering: Gathering, organisation: Organisation, version: int) -> None:
    """``DraftConflict`` unless the draft is the one the form was loaded with (0: none)."""
    draft = draft_of(gathering, organisation)
    if (draft.version if draft else 0) != version:
        raise conflict(draft)


def _store(frame: Frame, *, actor: User, reason: str, late_reason: str) -> list[Section]:
    write_shared(frame, actor=actor, reason=reason)
    shared = normal_shared(frame)
    stored = [_store_section(frame, part, shared, actor, reason, late_reason) for part in frame.sections]
    if not any(section.state in EDITABLE for section in sections_of(frame.gathering, frame.organisation)):
        Draft.objects.filter(gathering=frame.gathering, organisation=frame.organisation).delete()
    return stored


def _store_section(
    frame: Frame, part: SectionFrame, shared: SharedRecord, actor: User, reason: str, late_reason: str
) -> Section:
    section, was_returned = part.section, part.section.state == Section.State.RETURNED
    record, outcome = normal_section(part), outcome_of(part)
    _claim(section)
    fill_section(part, record, outcome, frame)
    if not reason and was_returned:
        reason = _("退回后重新核定：{reason}").format(reason=section.return_reason)[:300]
    if late_reason and section.version == 1:
        section.late_reason, section.is_late_entry = late_reason, True
    section.confirmed_at, section.confirmed_by = clock.now(), actor.person
    section.ready_at, section.ready_by, section.return_reason = None, None, ""
    audit.save(section, actor=actor, reason=reason)
    write_rows(part, record, outcome)
    proof.sync_agreed_items(section, record, actor=actor, reason=reason or str(_("会议记录修改")))
    _offer_again(section, part, record, outcome, shared, actor, reason)
    return section


def _claim(section: Section) -> None:
    """Move the section to confirmed if it still is as it was read; whoever comes second gets a ``Conflict``."""
    claimed = Section.objects.filter(pk=section.pk, state=section.state, version=section.version).update(
        state=Section.State.CONFIRMED, version=section.version + 1
    )
    if claimed != 1:
        raise Conflict(_("这份记录刚刚变化了，请刷新页面再试。"))
    section.state = Section.State.CONFIRMED
    section.version += 1


def _offer_again(
    section: Section,
    part: SectionFrame,
    record: SectionRecord,
    outcome: Outcome,
    shared: SharedRecord,
    actor: User,
    reason: str,
) -> None:
    """Offer the section as proof; when it was offered as something else before, take back what no longer holds."""
    offers = proof.offers_of(part, record, outcome, shared)
    before = section.versions.order_by("-number").values_list("data", flat=True).first()
    counted = proof.offer(section, offers, actor=actor)
    if before is not None and (before["offers"], before["held_on"]) != (
        [asdict(offer) for offer in offers],
        section.held_on.isoformat(),
    ):
        proof.withdraw(section, cause=reason, actor=actor, keep=counted)
    keep_version(section, shared, record, offers, actor=actor, reason=reason)
