"""What this room can tell the score: terms of office, vacancies, committees, the roster."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.urls import reverse

from common.measures import NOTHING, ONE, Answer, Figure, Gives, Measure, Question, Row
from common.periods import add_months
from orgs import rules
from orgs.models import Appointment, Level, MemberStatus, Office, Organisation, Person
from orgs.models.appointment import COMMITTEE_OFFICES
from orgs.selectors.measured import Belonging, branches_of, concerned, members_of

VACANT_MONTHS = 3  # reference, GB-2026 3.5
EVENTS = "events"
COMMISSIONERS = (
    Office.SECRETARY,
    Office.ORGANISATION_COMMISSIONER,
    Office.PUBLICITY_COMMISSIONER,
    Office.DISCIPLINE_COMMISSIONER,
)


def _offices(question: Question) -> dict[int, list[tuple[str, datetime.date, datetime.date | None]]]:
    """Offices of the committees, by organisation id: office, first day, last day. One query."""

    def read() -> dict[int, list[tuple[str, datetime.date, datetime.date | None]]]:
        found = defaultdict(list)
        rows = Appointment.objects.filter(
            organisation_id__in=list(concerned(question)), office__in=COMMITTEE_OFFICES, started_on__lte=question.as_of
        ).order_by("started_on", "pk")
        for pk, office, since, until in rows.values_list("organisation_id", "office", "started_on", "ended_on"):
            found[pk].append((office, since, until))
        return found

    return question.once("orgs.offices", read)


def _in_force(held: list[tuple[str, datetime.date, datetime.date | None]], day: datetime.date) -> set[str]:
    return {office for office, since, until in held if since <= day and (until is None or until >= day)}


def _url(organisation: Organisation) -> str:
    return reverse("orgs:organisation_detail", args=[organisation.code])


def elections_due(question: Question, params: Mapping[str, Any]) -> Answer:
    """Terms that have ended without an election or an approved extension, and secretaries' offices long vacant.

    Of a general branch: its own and those of its branches (R-TERM-3; three months: own default of the reference, GB-2026
    3.5). Of a branch: its own term alone (BR-2026 A2 names no vacancy).
    """
    answer = {}
    for one in question.organisations:
        units = [one, *(branch for branch in branches_of(question)[one.pk] if branch.pk != one.pk)]
        open_units = [unit for unit in units if _exists(unit, question.as_of)]
        rows = []
        for unit in open_units:
            rows += _term_rows(unit, question)
            rows += _vacancy_rows(unit, question) if one.level != Level.BRANCH else []
        answer[one.pk] = Figure(values={EVENTS: Decimal(sum(not row.counts for row in rows))}, rows=tuple(rows))
    return answer


def _exists(unit: Organisation, day: datetime.date) -> bool:
    return unit.dissolved_on is None or unit.dissolved_on > day


def _term_rows(unit: Organisation, question: Question) -> list[Row]:
    end = unit.term_end
    if end is None:
        return []
    expired = end < question.as_of
    why = f"{end.isoformat()}届满，未换届，也没有批准延期" if expired else f"{end.isoformat()}届满"
    change = {EVENTS: -ONE} if expired else {}
    return [Row(f"{unit.name}届期", _url(unit), end, unit.name, not expired, why, if_done=change)]


def _vacancy_rows(unit: Organisation, question: Question) -> list[Row]:
    day = question.as_of
    since = _vacant_since(_offices(question).get(unit.pk, []), unit.founded_on, day)
    if since is None or add_months(since, VACANT_MONTHS) >= day:
        return []
    why = f"书记自{since.isoformat()}空缺，超过{VACANT_MONTHS}个月"
    return [Row(f"{unit.name}书记", _url(unit), since, unit.name, False, why, if_done={EVENTS: -ONE})]


def _vacant_since(
    held: list[tuple[str, datetime.date, datetime.date | None]], founded_on: datetime.date | None, day: datetime.date
) -> datetime.date | None:
    """Since when nobody has been secretary: since the last one left, else since the founding; ``None``: not vacant."""
    ends = [until for office, _since, until in held if office == Office.SECRETARY]
    if not ends:
        return founded_on
    if any(until is None or until >= day for until in ends):
        return None
    return max(until for until in ends if until is not None) + datetime.timedelta(days=1)


def committee_complete(question: Question, params: Mapping[str, Any]) -> Answer:
    """a1: seven formal members or more have a committee; a2: its four tasks are somebody's (R-BR-20).

    Under seven the rule asks for a secretary only: a1 counts as done, a2 is whether there is one.
    """
    answer = {}
    for one in question.organisations:
        offices = _in_force(_offices(question).get(one.pk, []), question.as_of)
        formal = sum(_is_formal(each, question.as_of) for each in members_of(question).get(one.pk, []))
        needed = formal >= rules.COMMITTEE_FROM
        has = bool(offices - {Office.SECRETARY, Office.DEPUTY})
        asked = COMMISSIONERS if needed else COMMISSIONERS[:1]
        lacking = [Office(office).label for office in asked if office not in offices]
        complete = not lacking
        size = f"正式党员{formal}人"
        free = f"{size}，不足{rules.COMMITTEE_FROM}人，不要求设支委会"
        why = {
            "a1": free if not needed else "" if has else f"{size}，应设支委会而未设",
            "a2": f"缺{'、'.join(str(name) for name in lacking)}" if lacking else "" if needed else f"{free}，书记在任",
        }
        done = {"a1": has or not needed, "a2": complete}
        labels = {"a1": "支部委员会", "a2": "书记、组织、宣传、纪检分工"}
        rows = tuple(
            Row(labels[code], _url(one), None, "", done[code], why[code], if_done={} if done[code] else {code: ONE})
            for code in labels
        )
        answer[one.pk] = Figure(values={code: ONE if yes else NOTHING for code, yes in done.items()}, rows=rows)
    return answer


def _is_formal(one: Belonging, day: datetime.date) -> bool:
    return one.status == MemberStatus.FORMAL if one.formal_on is None else one.formal_on <= day


def roster_faults(question: Question, params: Mapping[str, Any]) -> Answer:
    """Entries of the branch's roster that are missing or contradict each other; one event a person and fault."""
    answer = {}
    for one in question.organisations:
        rows = [
            Row(
                f"{each.name}（{each.number}）", reverse("orgs:person_detail", args=[each.number]), None, "", False, fault,
                if_done={EVENTS: -ONE},
            )
            for branch in branches_of(question)[one.pk]
            for each in members_of(question).get(branch.pk, [])
            for fault in _faults(each, question.as_of)
        ]  # fmt: skip
        answer[one.pk] = Figure(values={EVENTS: Decimal(len(rows))}, rows=tuple(rows))
    return answer


