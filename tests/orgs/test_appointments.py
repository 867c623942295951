"""Offices: what each command writes, and every way it is refused."""

from __future__ import annotations

import datetime

import pytest

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from orgs import access
from orgs.models import Appointment, Department, Office, Organisation, User
from orgs.selectors.composition import composition_of
from orgs.selectors.roll import committee_on, secretary_on
from orgs.services import appointments
from orgs.services.appointments import OfficeHolder
from tests.factories import (
    SINCE,
    SmallCollege,
    make_admin,
    make_college,
    make_department_officer,
    make_group,
    make_person,
)

pytestmark = pytest.mark.django_db
D = datetime.date
TODAY = D(2026, 6, 15)


@pytest.fixture
def college(db: None) -> SmallCollege:
    """The small college of the suite."""
    return make_college()


def held(user: User, office: str) -> Appointment:
    """The open row of an office."""
    return Appointment.objects.get(person=user.person, office=office, ended_on__isnull=True)


def fresh(user: User) -> User:
    """The account as a new request loads it."""
    return User.objects.select_related("person__organisation").get(pk=user.pk)


def refused(error: pytest.ExceptionInfo[InvalidInput]) -> set[str]:
    """The fields an ``InvalidInput`` names."""
    return set(error.value.errors)


def test_appointing_writes_history_and_rights(college: SmallCollege) -> None:
    branch, member = college.branches[0], college.member
    row = appointments.appoint(
        actor=college.office,
        person=member.person,  # type: ignore[arg-type]
        office=Office.DEPUTY,
        organisation=branch,
        started_on=TODAY,
        reason="增补",
    )
    line = row.history.get()
    assert (line.history_user, line.history_change_reason, line.history_date) == (college.office, "增补", clock.now())
    assert access.may(fresh(member), access.RECORD, branch)
    assert not access.may(fresh(member), access.CONFIRM, branch)


@pytest.mark.parametrize(
    ("role", "office", "allowed"),
    [
        ("office", "deputy", True),
        ("committee_secretary", "deputy", True),
        ("general_secretary", "deputy", False),
        ("branch_secretary", "deputy", False),
        ("branch_secretary", "group_leader", True),
        ("commissioner", "group_leader", True),
        ("group_leader", "group_leader", False),
        ("member", "group_leader", False),
        ("outsider", "group_leader", False),
    ],
)
def test_who_may_appoint(college: SmallCollege, role: str, office: str, allowed: bool) -> None:
    branch = college.branches[0]
    group = make_group(branch, "第二党小组") if office == "group_leader" else None
    before = Appointment.objects.count()
    try:
        appointments.appoint(
            actor=getattr(college, role),
            person=college.members[0],
            office=office,
            organisation=branch,
            started_on=TODAY,
            group=group,
        )
    except NotAllowed:
        assert not allowed
    else:
        assert allowed
    assert Appointment.objects.count() == before + allowed


def test_offices_that_do_not_fit_their_place(college: SmallCollege) -> None:
    branch, sibling, _other = college.branches
    person, elsewhere = college.members[0], make_group(sibling)
    department = Department.objects.get()
    dissolved = make_group(branch, "旧党小组")
    dissolved.dissolved_on = D(2026, 1, 1)
    dissolved.save()
    cases = [
        ({"office": "head", "organisation": branch}, {"office"}),
        ({"office": "secretary", "department": department}, {"office"}),
        ({"office": "dean", "organisation": branch}, {"office"}),
        ({"office": "discipline_secretary", "organisation": branch}, {"office"}),
        ({"office": "group_leader", "organisation": branch}, {"group"}),
        ({"office": "group_leader", "organisation": branch, "group": elsewhere}, {"group"}),
        ({"office": "group_leader", "organisation": branch, "group": dissolved}, {"started_on"}),
        (
            {"office": "group_leader", "organisation": branch, "group": dissolved, "started_on": D(2025, 9, 1)},
            {"started_on"},  # without an end the office would be held today
        ),
        ({"office": "member", "organisation": branch, "group": college.group}, {"group"}),
        ({"office": "member", "organisation": branch, "ended_on": D(2026, 6, 14)}, {"ended_on"}),
        ({"office": "member", "organisation": branch, "started_on": D(2062, 6, 15)}, {"started_on"}),
        ({"office": "member"}, {"organisation"}),
    ]
    for values, fields in cases:
        with pytest.raises(InvalidInput) as error:
            appointments.appoint(actor=make_admin(), person=person, **{"started_on": TODAY, **values})  # type: ignore[arg-type]
        assert refused(error) == fields, values
    with pytest.raises(InvalidInput) as error:
        appointments.appoint(
            actor=make_admin(), person=make_person(None), office="member", organisation=branch, started_on=TODAY
        )
    assert refused(error) == {"person"}


