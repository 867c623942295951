"""The pages on which offices, people, groups and organisations are changed: what is done, what is refused and why."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orgs import access
from orgs.models import (
    Appointment,
    College,
    Department,
    Group,
    Membership,
    MemberStatus,
    Office,
    Organisation,
    Person,
    User,
    VotingExclusion,
)
from orgs.services.accounts import create_account, disable_account
from tests.factories import (
    PASSWORD,
    ROLES,
    SmallCollege,
    make_admin,
    make_college,
    make_group,
    make_officer,
    make_organisation,
    make_person,
    make_user,
)

pytestmark = pytest.mark.django_db
BACKEND = "orgs.backends.AccountBackend"
SAMPLE = Path(__file__).parents[1] / "data" / "roster.xlsx"
REQUIRED = "这个字段是必填项。"


@dataclass
class Place:
    """The college with what the forms are about."""

    college: SmallCollege
    branch: Organisation
    sibling: Organisation
    other: Organisation
    general: Organisation
    empty: Organisation  # a branch without members
    group: Group
    spare: Group  # a Party group without members
    colleague: Person
    newcomer: Person  # probationary

    def office_of(self, office: str) -> Appointment:
        """Who holds it in ZB101."""
        return Appointment.objects.get(organisation=self.branch, office=office)

    def client(self, role: str = "office") -> Client:
        """A browser in which ``role`` is signed in."""
        client = Client()
        client.force_login(getattr(self.college, role), BACKEND)
        return client


@pytest.fixture
def place() -> Place:
    college = make_college()
    branch, sibling, other = college.branches
    return Place(
        college=college,
        branch=branch,
        sibling=sibling,
        other=other,
        general=college.general_branches[0],
        empty=make_organisation("ZB103", college.general_branches[0]),
        group=college.group,
        spare=make_group(branch, "第二党小组"),
        colleague=college.members[0],
        newcomer=make_person(
            branch, "预备党员", number="N1", status=MemberStatus.PROBATIONARY, joined_on=datetime.date(2025, 6, 1)
        ),
    )


@dataclass(frozen=True)
class Done:
    """A form sent by ``role`` that is accepted: what the page says then, and what is true."""

    name: str
    args: Callable[[Place], list[Any]]
    data: Callable[[Place], dict[str, Any]]
    says: str
    holds: Callable[[Place], bool]
    role: str = "office"


@dataclass(frozen=True)
class Refused:
    """A form that is refused: messages by field (``__all__``: on top); nothing is written and the input stays."""

    name: str
    args: Callable[[Place], list[Any]]
    data: Callable[[Place], dict[str, Any]]
    errors: dict[str, list[str]]
    role: str = "office"


@dataclass(frozen=True)
class Stopped:
    """Something that cannot be done as things stand: a page with this reason and status."""

    name: str
    args: Callable[[Place], list[Any]]
    data: Callable[[Place], dict[str, Any]]
    status: int
    reason: str
    role: str = "office"


def code(place: Place) -> list[Any]:
    return [place.branch.code]


def colleague(place: Place) -> list[Any]:
    return [place.colleague.number]


def newcomer(place: Place) -> list[Any]:
    return [place.newcomer.number]


def secretary(place: Place) -> list[Any]:
    return [place.office_of(Office.SECRETARY).pk]


def commissioner(place: Place) -> list[Any]:
    return [place.office_of(Office.ORGANISATION_COMMISSIONER).pk]


def leader(place: Place) -> list[Any]:
    return [place.office_of(Office.GROUP_LEADER).pk]


def nothing(_place: Place) -> dict[str, Any]:
    return {}


def reload(row: Any) -> Any:
    """The row as it is stored now."""
    return type(row).objects.get(pk=row.pk)


def newcomer_from_outside(**changes: str) -> dict[str, str]:
    return {
        "number": "X900",
        "name": "外来党员",
        "kind": "staff",
        "status": "formal",
        "joined_on": "2010-07-01",
        "formal_on": "2011-07-01",
        "on": "2026-06-10",
        "reason": "介绍信 12 号",
        **changes,
    }


def founded(**changes: str) -> dict[str, str]:
    return {
        "code": "ZB109",
        "name": "新建党支部",
        "level": "branch",
        "kind": "staff",
        "founded_on": "2026-06-10",
        "reason": "批复 3 号",
        **changes,
    }


ACCEPTED = [
    Done(
        "appoint",
        code,
        lambda p: {"person": p.colleague.pk, "office": "member", "started_on": "2026-06-10", "reason": "增补"},
        "已任职，权限随任期生效。",
        lambda p: Appointment.objects.filter(person=p.colleague, office="member", organisation=p.branch).exists(),
    ),
    Done(
        "appoint",
        code,
        lambda p: {"person": p.colleague.pk, "office": "group_leader", "group": p.spare.pk, "started_on": "2026-06-10"},
        "已任职，权限随任期生效。",
        lambda p: Appointment.objects.filter(person=p.colleague, group=p.spare).exists(),
        role="branch_secretary",
    ),
    Done(
        "office_end",
        commissioner,
        lambda p: {"ended_on": "2026-06-14", "reason": "工作变动"},
        "已办理离任，权限到期自动失效。",
        lambda p: (
            not access.has_anywhere(User.objects.get(pk=p.college.commissioner.pk), access.RECORD)
        ),  # its last day was yesterday
    ),
    Done(
        "office_end",
        leader,
        lambda p: {"ended_on": "2026-06-14", "reason": "轮换"},
        "已办理离任，权限到期自动失效。",
        lambda p: p.office_of(Office.GROUP_LEADER).ended_on == datetime.date(2026, 6, 14),
        role="commissioner",
    ),
    Done(
        "office_hand_over",
        secretary,
        lambda p: {"successor": p.colleague.pk, "on": "2026-06-10", "reason": "轮岗"},
        "已交接，前任和接任的任期前后衔接。",
        lambda p: (
            list(
                Appointment.objects.filter(organisation=p.branch, office="secretary")
                .order_by("started_on")
                .values_list("person__name", "ended_on")
            )
            == [("支部书记", datetime.date(2026, 6, 9)), (p.colleague.name, None)]
        ),
    ),
    Done(
        "re_elect",
        code,
        lambda p: {"term_start": "2026-06-10", "secretary": p.colleague.pk, "reason": "换届批复 1 号"},
        "已登记新一届，上一届的任职在前一天结束。",
        lambda p: (
            reload(p.branch).term_start == datetime.date(2026, 6, 10)
            and Appointment.objects.filter(organisation=p.branch, ended_on=datetime.date(2026, 6, 9)).count() == 3
        ),
    ),
    Done(
        "transfer",
        colleague,
        lambda p: {"organisation": p.sibling.pk, "on": "2026-06-10", "reason": "岗位调整"},
        "已转接。",
        lambda p: (
            reload(p.colleague).organisation == p.sibling
            and Membership.objects.get(person=p.colleague, ended_on__isnull=False).ended_on == datetime.date(2026, 6, 9)
        ),
        role="general_secretary",
    ),
    Done(
        "transfer_out",
        colleague,
        lambda p: {"on": "2026-06-10", "reason": "调往市教育局"},
        "已转出，历史记录保留。",
        lambda p: reload(p.colleague).organisation is None,
        role="branch_secretary",
    ),
    Done(
        "transfer_in",
        code,
        lambda p: newcomer_from_outside(group=str(p.group.pk)),
        "已转入。需要登录的，请组织部建立账号并发邀请。",
        lambda p: Person.objects.get(number="X900").group == p.group,
        role="commissioner",
    ),
    Done(
        "admit",
        newcomer,
        lambda p: {"formal_on": "2026-06-02", "reason": "总支批复 8 号"},
        "已登记转正，从转正日期起计入表决基数。",
        lambda p: reload(p.newcomer).formal_on == datetime.date(2026, 6, 2),
    ),
    Done(
        "change_group",
        colleague,
        lambda p: {"group": p.spare.pk, "on": "2026-06-10"},
        "已调整。",
        lambda p: reload(p.colleague).group == p.spare,
        role="branch_secretary",
    ),
    Done(
        "excused",
        colleague,
        lambda p: {"excused_reason": "身患重病"},
        "已登记。",
        lambda p: reload(p.colleague).excused_reason == "身患重病",
        role="branch_secretary",
    ),
    Done(
        "voting_exclusion",
        colleague,
        lambda p: {
            "ground": "illness",
            "started_on": "2026-06-10",
            "superior_approval": "批复 5 号",
            "meeting_on": "2026-06-09",
        },
        "已登记。",
        lambda p: VotingExclusion.objects.get(person=p.colleague).superior_approval == "批复 5 号",
    ),
    Done(
        "group_create",
        code,
        lambda p: {"name": "第三党小组", "founded_on": "2026-06-10"},
        "已设立。接下来请任命组长、编入党员。",
        lambda p: Group.objects.filter(organisation=p.branch, name="第三党小组").exists(),
        role="branch_secretary",
    ),
    Done(
        "group_dissolve",
        lambda p: [p.spare.pk],
        lambda p: {"dissolved_on": "2026-06-10", "reason": "合并"},
        "已撤销。",
        lambda p: reload(p.spare).dissolved_on == datetime.date(2026, 6, 10),
        role="branch_secretary",
    ),
    Done(
        "organisation_create",
        lambda p: [p.general.code],
        lambda p: founded(),
        "已建立。接下来请办理任职。",
        lambda p: Organisation.objects.get_parent(Organisation.objects.get(code="ZB109")) == p.general,
    ),
    Done(
        "organisation_rename",
        code,
        lambda p: {"name": "教工第一党支部", "reason": "批复 2 号"},
        "已更名，原名称保留在变动记录里。",
        lambda p: reload(p.branch).name == "教工第一党支部",
    ),
    Done(
        "organisation_move",
        lambda p: [p.sibling.code],
        lambda p: {"parent": p.college.general_branches[1].pk, "reason": "学院合并"},
        "已调整，下级组织一并移动。",
        lambda p: Organisation.objects.get_parent(reload(p.sibling)) == p.college.general_branches[1],
    ),
    Done(
        "organisation_dissolve",
        lambda p: [p.empty.code],
        lambda p: {"dissolved_on": "2026-06-10", "reason": "批复 4 号"},
        "已撤销，历史记录保留。",
        lambda p: reload(p.empty).dissolved_on == datetime.date(2026, 6, 10),
    ),
    Done(
        "extend_term",
        code,
        lambda p: {"until": "2027-12-31", "approval_number": "党发 9 号"},
        "已登记延期。",
        lambda p: reload(p.branch).term_end == datetime.date(2027, 12, 31),
    ),
    Done(
        "account_state",
        lambda p: [p.colleague.number, "create"],
        nothing,
        "已建立账号，可以发邀请邮件了。",
        lambda p: not User.objects.get(person=p.colleague).has_usable_password(),
    ),
    Done(
        "account_state",
        lambda p: [p.college.member.username, "disable"],
        nothing,
        "账号已停用。",
        lambda p: not Client().login(username=p.college.member.username, password=PASSWORD),
    ),
]

REFUSED = [
    Refused(
        "appoint",
        code,
        lambda p: {"person": p.colleague.pk, "office": "secretary", "started_on": "2026-06-10", "reason": "拟任"},
        {"person": ["这个职务由支部书记担任，请先办理离任，或使用“交接”。"]},
    ),
    Refused(
        "appoint",
        code,
        lambda p: {"person": p.colleague.pk, "office": "group_leader", "started_on": "2026-06-10"},
        {"group": ["党小组组长要选择党小组，其他职务不用选。"]},
        role="branch_secretary",
    ),
    Refused(
        "office_end",
        commissioner,
        lambda p: {"ended_on": "2023-12-31", "reason": "工作变动"},
        {"ended_on": ["离任日期不能早于任职日期 2024-01-01。"]},
    ),
    Refused(
        "office_hand_over",
        secretary,
        lambda p: {"successor": p.college.branch_secretary.person_id, "on": "2026-06-10", "reason": "轮岗"},
        {"successor": ["接任的人和离任的人不能是同一个。"]},
    ),
    Refused(
        "re_elect",
        code,
        lambda p: {"term_start": "2024-01-01", "secretary": p.colleague.pk, "reason": "换届批复 1 号"},
        {"term_start": ["新一届要晚于本届开始日期 2024-01-01。"]},
    ),
    Refused(
        "transfer",
        colleague,
        lambda p: {"organisation": p.branch.pk, "on": "2026-06-10", "reason": "岗位调整"},
        {"organisation": ["已经在这个支部，不用转接。"]},
    ),
    Refused(
        "transfer",
        colleague,
        lambda p: {"organisation": p.other.pk, "on": "2026-06-10", "reason": "跨总支"},
        {"organisation": ["选择一个有效的选项： 该选择不在可用的选项中。"]},
        role="general_secretary",
    ),
    Refused(
        "transfer_out",
        colleague,
        lambda p: {"on": "2026-06-30", "reason": "调往市教育局"},
        {"on": ["请在生效当天或之后登记，不能填以后的日期。"]},
    ),
    Refused(
        "transfer_in",
        code,
        lambda p: newcomer_from_outside(number=p.colleague.number),
        {"number": ["这个工号/学号属于党员1，已在册，请用“转接”。"]},
    ),
    Refused(
        "admit",
        newcomer,
        lambda p: {"formal_on": "2025-06-01", "reason": "总支批复 8 号"},
        {"formal_on": ["转正日期要晚于入党日期 2025-06-01。"]},
    ),
    Refused(
        "change_group",
        colleague,
        lambda p: {"group": p.spare.pk, "on": "2026-06-16"},
        {"on": ["请在生效当天或之后登记，不能填以后的日期。"]},
    ),
    Refused(
        "excused",
        colleague,
        lambda p: {"excused_reason": "太忙"},
        {"excused_reason": ["选择一个有效的选项。 太忙 不在可用的选项中。"]},
    ),
    Refused(
        "voting_exclusion",
        colleague,
        lambda p: {"ground": "abroad", "started_on": "2026-06-10"},
        {
            "superior_approval": ["这种情形须经上级同意，请填写批复文号。"],
            "meeting_on": ["这种情形须经党员大会通过，请填写通过日期。"],
        },
    ),
    Refused(
        "group_create",
        code,
        lambda p: {"name": "第一党小组", "founded_on": "2026-06-10"},
        {"name": ["请填写本支部里没有用过的党小组名称。"]},
        role="branch_secretary",
    ),
    Refused(
        "organisation_create",
        lambda p: [p.general.code],
        lambda p: founded(code="ZB101"),
        {"code": ["编码 ZB101 已被使用，请换一个。"]},
    ),
    Refused(
        "organisation_create",
        lambda p: [p.general.code],
        lambda p: founded(level="committee"),
        {"__all__": ["党委不能设在党总支之下。"]},
    ),
    Refused("organisation_rename", code, lambda p: {"name": " ", "reason": "批复 2 号"}, {"name": [REQUIRED]}),
    Refused(
        "organisation_move",
        lambda p: [p.general.code],
        lambda p: {"parent": p.college.general_branches[1].pk, "reason": "学院合并"},
        {"parent": ["党总支不能设在党总支之下。"]},
    ),
    Refused(
        "organisation_dissolve",
        lambda p: [p.empty.code],
        lambda p: {"dissolved_on": "2012-09-01", "reason": "批复 4 号"},
        {"dissolved_on": ["撤销日期要晚于成立日期 2012-09-01。"]},
    ),
    Refused(
        "extend_term",
        code,
        lambda p: {"until": "2028-06-30", "approval_number": "党发 9 号"},
        {"until": ["延期一般不超过1年：请填 2027-01-01 之后、2028-01-01 之前的日期。"]},
    ),
]

STOPPED = [
    Stopped(
        "transfer",
        lambda p: [p.college.commissioner.username],
        lambda p: {"organisation": p.sibling.pk, "on": "2026-06-10", "reason": "岗位调整"},
        409,
        "组织委员还担任组织委员，请先办理离任或交接。",
    ),
    Stopped(
        "change_group",
        lambda p: [p.college.group_leader.username],
        lambda p: {"group": p.spare.pk, "on": "2026-06-10"},
        409,
        "小组长还担任党小组组长，请先办理离任或交接。",
    ),
    Stopped(
        "admit",
        colleague,
        lambda p: {"formal_on": "2026-06-02", "reason": "批复"},
        409,
        "党员1已经是正式党员。",
    ),
    Stopped(
        "group_dissolve",
        lambda p: [p.group.pk],
        lambda p: {"dissolved_on": "2026-06-10", "reason": "合并"},
        409,
        "党小组里还有党员，请先调整他们的党小组。",
    ),
    Stopped(
        "organisation_dissolve",
        code,
        lambda p: {"dissolved_on": "2026-06-10", "reason": "批复"},
        409,
        "组织里还有党员，请先办理转接。",
    ),
    Stopped(
        "account_state",
        lambda p: [p.college.member.username, "create"],
        nothing,
        409,
        "普通党员已经有账号。",
    ),
    Stopped(
        "account_state",
        lambda p: [p.college.member.username, "enable"],
        nothing,
        409,
        "账号状态已经变化，请刷新后再看。",
    ),
    Stopped(
        "account_state",
        lambda p: [p.college.office.username, "disable"],
        nothing,
        400,
        "不能停用自己的账号，请让另一位管理员办理。",
    ),
    Stopped(
        "office_end",
        commissioner,
        lambda p: {"ended_on": "2026-06-14", "reason": "工作变动"},
        403,
        "组织、任职和账号由党委组织部维护，请联系组织部。",
        role="branch_secretary",
    ),
]


def ids(rows: list[Any]) -> list[str]:
    return [f"{number}-{row.name}" for number, row in enumerate(rows)]


@pytest.mark.parametrize("case", ACCEPTED, ids=ids(ACCEPTED))
def test_what_is_right_is_done_and_said(case: Done, place: Place) -> None:
    client = place.client(case.role)
    url = reverse(f"orgs:{case.name}", args=case.args(place))
    answer = client.post(url, {**case.data(place), "csrfmiddlewaretoken": "x"}, follow=True)
    assert answer.redirect_chain, answer.context["form"].errors if "form" in answer.context else answer.content.decode()
    assert [str(message) for message in answer.context["messages"]] == [case.says]
    assert answer.status_code == 200
    assert case.holds(place)


@pytest.mark.parametrize("case", REFUSED, ids=ids(REFUSED))
def test_what_is_wrong_is_said_at_its_field_and_the_input_stays(case: Refused, place: Place) -> None:
    client, data = place.client(case.role), case.data(place)
    before = stored()
    answer = client.post(reverse(f"orgs:{case.name}", args=case.args(place)), {**data, "csrfmiddlewaretoken": "x"})
    assert answer.status_code == 400
    form = answer.context["form"]
    assert {name: [str(text) for text in texts] for name, texts in form.errors.items()} == case.errors
    assert {name: str(form[name].value()) for name in data} == {name: str(value) for name, value in data.items()}
    page = answer.content.decode()
    assert all(text in page for texts in case.errors.values() for text in texts)
    assert stored() == before


@pytest.mark.parametrize("case", STOPPED, ids=ids(STOPPED))
def test_what_cannot_be_done_now_is_said_on_a_page(case: Stopped, place: Place) -> None:
    before = stored()
    url = reverse(f"orgs:{case.name}", args=case.args(place))
    answer = place.client(case.role).post(url, {**case.data(place), "csrfmiddlewaretoken": "x"})
    assert answer.status_code == case.status
    assert answer.context["message"] == case.reason
    assert case.reason in answer.content.decode()
    assert stored() == before


def stored() -> list[int]:
    """How many history rows, memberships and accounts there are: every write leaves one."""
    rows = (Person, Organisation, Appointment, Group, VotingExclusion)
    return [model.history.count() for model in rows] + [Membership.objects.count(), User.objects.count()]


def test_every_form_opens_empty_of_errors(place: Place) -> None:
    client = place.client()
    for case in (*ACCEPTED, *REFUSED):
        if case.name == "account_state":
            continue
        answer = client.get(reverse(f"orgs:{case.name}", args=case.args(place)))
        assert answer.status_code == 200, case.name
        assert not answer.context["form"].errors


def test_a_branch_secretary_may_appoint_group_leaders_only(place: Place) -> None:
    answer = place.client("branch_secretary").get(reverse("orgs:appoint", args=["ZB101"]))
    assert answer.context["form"].fields["office"].choices == [("group_leader", "党小组组长")]
    people = {person.organisation_id for person in answer.context["form"].fields["person"].queryset}
    assert people == {place.branch.pk}


def test_a_closed_account_is_opened_again(place: Place) -> None:
    member = place.college.member
    assert member.person is not None
    disable_account(actor=place.college.office, person=member.person)
    url = reverse("orgs:account_state", args=[member.username, "enable"])
    answer = place.client().post(url, follow=True)
    assert [str(message) for message in answer.context["messages"]] == ["账号已恢复。"]
    assert Client().login(username=member.username, password=PASSWORD)


# --- the roster


def upload(client: Client, content: bytes, action: str, name: str = "花名册.xlsx") -> Any:
    return client.post(reverse("orgs:roster_import"), {"file": SimpleUploadedFile(name, content), "action": action})


@pytest.fixture
def administrator() -> Client:
    client = Client()
    client.force_login(make_admin(), BACKEND)
    return client


def test_the_sample_roster_is_checked_and_then_imported(administrator: Client) -> None:
    content = SAMPLE.read_bytes()
    checked = upload(administrator, content, "check")
    assert checked.status_code == 200
    assert "检查通过，还没有写入。" in checked.content.decode()
    assert Person.objects.count() == 0
    imported = upload(administrator, content, "import")
    assert imported.status_code == 200
    assert "已导入。" in imported.content.decode()
    assert (Organisation.objects.count(), Person.objects.count(), College.objects.count()) == (37, 533, 6)
    again = upload(administrator, content, "import")
    assert again.context["report"].changes == []
    assert {(row.created, row.updated) for row in again.context["report"].counts.values()} == {(0, 0)}


def test_a_file_that_is_no_roster_is_refused_with_what_to_do(administrator: Client) -> None:
    answer = upload(administrator, b"%PDF-1.7 not a workbook", "import")
    assert answer.status_code == 400
    (error,) = answer.context["report"].errors
    page = answer.content.decode()
    assert "有 1 处要改，没有写入任何数据。" in page
    assert error.problem in page
    assert error.advice in page
    assert Organisation.objects.count() == 0


def test_no_file_at_all_is_said_at_the_field(administrator: Client) -> None:
    answer = administrator.post(reverse("orgs:roster_import"), {"action": "check", "csrfmiddlewaretoken": "x"})
    assert answer.status_code == 400
    assert answer.context["form"].errors == {"file": [REQUIRED]}


def test_the_office_imports_nothing_beyond_its_own(place: Place) -> None:
    """The sample's organisations are new here and its committee another one: every row is told, nothing is written."""
    Organisation.objects.filter(pk=place.college.committee.pk).update(code="OTHER")
    people = Person.objects.count()
    answer = upload(place.client(), SAMPLE.read_bytes(), "import")
    assert answer.status_code == 400
    assert "新的顶层党委只能由系统管理员建立" in {error.problem for error in answer.context["report"].errors}
    assert Person.objects.count() == people


