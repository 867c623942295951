"""Drafting: what is refused and why, numbers, and to whom a directive goes."""

from datetime import date, timedelta
from typing import Any

import pytest

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from orgs.models import College, Organisation
from tasks.models import Directive, DirectiveType, UnitSet
from tasks.services.directive_units import Picks
from tasks.services.directives import discard_directive, draft_directive, edit_directive, submit_directive
from tests.tasks.directives.making import STARTS, awaiting, department, drafted, issued, picks, text
from tests.tasks.world import World


def units(directive: Directive) -> list[tuple[str, str, str]]:
    """(part, name, alias) of every unit, in the order in which they were chosen."""
    return list(directive.units.order_by("id").values_list("part", "name", "alias"))


def sets(*names: str) -> Picks:
    """Shipped sets as they are ticked."""
    return Picks(sets=[UnitSet.objects.get(name=name) for name in names])


@pytest.mark.parametrize(
    ("facts", "field", "words"),
    [
        ({"title": "  "}, "title", "请写明事项"),
        ({"title": "长" * 201}, "title", "最多200字，现在是201字"),
        ({"standard": ""}, "standard", "做到什么算完成"),
        ({"due_on": STARTS - timedelta(days=1)}, "due_on", "完成时限不能早于交办日期2026-06-15"),
        ({"due_on": date(2062, 7, 15)}, "due_on", "超过三年，请检查年份"),
        ({"source": "rumour"}, "source", "请选择立项来源"),
        ({"rhythm": "hourly"}, "rhythm", "请选择反馈周期"),
    ],
)
def test_a_text_that_is_refused(world: World, facts: dict[str, Any], field: str, words: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        drafted(world, **facts)
    assert list(caught.value.errors) == [field]
    assert words in caught.value.errors[field]
    assert not Directive.objects.exists()


def test_every_fault_is_told_at_once(world: World) -> None:
    with pytest.raises(InvalidInput) as caught:
        draft_directive(
            organisation=world.general,
            text=text(title="", due_on=date(2026, 6, 1)),
            lead=picks(world.foreign),
            support=picks(department(world)[0]),
            actor=world.general_secretary,
        )
    assert set(caught.value.errors) == {"title", "due_on", "lead", "support"}
    assert caught.value.errors["lead"] == "“ZB201党支部”不是ZZ1党总支的下级，不能交办给它。"
    assert caught.value.errors["support"] == "部门只能由党委交办，ZZ1党总支不能交办给“教务处”。"


@pytest.mark.parametrize("name", ["committee", "foreign", "general"])
def test_only_below_the_sender(world: World, name: str) -> None:
    with pytest.raises(InvalidInput, match="不能交办给它"):
        drafted(world, getattr(world, name), sender=world.general, actor=world.general_secretary)
    assert not Directive.objects.exists()


def test_nobody_and_names_alone_are_nobody(world: World) -> None:
    with pytest.raises(InvalidInput) as caught:
        draft_directive(
            organisation=world.committee,
            text=text(),
            lead=Picks(names=["各教研室"]),
            support=Picks(),
            actor=world.root_deputy,
        )
    assert "请至少选一个牵头单位" in caught.value.errors["lead"]


def test_a_dissolved_unit(world: World) -> None:
    Organisation.objects.filter(pk=world.branch.pk).update(dissolved_on=clock.today())
    world.branch.refresh_from_db()
    with pytest.raises(InvalidInput, match="已经撤销"):
        drafted(world, world.branch)


def test_numbers_of_a_year_follow_each_other(world: World) -> None:
    assert [drafted(world).number for _n in range(2)] == ["DB2026-001", "DB2026-002"]
    discarded = drafted(world)
    discard_directive(directive=discarded, actor=world.root_deputy, reason="不需要")
    assert drafted(world).number == "DB2026-004"
    assert drafted(world, starts_on=date(2027, 1, 4), due_on=date(2027, 2, 1)).number == "DB2027-001"


def test_sets_unfold_below_the_sender_and_duplicates_merge(world: World) -> None:
    department(world)
    facts = text()
    directive = draft_directive(
        organisation=world.committee,
        text=facts,
        lead=Picks(sets=sets("各党总支").sets, organisations=[world.general, world.branch, world.branch]),
        support=Picks(sets=sets("各二级学院", "各部门", "各党支部").sets),
        actor=world.root_deputy,
    )
    assert units(directive) == [
        ("lead", "ZZ1党总支", ""),
        ("lead", "ZB101党支部", ""),
        ("lead", "ZZ2党总支", "各党总支"),
        ("support", "组织部（党委办事机构）", "各部门"),
        ("support", "教务处", "各部门"),
        ("support", "ZB102党支部", "各党支部"),
        ("support", "ZB201党支部", "各党支部"),
    ]
    own = draft_directive(
        organisation=world.general,
        text=text(),
        lead=sets("各党支部"),
        support=Picks(),
        actor=world.general_secretary,
    )
    assert units(own) == [("lead", "ZB101党支部", "各党支部"), ("lead", "ZB102党支部", "各党支部")]


def test_a_set_without_units_is_nobody(world: World) -> None:
    College.objects.all().delete()
    text()
    with pytest.raises(InvalidInput, match="所选集合里现在没有单位"):
        draft_directive(
            organisation=world.committee,
            text=text(),
            lead=sets("各二级学院"),
            support=Picks(),
            actor=world.root_deputy,
        )


def test_a_listed_set_with_a_unit_outside_is_refused(world: World) -> None:
    listed = UnitSet.objects.create(name="试点单位")
    listed.organisations.set([world.branch, world.foreign])
    with pytest.raises(InvalidInput, match="ZB201党支部”不是ZZ1党总支的下级"):
        draft_directive(
            organisation=world.general,
            text=text(),
            lead=Picks(sets=[listed]),
            support=Picks(),
            actor=world.general_secretary,
        )


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("各党总支", ["ZZ1党总支", "ZZ2党总支"]),
        ("教务处", ["教务处"]),
        ("测试学院", ["ZZ1党总支"]),  # by its college
        ("ZB102党支部", ["ZB102党支部"]),
        ("ZB102", ["ZB102党支部"]),
        ("产教融合专班", ["产教融合专班"]),
        ("ZB", ["ZB"]),  # several begin so
    ],
)
def test_a_written_name_finds_its_unit(world: World, name: str, found: list[str]) -> None:
    department(world)
    directive = drafted(world, world.sister, names=(f" {name} ",), title=name)
    rows = directive.units.filter(part="support")
    assert [row.name for row in rows] == [one for one in found if one != "ZB102党支部"]
    assert [row.organisation_id is None and row.department_id is None for row in rows] == [
        one in ("产教融合专班", "ZB") for one in found if one != "ZB102党支部"
    ]


