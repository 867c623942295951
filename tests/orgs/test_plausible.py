"""Days that cannot be true are refused by every service, with the input's field, and nothing is written."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest

from common import clock
from common.errors import InvalidInput
from common.models import AcademicTerm, CalendarDay
from orgs import plausible
from orgs.models import Appointment, Group, Organisation, Person
from orgs.services import appointments, calendars, organisations, people, voting
from orgs.services.appointments import OfficeHolder
from tests.orgs.places import Place, make_place

D = datetime.date
OLD, FAR = D(1800, 1, 1), D(2099, 1, 1)
TODAY = D(2026, 6, 15)
TOO_OLD = "日期 1800-01-01 早于 1921-07-01，请检查年份。"
TOO_FAR = "日期太远，请检查年份。"
NOT_YET = "请在生效当天或之后登记，不能填以后的日期。"

pytestmark = pytest.mark.django_db
Command = Callable[[Place, D], Any]


@pytest.fixture
def place() -> Place:
    return make_place()


def appoint(p: Place, day: D) -> Any:
    return appointments.appoint(
        actor=p.college.office, person=p.colleague, office="member", organisation=p.branch, started_on=day
    )


def appoint_until(p: Place, day: D) -> Any:
    facts: dict[str, Any] = {"person": p.colleague, "office": "member", "organisation": p.branch}
    return appointments.appoint(actor=p.college.office, started_on=TODAY, ended_on=day, **facts)


def correct(p: Place, day: D) -> Any:
    row = p.office_of("secretary")
    return appointments.correct_appointment(
        actor=p.college.office, appointment=row, started_on=day, ended_on=None, reason="更正"
    )


def end(p: Place, day: D) -> Any:
    row = p.office_of("secretary")
    return appointments.end_appointment(actor=p.college.office, appointment=row, ended_on=day, reason="离任")


def hand_over(p: Place, day: D) -> Any:
    return appointments.hand_over(
        actor=p.college.office, appointment=p.office_of("secretary"), successor=p.colleague, on=day, reason="交接"
    )


def re_elect(p: Place, day: D) -> Any:
    Organisation.objects.filter(pk=p.branch.pk).update(term_start=None)
    return appointments.re_elect(
        actor=p.college.office,
        organisation=p.branch,
        term_start=day,
        holders=[OfficeHolder(p.colleague, "secretary")],
        reason="换届",
    )


def found(p: Place, day: D, **more: Any) -> Any:
    facts: dict[str, Any] = {"code": "ZB199", "name": "新支部", "level": "branch", "kind": "staff", "founded_on": day}
    return organisations.create_organisation(
        actor=p.college.office, parent=p.general, reason="批复", **{**facts, **more}
    )


def found_with_term(p: Place, day: D) -> Any:
    return found(p, TODAY, term_start=day)


def correct_founding(p: Place, day: D) -> Any:
    return organisations.correct_organisation(
        actor=p.college.office, organisation=p.branch, reason="更正", founded_on=day
    )


def dissolve(p: Place, day: D) -> Any:
    return organisations.dissolve_organisation(
        actor=p.college.office, organisation=p.empty, dissolved_on=day, reason="撤销"
    )


def found_group(p: Place, day: D) -> Any:
    return organisations.create_group(actor=p.college.office, organisation=p.branch, name="第三党小组", founded_on=day)


def admit(p: Place, day: D) -> Any:
    Person.objects.filter(pk=p.newcomer.pk).update(joined_on=None)
    return people.admit_to_full_membership(actor=p.college.office, person=p.newcomer, formal_on=day)


def transfer(p: Place, day: D) -> Any:
    return people.transfer(
        actor=p.college.office, person=p.colleague, organisation=p.sibling, on=day, reason="工作调动"
    )


def take_in(p: Place, day: D, **more: Any) -> Any:
    facts: dict[str, Any] = {"number": "N9", "name": "新来", "kind": "staff", "status": "formal", "on": day}
    return people.transfer_in(actor=p.college.office, organisation=p.branch, reason="转入", **{**facts, **more})


def take_in_joined(p: Place, day: D) -> Any:
    return take_in(p, TODAY, joined_on=day)


def take_in_formal(p: Place, day: D) -> Any:
    return take_in(p, TODAY, formal_on=day)


def correct_joined(p: Place, day: D) -> Any:
    return people.correct_details(
        actor=p.college.office, person=p.colleague, reason="更正", joined_on=day, formal_on=None
    )


def correct_born(p: Place, day: D) -> Any:
    return people.correct_details(actor=p.college.office, person=p.colleague, reason="更正", born_on=day)


def exclude(p: Place, day: D) -> Any:
    return voting.set_voting_exclusion(actor=p.college.office, person=p.colleague, ground="observation", started_on=day)


def written() -> list[Any]:
    """Everything that the commands could have written."""
    return [
        list(Appointment.objects.order_by("pk").values_list("pk", "started_on", "ended_on")),
        list(Organisation.objects.values_list("code", "founded_on", "dissolved_on")),
        list(Person.objects.order_by("pk").values_list("pk", "organisation", "formal_on", "born_on")),
        list(Group.objects.order_by("pk").values_list("name", "founded_on")),
    ]


HAPPENED = [
    (admit, "formal_on"),
    (transfer, "on"),
    (take_in, "on"),
    (take_in_joined, "joined_on"),
    (take_in_formal, "formal_on"),
    (correct_joined, "joined_on"),
    (found_with_term, "term_start"),
]
DECIDED = [
    (appoint, "started_on"),
    (correct, "started_on"),
    (hand_over, "on"),
    (found, "founded_on"),
    (correct_founding, "founded_on"),
    (dissolve, "dissolved_on"),
    (found_group, "founded_on"),
    (exclude, "started_on"),
]


@pytest.mark.parametrize(
    ("command", "day", "errors"),
    [
        *((command, OLD, {field: TOO_OLD}) for command, field in HAPPENED),
        *((command, FAR, {field: NOT_YET}) for command, field in HAPPENED),
        *((command, FAR, {field: TOO_FAR}) for command, field in DECIDED),
        *((command, OLD, {field: TOO_OLD}) for command, field in DECIDED if command not in (hand_over,)),
        (appoint_until, FAR, {"ended_on": TOO_FAR}),
        (end, FAR, {"ended_on": TOO_FAR}),
        (re_elect, OLD, {"term_start": TOO_OLD}),
        (correct_born, OLD, {"born_on": "出生日期 1800-01-01 不合理，请检查年份。"}),
        (correct_born, FAR, {"born_on": "出生日期 2099-01-01 不合理，请检查年份。"}),
    ],
)
def test_days_that_cannot_be_true(place: Place, command: Command, day: D, errors: dict[str, str]) -> None:
    before = written()
    with pytest.raises(InvalidInput) as caught:
        command(place, day)
    assert caught.value.errors == errors
    assert written() == before


def test_an_office_may_begin_within_half_a_year(place: Place) -> None:
    with pytest.raises(InvalidInput):
        appoint(place, TODAY + plausible.DECIDED_AHEAD + datetime.timedelta(days=1))
    assert appoint(place, TODAY + plausible.DECIDED_AHEAD).started_on == D(2026, 12, 15)


@pytest.mark.parametrize("year", [1999, 2032, 9999])
def test_terms_and_days_of_odd_years(place: Place, year: int) -> None:
    actor = place.college.committee_secretary
    words = f"日期 {year}-09-01 不合理，请填 2000 年到 2031 年之间的日期。"
    with pytest.raises(InvalidInput) as term:
        calendars.save_term(actor=actor, code="2026-2027-1", start=D(year, 9, 1), end=D(year, 12, 31))
    assert term.value.errors == {"start": words}
    with pytest.raises(InvalidInput) as day:
        calendars.save_day(actor=actor, date=D(year, 9, 1), is_workday=True)
    assert day.value.errors == {"date": words}
    assert not AcademicTerm.objects.filter(start__year=year).exists()
    assert not CalendarDay.objects.filter(date__year=year).exists()


def test_terms_and_days_five_years_ahead(place: Place) -> None:
    actor = place.college.committee_secretary
    assert clock.today() == TODAY
    assert calendars.save_term(actor=actor, code="2031-2032-1", start=D(2031, 9, 1), end=D(2031, 12, 31)).pk
    assert calendars.save_day(actor=actor, date=D(2000, 1, 1), is_workday=False).pk


def test_a_term_is_named_in_plain_figures(place: Place) -> None:
    with pytest.raises(InvalidInput) as error:
        calendars.save_term(
            actor=place.college.committee_secretary, code="２０２８-2029-1", start=D(2028, 9, 1), end=D(2029, 1, 9)
        )
    assert error.value.errors == {"code": "请写成 2026-2027-1 这样的学期代码。"}
    assert not AcademicTerm.objects.filter(start__year=2028).exists()
