"""Rights come from offices in force, flow down the tree or stay at home, and end with the day."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from common.errors import NotAllowed
from orgs import access
from orgs.models import Appointment, Department, Office, Organisation, OrganisationUserPermission, Person, User
from orgs.nightly import refresh_drift
from orgs.services.appointments import appoint, end_appointment, hand_over
from tests.factories import (
    SINCE,
    SmallCollege,
    make_admin,
    make_college,
    make_department_officer,
    make_officer,
    make_organisation,
    make_person,
    make_user,
)

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
D = datetime.date
TODAY, YESTERDAY, TOMORROW = D(2026, 6, 15), D(2026, 6, 14), D(2026, 6, 16)


@pytest.fixture
def college(db: None) -> SmallCollege:
    """The small college of the suite."""
    return make_college()


def fresh(user: User) -> User:
    """The account as a new request loads it, without the grants kept on the object."""
    return User.objects.select_related("person__organisation").get(pk=user.pk)


def codes(user: User | AnonymousUser, right: str) -> list[str]:
    """Codes of the organisations where ``user`` holds ``right``, by asking one by one."""
    return [node.code for node in Organisation.objects.all() if access.may(user, right, node)]


def selected(user: User, right: str) -> list[str]:
    """The same by the condition that lists use."""
    return list(Organisation.objects.filter(access.within(user, right, "")).values_list("code", flat=True))


ALL = ["DW", "ZZ1", "ZB101", "ZB102", "ZZ2", "ZB201"]
FIRST = ["ZZ1", "ZB101", "ZB102"]
HOME = ["ZB101"]


@pytest.mark.parametrize(
    ("role", "rights"),
    [
        (
            "committee_secretary",
            {
                "view_organisation": ALL,
                "record": ["DW"],
                "confirm": ["DW"],
                "review": ALL,
                "manage_people": ALL,
                "manage_organisations": ALL,
                "configure": ALL,
                "view_private": ["DW"],
            },
        ),
        (
            "office",
            {
                "view_organisation": ALL,
                "review": ALL,
                "manage_people": ALL,
                "manage_organisations": ALL,
                "configure": ALL,
            },
        ),
        (
            "general_secretary",
            {
                "view_organisation": FIRST,
                "record": ["ZZ1"],
                "confirm": ["ZZ1"],
                "review": FIRST,
                "manage_people": FIRST,
                "view_private": ["ZZ1"],
            },
        ),
        (
            "branch_secretary",
            {
                "view_organisation": HOME,
                "record": HOME,
                "confirm": HOME,
                "review": HOME,
                "manage_people": HOME,
                "view_private": HOME,
            },
        ),
        (
            "commissioner",
            {"view_organisation": HOME, "record": HOME, "manage_people": HOME, "view_private": HOME},
        ),
        ("group_leader", {"record_group": HOME}),
        ("member", {}),
        (
            "outsider",
            {
                right: ["ZB201"]
                for right in ("view_organisation", "record", "confirm", "review", "manage_people", "view_private")
            },
        ),
    ],
)
def test_what_each_office_gives_and_where(college: SmallCollege, role: str, rights: dict[str, list[str]]) -> None:
    user = getattr(college, role)
    for right in access.FLOWING | access.OWN_ONLY:
        assert codes(user, right) == rights.get(right, []), right
        assert selected(user, right) == rights.get(right, []), right
        assert access.has_anywhere(user, right) == (right in rights)


def test_members_see_their_own_branch_and_no_other(college: SmallCollege) -> None:
    member = college.member
    assert [node.code for node in Organisation.objects.visible_to(member)] == ["ZB101"]
    assert list(Person.objects.visible_to(member)) == [member.person]
    nobody = make_user(make_person(None))
    assert list(Organisation.objects.visible_to(nobody)) == []
    assert list(Person.objects.visible_to(nobody)) == [nobody.person]
    technical = make_user()
    assert list(Organisation.objects.visible_to(technical)) == list(Person.objects.visible_to(technical)) == []


def test_rows_that_must_not_leak(college: SmallCollege) -> None:
    outsider = college.outsider
    assert {person.organisation.code for person in Person.objects.visible_to(outsider)} == {"ZB201"}  # type: ignore[union-attr]
    assert {row.organisation.code for row in Appointment.objects.visible_to(outsider)} == {"ZB201"}  # type: ignore[union-attr]
    assert list(Department.objects.visible_to(outsider)) == []
    assert Department.objects.visible_to(college.office).count() == 1


def test_superusers_and_strangers(college: SmallCollege) -> None:
    admin, anonymous = make_admin(), AnonymousUser()
    assert codes(admin, access.CONFIGURE) == selected(admin, access.CONFIGURE) == ALL
    assert codes(admin, access.CONFIRM) == []  # the record is confirmed by the secretary, nobody else
    for right in access.FLOWING | access.OWN_ONLY:
        assert codes(anonymous, right) == []
    User.objects.filter(pk=college.branch_secretary.pk).update(is_active=False)
    assert codes(fresh(college.branch_secretary), access.VIEW) == []


def test_two_offices_in_one_organisation_are_one_union(college: SmallCollege) -> None:
    branch, user = college.branches[0], college.commissioner
    assert user.person is not None
    second = appoint(
        actor=make_admin(), person=user.person, office=Office.DEPUTY, organisation=branch, started_on=TODAY
    )
    assert access.may(fresh(user), access.REVIEW, branch)
    rows = OrganisationUserPermission.objects.filter(user=user)
    assert rows.count() == len({row.permission_id for row in rows})
    end_appointment(actor=make_admin(), appointment=second, ended_on=YESTERDAY + datetime.timedelta(1), reason="调整")
    with clock.moved(TOMORROW):
        assert not access.may(fresh(user), access.REVIEW, branch)
        assert access.may(fresh(user), access.RECORD, branch)  # the other office still gives it


def test_an_office_that_ended_yesterday_gives_nothing_today_without_any_job(college: SmallCollege) -> None:
    branch, user = college.branches[0], college.branch_secretary
    row = Appointment.objects.get(person=user.person)
    end_appointment(actor=make_admin(), appointment=row, ended_on=TODAY, reason="届满")
    assert access.may(fresh(user), access.CONFIRM, branch)  # the last day counts
    with clock.moved(TOMORROW):
        assert OrganisationUserPermission.objects.filter(user=user).exists()  # nothing has run in between
        assert codes(fresh(user), access.VIEW) == []
        assert [node.code for node in Organisation.objects.visible_to(fresh(user))] == ["ZB101"]  # as a member


def test_an_office_of_tomorrow_gives_nothing_today(college: SmallCollege) -> None:
    branch, user = college.branches[1], college.member
    assert user.person is not None
    appoint(actor=make_admin(), person=user.person, office="secretary", organisation=branch, started_on=TOMORROW)
    assert codes(fresh(user), access.VIEW) == []
    with clock.moved(TOMORROW):
        assert codes(fresh(user), access.CONFIRM) == ["ZB102"]


def test_grants_kept_on_an_object_end_with_the_day(college: SmallCollege) -> None:
    branch, user = college.branches[0], fresh(college.branch_secretary)
    end_appointment(
        actor=make_admin(), appointment=Appointment.objects.get(person=user.person), ended_on=TODAY, reason="届满"
    )
    user = fresh(user)
    assert access.may(user, access.CONFIRM, branch)
    with clock.moved(TOMORROW):
        assert not access.may(user, access.CONFIRM, branch)


def test_a_hand_over_changes_rights_at_midnight(college: SmallCollege) -> None:
    branch, old, new = college.branches[0], college.branch_secretary, college.member
    assert new.person is not None
    hand_over(
        actor=make_admin(),
        appointment=Appointment.objects.get(person=old.person),
        successor=new.person,
        on=TOMORROW,
        reason="交接",
    )
    assert (codes(fresh(old), access.CONFIRM), codes(fresh(new), access.CONFIRM)) == (["ZB101"], [])
    with clock.moved(TOMORROW):
        assert (codes(fresh(old), access.CONFIRM), codes(fresh(new), access.CONFIRM)) == ([], ["ZB101"])
        assert access.may_confirm(fresh(new), branch)


def test_a_department_acts_for_its_organisation(college: SmallCollege) -> None:
    home = college.branches[1]
    office = make_department_officer(college.committee, home, Department.Duty.OFFICE)
    principal = make_department_officer(college.committee, home, Department.Duty.ADMINISTRATION)
    library = make_department_officer(college.committee, home, Department.Duty.NONE)
    assert (codes(office, access.REVIEW), codes(office, access.MANAGE_PEOPLE)) == (ALL, [])
    assert (codes(principal, access.VIEW), codes(principal, access.REVIEW)) == (ALL, [])
    assert codes(library, access.VIEW) == []


def test_four_eyes(college: SmallCollege) -> None:
    branch, sibling = college.branches[:2]
    general = college.general_secretary
    assert access.may_review(general, branch)
    assert not access.may_review(college.branch_secretary, branch)  # an office there
    assert access.may_review(general, sibling)  # a member there, which does not count
    assert not access.may_review(college.outsider, branch)
    make_officer(branch, Office.MEMBER, person=general.person, home=sibling)
    assert not access.may_review(fresh(general), branch)
    assert access.may_review(fresh(general), sibling)
    with pytest.raises(NotAllowed) as error:
        access.require_review(fresh(general), branch)
    assert "任职" in error.value.message


def test_four_eyes_at_the_root(college: SmallCollege) -> None:
    root, secretary, office = college.committee, college.committee_secretary, college.office
    assert access.may_review(office, root, applicant_id=secretary.person_id)
    assert access.may_review(secretary, root, applicant_id=office.person_id)
    assert not access.may_review(secretary, root, applicant_id=secretary.person_id)
    with pytest.raises(NotAllowed):
        access.require_review(secretary, root, applicant_id=secretary.person_id)


def test_a_deputy_confirms_only_while_there_is_no_secretary(college: SmallCollege) -> None:
    branch = college.branches[0]
    deputy = make_officer(branch, Office.DEPUTY)
    assert not access.may_confirm(deputy, branch)
    row = Appointment.objects.get(person=college.branch_secretary.person)
    end_appointment(actor=make_admin(), appointment=row, ended_on=YESTERDAY, reason="调离")
    assert access.may_confirm(fresh(deputy), branch)
    assert not access.may_confirm(fresh(college.commissioner), branch)
    assert not access.may_confirm(fresh(deputy), college.branches[1])
    appoint(actor=make_admin(), person=college.members[0], office="secretary", organisation=branch, started_on=TODAY)
    assert not access.may_confirm(fresh(deputy), branch)


def test_offices_come_with_the_grants_in_one_query(college: SmallCollege) -> None:
    branch, group = college.branches[0], college.group
    leader = fresh(college.group_leader)
    with CaptureQueriesContext(connection) as queries:
        assert access.has_anywhere(leader, access.RECORD_GROUP)
        assert access.offices_of(leader) == (("group_leader", branch.pk, branch.path, group.pk, branch.name),)
        assert access.holds_office_in(leader, branch)
        assert not access.may_confirm(leader, branch)
    assert len(queries) == 1
    assert access.offices_of(college.office) == access.offices_of(make_admin()) == ()  # a department's is no unit's
    assert access.offices_of(AnonymousUser()) == ()


def test_an_office_counts_on_its_days_only(college: SmallCollege) -> None:
    branch, person = college.branches[0], college.members[0]
    user = make_user(person)
    appoint(actor=make_admin(), person=person, office="deputy", organisation=branch, started_on=TODAY)
    row = Appointment.objects.get(person=person)
    with clock.moved(YESTERDAY):
        assert not access.holds_office_in(fresh(user), branch)
    assert access.holds_office_in(fresh(user), branch)
    end_appointment(actor=make_admin(), appointment=row, ended_on=TODAY, reason="调离")
    assert access.holds_office_in(fresh(user), branch)
    with clock.moved(TOMORROW):
        assert not access.holds_office_in(fresh(user), branch)


def test_led_groups(college: SmallCollege) -> None:
    assert access.led_group_ids(college.group_leader) == {college.group.pk}
    assert access.led_group_ids(college.member) == access.led_group_ids(make_admin()) == set()


def drifted(user: User) -> list[tuple[Any, ...]]:
    rows = OrganisationUserPermission.objects.filter(user=user).order_by("permission__codename")
    return list(rows.values_list("permission__codename", "content_object__code", "valid_from", "valid_until"))


def test_drift_is_counted_and_mended(college: SmallCollege) -> None:
    user, other = college.branch_secretary, college.member
    right = drifted(user)
    assert refresh_drift(TODAY)["drift"] == 0
    rows = OrganisationUserPermission.objects.filter(user=user)
    stolen = rows.first()
    assert stolen is not None
    OrganisationUserPermission.objects.create(
        user=other, permission_id=stolen.permission_id, content_object=college.committee
    )
    rows.filter(pk=stolen.pk).update(valid_until=D(2030, 1, 1))
    last = rows.last()
    assert last is not None
    last.delete()
    counts = refresh_drift(TODAY)
    assert counts["drift"] == 3
    assert drifted(user) == right
    assert drifted(other) == []
    assert refresh_drift(TODAY) == {"checked": counts["checked"] - 1, "drift": 0}  # the thief has nothing to check


def test_the_nightly_step_removes_what_has_ended_and_keeps_what_comes(college: SmallCollege) -> None:
    user = college.branch_secretary
    row = Appointment.objects.get(person=user.person)
    end_appointment(actor=make_admin(), appointment=row, ended_on=YESTERDAY, reason="届满")
    assert drifted(user) == []
    Appointment.objects.filter(pk=row.pk).update(ended_on=TODAY)
    assert refresh_drift(TODAY)["drift"] == len(access.OFFICE_RIGHTS["secretary"])
    assert {days[2:] for days in drifted(user)} == {(SINCE, TODAY)}
    with clock.moved(TOMORROW):
        refresh_drift(TOMORROW)
    assert drifted(user) == []


def test_checking_drift_costs_the_same_for_one_and_for_many(college: SmallCollege) -> None:
    with CaptureQueriesContext(connection) as few:
        refresh_drift(TODAY)
    for number in range(5):
        make_officer(make_organisation(f"ZB30{number}", college.general_branches[1]))
    with CaptureQueriesContext(connection) as many:
        assert refresh_drift(TODAY)["drift"] == 0
    assert len(few) == len(many)


def test_asking_many_times_is_one_query(college: SmallCollege) -> None:
    user = fresh(college.general_secretary)
    nodes = list(Organisation.objects.all())
    with CaptureQueriesContext(connection) as queries:
        for node in nodes:
            access.may(user, access.VIEW, node)
            access.may(user, access.CONFIRM, node)
    assert len(queries) == 1
