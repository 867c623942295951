"""Types of assigning and sets of units: shipped once, kept by the office."""

from typing import Any

import pytest
from django.test import Client

from common.errors import InvalidInput, NotAllowed
from tasks.models import DirectiveType, UnitSet
from tasks.services.directive_settings import load_directive_types, save_type, save_unit_set
from tests.tasks.directives.making import department, issued, task_of
from tests.tasks.world import World


def test_what_ships(world: World) -> None:
    assert load_directive_types() == 6
    rows = DirectiveType.objects.values_list("code", "name", "acknowledge_hours", "first_report_days")
    assert list(rows) == [("instant", "重要工作部署即时反应", 24, 3), ("ordinary", "一般交办", 72, 10)]
    assert list(UnitSet.objects.values_list("name", "rule")) == [
        ("各二级学院", "colleges"),
        ("各党总支", "general_branches"),
        ("各党支部", "branches"),
        ("各部门", "departments"),
    ]
    DirectiveType.objects.update(acknowledge_hours=48)
    assert load_directive_types() == 0
    assert set(DirectiveType.objects.values_list("acknowledge_hours", flat=True)) == {48}


def changed(code: str = "instant", **more: Any) -> DirectiveType:
    load_directive_types()
    found = DirectiveType.objects.get(code=code)
    for name, value in more.items():
        setattr(found, name, value)
    return found


def test_a_changed_clock_holds_for_what_is_issued_from_now_on(world: World) -> None:
    before = issued(world, world.branch, type="instant")
    save_type(actor=world.officer, type=changed(acknowledge_hours=12), reason="提速")
    after = issued(world, world.branch, type="instant")
    hours = [
        round((task.acknowledge_by - directive.issued_at).total_seconds() / 3600)  # type: ignore[operator]
        for directive in (before, after)
        for task in [task_of(directive, world.branch)]
    ]
    assert hours == [24, 12]
    last = DirectiveType.objects.get(code="instant").history.first()
    assert (last.history_change_reason, last.history_user) == ("提速", world.officer)


@pytest.mark.parametrize(
    ("more", "reason", "field"),
    [
        ({"acknowledge_hours": 0}, "x", "acknowledge_hours"),
        ({"acknowledge_hours": 721}, "x", "acknowledge_hours"),
        ({"first_report_days": 0}, "x", "first_report_days"),
        ({"name": ""}, "x", "name"),
        ({"name": "即时"}, " ", "reason"),
    ],
)
def test_a_type_that_is_refused(world: World, more: dict[str, Any], reason: str, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        save_type(actor=world.officer, type=changed(**more), reason=reason)
    assert list(caught.value.errors) == [field]


@pytest.mark.parametrize("name", ["root_deputy", "general_secretary", "secretary", "member"])
def test_who_does_not_keep_them(world: World, name: str) -> None:
    with pytest.raises(NotAllowed):
        save_type(actor=getattr(world, name), type=changed(), reason="x")
    with pytest.raises(NotAllowed):
        save_unit_set(
            actor=getattr(world, name), unit_set=UnitSet(name="试点"), organisations=[], departments=[], reason="x"
        )


def test_a_listed_set(world: World) -> None:
    made, _head = department(world)
    found = save_unit_set(
        actor=world.officer,
        unit_set=UnitSet(name="试点单位"),
        organisations=[world.branch, world.foreign],
        departments=[made],
        reason="试点",
    )
    assert [row.code for row in found.organisations.order_by("path")] == ["ZB101", "ZB201"]
    assert list(found.departments.all()) == [made]
    found.rule = UnitSet.Rule.BRANCHES.value
    save_unit_set(actor=world.officer, unit_set=found, organisations=[world.branch], departments=[], reason="改为规则")
    assert not found.organisations.exists()


@pytest.mark.parametrize(
    ("name", "reason", "field"), [("试点", "x", "organisations"), ("", "x", "name"), ("各党支部", "x", "name")]
)
def test_a_set_that_is_refused(world: World, name: str, reason: str, field: str) -> None:
    load_directive_types()
    with pytest.raises(InvalidInput) as caught:
        save_unit_set(actor=world.officer, unit_set=UnitSet(name=name), organisations=[], departments=[], reason=reason)
    assert field in caught.value.errors


def test_on_the_pages(world: World) -> None:
    load_directive_types()
    client = Client()
    client.force_login(world.officer)
    instant = DirectiveType.objects.get(code="instant")
    facts = {"name": "即时反应", "acknowledge_hours": 12, "first_report_days": 2, "reason": "提速"}
    assert client.post(f"/directives/settings/types/{instant.pk}/", facts).status_code == 302
    instant.refresh_from_db()
    assert (instant.name, instant.acknowledge_hours, instant.is_active) == ("即时反应", 12, False)
    assert "停用" in client.get("/directives/settings/").content.decode()
    bad = client.post("/directives/settings/types/new/", {**facts, "code": "ordinary"})
    assert (bad.status_code, "提速" in bad.content.decode()) == (400, True)
    assert client.post("/directives/settings/types/new/", {**facts, "code": "visit"}).status_code == 302
    listed = {"name": "试点", "rule": "listed", "reason": "x", "organisations": [world.branch.pk]}
    assert client.post("/directives/settings/sets/new/", {**listed, "organisations": []}).status_code == 400
    assert client.post("/directives/settings/sets/new/", listed).status_code == 302
    found = UnitSet.objects.get(name="试点")
    page = client.get(f"/directives/settings/sets/{found.pk}/").content.decode()
    assert "checked" in page
    assert client.post(f"/directives/settings/sets/{found.pk}/", {**listed, "name": "试点二"}).status_code == 302
    assert UnitSet.objects.filter(name="试点二", organisations=world.branch).exists()
    assert "试点二" in client.get("/directives/new/").content.decode()
