"""Drafts as one types, and asking the secretary to confirm."""

from __future__ import annotations

import datetime
import json
import re
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.dateparse import parse_datetime

from common import audit, clock
from common.errors import Conflict, InvalidInput
from common.sentences import written as _
from meetings import messages, options
from meetings.errors import DraftConflict
from meetings.models import Draft, Gathering, MeetingKind, Section
from meetings.rights import (
    EDITABLE,
    draft_of,
    local_day,
    lock,
    own_part,
    require_record,
    sections_of,
)
from notices.services import owe
from orgs.models import Person
from orgs.selectors.roll import secretary_on

if TYPE_CHECKING:
    from orgs.models import Organisation, User

# What may be kept while a talk is typed: numbers, dates and marks; never words (DESIGN.md §5).
_WORDLESS = re.compile(r"[\d:T.,+-]*|present|on|true|false")


@transaction.atomic
def save_draft(
    *, actor: User, gathering: Gathering, organisation: Organisation, data: dict[str, Any], version: int
) -> Draft:
    """Keep what one organisation is typing, exactly as typed.

    ``data`` has ``shared`` (title, starts_at, ends_at, place, lecturer_id, lecturer_name as typed) and whatever else the
    form needs; at most ``DRAFT_MAX_BYTES`` as JSON. ``version`` is the ``Draft.version`` the form was loaded with, 0
    without one. Planned sections become drafts. What is valid in ``data["shared"]`` reaches the gathering at once when
    ``organisation`` is the calling one. Of a talk only numbers, dates and marks are kept, no words.

    Returns the draft with its new version. Raises: ``NotAllowed``; ``InvalidInput`` (too large, not an object);
    ``DraftConflict`` when another device saved meanwhile (``.version``, ``.saved_by``, ``.saved_at``, ``.data``) or when
    the sections are confirmed and no amendment was started.
    """
    gathering = lock(gathering)
    every = sections_of(gathering, organisation)
    sections = own_part(actor, organisation, every)
    if not sections:
        require_record(actor, organisation, [section.group_id for section in every])
    is_talk = any(section.kind.form == MeetingKind.Form.TALK for section in sections)
    draft = _swap(actor, gathering, organisation, sections, _checked(data, is_talk), version)
    for section in sections:
        if section.state == Section.State.PLANNED:
            section.state = Section.State.DRAFT
            audit.save(section, actor=actor, update_fields=["state"])
    if organisation.pk == gathering.organisation_id and not is_talk:
        _share(actor, gathering, draft.data.get("shared"))
    return draft


@transaction.atomic
def mark_ready(*, actor: User, gathering: Gathering, organisation: Organisation) -> list[Section]:
    """Ask the secretary to confirm the organisation's open sections (those of the led group for a group leader).

    Side effects: ``ready_at``/``ready_by``, one TO_REVIEW notice per section to the secretary. Idempotent.
    Raises: ``NotAllowed``; ``Conflict`` when nothing is open; ``InvalidInput`` when no secretary is in office.
    """
    gathering = lock(gathering)
    every = sections_of(gathering, organisation)
    sections = [section for section in own_part(actor, organisation, every) if section.state in EDITABLE]
    if not sections:
        require_record(actor, organisation, [section.group_id for section in every])
        raise Conflict(_("没有待核定的记录，可能已经核定，请刷新页面。"))
    secretary = secretary_on(organisation, clock.today())
    if secretary is None:
        raise InvalidInput(_("本组织现在没有书记，请联系上级党组织。"))
    for section in sections:
        section.ready_at, section.ready_by = clock.now(), actor.person
        audit.save(section, actor=actor, reason=_("提请核定"), update_fields=["ready_at", "ready_by"])
    owe(messages=[messages.ready(section, secretary, actor.display_name) for section in sections])
    return sections


def _checked(data: dict[str, Any], is_talk: bool) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise InvalidInput(_("草稿格式不对，请刷新页面。"))
    if len(json.dumps(data, ensure_ascii=False).encode()) > options.draft_max_bytes():
        limit = options.draft_max_bytes() // 1024
        raise InvalidInput(_("草稿超过{limit}KB，请把长文放进附件。").format(limit=limit))
    return _wordless(data) if is_talk else data


