"""Offices of a file against each other and against those on record: which row means which, and what clashes."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from common import clock
from common.sentences import written as _
from common.spreadsheets import RowError
from orgs import rules
from orgs.importer.sheets import AppointmentRow, Roster
from orgs.importer.stored import OfficeKey, Stored, StoredOffice
from orgs.models import Office

SINGLE = (Office.SECRETARY, Office.GROUP_LEADER)


def key_of(row: AppointmentRow) -> OfficeKey:
    """What makes two rows the same office of the same person."""
    return row.number, row.place, row.in_department, row.office, row.group


def pair(
    rows: Iterable[AppointmentRow], stored: Iterable[StoredOffice]
) -> list[tuple[AppointmentRow, StoredOffice | None]]:
    """Each complete row with the office on record that it means; ``None`` for a new one.

    The same person, place, office and start are the same office. A row that differs in the start only corrects the
    office still held, unless it ended before that began (then it is an earlier time in the same office).
    """
    exact: dict[tuple[OfficeKey, datetime.date], StoredOffice] = {}
    held: dict[OfficeKey, StoredOffice] = {}
    for office in stored:
        exact[office.key, office.started_on] = office
        if office.ended_on is None:
            held[office.key] = office
    complete = [row for row in rows if row.office and row.started_on and row.number and row.place]
    named = {(key_of(row), row.started_on) for row in complete}
    pairs: list[tuple[AppointmentRow, StoredOffice | None]] = []
    for row in complete:
        found = exact.get((key_of(row), cast(datetime.date, row.started_on)))
        if found is None:
            found = held.get(key_of(row))
            if found is not None and (
                (found.key, found.started_on) in named or (row.ended_on and row.ended_on < found.started_on)
            ):
                found = None
            elif found is not None:
                held.pop(found.key)  # two rows cannot both correct one office
        pairs.append((row, found))
    return pairs


@dataclass(frozen=True, slots=True)
class Span:
    """Somebody's time in an office as it will be; ``row`` is ``None`` when the file does not name it."""

    key: OfficeKey
    start: datetime.date
    end: datetime.date | None
    row: AppointmentRow | None

    def reaches(self, day: datetime.date) -> bool:
        """Whether the office is still held on ``day`` or later."""
        return self.end is None or self.end >= day


def final_spans(pairs: list[tuple[AppointmentRow, StoredOffice | None]], stored: list[StoredOffice]) -> list[Span]:
    """All offices as they will be after the import."""
    named = {office.pk for _row, office in pairs if office is not None}
    spans = [Span(office.key, office.started_on, office.ended_on, None) for office in stored if office.pk not in named]
    for row, office in pairs:
        end = row.ended_on or (office.ended_on if office else None)
        spans.append(Span(key_of(row), cast(datetime.date, row.started_on), end, row))
    return spans


def check_offices(roster: Roster, levels: dict[str, str], stored: Stored, errors: list[RowError]) -> None:
    """Append what is wrong with places, groups and terms of the file's offices to ``errors``."""
    groups = stored.groups | {(row.organisation, row.group) for row in roster.people if row.group}
    for row in roster.appointments:
        if not row.in_department:
            _check_place(row, levels.get(row.place, ""), groups, errors)
    spans = final_spans(pair(roster.appointments, stored.offices), stored.offices)
    names = {number: person.name for number, person in stored.people.items()}
    names |= {row.number: row.name for row in roster.people}
    _check_clashes(spans, names, errors)
    _check_leavers(roster, spans, stored, errors)


def _check_place(row: AppointmentRow, level: str, groups: set[tuple[str, str]], errors: list[RowError]) -> None:
    def add(problem: str, advice: str) -> None:
        errors.append(RowError(row.sheet, row.line, "职务", problem, advice))

    if row.office == Office.GROUP_LEADER and level:
        if not rules.office_fits(row.office, level):
            add(_("党小组只设在党支部里，“%s”不是党支部") % row.place, _("请核对组织编码"))
        elif row.group and (row.place, row.group) not in groups:
            add(
                _("“%(place)s”没有党小组“%(group)s”") % {"place": row.place, "group": row.group},
                _("请核对名称，或先在“党员”表的“党小组”一列写上"),
            )
    if row.office == Office.DISCIPLINE_SECRETARY and level and not rules.office_fits(row.office, level):
        add(_("纪委书记只设在党委"), _("党总支、党支部请填“纪检委员”"))


def _seat(key: OfficeKey) -> tuple[str, ...]:
    """What only one person holds at a time; for the other offices what one person holds only once."""
    number, place, in_department, office, group = key
    here = (place, office, group) if office in SINGLE else (place, office, group, number)
    return ("部门" if in_department else "组织", *here)


def _check_clashes(spans: list[Span], names: dict[str, str], errors: list[RowError]) -> None:
    seats: dict[tuple[str, ...], list[Span]] = defaultdict(list)
    for span in spans:
        seats[_seat(span.key)].append(span)
    for found in seats.values():
        found.sort(key=lambda span: (span.start, span.row.line if span.row else 0))
        longest = found[0]
        for span in found[1:]:
            if longest.reaches(span.start):
                errors.extend(_clash(longest, span, names))
            if longest.end is not None and (span.end is None or span.end > longest.end):
                longest = span


def _clash(earlier: Span, later: Span, names: dict[str, str]) -> list[RowError]:
    """The finding, at the later of the rows; none when the file names neither (an old fault is not the file's)."""
    mine, other = (later, earlier) if later.row else (earlier, later)
    if mine.row is None:
        return []
    number = other.key[0]
    title = str(Office(mine.key[3]).label)
    values = {"who": f"{names.get(number, '')}（{number}）", "title": title, "line": other.row.line if other.row else 0}
    if other.row and number == mine.key[0]:
        problem, advice = _("与第%(line)d行重复：同一个人的同一职务，任期重叠"), _("请删去或改正其中一行")
    elif other.row:
        problem = _("与第%(line)d行的任期重叠，同时有两名%(title)s")
        advice = _("请在前任那一行填写离任日期")
        if earlier.end is not None:
            advice = _("请改正日期：前任的离任日期要早于后任的任职日期")
    elif other.end is None:
        problem, advice = (
            _("平台里%(title)s由%(who)s担任，尚未离任"),
            _("请在文件里加上前任那一行并填写离任日期，即为交接"),
        )
    else:
        problem, advice = _("与平台里%(who)s任%(title)s的时间重叠"), _("请核对任职日期和离任日期")
    return [RowError(mine.row.sheet, mine.row.line, "职务", problem % values, advice)]


def _check_leavers(roster: Roster, spans: list[Span], stored: Stored, errors: list[RowError]) -> None:
    """Nobody leaves a branch by the file while holding an office there."""
    today = clock.today()
    kept: dict[tuple[str, str], Span] = {
        (span.key[0], span.key[1]): span for span in spans if not span.key[2] and span.reaches(today)
    }
    for row in roster.people:
        known = stored.people.get(row.number)
        if known is None or not known.branch or not row.organisation or known.branch == row.organisation:
            continue
        span = kept.get((row.number, known.branch))
        if span is not None:
            values = {"old": known.branch, "title": Office(span.key[3]).label}
            errors.append(
                RowError(
                    "党员",
                    row.line,
                    "所在支部编码",
                    _("%(title)s的职务还在原支部“%(old)s”，不能转到别的支部") % values,
                    _("请先在“任职”表为原职务填写离任日期"),
                )
            )
