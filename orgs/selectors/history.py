"""What changed, when, by whom and why, in words; read from the history rows of audited models."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, cast

from django.db import models
from django.utils.translation import gettext as _

from orgs.models import Appointment, College, Department, Group, Organisation, Person

ROWS = 50
_ORGANISATION_FIELDS = (
    *("name", "level", "kind", "founded_on", "dissolved_on", "term_start"),
    *("term_years", "term_extended_until", "approval_number", "note"),
)
# Of a person the log says that these changed; to what only where it is nobody's private matter.
_OPEN_FIELDS = ("name", "status", "formal_on")
_CLOSED_FIELDS = ("gender", "kind", "joined_on", "born_on", "email", "mobile", "excused_reason")


@dataclass(frozen=True)
class Change:
    """One line of history: when, who, what, why."""

    at: datetime.datetime
    who: str
    what: str
    why: str


def organisation_history(organisation: Organisation, *, sees_private: bool) -> list[Change]:
    """Changes of an organisation, its offices, groups and people, newest first, 50 at most. Four queries.

    Reasons of changes about health are shown to ``sees_private`` only. What happened to people elsewhere is left out.
    """
    own = list(_newest(Organisation.history.filter(id=organisation.pk))[: ROWS + 1])
    lines = [_line(row, _organisation_words(row, older)) for row, older in _with_older(own)]
    offices = _newest(Appointment.history.filter(organisation=organisation).select_related("person"))
    lines += [_line(row, office_words(row)) for row in offices[:ROWS]]
    groups = list(_newest(Group.history.filter(organisation=organisation))[: ROWS + 1])
    lines += [_line(row, _group_words(row, older)) for row, older in _with_older(groups)]
    lines += _people_lines(organisation, sees_private)
    return sorted(lines, key=lambda line: line.at, reverse=True)[:ROWS]


def department_history(department: Department) -> list[Change]:
    """Changes of a department and its offices, newest first, 50 at most. Two queries."""
    own = list(_newest(Department.history.filter(id=department.pk).select_related("organisation"))[: ROWS + 1])
    lines = [_line(row, _unit_words(Department, row, older, ("name", "duty"))) for row, older in _with_older(own)]
    offices = _newest(Appointment.history.filter(department=department).select_related("person"))
    lines += [_line(row, office_words(row)) for row in offices[:ROWS]]
    return sorted(lines, key=lambda line: line.at, reverse=True)[:ROWS]


def college_history(college: College) -> list[Change]:
    """Changes of a college and who was its dean, newest first, 50 at most. One query."""
    own = list(_newest(College.history.filter(id=college.pk).select_related("organisation", "dean"))[: ROWS + 1])
    names = ("name", "organisation", "dean")
    return [_line(row, _unit_words(College, row, older, names)) for row, older in _with_older(own)][:ROWS]


def _unit_words(model: type[models.Model], row: Any, older: Any, names: Iterable[str]) -> str:
    if row.history_type == "+":
        return _("登记“%s”") % row.name
    if older is None:
        return _("更新")
    return "；".join(_differences(model, row, older, names)) or _("更新")


def person_history(person: Person, *, sees_private: bool) -> list[Change]:
    """Changes of one person's record and of the colleges they led, newest first, 30 at most. Two queries."""
    rows = list(_newest(Person.history.filter(id=person.pk).select_related("organisation", "group"))[:31])
    lines = [_person_line(row, older, sees_private) for row, older in _with_older(rows)]
    lines += _deanships(person)
    return sorted(lines, key=lambda line: line.at, reverse=True)[:30]


def _deanships(person: Person) -> list[Change]:
    """Of which colleges the person became or ceased to be dean."""
    led = College.history.filter(dean=person).values("id")
    lines = []
    for row, older in _with_older(_newest(College.history.filter(id__in=led))[: 4 * ROWS]):
        is_dean, was_dean = row.dean_id == person.pk, older is not None and older.dean_id == person.pk
        if is_dean != was_dean:
            words = _("任%s院长") if is_dean else _("不再任%s院长")
            lines.append(_line(row, words % row.name))
    return lines


