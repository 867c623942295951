"""Slips: to whom, once for a cause, one level at a time, never for cadence or on days off; the answer is kept."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest
from django.db import connection

from common import clock
from common.errors import Conflict, DomainError, InvalidInput, NotAllowed
from notices.models import Notice
from notices.services.truth import still_true
from orgs.models import Department, Office, User
from tasks.models import Slip, Task
from tasks.nightly import issue_slips, refresh_lights
from tasks.services import ask_extension, grant_extension, submit_task
from tasks.services.slips import answer_slip
from tests.factories import make_department_officer, make_officer
from tests.tasks.conftest import TODAY
from tests.tasks.supervision.making import supervised
from tests.tasks.world import World, agreed, end_offices, fresh, load, log, make_world

YELLOW_DAY = date(2026, 6, 22)  # nine of thirty days left; a Monday
ORANGE_DAY = date(2026, 6, 29)  # two left; a Monday
RED_DAY = date(2026, 7, 2)  # a Thursday


def night(day: date) -> dict[str, int]:
    """The steps of that night that concern slips."""
    with clock.moved(day):
        refresh_lights(day)
        return issue_slips(day)


def slips() -> list[tuple[str, str, str, int]]:
    """(level, receiver, addressed as, climb), in the order of issue."""
    return list(Slip.objects.order_by("pk").values_list("level", "receiver__name", "receiver_as", "climb"))


def test_each_rise_tells_the_right_person(world: World) -> None:
    supervised("a", world.branch, person_id=world.commissioner.person_id)
    assert night(TODAY)["issued"] == 0
    assert night(YELLOW_DAY)["issued"] == 1
    assert slips() == [("yellow", "组织委员", "承办人", 0)]
    slip = Slip.objects.get()
    assert (slip.number, slip.cause, slip.issued_on) == (
        "预警〔2026〕001号",
        "剩9天（窗口30天的30%），本周期未报进展",
        YELLOW_DAY,
    )
    assert log(load("a"))[-1] == ("slip", "active", "yellow", "预警〔2026〕001号（承办人）：" + slip.cause)
    Slip.objects.all().delete()
    night(ORANGE_DAY)
    assert slips() == [("orange", "支部书记", "承办单位书记", 0)]
    Slip.objects.all().delete()
    assert night(RED_DAY)["issued"] == 2
    assert slips() == [("red", "支部书记", "承办单位书记", 0), ("red", "总支书记", "上一级书记", 0)]


def test_no_slip_twice_for_the_same_cause(world: World) -> None:
    supervised("a", world.branch)
    assert [night(YELLOW_DAY)["issued"], night(YELLOW_DAY)["issued"], night(date(2026, 6, 23))["issued"]] == [1, 0, 0]


def test_unanswered_it_climbs_one_level_at_a_time(world: World) -> None:
    """Three working days each, the holiday of 19 June and the weekend not counted."""
    supervised("a", world.branch, window_start=date(2026, 5, 1), due_on=date(2026, 6, 12))
    counts = {day: night(date(2026, 6, day)) for day in (15, 16, 17, 18, 19, 22, 23)}
    assert {day: (found["issued"], found["climbed"]) for day, found in counts.items()} == {
        15: (2, 0),
        16: (0, 0),
        17: (0, 0),
        18: (0, 1),
        19: (0, 0),
        22: (0, 0),
        23: (0, 0),
    }
    assert slips() == [
        ("red", "支部书记", "承办单位书记", 0),
        ("red", "总支书记", "上一级书记", 0),
        ("red", "党委书记", "上一级书记", 1),
    ]
    assert night(date(2026, 6, 30))["climbed"] == 0  # nobody above the top


def test_who_is_owner_and_secretary_is_told_once(world: World) -> None:
    """Yellow from 6 June; after ten working days of silence orange, told to the secretary again as such."""
    supervised("a", world.branch, window_start=date(2026, 1, 1), due_on=date(2026, 8, 10))
    for day in (15, 16, 17, 18, 22, 23, 24, 25):
        night(date(2026, 6, day))
    assert slips() == [
        ("yellow", "支部书记", "承办人", 0),
        ("yellow", "总支书记", "上一级书记", 1),
        ("orange", "支部书记", "承办单位书记", 0),
        ("orange", "总支书记", "上一级书记", 1),
    ]
    issued = list(Slip.objects.order_by("pk").values_list("issued_on", flat=True))
    assert issued == [date(2026, 6, 15), date(2026, 6, 18), date(2026, 6, 22), date(2026, 6, 25)]


def test_answered_it_climbs_no_further_and_the_light_falls_back(world: World) -> None:
    supervised("a", world.branch, requirement={"rhythm_days": 31})
    night(YELLOW_DAY)
    with clock.moved(date(2026, 6, 23)):
        answer_slip(slip=Slip.objects.get(), actor=fresh(world.secretary), answer="已联系物业，周五完成")
    task = load("a")
    assert (task.light, task.last_report_on, task.note) == ("green", date(2026, 6, 23), "已联系物业，周五完成")
    slip = Slip.objects.get()
    assert (slip.answer, slip.answered_on, slip.closed_on) == (
        "已联系物业，周五完成",
        date(2026, 6, 23),
        date(2026, 6, 23),
    )
    assert [row[0] for row in log(task)[-2:]] == ["answered", "reported"]
    assert night(ORANGE_DAY) == {"issued": 0, "climbed": 0, "closed": 0, "nobody": 0}


def test_a_new_silence_is_a_new_cause(world: World) -> None:
    supervised("a", world.branch, requirement={"rhythm_days": 7})
    night(YELLOW_DAY)
    with clock.moved(YELLOW_DAY):
        answer_slip(slip=Slip.objects.get(), actor=fresh(world.secretary), answer="本周完成")
    assert night(date(2026, 6, 26))["issued"] == 0
    assert night(ORANGE_DAY)["issued"] == 1  # a week later nothing was reported: it rises again


def test_an_extension_settles_the_red_slips(world: World) -> None:
    supervised("a", world.branch)
    with clock.moved(date(2026, 6, 30)):
        extension = ask_extension(
            task=load("a"), actor=fresh(world.secretary), new_due_on=date(2026, 9, 1), reason="推迟"
        )
    night(RED_DAY)
    with clock.moved(RED_DAY):
        grant_extension(extension=extension, actor=fresh(world.general_secretary))
    found = night(date(2026, 7, 3))
    assert found == {"issued": 0, "climbed": 0, "closed": 2, "nobody": 0}
    assert set(Slip.objects.values_list("closed_on", flat=True)) == {date(2026, 7, 3)}


def test_submitting_settles_them(world: World) -> None:
    supervised("a", world.branch)
    night(YELLOW_DAY)
    with clock.moved(YELLOW_DAY):
        submit_task(task=load("a"), actor=fresh(world.secretary), note="完成")
    assert night(RED_DAY) == {"issued": 0, "climbed": 0, "closed": 1, "nobody": 0}


def test_none_on_days_off_and_the_next_working_day_tells(world: World) -> None:
    supervised("a", world.branch, window_start=date(2026, 5, 20), due_on=date(2026, 6, 18))
    Task.objects.update(last_report_on=TODAY)
    assert night(date(2026, 6, 18))["issued"] == 0
    assert night(date(2026, 6, 19))["issued"] == 0  # 端午: overdue, but a holiday
    assert night(date(2026, 6, 21))["issued"] == 0  # a Sunday
    assert night(date(2026, 6, 22))["issued"] == 2


def test_none_for_cadence(world: World) -> None:
    agreed("a", world.branch, window_start=date(2026, 5, 1), due_on=date(2026, 5, 31))
    assert night(YELLOW_DAY)["issued"] == 0
    assert load("a").light == "red"


def test_a_department_then_the_committee(world: World) -> None:
    make_department_officer(world.committee, world.sister, Department.Duty.ADMINISTRATION, name="后勤干事")
    department = Department.objects.get(code="BM-administration")
    supervised("a", world.committee, department_id=department.pk, office=Office.HEAD)
    night(YELLOW_DAY)
    night(ORANGE_DAY)
    assert slips() == [
        ("yellow", "后勤干事", "承办人", 0),
        ("orange", "后勤干事", "承办部门负责人", 0),
    ]
    night(RED_DAY)
    assert slips()[2:] == [("red", "后勤干事", "承办部门负责人", 0), ("red", "党委书记", "上一级书记", 0)]


def test_nobody_in_office_is_counted(world: World) -> None:
    supervised("a", world.branch)
    end_offices(world.secretary, date(2026, 6, 1))
    end_offices(world.deputy, date(2026, 6, 1))
    found = night(YELLOW_DAY)
    assert (found["issued"], found["nobody"]) == (1, 0)  # nobody here: the level above is told at once
    assert slips() == [("yellow", "总支书记", "上一级书记", 0)]


def test_the_receiver_gets_a_message_that_ends_with_the_answer(world: World) -> None:
    supervised("a", world.branch)
    night(YELLOW_DAY)
    notice = Notice.objects.get(kind="slip")
    assert (notice.person, notice.title) == (world.secretary.person, "预警通知单：安全排查")
    assert notice.detail.endswith("剩9天（窗口30天的30%），本周期未报进展")
    assert notice.url == f"/slips/{Slip.objects.get().pk}/"
    assert still_true([notice]) == {notice.pk}
    with clock.moved(YELLOW_DAY):
        answer_slip(slip=Slip.objects.get(), actor=fresh(world.secretary), answer="周五完成")
    assert still_true([notice]) == set()


@pytest.mark.parametrize("role", ["commissioner", "deputy", "general_secretary", "root_secretary", "member"])
def test_only_the_receiver_answers(world: World, role: str) -> None:
    supervised("a", world.branch)
    night(YELLOW_DAY)
    with pytest.raises(NotAllowed, match="支部书记"):
        answer_slip(slip=Slip.objects.get(), actor=fresh(getattr(world, role)), answer="好")
    assert Slip.objects.get().answered_on is None


def test_an_answer_needs_words_and_is_given_once(world: World) -> None:
    supervised("a", world.branch)
    night(YELLOW_DAY)
    with pytest.raises(InvalidInput):
        answer_slip(slip=Slip.objects.get(), actor=fresh(world.secretary), answer=" ")
    answer_slip(slip=Slip.objects.get(), actor=fresh(world.secretary), answer="周五完成")
    with pytest.raises(Conflict, match="已经答复"):
        answer_slip(slip=Slip.objects.get(), actor=fresh(world.secretary), answer="再答")
    assert Slip.objects.get().answer == "周五完成"


def test_the_level_above_answers_without_reporting_for_the_branch(world: World) -> None:
    supervised("a", world.branch)
    night(RED_DAY)
    above = Slip.objects.get(receiver=world.general_secretary.person)
    answer_slip(slip=above, actor=fresh(world.general_secretary), answer="已约谈支部书记")
    assert (load("a").last_report_on, load("a").light) == (None, "red")
    assert night(date(2026, 7, 10))["climbed"] == 0


def test_who_sees_a_slip(world: World) -> None:
    supervised("a", world.branch)
    night(YELLOW_DAY)

    def sees(user: User) -> bool:
        return Slip.objects.visible_to(fresh(user)).exists()

    seeing = [world.secretary, world.commissioner, world.general_secretary, world.root_secretary, world.officer]
    blind = [world.member, world.sister_secretary, world.foreign_secretary, world.outsider, world.leader]
    assert [sees(user) for user in seeing] == [True] * 5
    assert [sees(user) for user in blind] == [False] * 5


def test_queries_do_not_grow(world: World) -> None:
    from django.test.utils import CaptureQueriesContext

    def add(*keys: str) -> int:
        for key in keys:
            supervised(key, world.branch)
        with clock.moved(YELLOW_DAY):
            refresh_lights(YELLOW_DAY)
            with CaptureQueriesContext(connection) as queries:
                issue_slips(YELLOW_DAY)
        return len(queries)

    make_officer(world.branch, Office.PUBLICITY_COMMISSIONER, "宣传委员")
    add("a")
    assert add("b") == add("c", "d", "e")
    assert Slip.objects.count() == 5
    assert len(set(Slip.objects.values_list("number", flat=True))) == 5


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_nights_and_two_answers_at_once() -> None:
    with clock.moved(TODAY):
        world = make_world()
        supervised("a", world.branch)
        with clock.moved(YELLOW_DAY):
            refresh_lights(YELLOW_DAY)

    def together(work: Any) -> list[str]:
        found: list[str] = []

        def run() -> None:
            try:
                with clock.moved(YELLOW_DAY):
                    work()
                found.append("done")
            except DomainError:
                found.append("refused")
            finally:
                connection.close()

        threads = [threading.Thread(target=run) for _n in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sorted(found)

    assert together(lambda: issue_slips(YELLOW_DAY)) == ["done", "done"]
    assert Slip.objects.count() == 1
    pk = Slip.objects.get().pk
    answered = together(
        lambda: answer_slip(slip=Slip.objects.get(pk=pk), actor=fresh(world.secretary), answer="周五完成")
    )
    assert answered == ["done", "refused"]
