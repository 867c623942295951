"""Whether a form sent twice says what is confirmed already, as a double click does."""

from __future__ import annotations

from dataclasses import replace

from common.errors import DomainError
from meetings.forms.opening import Opened, open_form
from meetings.forms.values import Values
from meetings.record import GatheringRecord, SectionRecord, SharedRecord
from meetings.selectors.part import part_of


def is_what_was_confirmed(opened: Opened, values: Values) -> bool:
    """Whether ``values`` read as the record that is stored now. The fixed queries of the form."""
    state = opened.state
    try:
        now = open_form(user=opened.user, part=part_of(state.gathering, state.organisation), values=values)
        typed = now.read(values)
    except DomainError:
        return False
    stored = now.state.record
    if stored is None or {row.section_id for row in typed.sections} != {row.section_id for row in stored.sections}:
        return False
    return _comparable(typed, stored) == _comparable(stored, stored)


def _comparable(record: GatheringRecord, stored: GatheringRecord) -> GatheringRecord:
    """``record`` without what confirming itself fills in, moves or leaves out."""
    known = {section.section_id: section for section in stored.sections}
    sections = tuple(_section(section, known[section.section_id]) for section in record.sections)
    return GatheringRecord(shared=_shared(record.shared, stored.shared), sections=sections)


def _section(section: SectionRecord, stored: SectionRecord) -> SectionRecord:
    items = tuple(replace(item, id=None) for item in section.agreed_items)
    # Not kept where the office's holder chairs.
    note = section.delegation_note if stored.delegation_note else ""
    # Left empty it became the period of the day.
    period = section.period_code or stored.period_code
    return replace(section, version=0, agreed_items=items, delegation_note=note, period_code=period)


def _shared(shared: SharedRecord | None, stored: SharedRecord | None) -> SharedRecord | None:
    """Of a talk, stored without its words, the day alone counts."""
    if shared is None or stored is None:
        return None
    if not stored.place and not stored.minutes and not stored.agenda and stored.ends_at is None:
        return SharedRecord(title="", starts_at=shared.starts_at)
    return shared