def office_words(row: Any) -> str:
    """An office with its days, from an appointment or its history."""
    words = {"name": row.person.name, "office": row.get_office_display(), "start": row.started_on, "end": row.ended_on}
    if row.ended_on:
        return _("%(name)s任%(office)s：%(start)s 至 %(end)s") % words
    return _("%(name)s任%(office)s：自 %(start)s") % words


def _newest(rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    return rows.select_related("history_user__person").order_by("-history_date", "-history_id")


def _with_older(rows: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    """Each history row (newest first) with the one of the same object before it, if it was read."""
    waiting = list(rows)
    for place, row in enumerate(waiting):
        yield row, next((older for older in waiting[place + 1 :] if older.id == row.id), None)


def _line(row: Any, what: str, why: str | None = None) -> Change:
    who = row.history_user.display_name if row.history_user else _("系统")
    return Change(row.history_date, who, what, (row.history_change_reason or "") if why is None else why)


def _label(model: type[models.Model], name: str) -> str:
    return str(cast("models.Field[Any, Any]", model._meta.get_field(name)).verbose_name)


def _shown(row: Any, name: str) -> str:
    display = getattr(row, f"get_{name}_display", None)
    value = display() if display is not None else getattr(row, name)
    return "—" if value in (None, "") else str(value)


def _differences(model: type[models.Model], row: Any, older: Any, names: Iterable[str]) -> list[str]:
    return [
        f"{_label(model, name)}：{_shown(older, name)} → {_shown(row, name)}"
        for name in names
        if getattr(row, name) != getattr(older, name)
    ]


def _organisation_words(row: Any, older: Any) -> str:
    if row.history_type == "+":
        return _("建立组织")
    if older is None:
        return _("更新")
    changed = _differences(Organisation, row, older, _ORGANISATION_FIELDS)
    if row.path != older.path:
        changed.append(_("调整了上级"))
    return "；".join(changed) or _("更新")


def _group_words(row: Any, older: Any) -> str:
    if row.history_type == "+":
        return _("设立党小组“%s”") % row.name
    if row.dissolved_on is not None:
        return _("撤销党小组“%(name)s”：%(day)s") % {"name": row.name, "day": row.dissolved_on}
    return _("更新党小组“%s”") % row.name


def _people_lines(organisation: Organisation, sees_private: bool) -> list[Change]:
    ever_here = Person.history.filter(organisation=organisation).values("id")
    rows = list(_newest(Person.history.filter(id__in=ever_here).select_related("organisation", "group"))[: 2 * ROWS])
    pk = organisation.pk
    here = [
        (row, older)
        for row, older in _with_older(rows)
        if row.organisation_id == pk or (older is not None and older.organisation_id == pk)
    ]
    added = [row for row, _older in here if row.history_type == "+"]
    lines = [_person_line(row, older, sees_private) for row, older in here if row.history_type != "+"]
    for _when, found in groupby(added, key=lambda row: (row.history_date, row.history_user_id)):
        together = list(found)  # a roster adds a whole branch at once: one line
        names = "、".join(row.name for row in together[:5]) + ("…" if len(together) > 5 else "")
        lines.append(_line(together[0], _("列入名册%(count)d人：%(names)s") % {"count": len(together), "names": names}))
    return lines


def _person_line(row: Any, older: Any, sees_private: bool) -> Change:
    if row.history_type == "+":
        return _line(row, _("%s：建立记录") % row.name)
    if older is None:
        return _line(row, _("%s：更新") % row.name)
    changed = _differences(Person, row, older, _OPEN_FIELDS)
    for name in ("organisation", "group"):
        if getattr(row, f"{name}_id") != getattr(older, f"{name}_id"):
            changed.append(f"{_label(Person, name)}：{_shown(older, name)} → {_shown(row, name)}")
    changed += [_label(Person, name) for name in _CLOSED_FIELDS if getattr(row, name) != getattr(older, name)]
    health = row.excused_reason != older.excused_reason
    why = "" if health and not sees_private else None
    return _line(row, f"{row.name}：{'；'.join(changed) or _('更新')}", why)
