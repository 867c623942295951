"""What stands in the record form, as plain text by field: one shape for typing, drafts and redisplay.

Field names are paths joined by dots (``sections.12.attendance.345.mark``). The same paths name the errors of
``meetings.record``, so that an error finds its field. Imports no Django but the typing of ``QueryDict``.

    {"shared": {"title": "", "day": "2026-06-12", "start": "14:30", "end": "", "starts_at": "2026-06-12T14:30", ...},
     "sections": {"12": {"chair": "3", "attendance": {"345": {"mark": "present", ...}}, "resolutions": [{...}], ...}},
     "late_reason": "", "reason": ""}
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.http import QueryDict

Values = dict[str, Any]

SHARED = ("title", "day", "start", "end", "place", "lecturer", "agenda", "minutes")
SECTION = ("version", "chair", "delegation_note", "recorder", "study_hours", "period_code")
MANY = ("topics", "persons")
ATTENDANCE = ("mark", "leave_reason", "approver")
APPRAISAL = ("grade", "excellent", "qualified", "basically", "unqualified")
ROWS: dict[str, tuple[str, ...]] = {
    "guests": ("name",),
    "resolutions": ("text", "yes", "no", "abstain", "is_election", "method", "auto"),
    "agreed_items": ("id", "text", "owner", "due_on"),
}
REASONS = ("late_reason", "reason")


def from_post(post: QueryDict) -> Values:
    """The typed values of a sent form; unknown and malformed names are dropped."""
    tree: Values = {}
    for name in post:
        *parents, last = name.split(".")
        node: Any = tree
        for part in parents:
            node = node.setdefault(part, {}) if isinstance(node, dict) else None
        if isinstance(node, dict):
            node[last] = post.getlist(name) if last in MANY else post[name]
    return tidy(tree)


def tidy(data: Mapping[str, Any]) -> Values:
    """The same values in full: every known field as text, rows as lists without the empty ones."""
    sections = _mapping(data.get("sections"))
    return {
        "shared": _shared(_mapping(data.get("shared"))),
        "sections": {key: _section(_mapping(value)) for key, value in sections.items() if _is_number(key)},
        **_texts(data, REASONS),
    }


def _shared(data: Mapping[str, Any]) -> Values:
    """The shared facts; ``starts_at`` and ``ends_at`` are put together from day and hours, empty when incomplete."""
    shared = _texts(data, SHARED)
    day, start, end = shared["day"], shared["start"], shared["end"]
    shared["starts_at"] = f"{day}T{start}" if day and start else ""
    shared["ends_at"] = f"{day}T{end}" if day and end else ""
    return shared


def _section(data: Mapping[str, Any]) -> Values:
    section = _texts(data, SECTION)
    section |= {name: [_text(item) for item in _sequence(data.get(name))] for name in MANY}
    section |= {name: _rows(data.get(name), fields, name) for name, fields in ROWS.items()}
    section["attendance"] = _by_person(data.get("attendance"), ATTENDANCE)
    section["appraisals"] = _by_person(data.get("appraisals"), APPRAISAL)
    return section


def _rows(data: Any, fields: Iterable[str], name: str) -> list[Values]:
    """Rows in order; a form sends them by number, a draft keeps them as a list."""
    if isinstance(data, Mapping):
        data = [data[key] for key in sorted((key for key in data if _is_number(key)), key=int)]
    rows = [_texts(_mapping(row), fields) for row in _sequence(data)]
    return [row for row in rows if not _is_blank(row, name)]


def _is_number(key: str) -> bool:
    """Whether ``key`` numbers a row or a record; forms send short numbers, and Python reads no endless ones."""
    return key.isdecimal() and len(key) < 18


def _is_blank(row: Values, name: str) -> bool:
    """Whether nobody typed anything: a resolution whose votes were only filled in automatically is blank."""
    if name == "resolutions":
        typed = () if row["auto"] else ("yes", "no", "abstain")
        return not row["text"].strip() and not any(row[field].strip() for field in typed)
    return not any(value.strip() for field, value in row.items() if field != "id")


def _by_person(data: Any, fields: Iterable[str]) -> dict[str, Values]:
    return {key: _texts(_mapping(row), fields) for key, row in _mapping(data).items() if _is_number(key)}


def _texts(data: Mapping[str, Any], fields: Iterable[str]) -> Values:
    return {field: _text(data.get(field)) for field in fields}


def _text(value: Any) -> str:
    # PostgreSQL stores no NUL, neither in text nor in JSON.
    return "" if value is None or isinstance(value, dict | list | tuple) else str(value).replace("\x00", "")


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _sequence(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []


def merged_data(values: Values, stored: Mapping[str, Any], own: set[str], *, is_caller: bool, is_whole: bool) -> Values:
    """What to keep as draft: the typed sections among ``own``, and as stored what others type.

    A group leader types only the sections of the led group, neither the shared facts nor the reasons; the organisation
    has one draft.
    """
    if not is_whole:
        values = {**values, **_texts(stored, REASONS)}
    if not is_caller:
        values = {**values, "shared": dict(_mapping(stored.get("shared")))}
    others = {key: part for key, part in _mapping(stored.get("sections")).items() if key not in own}
    return {**values, "sections": {**others, **{key: part for key, part in values["sections"].items() if key in own}}}


def without_reasons(values: Values) -> Values:
    """The values for somebody who types a part of the record: the reasons are the whole organisation's."""
    return {**values, **dict.fromkeys(REASONS, "")}


def flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """The values by field name, rows numbered from 0; for comparing two drafts."""
    found: dict[str, str] = {}
    for key, value in values.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            found |= flat(value, f"{name}.")
        elif value and isinstance(value, list) and isinstance(value[0], Mapping):
            found |= flat({str(number): row for number, row in enumerate(value)}, f"{name}.")
        else:
            found[name] = "、".join(value) if isinstance(value, list) else str(value)
    return found
