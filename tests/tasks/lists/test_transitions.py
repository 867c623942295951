"""Every change of a list: by whom, from which state, with what effect, and refused otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from common.errors import Conflict, InvalidInput, NotAllowed
from orgs.models import User
from tasks import list_rules
from tasks.models import ListItem, ResponsibilityList, Task
from tasks.services.lists import (
    add_item,
    change_item,
    create_draft,
    delete_draft,
    load_lists,
    publish_list,
    remove_item,
    rename_draft,
    start_version,
)
from tests.factories import ROLES, SmallCollege, make_admin
from tests.tasks.lists.making import facts, item_of, make_draft, publish

MAY = {"committee_secretary", "office"}
Command = Callable[[User, ResponsibilityList], Any]


def first(found: ResponsibilityList) -> ListItem:
    return item_of(found)


COMMANDS: dict[str, tuple[str, Command]] = {
    "rename": (
        list_rules.EDIT,
        lambda actor, found: rename_draft(actor=actor, responsibility_list=found, title="新名", signed_with=""),
    ),
    "add": (
        list_rules.EDIT,
        lambda actor, found: add_item(actor=actor, responsibility_list=found, facts=facts("新增一条")),
    ),
    "change": (
        list_rules.EDIT,
        lambda actor, found: change_item(actor=actor, item=first(found), facts=facts("改过一条")),
    ),
    "remove": (list_rules.EDIT, lambda actor, found: remove_item(actor=actor, item=first(found))),
    "delete": (list_rules.DELETE, lambda actor, found: delete_draft(actor=actor, responsibility_list=found)),
    "publish": (
        list_rules.PUBLISH,
        lambda actor, found: publish_list(actor=actor, responsibility_list=found, reason="年初部署"),
    ),
    "revise": (list_rules.REVISE, lambda actor, found: start_version(actor=actor, responsibility_list=found)),
}
# Command → the state of the list afterwards, by the state before; a state that is not named refuses it.
EXPECTED: dict[str, dict[str, str | None]] = {
    "rename": {"draft": "draft"},
    "add": {"draft": "draft"},
    "change": {"draft": "draft"},
    "remove": {"draft": "draft"},
    "delete": {"draft": None},
    "publish": {"draft": "published"},
    "revise": {"published": "published"},
}


def in_state(actor: User, state: str) -> ResponsibilityList:
    """A list of branches with two items in ``state``."""
    found = make_draft(actor, facts("第一件"), facts("第二件"))
    if state == "draft":
        return found
    found = publish_list(actor=actor, responsibility_list=found, reason="年初部署")
    if state == "replaced":
        draft = start_version(actor=actor, responsibility_list=found)
        publish_list(actor=actor, responsibility_list=draft, reason="调整")
    return ResponsibilityList.objects.get(pk=found.pk)


@pytest.mark.parametrize("state", list_rules.STATES)
@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_in_every_state(college: SmallCollege, name: str, state: str) -> None:
    found = in_state(college.office, state)
    before = list(ListItem.objects.filter(list=found).order_by("number").values())
    verb, command = COMMANDS[name]
    assert set(EXPECTED[name]) == set(list_rules.TABLE[verb])
    if state in EXPECTED[name]:
        command(college.office, found)
        row = ResponsibilityList.objects.filter(pk=found.pk).first()
        assert (row.state if row else None) == EXPECTED[name][state]
        return
    with pytest.raises(Conflict, match=r"草稿|已经发布|已被新版替换"):
        command(college.office, found)
    assert ResponsibilityList.objects.get(pk=found.pk).state == state
    assert list(ListItem.objects.filter(list=found).order_by("number").values()) == before


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", COMMANDS)
def test_only_who_keeps_the_rules_may(college: SmallCollege, name: str, role: str) -> None:
    found = in_state(college.office, "published" if name == "revise" else "draft")
    actor, (_verb, command) = getattr(college, role), COMMANDS[name]
    if role in MAY:
        command(actor, found)
        return
    with pytest.raises(NotAllowed, match="规则和设置由党委组织部维护"):
        command(actor, found)


def test_beginning_a_list(college: SmallCollege) -> None:
    for role in set(ROLES) - MAY:
        with pytest.raises(NotAllowed):
            create_draft(actor=getattr(college, role), year=2026, role="branch")
        with pytest.raises(NotAllowed):
            load_lists(year=2026, actor=getattr(college, role))
    made = create_draft(actor=college.office, year=2026, role="branch")
    assert (made.state, made.version, made.items.count()) == ("draft", 1, 14)
    assert made.history.latest().history_user == college.office
    with pytest.raises(Conflict, match="已经有了"):
        create_draft(actor=college.office, year=2026, role="branch")
    with pytest.raises(InvalidInput, match="2026年或2027年"):
        create_draft(actor=college.office, year=2025, role="committee")
    with pytest.raises(InvalidInput, match="上一年度没有已发布的清单"):
        create_draft(actor=college.office, year=2026, role="committee", source="last_year")
    assert create_draft(actor=make_admin(), year=2027, role="committee", source="empty").items.count() == 0


def test_next_year_begins_from_this_years_list(college: SmallCollege) -> None:
    publish(college.office, facts("第一件"), facts("第二件", frequency="monthly"))
    made = create_draft(actor=college.office, year=2027, role="branch", source="last_year")
    assert list(made.items.order_by("number").values_list("code", "title", "frequency")) == [
        ("01", "第一件", "quarterly"),
        ("02", "第二件", "monthly"),
    ]


def test_publishing_wants_a_reason_and_items_and_writes_who_and_when(college: SmallCollege) -> None:
    found = make_draft(college.office)
    with pytest.raises(InvalidInput, match="还没有条目"):
        publish_list(actor=college.office, responsibility_list=found, reason="年初部署")
    add_item(actor=college.office, responsibility_list=found, facts=facts())
    for reason, words in (("  ", "请写明"), ("长" * 301, "最多300字")):
        with pytest.raises(InvalidInput, match=words) as caught:
            publish_list(actor=college.office, responsibility_list=found, reason=reason)
        assert set(caught.value.errors) == {"reason"}
    assert not Task.objects.exists()
    publish_list(actor=college.office, responsibility_list=found, reason=" 年初部署 ")
    found.refresh_from_db()
    assert (found.state, str(found.published_on), found.published_by, found.change_reason) == (
        "published",
        "2026-06-15",
        college.office,
        "年初部署",
    )
    assert found.history.latest().history_change_reason == "年初部署"


def test_a_year_that_is_over_is_not_published(college: SmallCollege) -> None:
    load_lists(year=2025)
    draft = ResponsibilityList.objects.get(year=2025, role="branch")
    with pytest.raises(InvalidInput, match="已经结束"):
        publish_list(actor=college.office, responsibility_list=draft, reason="补发")


def test_one_draft_of_a_new_version_at_a_time(college: SmallCollege) -> None:
    found = publish(college.office, facts())
    start_version(actor=college.office, responsibility_list=found)
    with pytest.raises(Conflict, match="已经在起草"):
        start_version(actor=college.committee_secretary, responsibility_list=found)


def test_what_was_deleted_meanwhile_is_said(college: SmallCollege) -> None:
    found = make_draft(college.office, facts("第一件"), facts("第二件"))
    item = first(found)
    remove_item(actor=college.office, item=item)
    with pytest.raises(Conflict, match="已经删去"):
        change_item(actor=college.office, item=item, facts=facts())
    delete_draft(actor=college.office, responsibility_list=found)
    with pytest.raises(Conflict, match="已经删除"):
        publish_list(actor=college.office, responsibility_list=found, reason="年初部署")
    assert ListItem.history.filter(history_type="-").count() == 2
    assert ListItem.history.filter(history_type="-").first().history_user == college.office


def test_removing_closes_the_gap_and_a_code_is_never_given_twice(college: SmallCollege) -> None:
    found = make_draft(college.office, facts("一"), facts("二"), facts("三"))
    remove_item(actor=college.office, item=item_of(found, 3))
    remove_item(actor=college.office, item=item_of(found, 1))
    add_item(actor=college.office, responsibility_list=found, facts=facts("四"))
    rows = found.items.order_by("number").values_list("number", "code", "title")
    assert list(rows) == [(1, "02", "二"), (2, "04", "四")]


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"title": ""}, "title", ""),
        ({"title": "长" * 201}, "title", ""),
        ({"frequency": "weekly"}, "frequency", ""),
        ({"times": 0}, "times", ""),
        ({"due_rule": {}}, "due_rule", "请选择到期规则"),
        ({"due_rule": {"rule": "teaching_week", "week": 8}}, "due_rule", "不能用于“每季度”"),
        ({"due_rule": {"rule": "dates", "dates": ["12-31"]}}, "due_rule", "每季度4个"),
        ({"due_rule": {"rule": "next_month_day"}}, "due_rule", "次月的几号"),
        ({"requirement": {"evidence": "lecture"}}, "requirement", "请从列表中选择"),
        ({"requirement": {"evidence": "lecture", "part": "lectured"}, "adopts": True}, "requirement", "可以认领"),
        ({"adopts": True}, "requirement", "可以认领"),
        (
            {"requirement": {"evidence": "lecture", "part": "lectured"}, "awaits_room": "党课"},
            "awaits_room",
            "不用再写",
        ),
        ({"not_applicable": "no_roof"}, "not_applicable", ""),
    ],
)
def test_a_wrong_item_is_refused_on_its_field(
    college: SmallCollege, values: dict[str, Any], field: str, words: str
) -> None:
    found = make_draft(college.office, facts())
    with pytest.raises(InvalidInput) as caught:
        add_item(actor=college.office, responsibility_list=found, facts=facts(**{"title": "新增", **values}))
    assert set(caught.value.errors) == {field}
    assert words in caught.value.errors[field]
    with pytest.raises(InvalidInput):
        change_item(actor=college.office, item=first(found), facts=facts(**{"title": "改过", **values}))
    assert list(found.items.values_list("title", flat=True)) == ["向党员讲形势"]
