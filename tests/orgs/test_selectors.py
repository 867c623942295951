"""The pages' reads: what they show, to whom, and at the same cost for few rows and for many."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from orgs.forms.organisations import ReElectForm
from orgs.models import Office, Organisation, Person, User
from orgs.selectors.history import organisation_history
from orgs.selectors.organisation import organisation_page
from orgs.selectors.person import person_page
from orgs.selectors.tree import Node, tree_page
from orgs.services import organisations, people
from orgs.services.appointments import hand_over
from tests.factories import SmallCollege, make_admin, make_college, make_officer, make_organisation, make_person

pytestmark = pytest.mark.django_db
D = datetime.date
TODAY = D(2026, 6, 15)


@pytest.fixture
def college(db: None) -> SmallCollege:
    """The small college of the suite."""
    return make_college()


def fresh(user: User) -> User:
    return User.objects.select_related("person__organisation").get(pk=user.pk)


def shape(nodes: list[Node]) -> list[object]:
    """Codes, nested as the page nests them."""
    return [
        (node.organisation.code, shape(node.children)) if node.children else node.organisation.code for node in nodes
    ]


def test_the_tree_that_each_role_sees(college: SmallCollege) -> None:
    assert shape(tree_page(college.office).roots) == [("DW", [("ZZ1", ["ZB101", "ZB102"]), ("ZZ2", ["ZB201"])])]
    assert shape(tree_page(college.general_secretary).roots) == [("ZZ1", ["ZB101", "ZB102"])]
    assert shape(tree_page(college.member).roots) == ["ZB101"]


def test_people_are_counted_with_all_below(college: SmallCollege) -> None:
    root = tree_page(college.office).roots[0]
    branches = {node.organisation.code: node.people for node in root.children[0].children}
    assert root.people == Person.objects.count()
    assert root.children[0].people == sum(number or 0 for number in branches.values())
    assert branches["ZB101"] == Person.objects.filter(organisation__code="ZB101").count()


def test_no_number_where_the_reader_does_not_see_the_people(college: SmallCollege) -> None:
    (own,) = tree_page(college.member).roots
    assert own.people is None
    (branch,) = tree_page(college.branch_secretary).roots
    assert branch.people == Person.objects.filter(organisation__code="ZB101").count()


@pytest.mark.parametrize("words", ["软件", "ZB202", "zb202", "rjjsdzb", "jishu", " 软件技术 "])
def test_search_by_name_code_and_initials_keeps_the_way_up(college: SmallCollege, words: str) -> None:
    make_organisation("ZB202", college.general_branches[1], name="软件技术党支部")
    page = tree_page(college.office, search=words)
    assert shape(page.roots) == [("DW", [("ZZ2", ["ZB202"])])]
    assert (page.found, page.total) == (1, 7)
    assert tree_page(college.outsider, search=words).roots == []


def test_dissolved_organisations_are_shown_on_request(college: SmallCollege) -> None:
    make_organisation("ZB109", college.general_branches[1], dissolved_on=D(2026, 1, 1))
    assert "ZB109" not in str(shape(tree_page(college.office).roots))
    assert "ZB109" in str(shape(tree_page(college.office, with_dissolved=True).roots))


def test_the_tree_costs_the_same_for_few_and_many(college: SmallCollege) -> None:
    def queries() -> int:
        user = fresh(college.office)
        with CaptureQueriesContext(connection) as captured:
            tree_page(user)
        return len(captured)

    before = queries()
    for number in range(5):
        make_person(make_organisation(f"ZB30{number}", college.general_branches[1]))
    assert queries() == before == 3


def test_a_branch_page(college: SmallCollege) -> None:
    branch, row = college.branches[0], college.branch_secretary.person.appointments.get()  # type: ignore[union-attr]
    hand_over(actor=make_admin(), appointment=row, successor=college.members[0], on=TODAY, reason="交接")
    page = organisation_page(college.commissioner, Organisation.objects.get(pk=branch.pk))
    former = organisation_page(fresh(college.branch_secretary), Organisation.objects.get(pk=branch.pk))
    assert (former.people, former.past_offices, former.warnings, former.sees_members) == ([], [], [], False)
    assert [node.code for node in page.ancestors] == ["DW", "ZZ1"]
    assert len(page.people) == Person.objects.filter(organisation=branch).count()
    assert {office.get_office_display() for office in page.offices} == {"书记", "组织委员", "宣传委员", "党小组组长"}
    assert [office.person for office in page.past_offices] == [college.branch_secretary.person]
    assert page.groups == [college.group]
    assert page.term.text == "2027-01-01 届满"
    assert page.warnings == []
    with clock.moved(D(2026, 8, 1)):
        assert organisation_page(college.office, branch).term.text == "还有5个月届满"
    with clock.moved(D(2027, 1, 31)):
        assert organisation_page(college.office, branch).term.text == "已届满30天，尚未换届"


def test_a_general_branch_shows_what_is_below_and_what_it_lacks(college: SmallCollege) -> None:
    general = college.general_branches[0]
    page = organisation_page(college.office, general)
    assert [node.code for node in page.children] == ["ZB101", "ZB102"]
    assert (page.people, page.groups) == ([], [])
    below = Person.objects.filter(organisation__in=college.branches[:2]).count()
    assert [warning.text for warning in page.warnings] == [f"党员{below}人，不足50人，请补填批准文号"]
    assert organisation_page(college.member, college.branches[0]).children == []


def test_rights_and_privacy_on_the_page(college: SmallCollege) -> None:
    branch = college.branches[0]

    def flags(user: User) -> tuple[bool, bool, bool]:
        page = organisation_page(fresh(user), branch)
        return page.may_manage, page.may_manage_people, page.sees_private

    assert flags(college.office) == (True, True, False)
    assert flags(college.branch_secretary) == (False, True, True)
    assert flags(college.general_secretary) == (False, True, False)
    assert flags(college.member) == (False, False, False)


def test_a_page_costs_the_same_for_few_and_many(college: SmallCollege) -> None:
    branch = Organisation.objects.get(pk=college.branches[0].pk)

    def queries() -> int:
        user = fresh(college.office)
        with CaptureQueriesContext(connection) as captured:
            organisation_page(user, branch)
        return len(captured)

    before = queries()
    for _number in range(3):
        make_officer(branch, Office.MEMBER)
    assert queries() == before <= 9


def lines(organisation: Organisation, *, sees_private: bool = True) -> list[tuple[str, str, str]]:
    return [(line.who, line.what, line.why) for line in organisation_history(organisation, sees_private=sees_private)]


def test_history_tells_who_when_what_and_why(college: SmallCollege) -> None:
    branch, office, person = college.branches[1], college.office, make_person(college.branches[1], "何一")
    clerk = office.display_name
    with clock.moved(D(2026, 6, 16)):
        organisations.rename_organisation(actor=office, organisation=branch, name="新名称", reason="机构调整")
    with clock.moved(D(2026, 6, 17)):
        group = organisations.create_group(
            actor=office, organisation=branch, name="第一党小组", founded_on=D(2026, 6, 17)
        )
    with clock.moved(D(2026, 6, 18)):
        people.change_group(actor=office, person=person, group=group, on=D(2026, 6, 18))
    with clock.moved(D(2026, 6, 19)):
        people.change_group(actor=office, person=person, group=None, on=D(2026, 6, 19), reason="误编")
    with clock.moved(D(2026, 6, 20)):
        organisations.dissolve_group(actor=office, group=group, dissolved_on=D(2026, 6, 20), reason="合并")
    with clock.moved(D(2026, 6, 21)):
        people.transfer(actor=office, person=person, organisation=college.branches[2], on=D(2026, 6, 21), reason="调动")
    with clock.moved(D(2026, 6, 22)):
        people.correct_details(actor=office, person=person, mobile="139", reason="更正")  # elsewhere by now
        assert lines(branch)[:6] == [
            (clerk, f"何一：所在支部：新名称 → {college.branches[2].name}", "调动"),
            (clerk, "撤销党小组“第一党小组”：2026-06-20", "合并"),
            (clerk, "何一：党小组：第一党小组 → —", "误编"),
            (clerk, "何一：党小组：— → 第一党小组", "调整党小组"),
            (clerk, "设立党小组“第一党小组”", "设立党小组"),
            (clerk, f"名称：{branch.name} → 新名称", "机构调整"),
        ]
        assert lines(college.branches[2])[:2] == [
            (clerk, "何一：手机", "更正"),
            (clerk, f"何一：所在支部：新名称 → {college.branches[2].name}", "调动"),
        ]


def test_history_keeps_health_within_the_branch(college: SmallCollege) -> None:
    branch, person = college.branches[0], college.members[0]
    with clock.moved(D(2026, 6, 16)):
        people.set_excused(actor=college.branch_secretary, person=person, excused_reason="身患重病", reason="住院手术")
    inside, outside = lines(branch)[0], lines(branch, sees_private=False)[0]
    assert inside == ("支部书记", "党员1：不作硬性要求", "住院手术")
    assert outside == ("支部书记", "党员1：不作硬性要求", "")
    assert "重病" not in str(lines(branch))


def test_a_roster_is_one_line_of_history(college: SmallCollege) -> None:
    branch = make_organisation("ZB103", college.general_branches[0])
    for number in range(7):
        make_person(branch, f"新党员{number}")
    added = [what for _who, what, _why in lines(branch) if "列入名册" in what]
    assert len(added) == 1
    assert added[0].startswith("列入名册7人：") and added[0].endswith("…")


def test_history_costs_four_queries(college: SmallCollege) -> None:
    for _number in range(2):
        with CaptureQueriesContext(connection) as captured:
            lines(college.branches[0])
        assert len(captured) == 4
        make_officer(college.branches[0], Office.MEMBER)


def test_a_person_page(college: SmallCollege) -> None:
    person = Person.objects.select_related("organisation", "group").get(pk=college.members[0].pk)
    people.set_voting_exclusion(actor=college.branch_secretary, person=person, ground="observation", started_on=TODAY)
    mine = person_page(college.branch_secretary, person)
    assert (mine.may_manage, mine.sees_private, len(mine.exclusions), mine.account) == (True, True, 1, None)
    theirs = person_page(college.member, person)
    assert (theirs.may_manage, theirs.sees_private, theirs.exclusions, theirs.history) == (False, False, [], [])
    own = person_page(college.member, college.member.person)  # type: ignore[arg-type]
    assert (own.may_manage, own.sees_private, own.account) == (False, True, college.member)


def test_who_left_stays_visible_to_whoever_managed_them(college: SmallCollege) -> None:
    gone = college.members[0]
    people.transfer_out(actor=college.office, person=gone, on=TODAY, reason="调往外校")
    assert gone in Person.objects.visible_to(fresh(college.office))
    for role in ("branch_secretary", "general_secretary", "outsider", "member"):
        assert gone not in Person.objects.visible_to(fresh(getattr(college, role)))


def test_the_form_of_a_re_election_takes_several_deputies(college: SmallCollege) -> None:
    root, members = college.committee, college.members
    committee = ReElectForm(people=Person.objects.all(), level=root.level)
    assert "discipline_secretary" in committee.fields
    assert "discipline_secretary" not in ReElectForm(people=Person.objects.all(), level="branch").fields
    typed = {
        "term_start": "2026-06-01",
        "reason": "换届",
        "secretary": members[0].number,
        "deputy": [members[1].number, members[2].number],
    }
    form = ReElectForm(typed, people=Person.objects.all(), level=root.level)
    assert form.is_valid()
    assert form.holders() == [(members[0], "secretary"), (members[1], "deputy"), (members[2], "deputy")]