def _wordless(value: Any) -> Any:
    """``value`` without any text that could say what was talked about."""
    if isinstance(value, dict):
        return {key: _wordless(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_wordless(inner) for inner in value]
    return "" if isinstance(value, str) and not _WORDLESS.fullmatch(value) else value


def _swap(
    actor: User,
    gathering: Gathering,
    organisation: Organisation,
    sections: list[Section],
    data: dict[str, Any],
    version: int,
) -> Draft:
    """Write the draft if nobody else did since ``version``."""
    if version == 0 and any(section.state in EDITABLE for section in sections):
        try:
            with transaction.atomic():
                return Draft.objects.create(
                    gathering=gathering, organisation=organisation, data=data, saved_by=actor, saved_at=clock.now()
                )
        except IntegrityError:
            pass  # another device began it: the conflict below shows theirs
    else:
        written = Draft.objects.filter(gathering=gathering, organisation=organisation, version=version).update(
            data=data, version=version + 1, saved_by=actor, saved_at=clock.now()
        )
        if written == 1:
            return Draft.objects.select_related("saved_by__person").get(gathering=gathering, organisation=organisation)
    present = draft_of(gathering, organisation)
    if present is not None and present.saved_by_id == actor.pk and present.data == data:
        return present  # the same save sent again after its answer was lost
    raise conflict(present)


def conflict(draft: Draft | None) -> DraftConflict:
    """What to say when the draft is not the one the form was loaded with."""
    if draft is None:
        return DraftConflict(_("草稿已不存在：记录可能已经核定或取消。您输入的内容没有保存，请先复制再刷新页面。"))
    words = _("{who}已在{when}保存了这份草稿（可能在另一台设备上）。您的内容没有覆盖它，请选择保留哪一份。")
    return DraftConflict(
        words.format(who=draft.saved_by.display_name, when=draft.saved_at.astimezone(clock.SHANGHAI).strftime("%H:%M")),
        version=draft.version,
        saved_by=draft.saved_by,
        saved_at=draft.saved_at,
        data=draft.data,
    )


def _share(actor: User, gathering: Gathering, shared: Any) -> None:
    """Let the calendar and the invited see what is typed, as far as it is valid and nothing is confirmed."""
    if not isinstance(shared, dict) or gathering.sections.filter(state=Section.State.CONFIRMED).exists():
        return
    changes = _valid_facts(shared)
    changes = {name: value for name, value in changes.items() if getattr(gathering, name) != value}
    if not changes:
        return
    for name, value in changes.items():
        setattr(gathering, name, value)
    audit.save(gathering, actor=actor, update_fields=list(changes))
    if "starts_at" in changes:
        move_sections(actor, gathering)


def _valid_facts(shared: dict[str, Any]) -> dict[str, Any]:
    """Of the shared facts as typed those that are valid as they stand."""
    facts: dict[str, Any] = {}
    title = str(shared.get("title", "")).strip()
    if 0 < len(title) <= 200:
        facts["title"] = title
    for name, limit in (("place", 200), ("lecturer_name", 100)):
        if name in shared and len(str(shared[name]).strip()) <= limit:
            facts[name] = str(shared[name]).strip()
    starts_at, ends_at = typed_time(shared.get("starts_at")), typed_time(shared.get("ends_at"))
    if starts_at is not None:
        facts["starts_at"] = starts_at
        if ends_at is not None and starts_at < ends_at:
            facts["ends_at"] = ends_at
    lecturer = str(shared.get("lecturer_id") or "")
    if lecturer.isdecimal() and Person.objects.filter(pk=int(lecturer)).exists():
        facts["lecturer_id"] = int(lecturer)
    return facts


def typed_time(value: Any) -> datetime.datetime | None:
    """An aware time from what the browser's picker sends (``2026-06-15T14:30``), or ``None``."""
    try:
        found = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        return None
    if found is None or not 1990 <= found.year <= 2100:
        return None
    return found if found.tzinfo else found.replace(tzinfo=clock.SHANGHAI)


def move_sections(actor: User, gathering: Gathering) -> None:
    """Give the sections that are not confirmed the gathering's day."""
    day = local_day(gathering.starts_at)
    for section in gathering.sections.exclude(state=Section.State.CONFIRMED).exclude(held_on=day):
        section.held_on = day
        audit.save(section, actor=actor, update_fields=["held_on"])