def test_editing_writes_the_next_version_and_moves_the_authorship(world: World) -> None:
    directive = drafted(world, support=(world.branch,))
    edit_directive(
        directive=directive,
        text=text(title="消防安全和用电排查"),
        lead=picks(world.sister),
        support=Picks(),
        actor=world.root_secretary,
    )
    directive.refresh_from_db()
    assert (directive.title, directive.version, directive.number) == ("消防安全和用电排查", 2, "DB2026-001")
    assert directive.drafted_by == world.root_secretary
    assert units(directive) == [("lead", "ZB102党支部", "")]
    reasons = list(directive.history.order_by("history_id").values_list("history_change_reason", flat=True))
    assert reasons == ["起草", "修改"]


def test_a_refused_edit_changes_nothing(world: World) -> None:
    directive = drafted(world)
    with pytest.raises(InvalidInput):
        edit_directive(
            directive=directive, text=text(title=""), lead=picks(world.sister), support=Picks(), actor=world.root_deputy
        )
    directive.refresh_from_db()
    assert (directive.title, directive.version) == ("消防安全排查", 1)
    assert units(directive) == [("lead", "ZZ1党总支", "")]


@pytest.mark.parametrize(("make", "words"), [(awaiting, "正在等待审批"), (issued, "已经下发")])
def test_only_a_draft_is_edited(world: World, make: Any, words: str) -> None:
    directive = make(world)
    with pytest.raises(Conflict, match=words):
        edit_directive(
            directive=directive, text=text(), lead=picks(world.sister), support=Picks(), actor=world.root_deputy
        )


@pytest.mark.parametrize("name", ["secretary", "deputy", "commissioner", "member", "other_general_secretary"])
def test_who_may_not_assign_for_a_general_branch(world: World, name: str) -> None:
    with pytest.raises(NotAllowed):
        drafted(world, world.branch, sender=world.general, actor=getattr(world, name))
    assert not Directive.objects.exists()


def test_a_branch_assigns_to_nobody(world: World) -> None:
    with pytest.raises(NotAllowed, match="没有下级组织"):
        drafted(world, world.branch, sender=world.branch, actor=world.secretary)


def test_a_date_in_the_past_is_not_submitted(world: World) -> None:
    directive = drafted(world, starts_on=date(2026, 5, 1), due_on=date(2026, 6, 14))
    with pytest.raises(InvalidInput, match="完成时限2026-06-14已经过了"):
        submit_directive(directive=directive, actor=world.root_deputy)
    directive.refresh_from_db()
    assert directive.state == "draft"


def test_a_type_out_of_use_stays_with_its_directives(world: World) -> None:
    directive = drafted(world)
    DirectiveType.objects.update(is_active=False)
    assert edit_directive(
        directive=directive, text=text(), lead=picks(world.sister), support=Picks(), actor=world.root_deputy
    )