# --- pages that are read


def test_what_a_role_sees_of_the_tree(place: Place) -> None:
    def codes(role: str) -> set[str]:
        page = place.client(role).get(reverse("orgs:organisation_list")).context["page"]
        found, waiting = set(), list(page.roots)
        while waiting:
            node = waiting.pop()
            found.add(node.organisation.code)
            waiting += node.children
        return found

    everything = {"DW", "ZZ1", "ZZ2", "ZB101", "ZB102", "ZB103", "ZB201"}
    expected = {role: {"ZB101"} for role in ROLES} | {
        "committee_secretary": everything,
        "office": everything,
        "general_secretary": {"ZZ1", "ZB101", "ZB102", "ZB103"},
        "outsider": {"ZB201"},
    }
    assert {role: codes(role) for role in ROLES} == expected


def test_search_by_name_code_and_pinyin(place: Place) -> None:
    client = place.client()
    Organisation.objects.filter(pk=place.sibling.pk).update(name="教工第二党支部")
    for words in ("第二", "zb102", "jgdedzb"):
        page = client.get(reverse("orgs:organisation_list"), {"q": words}, headers={"HX-Request": "true"})
        assert page.context["page"].found == 1, words
        assert "教工第二党支部" in page.content.decode()
        assert "<html" not in page.content.decode()


