"""Founding, renaming, moving, dissolving, extending; groups; accounts."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from common.errors import Conflict, InvalidInput, NotAllowed
from orgs import access
from orgs.models import Appointment, Department, Organisation, Person, User
from orgs.services import accounts, organisations, people
from orgs.services.appointments import OfficeHolder, appoint, end_appointment, re_elect
from tests.factories import (
    SmallCollege,
    make_admin,
    make_college,
    make_officer,
    make_organisation,
    make_person,
    make_user,
)

pytestmark = pytest.mark.django_db
D = datetime.date
TODAY, YESTERDAY = D(2026, 6, 15), D(2026, 6, 14)


@pytest.fixture
def college(db: None) -> SmallCollege:
    """The small college of the suite."""
    return make_college()


def stored(organisation: Organisation) -> Organisation:
    return Organisation.objects.get(pk=organisation.pk)


def refused(error: pytest.ExceptionInfo[InvalidInput]) -> set[str]:
    return set(error.value.errors)


def whole_tree_is_sound() -> bool:
    return Organisation.objects.find_problems() == ([], [], [], [], [])


def found(actor: User, parent: Organisation, **changes: Any) -> Organisation:
    facts: dict[str, Any] = {
        "code": "ZB777",
        "name": "新设党支部",
        "level": "branch",
        "kind": "staff",
        "founded_on": TODAY,
        "reason": "党组〔2026〕7号",
    }
    return organisations.create_organisation(actor=actor, parent=parent, **{**facts, **changes})


def test_founding_an_organisation(college: SmallCollege) -> None:
    node = found(college.office, college.general_branches[0])
    assert stored(node).path.startswith(college.general_branches[0].path)
    line = node.history.get()
    assert (line.history_user, line.history_change_reason) == (college.office, "党组〔2026〕7号")
    direct = found(college.office, college.committee, code="ZB778")
    assert stored(direct).depth == 2
    province = found(college.office, college.committee, code="DW2", level="committee", kind="committee")
    assert stored(found(college.office, province, code="ZB779")).depth == 3
    assert whole_tree_is_sound()


def test_founding_that_is_refused(college: SmallCollege) -> None:
    general, branch = college.general_branches[0], college.branches[0]
    closed = make_organisation("ZZ9", college.committee, dissolved_on=D(2026, 1, 1))
    cases: list[tuple[Organisation, dict[str, Any], set[str]]] = [
        (branch, {}, {"parent"}),
        (general, {"level": "general_branch", "approval_number": "7号"}, {"parent"}),
        (general, {"level": "committee"}, {"parent"}),
        (general, {"level": "cell"}, {"level"}),
        (closed, {}, {"parent"}),
        (general, {"kind": "club"}, {"kind"}),
        (general, {"code": "ZB101"}, {"code"}),
        (general, {"code": " "}, {"code"}),
        (general, {"name": ""}, {"name"}),
        (general, {"reason": " "}, {"reason"}),
        (college.committee, {"level": "general_branch"}, {"approval_number"}),
    ]
    for parent, changes, fields in cases:
        with pytest.raises(InvalidInput) as error:
            found(college.office, parent, **changes)
        assert refused(error) == fields, changes
    for actor in (college.general_secretary, college.branch_secretary, college.member):
        with pytest.raises(NotAllowed):
            found(actor, general)
    assert not Organisation.objects.filter(code="ZB777").exists()


def test_renaming_and_correcting(college: SmallCollege) -> None:
    general = college.general_branches[0]
    organisations.rename_organisation(actor=college.office, organisation=general, name="新总支", reason="机构调整")
    organisations.correct_organisation(
        actor=college.office, organisation=general, reason="补录", approval_number=" 党组〔2008〕3号 "
    )
    assert (stored(general).name, stored(general).approval_number) == ("新总支", "党组〔2008〕3号")
    assert [line.name for line in general.history.order_by("history_id")] == ["ZZ1党总支", "新总支", "新总支"]
    with pytest.raises(InvalidInput):
        organisations.correct_organisation(actor=college.office, organisation=general, reason="改", level="branch")
    with pytest.raises(InvalidInput) as error:
        organisations.rename_organisation(actor=college.office, organisation=general, name="甲", reason="")
    assert refused(error) == {"reason"}
    with pytest.raises(NotAllowed):
        organisations.rename_organisation(actor=college.branch_secretary, organisation=general, name="甲", reason="乙")


def test_moving_takes_everything_below_along(college: SmallCollege) -> None:
    branch, second = college.branches[0], college.general_branches[1]
    assert not access.may(college.outsider, access.VIEW, branch)
    organisations.move_organisation(actor=college.office, organisation=branch, parent=second, reason="专业调整")
    moved = stored(branch)
    assert moved.path.startswith(stored(second).path)
    assert moved.history.first().history_change_reason == "专业调整"  # type: ignore[union-attr]
    secretary = User.objects.get(pk=college.general_secretary.pk)
    assert not access.may(secretary, access.VIEW, moved)
    assert access.may(User.objects.get(pk=college.branch_secretary.pk), access.CONFIRM, moved)
    assert whole_tree_is_sound()


def test_moves_that_are_refused(college: SmallCollege) -> None:
    lower = make_organisation("DW2", college.committee, level="committee")
    branch = make_organisation("ZB21", lower, level="branch")
    dissolved = make_organisation("ZB22", lower, level="branch", dissolved_on=D(2026, 1, 1))
    top, admin = college.committee, make_admin()
    for node, parent in ((lower, lower), (top, lower), (branch, college.branches[0])):
        with pytest.raises(InvalidInput) as error:
            organisations.move_organisation(actor=admin, organisation=node, parent=parent, reason="调整")
        assert refused(error) == {"parent"}
    with pytest.raises(Conflict):
        organisations.move_organisation(actor=admin, organisation=dissolved, parent=top, reason="调整")
    department = Department.objects.create(code="BM2", name="组织部", organisation=lower, duty="organisation")
    officer = make_user(make_person(branch))
    assert officer.person is not None
    appoint(actor=admin, person=officer.person, office="staff", department=department, started_on=TODAY)
    with pytest.raises(NotAllowed):  # manages the branch, not where it would go
        organisations.move_organisation(actor=officer, organisation=branch, parent=top, reason="调整")
    assert whole_tree_is_sound()


def test_a_committee_that_gets_a_level_above_loses_the_rights_of_the_top(college: SmallCollege) -> None:
    top = make_organisation("SW", level="committee")
    assert access.has_anywhere(college.committee_secretary, access.CONFIGURE)
    organisations.move_organisation(actor=make_admin(), organisation=college.committee, parent=top, reason="归口")
    again = User.objects.get(pk=college.committee_secretary.pk)
    assert not access.has_anywhere(again, access.CONFIGURE)
    assert access.may(again, access.CONFIRM, stored(college.committee))


def test_dissolving_ends_the_offices_the_day_before(college: SmallCollege) -> None:
    empty = make_organisation("ZB103", college.general_branches[0])
    user = make_officer(empty, home=college.branches[1])
    organisations.dissolve_organisation(actor=college.office, organisation=empty, dissolved_on=TODAY, reason="合并")
    row = Appointment.objects.get(organisation=empty)
    assert (stored(empty).dissolved_on, row.ended_on) == (TODAY, YESTERDAY)
    assert not stored(empty).is_open
    assert empty not in Organisation.objects.open_on(TODAY) and empty in Organisation.objects.open_on(YESTERDAY)
    assert not access.may(User.objects.get(pk=user.pk), access.CONFIRM, empty)
    with pytest.raises(Conflict):
        organisations.dissolve_organisation(actor=college.office, organisation=empty, dissolved_on=TODAY, reason="再")


def test_dissolving_that_is_refused(college: SmallCollege) -> None:
    admin, general = make_admin(), college.general_branches[0]
    for node in (general, college.branches[0]):  # open organisations below; members
        with pytest.raises(Conflict):
            organisations.dissolve_organisation(actor=admin, organisation=node, dissolved_on=TODAY, reason="撤销")
    empty = make_organisation("ZB103", general)
    late = make_person(empty)
    people.transfer(actor=admin, person=late, organisation=college.branches[1], on=D(2026, 6, 10), reason="转出")
    cases: list[tuple[Organisation, datetime.date, str, str]] = [
        (empty, D(2026, 6, 9), "撤销", "dissolved_on"),  # somebody belonged to it on that day
        (empty, D(2012, 9, 1), "撤销", "dissolved_on"),
        (empty, TODAY, " ", "reason"),
        (college.committee, TODAY, "撤销", "organisation"),
    ]
    for node, day, reason, field in cases:
        with pytest.raises(InvalidInput) as error:
            organisations.dissolve_organisation(actor=admin, organisation=node, dissolved_on=day, reason=reason)
        assert refused(error) == {field}
    make_officer(empty, home=college.branches[1], started_on=TODAY)
    with pytest.raises(InvalidInput) as error:
        organisations.dissolve_organisation(actor=admin, organisation=empty, dissolved_on=TODAY, reason="撤销")
    assert refused(error) == {"dissolved_on"}
    with pytest.raises(NotAllowed):
        organisations.dissolve_organisation(
            actor=college.general_secretary, organisation=empty, dissolved_on=TODAY, reason="撤销"
        )
    assert stored(empty).dissolved_on is None


def test_a_term_is_extended_by_a_year_at_most(college: SmallCollege) -> None:
    branch = college.branches[0]  # from 2024-01-01, three years

    def extend(until: datetime.date, number: str = "党组〔2026〕9号") -> Organisation:
        return organisations.extend_term(actor=college.office, organisation=branch, until=until, approval_number=number)

    for until in (D(2027, 1, 1), D(2028, 1, 2)):
        with pytest.raises(InvalidInput) as error:
            extend(until)
        assert refused(error) == {"until"}
    with pytest.raises(InvalidInput) as error:
        extend(D(2027, 6, 1), " ")
    assert refused(error) == {"approval_number"}
    extend(D(2027, 6, 1))
    assert stored(branch).term_end == D(2027, 6, 1)
    extend(D(2028, 1, 1))  # again, and still not beyond a year from the term itself
    with pytest.raises(InvalidInput):
        extend(D(2028, 6, 1))
    assert stored(branch).history.first().history_change_reason == "延期换届：党组〔2026〕9号"  # type: ignore[union-attr]
    unknown = make_organisation("ZB103", college.general_branches[0], term_start=None)
    with pytest.raises(InvalidInput):
        organisations.extend_term(
            actor=college.office, organisation=unknown, until=D(2027, 6, 1), approval_number="9号"
        )


def test_groups(college: SmallCollege) -> None:
    branch, actor = college.branches[0], college.commissioner
    group = organisations.create_group(actor=actor, organisation=branch, name=" 第二党小组 ", founded_on=D(2026, 6, 1))
    assert group.name == "第二党小组"
    for organisation, name, field in (
        (branch, "第二党小组", "name"),
        (branch, " ", "name"),
        (college.general_branches[0], "第三党小组", "organisation"),
    ):
        with pytest.raises(InvalidInput) as error:
            organisations.create_group(actor=make_admin(), organisation=organisation, name=name, founded_on=TODAY)
        assert refused(error) == {field}
    with pytest.raises(NotAllowed):
        organisations.create_group(actor=college.outsider, organisation=branch, name="第三党小组", founded_on=TODAY)
    with pytest.raises(InvalidInput) as error:
        organisations.dissolve_group(actor=actor, group=group, dissolved_on=D(2026, 6, 1), reason="合并")
    assert refused(error) == {"dissolved_on"}
    organisations.dissolve_group(actor=actor, group=group, dissolved_on=TODAY, reason="合并")
    with pytest.raises(Conflict):
        organisations.dissolve_group(actor=actor, group=group, dissolved_on=TODAY, reason="合并")


def test_a_group_with_members_or_a_leader_stays(college: SmallCollege) -> None:
    actor, group = college.branch_secretary, college.group
    with pytest.raises(Conflict) as error:
        organisations.dissolve_group(actor=actor, group=group, dissolved_on=TODAY, reason="合并")
    assert "还有党员" in error.value.message
    Person.objects.filter(group=group).update(group=None)
    with pytest.raises(Conflict) as error:
        organisations.dissolve_group(actor=actor, group=group, dissolved_on=TODAY, reason="合并")
    assert "组长" in error.value.message
    end_appointment(actor=actor, appointment=Appointment.objects.get(group=group), ended_on=YESTERDAY, reason="合并")
    organisations.dissolve_group(actor=actor, group=group, dissolved_on=TODAY, reason="合并")


def test_accounts(college: SmallCollege) -> None:
    person = college.members[0]
    user = accounts.create_account(actor=college.office, person=person)
    assert (user.username, user.has_usable_password()) == (person.number, False)
    with pytest.raises(Conflict):
        accounts.create_account(actor=college.office, person=person)
    accounts.disable_account(actor=college.office, person=person, reason="离职")
    assert not User.objects.get(pk=user.pk).is_active
    with pytest.raises(Conflict):
        accounts.disable_account(actor=college.office, person=person)
    accounts.enable_account(actor=college.office, person=person)
    with pytest.raises(Conflict):
        accounts.enable_account(actor=college.office, person=person)
    reasons = [line.history_change_reason for line in person.history.order_by("history_id")]
    assert reasons[-3:] == ["建立账号", "停用账号 离职", "恢复账号"]


def test_accounts_that_are_refused(college: SmallCollege) -> None:
    person = college.members[0]
    for actor in (college.branch_secretary, college.general_secretary, college.outsider):
        with pytest.raises(NotAllowed):
            accounts.create_account(actor=actor, person=person)
    assert college.office.person is not None
    with pytest.raises(InvalidInput):
        accounts.disable_account(actor=college.office, person=college.office.person)
    make_admin(person.number)
    with pytest.raises(Conflict) as error:
        accounts.create_account(actor=college.office, person=person)
    assert person.number in error.value.message


def test_a_closed_account_has_no_rights(college: SmallCollege) -> None:
    secretary = college.branch_secretary
    assert secretary.person is not None
    accounts.disable_account(actor=college.office, person=secretary.person)
    closed = User.objects.get(pk=secretary.pk)
    assert not access.may(closed, access.VIEW, college.branches[0])
    assert list(Organisation.objects.visible_to(closed)) == []


def test_a_dissolved_organisation_stays_as_it_was(college: SmallCollege) -> None:
    gone = make_organisation("ZB9", college.committee, level="branch", dissolved_on=D(2026, 6, 1))
    gone.term_start = D(2024, 6, 1)
    gone.save()
    person, words = college.members[0], "已在 2026-06-01 撤销"
    with pytest.raises(Conflict, match=words):
        organisations.rename_organisation(actor=college.office, organisation=gone, name="新名", reason="更名")
    with pytest.raises(Conflict, match=words):
        organisations.extend_term(actor=college.office, organisation=gone, until=D(2027, 9, 1), approval_number="批复")
    with pytest.raises(Conflict, match=words):
        re_elect(
            actor=college.office,
            organisation=gone,
            term_start=D(2026, 5, 1),
            holders=[OfficeHolder(person, "secretary")],
            reason="换届",
        )
    with pytest.raises(InvalidInput) as error:
        organisations.correct_organisation(
            actor=college.office, organisation=gone, reason="更正", founded_on=D(2026, 6, 1)
        )
    assert refused(error) == {"founded_on"}
    after = stored(gone)
    assert (after.name, after.term_start, after.term_extended_until) == (gone.name, D(2024, 6, 1), None)
    assert not Appointment.objects.filter(organisation=gone).exists()