def test_one_secretary_at_a_time_whatever_the_days(college: SmallCollege) -> None:
    branch, person = college.branches[0], college.members[0]
    now = held(college.branch_secretary, Office.SECRETARY)

    def try_it(start: datetime.date, end: datetime.date | None = None) -> Appointment:
        return appointments.appoint(
            actor=make_admin(), person=person, office="secretary", organisation=branch, started_on=start, ended_on=end
        )

    for start, end in ((TODAY, None), (D(2023, 1, 1), SINCE), (D(2025, 1, 1), D(2025, 2, 1))):
        with pytest.raises(InvalidInput) as error:
            try_it(start, end)
        assert refused(error) == {"person"}
        assert "支部书记" in error.value.errors["person"]
    assert try_it(D(2023, 1, 1), SINCE - datetime.timedelta(days=1)).ended_on == D(2023, 12, 31)
    appointments.end_appointment(actor=make_admin(), appointment=now, ended_on=TODAY, reason="调离")
    with pytest.raises(InvalidInput):
        try_it(TODAY)  # the last day still belongs to the predecessor
    assert try_it(D(2026, 6, 16)).ended_on is None
    assert secretary_on(branch, TODAY) == college.branch_secretary.person
    assert secretary_on(branch, D(2026, 6, 16)) == person


def test_the_same_office_twice_and_another_beside_it(college: SmallCollege) -> None:
    branch, user = college.branches[0], college.commissioner
    with pytest.raises(InvalidInput) as error:
        appointments.appoint(
            actor=make_admin(),
            person=user.person,  # type: ignore[arg-type]
            office=Office.ORGANISATION_COMMISSIONER,
            organisation=branch,
            started_on=TODAY,
        )
    assert "已经担任这个职务" in error.value.errors["person"]
    appointments.appoint(
        actor=make_admin(),
        person=user.person,  # type: ignore[arg-type]
        office=Office.DISCIPLINE_COMMISSIONER,
        organisation=branch,
        started_on=TODAY,
    )
    assert Appointment.objects.in_force().filter(person=user.person).count() == 2


def test_ending_is_once_and_not_before_the_start(college: SmallCollege) -> None:
    row = held(college.branch_secretary, Office.SECRETARY)
    with pytest.raises(InvalidInput) as error:
        appointments.end_appointment(actor=make_admin(), appointment=row, ended_on=D(2023, 12, 31), reason="调离")
    assert refused(error) == {"ended_on"}
    appointments.end_appointment(actor=make_admin(), appointment=row, ended_on=D(2026, 6, 14), reason="调离")
    assert not access.may(fresh(college.branch_secretary), access.CONFIRM, college.branches[0])
    with pytest.raises(Conflict):
        appointments.end_appointment(actor=make_admin(), appointment=row, ended_on=TODAY, reason="再来一次")
    with pytest.raises(NotAllowed):
        appointments.end_appointment(
            actor=college.branch_secretary,
            appointment=held(college.commissioner, Office.ORGANISATION_COMMISSIONER),
            ended_on=TODAY,
            reason="换人",
        )