def test_a_plain_member_is_offered_nothing_on_the_branchs_page(place: Place) -> None:
    page = place.client("member").get(reverse("orgs:organisation_detail", args=["ZB101"])).content.decode()
    assert "办理" not in page
    assert reverse("orgs:person_detail", args=[place.colleague.number]) not in page  # it would lead to 404


def test_no_link_on_a_page_leads_nowhere(place: Place) -> None:
    """Every address within the platform that a page offers to somebody opens for them."""
    closed = []
    for role in ROLES:
        client = place.client(role)
        for name, args in (("organisation_detail", ["ZB101"]), ("person_detail", [place.colleague.number])):
            answer = client.get(reverse(f"orgs:{name}", args=args))
            if answer.status_code != 200:
                continue
            links = set(re.findall(r'<a [^>]*href="(/[^"#?]*)', answer.content.decode()))
            closed += [f"{role}: {link}" for link in links if client.get(link).status_code >= 400]
    assert not closed, "\n".join(sorted(closed))


def _grow(place: Place, number: int) -> None:
    """One more of everything that the pages list."""
    person = make_person(place.branch, f"新人{number}", group=make_group(place.branch, f"新组{number}"))
    user = make_user(person)
    make_officer(place.branch, Office.MEMBER, person=person)
    make_organisation(f"ZB11{number}", place.general)
    department, _created = Department.objects.get_or_create(
        code=f"BM{number}", defaults={"name": f"部门{number}", "organisation": place.college.committee}
    )
    Appointment.objects.create(
        person=person, department=department, office="staff", started_on=datetime.date(2025, 1, number)
    )
    past = datetime.date(2020, number, 1)
    Appointment.objects.create(
        person=place.colleague, organisation=place.branch, office="member", started_on=past, ended_on=past
    )
    other = make_organisation(f"ZZ9{number}", place.college.committee)
    College.objects.create(code=f"XY9{number}", name=f"学院{number}", organisation=other, dean=person)
    VotingExclusion.objects.create(person=place.colleague, ground="observation", started_on=past, ended_on=past)
    place.colleague._history_user = user  # every change by somebody else
    place.colleague.mobile = f"1390000000{number}"
    place.colleague.save()


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("organisation_list", lambda p: []),
        ("organisation_detail", lambda p: ["ZB101"]),
        ("organisation_detail", lambda p: ["ZZ1"]),
        ("person_detail", lambda p: [p.colleague.number]),
        ("department_list", lambda p: []),
        ("college_list", lambda p: []),
        ("account", lambda p: []),
    ],
)
def test_a_page_costs_the_same_queries_for_one_row_and_for_three(
    name: str, args: Callable[[Place], list[Any]], place: Place
) -> None:
    create_account(actor=make_admin(), person=place.colleague)
    url = reverse(f"orgs:{name}", args=args(place))
    counts = []
    for number in (1, 2, 3):
        _grow(place, number)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert place.client().get(url).status_code == 200
        counts.append(sum("SAVEPOINT" not in query["sql"] for query in captured.captured_queries))
    assert counts[0] == counts[2], counts
