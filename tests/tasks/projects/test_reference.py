"""The six projects of the reference, played through the services: lights and reasons on 2026-06-15."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from common import clock
from common.calendars import load_calendar
from orgs.models import User
from partybuild.demo.college import import_demo_roster
from partybuild.demo.projects import play_all
from tasks.lighting import Lighting
from tasks.lights import SEVERITY
from tasks.models import Extension, Project, Task, TaskForce
from tasks.nightly import refresh_lights
from tasks.selectors.project_list import project_rows
from tasks.selectors.projects import Figures, figures_of, with_milestones

AS_OF = date(2026, 6, 15)
# The reasons of breakthrough_projects.yaml with their figures; the same on the page of the day as after its night.
EXPECTED = {
    "PN2601": ("orange", "剩5天（窗口61天的8%），本周期未报进展"),
    "PN2602": ("red", "逾期15天（应于2026年5月31日完成）"),
    "PN2603": ("green", "剩15天（窗口61天的25%），本周期已报进展"),
    "PN2604": ("green", "2026年9月30日到期"),
    "PN2605": ("green", "2026年7月10日到期"),
    "PN2606": ("yellow", "剩15天（窗口91天的16%），本周期未报进展"),
}
DONE = {"PN2601": 15, "PN2602": 20, "PN2603": 25, "PN2604": 55, "PN2605": 30, "PN2606": 20}


@pytest.fixture(scope="module")
def played(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The roster and half a year of projects, for the tests of this module."""
    with django_db_blocker.unblock(), transaction.atomic():
        with clock.moved(date(2026, 1, 1)):
            load_calendar()
            import_demo_roster()
        play_all(until=AS_OF, night=refresh_lights)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def today(played: None, db: None) -> Iterator[None]:
    """It is the day."""
    with clock.moved(AS_OF):
        yield


def figures() -> dict[str, Figures]:
    """By code, as the pages show them."""
    lighting = Lighting(clock.today())
    return {
        project.code: figures_of(project, project.milestones.all(), lighting)
        for project in with_milestones(Project.objects.all())
    }


def test_lights_and_reasons_on_the_day(today: None) -> None:
    assert {code: (found.light, found.cause) for code, found in figures().items()} == EXPECTED


def test_and_after_its_night(today: None) -> None:
    refresh_lights(AS_OF)
    assert {code: (found.light, found.cause) for code, found in figures().items()} == EXPECTED


def test_the_list_filters_and_sorts_by_the_same_light(today: None) -> None:
    user = User.objects.get(person__name="林致远")
    rows = {project.code: (project.severity, project.done) for project in project_rows(user)}
    assert rows == {code: (SEVERITY[light], DONE[code]) for code, (light, _cause) in EXPECTED.items()}
    client = Client()
    client.force_login(user, "orgs.backends.AccountBackend")

    def listed(query: str) -> list[str]:
        return [project.code for project in client.get(f"/projects/?{query}").context["page"].object_list]

    assert listed("sort=-light")[:3] == ["PN2602", "PN2601", "PN2606"]
    assert listed("light=green&sort=code") == ["PN2603", "PN2604", "PN2605"]
    assert listed("q=xqdd") == ["PN2601"]  # 校企订单
    assert listed("unit=ZZ3") == ["PN2603"]
    assert listed("mine=1") == ["PN2601"]
    assert listed("sort=-progress")[0] == "PN2604"
    answer: Any = client.get("/projects/?export=csv&light=red")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert "逾期：逾期15天（应于2026年5月31日完成）" in text
    assert "PN2601" not in text


def test_progress_is_the_weight_of_what_was_accepted(today: None) -> None:
    assert {code: found.done for code, found in figures().items()} == DONE
    reported = {code: found.reported for code, found in figures().items()}
    assert reported == {"PN2601": 5, "PN2602": 18, "PN2603": 21, "PN2604": 6, "PN2605": 12, "PN2606": 9}