def test_a_hand_over_leaves_no_day_without_and_no_day_with_two(college: SmallCollege) -> None:
    branch = college.branches[0]
    row, successor = held(college.branch_secretary, Office.SECRETARY), college.commissioner
    new = appointments.hand_over(
        actor=college.office,
        appointment=row,
        successor=successor.person,
        on=TODAY,
        reason="交流任职",  # type: ignore[arg-type]
    )
    row.refresh_from_db()
    assert (row.ended_on, new.started_on, new.ended_on) == (D(2026, 6, 14), TODAY, None)
    assert [line.history_change_reason for line in (row.history.first(), new.history.get())] == ["交流任职"] * 2
    assert access.may(fresh(successor), access.CONFIRM, branch)
    assert access.may(fresh(successor), access.RECORD, branch)
    assert not access.may(fresh(college.branch_secretary), access.RECORD, branch)


def test_a_hand_over_that_fails_leaves_the_old_office(college: SmallCollege) -> None:
    row = held(college.branch_secretary, Office.SECRETARY)
    cases = [
        (row.person, TODAY, {"successor"}),
        (college.members[0], SINCE, {"on"}),
        (make_person(None), TODAY, {"person"}),
    ]
    for successor, on, fields in cases:
        with pytest.raises(InvalidInput) as error:
            appointments.hand_over(actor=make_admin(), appointment=row, successor=successor, on=on, reason="交接")
        assert refused(error) == fields
        row.refresh_from_db()
        assert row.ended_on is None
    assert access.may(fresh(college.branch_secretary), access.CONFIRM, college.branches[0])


def test_correcting_the_days_of_an_office(college: SmallCollege) -> None:
    branch, row = college.branches[0], held(college.branch_secretary, Office.SECRETARY)
    appointments.hand_over(actor=make_admin(), appointment=row, successor=college.members[0], on=TODAY, reason="交接")
    row.refresh_from_db()
    with pytest.raises(InvalidInput) as error:  # the successor is in office by then
        appointments.correct_appointment(
            actor=make_admin(), appointment=row, started_on=SINCE, ended_on=None, reason="写错"
        )
    assert refused(error) == {"person"}
    with pytest.raises(InvalidInput) as error:
        appointments.correct_appointment(
            actor=make_admin(), appointment=row, started_on=SINCE, ended_on=D(2026, 6, 13), reason=" "
        )
    assert refused(error) == {"reason"}
    appointments.correct_appointment(
        actor=make_admin(), appointment=row, started_on=D(2024, 2, 1), ended_on=D(2026, 6, 10), reason="写错"
    )
    assert secretary_on(branch, D(2024, 1, 31)) is None
    assert secretary_on(branch, D(2026, 6, 12)) is None


def test_a_re_election_begins_a_new_term(college: SmallCollege) -> None:
    branch = college.branches[0]
    Organisation.objects.filter(pk=branch.pk).update(term_extended_until=D(2027, 6, 1))
    one, two, three = college.members[:3]
    holders = [
        OfficeHolder(one, Office.SECRETARY),
        OfficeHolder(two, Office.ORGANISATION_COMMISSIONER),
        OfficeHolder(three, Office.PUBLICITY_COMMISSIONER),
        OfficeHolder(three, Office.DISCIPLINE_COMMISSIONER),
    ]
    rows = appointments.re_elect(
        actor=college.office, organisation=branch, term_start=D(2026, 6, 1), holders=holders, reason="换届选举"
    )
    assert len(rows) == 4
    assert committee_on(branch, D(2026, 6, 1)) == [one, two, three]
    before = {person.name for person in committee_on(branch, D(2026, 5, 31))}
    assert before == {"支部书记", "组织委员", "宣传委员"}
    stored = Organisation.objects.get(pk=branch.pk)
    assert (stored.term_start, stored.term_extended_until) == (D(2026, 6, 1), None)
    assert stored.term_end == D(2029, 6, 1)
    assert held(college.group_leader, Office.GROUP_LEADER)  # leaders are not elected with the committee
    assert not access.may(fresh(college.branch_secretary), access.RECORD, branch)
    assert stored.history.first().history_change_reason == "换届选举"  # type: ignore[union-attr]