def _faults(one: Belonging, day: datetime.date) -> list[str]:
    found = []
    if one.status not in MemberStatus.values:
        found.append("党员状态不明")
    if one.joined_on is None:
        found.append("没有入党日期")
    if one.status == MemberStatus.FORMAL and one.formal_on is None:
        found.append("正式党员没有转正日期")
    if one.status == MemberStatus.PROBATIONARY and one.joined_on and add_months(one.joined_on, 24) < day:
        found.append("预备期已超过两年，状态没有更新")
    return found


def changed_since(moment: datetime.datetime) -> set[int]:
    """Ids of organisations whose tree, offices or people changed since ``moment``; three queries."""
    found = set(Organisation.history.filter(history_date__gte=moment).values_list("id", flat=True))
    found |= set(Appointment.history.filter(history_date__gte=moment).values_list("organisation_id", flat=True))
    found |= set(Person.history.filter(history_date__gte=moment).values_list("organisation_id", flat=True))
    return {pk for pk in found if pk is not None}


MEASURES = (
    Measure(
        "orgs.elections_due", "届满未换和空缺未补", Gives.EVENTS, elections_due, "组织的届期、批准延期和书记任职起止"
    ),
    Measure(
        "orgs.committee_complete", "支部班子健全", Gives.ITEMS, committee_complete, "党员名册和任职",
        items={"a1": "应设支委会已设", "a2": "书记、组织、宣传、纪检分工齐全"},
    ),
    Measure("orgs.roster_faults", "党员名册缺项", Gives.EVENTS, roster_faults, "党员名册：入党日期、转正日期、状态"),
)  # fmt: skip