def test_done_on_time_and_late(today: None) -> None:
    done = Task.objects.filter(source="milestone", state="done").order_by("natural_key")
    assert list(done.values_list("natural_key", "closed_on", "is_late", "light_cause")) == [
        ("milestone:PN2601:1", date(2026, 4, 18), False, "已办结"),
        ("milestone:PN2602:1", date(2026, 4, 14), False, "已办结"),
        ("milestone:PN2603:1", date(2026, 4, 28), False, "已办结"),
        ("milestone:PN2604:1", date(2026, 3, 29), False, "已办结"),
        ("milestone:PN2604:2", date(2026, 5, 20), True, "已办结（晚5天）"),
        ("milestone:PN2605:1", date(2026, 5, 19), False, "已办结"),
        ("milestone:PN2606:1", date(2026, 3, 30), False, "已办结"),
    ]


def test_the_extension_of_the_one_stop_reform(today: None) -> None:
    extension = Extension.objects.select_related("decided_by").get()
    assert (extension.old_due_on, extension.new_due_on) == (date(2026, 6, 10), date(2026, 6, 30))
    assert (extension.asked_on, extension.decided_on) == (date(2026, 6, 3), date(2026, 6, 5))
    assert extension.decided_by is not None
    assert (extension.decided_by.name, extension.reason) == ("林致远", "两个系统接口改造推迟")
    second, third = Task.objects.filter(natural_key__in=("milestone:PN2606:2", "milestone:PN2606:3")).order_by("due_on")
    assert (second.window_start, second.due_on, second.original_due_on) == (
        date(2026, 3, 31),
        date(2026, 6, 30),
        date(2026, 6, 10),
    )
    assert third.window_start == date(2026, 6, 30)
    states = [(e.verb, e.to_state, e.day) for e in Project.objects.get(code="PN2606").events.order_by("id")]
    assert states == [
        ("create", "draft", date(2026, 2, 25)),
        ("submit", "reviewing", date(2026, 2, 25)),
        ("approve", "active", date(2026, 2, 27)),
        ("ask_extension", "extension", date(2026, 6, 3)),
        ("settle_extension", "active", date(2026, 6, 5)),
    ]


def test_the_red_light_came_the_day_after_the_due_date(today: None) -> None:
    red = Task.objects.get(natural_key="milestone:PN2602:2").events.get(verb="light", to_light="red")
    assert (red.day, red.cause) == (date(2026, 6, 1), "逾期1天（应于2026年5月31日完成）")


def test_the_task_forces(today: None) -> None:
    rows = {
        force.code: (force.name, force.leader.name, [one.name for one in force.deputies.all()], force.member_count)
        for force in TaskForce.objects.select_related("leader").prefetch_related("deputies")
    }
    assert rows == {
        "ZBN1": ("产教融合专班", "林致远", ["石力行", "魏清川"], 9),
        "ZBN2": ("支部建设专班", "周明岚", ["许怀瑾"], 7),
        "ZBN3": ("实训安全专班", "高廷岳", ["石力行"], 6),
        "ZBN4": ("大思政课专班", "沈若川", ["钟正平"], 8),
        "ZBN5": ("减负增效专班", "许怀瑾", ["丁晓帆"], 6),
    }
    people = {force.code: 1 + force.deputies.count() + force.members.count() for force in TaskForce.objects.all()}
    assert people == {"ZBN1": 9, "ZBN2": 7, "ZBN3": 6, "ZBN4": 8, "ZBN5": 6}


@pytest.mark.parametrize("code", sorted(EXPECTED))
def test_the_page_says_so(today: None, code: str) -> None:
    client = Client()
    client.force_login(User.objects.get(person__name="林致远"), "orgs.backends.AccountBackend")
    text = client.get(f"/projects/{code}/").content.decode()
    assert EXPECTED[code][1] in text
    assert f'<span class="stat-value">{DONE[code]}%</span>' in text