def test_who_stays_in_office_goes_on_in_a_new_row(college: SmallCollege) -> None:
    branch, user = college.branches[0], college.branch_secretary
    assert user.person is not None
    appointments.re_elect(
        actor=make_admin(),
        organisation=branch,
        term_start=D(2026, 6, 1),
        holders=[OfficeHolder(user.person, Office.SECRETARY)],
        reason="换届",
    )
    rows = Appointment.objects.filter(person=user.person, office="secretary").order_by("started_on")
    assert [(row.started_on, row.ended_on) for row in rows] == [(SINCE, D(2026, 5, 31)), (D(2026, 6, 1), None)]
    assert access.may(fresh(user), access.CONFIRM, branch)


def test_composition_warns_and_does_not_block(college: SmallCollege) -> None:
    branch = college.branches[0]
    assert branch.pk not in composition_of([branch.pk])
    appointments.re_elect(
        actor=make_admin(),
        organisation=branch,
        term_start=D(2026, 6, 1),
        holders=[OfficeHolder(college.members[0], Office.SECRETARY)],
        reason="换届",
    )
    found = [warning.text for warning in composition_of([branch.pk])[branch.pk]]
    assert found == ["正式党员11人，7人以上应设支部委员会"]


def test_re_elections_that_are_refused(college: SmallCollege) -> None:
    branch, (one, two) = college.branches[0], college.members[:2]
    secretary = OfficeHolder(one, Office.SECRETARY)
    cases: list[tuple[datetime.date, list[OfficeHolder], str]] = [
        (TODAY, [], "holders"),
        (TODAY, [secretary, OfficeHolder(two, Office.SECRETARY)], "holders"),
        (TODAY, [secretary, OfficeHolder(two, Office.GROUP_LEADER)], "holders"),
        (TODAY, [secretary, OfficeHolder(two, Office.MEMBER), OfficeHolder(two, Office.MEMBER)], "holders"),
        (SINCE, [secretary], "term_start"),
        (D(2026, 6, 16), [secretary], "term_start"),
        (TODAY, [OfficeHolder(make_person(None), Office.SECRETARY)], "person"),
    ]
    before = Appointment.history.count()
    for day, holders, field in cases:
        with pytest.raises(InvalidInput) as error:
            appointments.re_elect(
                actor=make_admin(), organisation=branch, term_start=day, holders=holders, reason="换届"
            )
        assert refused(error) == {field}
    with pytest.raises(NotAllowed):
        appointments.re_elect(
            actor=college.branch_secretary, organisation=branch, term_start=TODAY, holders=[secretary], reason="换届"
        )
    assert Appointment.history.count() == before


def test_an_office_in_a_department(college: SmallCollege) -> None:
    person = college.members[0]
    department = Department.objects.get()
    row = appointments.appoint(
        actor=college.office, person=person, office=Office.HEAD, department=department, started_on=TODAY
    )
    assert (row.organisation, row.department) == (None, department)
    with pytest.raises(NotAllowed):
        appointments.appoint(
            actor=college.general_secretary, person=person, office=Office.STAFF, department=department, started_on=TODAY
        )
    other = make_department_officer(college.committee, college.branches[1], Department.Duty.OFFICE)
    assert not access.has_anywhere(other, access.MANAGE_ORGANISATIONS)


def test_the_database_is_the_last_line(college: SmallCollege) -> None:
    """A row that passed every check a moment too early: a conflict in words, and nothing is half done."""
    before = Appointment.history.count()
    second = Appointment(
        person=college.members[0], organisation=college.branches[0], office=Office.SECRETARY, started_on=TODAY
    )
    with pytest.raises(Conflict) as error:
        appointments._save(second, make_admin(), "任职")
    assert "刷新" in error.value.message
    assert Appointment.history.count() == before
