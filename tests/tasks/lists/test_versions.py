"""A new version: it moves what is not yet due, and nothing else; what differs is said in words."""

from __future__ import annotations

from typing import Any

import pytest

from common import clock
from tasks.list_words import change_words, moves_tasks
from tasks.models import ItemTask, ListItem, ResponsibilityList, Task
from tasks.selectors.lists import version_changes
from tasks.services import submit_task
from tasks.services.lists import ItemFacts, add_item, change_item, publish_list, remove_item, start_version
from tests.factories import SmallCollege
from tests.tasks.lists.making import MEETING, day, facts, item_of, links, night, owed, publish, room_task
from tests.tasks.lists.test_publishing import LECTURED, offer
from tests.tasks.world import log


def of_branch(code: str = "01") -> Task:
    """The own Task of ZB101 for the item, newest period last."""
    rows = Task.objects.filter(natural_key__startswith=f"list_item:2026:branch:{code}:ZB101:")
    return rows.select_related("organisation").order_by("due_on").last()  # type: ignore[return-value]


def revise(college: SmallCollege, found: ResponsibilityList, on: str = "06-15", **changed: Any) -> ResponsibilityList:
    """A new version: ``i1=facts(...)`` changes item 1, ``i1=None`` removes it, ``new=facts(...)`` adds one."""
    with clock.moved(day(on)):
        draft = start_version(actor=college.office, responsibility_list=found)
        for name, wanted in changed.items():
            if name == "new":
                add_item(actor=college.office, responsibility_list=draft, facts=wanted)
            elif wanted is None:
                remove_item(actor=college.office, item=ListItem.objects.get(list=draft, code=f"0{name[1:]}"))
            else:
                item = ListItem.objects.get(list=draft, code=f"0{name[1:]}")
                change_item(actor=college.office, item=item, facts=wanted)
        return publish_list(actor=college.office, responsibility_list=draft, reason="年中调整")


def test_an_unchanged_item_keeps_its_task(college: SmallCollege) -> None:
    found = publish(college.office, facts())
    task, before = of_branch(), Task.objects.count()
    new = revise(college, found, new=facts("新的一条"))
    assert of_branch() == task and log(task) == [("opened", "active", "green", "按责任清单开启")]
    assert Task.objects.count() == before + 3
    assert set(task.item_tasks.values_list("item__list__version", flat=True)) == {1, 2}
    found.refresh_from_db()
    assert (found.state, new.state, new.version, new.previous) == ("replaced", "published", 2, found)
    assert night()["opened"] == 0


def test_a_removed_item_stops_what_is_not_yet_due_with_the_cause(college: SmallCollege) -> None:
    found = publish(college.office, facts(frequency="monthly"), facts("留下的"), on=day("05-10"))
    night(day("06-01"))
    revise(college, found, i1=None)
    may, june = Task.objects.filter(natural_key__contains=":01:ZB101:").order_by("due_on")
    assert (may.state, june.state) == ("active", "stopped")  # May is overdue: it stays owed
    assert log(june)[-1][3] == "责任清单第2版删去此条：年中调整"
    assert june.events.last().actor == college.office
    assert night(day("07-05"))["opened"] == 3  # the quarterly one that stayed
    assert [row[0] for row in ItemTask.objects.filter(task=may).values_list("item__list__version")] == [1]


def test_a_new_date_moves_the_open_task_and_the_log_keeps_the_old(college: SmallCollege) -> None:
    found = publish(college.office, facts())
    new = revise(college, found, i1=facts(due_rule={"rule": "next_month_day", "day": 5}))
    task = of_branch()
    assert (task.due_on, task.original_due_on, task.state) == (day("07-05"), day("07-05"), "active")
    event = task.events.last()
    assert (event.verb, event.due_on, event.cause) == (
        "changed",
        day("07-05"),
        "责任清单第2版修改此条：年中调整；期限由2026-06-30改为2026-07-05",
    )
    assert [row[2:] for row in links(new)] == [("list_item", False)] * 3
    assert Task.objects.count() == 3


def test_a_date_that_has_passed_holds_from_the_next_period_on(college: SmallCollege) -> None:
    yearly = facts(frequency="yearly")
    found = publish(college.office, yearly)
    revise(college, found, i1=facts(frequency="yearly", due_rule={"rule": "dates", "dates": ["03-31"]}))
    assert of_branch().due_on == day("12-31")


def test_what_is_done_or_overdue_stays_as_it_was(college: SmallCollege) -> None:
    found = publish(college.office, facts(frequency="monthly", requirement=LECTURED), on=day("05-10"))
    night(day("06-01"))
    offer(college.branch_secretary.person_id, college.branches[0], "06-05")
    revise(college, found, i1=facts("改了名", frequency="monthly", due_rule={"rule": "next_month_day", "day": 5}))
    may, june = Task.objects.filter(natural_key__contains=":01:ZB101:").order_by("due_on")
    assert (may.title, may.due_on, may.state) == ("向党员讲形势（2026年5月）", day("05-31"), "active")
    assert (june.title, june.due_on, june.state) == ("向党员讲形势（2026年6月）", day("06-30"), "done")
    other = Task.objects.get(natural_key__endswith=":01:ZB102:2026-06")
    assert (other.title, other.due_on, other.requirement) == ("改了名（2026年6月）", day("07-05"), {})


def test_another_frequency_is_another_period(college: SmallCollege) -> None:
    found = publish(college.office, facts())
    old = of_branch()
    second = revise(college, found, i1=facts(frequency="monthly"))
    old.refresh_from_db()
    assert (old.state, log(old)[-1][3]) == ("stopped", "责任清单第2版修改此条：年中调整")
    assert [row[1:] for row in owed() if row[0] == "ZB101" and row[3] == "active"] == [
        ("2026-06", "2026-06-30", "active")
    ]
    revise(college, second, i1=facts())  # and back again: the quarter is owed once more
    assert [row[1:] for row in owed() if row[0] == "ZB101" and row[3] == "active"] == [
        ("2026-Q2", "2026-06-30", "active")
    ]


def test_who_no_longer_owes_it_is_released(college: SmallCollege) -> None:
    found = publish(college.office, facts())
    revise(college, found, i1=facts(not_applicable="no_groups"))
    assert [row[0] for row in owed() if row[3] == "active"] == ["ZB101"]


def test_a_record_of_another_kind_makes_the_proof_start_anew(college: SmallCollege) -> None:
    found = publish(college.office, facts(times=2, requirement=LECTURED))
    offer(college.branch_secretary.person_id, college.branches[0], "06-05")
    assert of_branch().evidence.count() == 1
    revise(college, found, i1=facts(times=1, requirement={"evidence": "branch_life", "part": "attended"}))
    task = of_branch()
    assert (task.evidence.count(), task.evidence_url, task.state) == (0, "", "active")
    assert task.requirement == {"evidence": "branch_life", "part": "attended", "count": 1}


def test_asking_for_less_closes_what_has_enough(college: SmallCollege) -> None:
    found = publish(college.office, facts(times=2, requirement=LECTURED))
    offer(college.branch_secretary.person_id, college.branches[0], "06-05")
    revise(college, found, i1=facts(requirement=LECTURED))
    assert of_branch().state == "done"


def test_an_item_that_comes_to_adopt_gives_up_its_own(college: SmallCollege) -> None:
    room = room_task(college.branches[0])
    found = publish(college.office, facts())
    own = of_branch()
    new = revise(college, found, i1=facts(requirement=MEETING, adopts=True))
    own.refresh_from_db()
    assert own.state == "stopped"
    assert [row for row in links(new) if row[0] == "ZB101"] == [("ZB101", "2026-Q2", "cadence", True)]
    assert list(Task.objects.owed_by(college.branch_secretary).open()) == [room]
    night()
    assert [row[2] for row in links(new)] == ["cadence", "list_item", "list_item"]


def test_what_was_adopted_is_the_rooms_and_stays_when_the_item_goes(college: SmallCollege) -> None:
    room = room_task(college.branches[0])
    found = publish(college.office, facts(requirement=MEETING, adopts=True), facts("留下的"))
    second = revise(college, found, i1=None)
    room.refresh_from_db()
    assert (room.state, log(room)) == ("active", [("opened", "active", "green", "")])
    third = revise(college, second, new=facts("又有了", requirement=MEETING, adopts=True))
    assert ("ZB101", "2026-Q2", "cadence", True) in links(third)


def test_an_item_that_stops_adopting_owes_its_own(college: SmallCollege) -> None:
    room = room_task(college.branches[0])
    found = publish(college.office, facts(requirement=MEETING, adopts=True))
    new = revise(college, found, i1=facts())
    assert [row for row in links(new) if row[0] == "ZB101"] == [("ZB101", "2026-Q2", "list_item", False)]
    room.refresh_from_db()
    assert room.state == "active"


def test_what_waits_to_be_checked_stops_with_its_item(college: SmallCollege) -> None:
    found = publish(college.office, facts(), facts("留下的"))
    submit_task(task=of_branch(), actor=college.branch_secretary, note="做完了")
    revise(college, found, i1=None)
    assert of_branch().state == "stopped"


def test_words_alone_move_nothing(college: SmallCollege) -> None:
    found = publish(college.office, facts())
    before = list(Task.objects.order_by("pk").values())
    new = revise(college, found, i1=facts(measure="覆盖全体", article="党章", evidence_words="照片"))
    assert list(Task.objects.order_by("pk").values()) == before
    [change] = version_changes(new)
    assert not moves_tasks([change])
    assert change_words(change) == [
        ("佐证", "（无）", "照片"),
        ("完成标准", "（无）", "覆盖全体"),
        ("依据", "（无）", "党章"),
    ]


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (facts(frequency="monthly"), [("频次", "每季度1次", "每月1次")]),
        (facts(times=2), [("频次", "每季度1次", "每季度2次")]),
        (facts(due_rule={"rule": "next_month_day", "day": 5}), [("到期", "季末", "季末次月5日")]),
        (facts(not_applicable="no_groups"), [("不适用情形", "都适用", "未划分党小组")]),
        (
            facts(requirement=MEETING, adopts=True),
            [
                (
                    "办结方式",
                    "平台没有能认定的记录：写简短说明提交，由上一级核查。",
                    "认领平台已开启的“支部党员大会”，记录核定后自动办结，不另外提交。",
                )
            ],
        ),
    ],
)
def test_what_differs_in_words(college: SmallCollege, after: ItemFacts, expected: list[tuple[str, str, str]]) -> None:
    new = revise(college, publish(college.office, facts()), i1=after)
    [change] = version_changes(new)
    assert change.kind == "changed" and moves_tasks([change])
    assert change_words(change) == expected


def test_added_removed_and_renumbered(college: SmallCollege) -> None:
    found = publish(college.office, facts("一"), facts("二"))
    new = revise(college, found, i1=None, new=facts("三"))
    assert [(change.kind, (change.after or change.before).title) for change in version_changes(new)] == [
        ("added", "三"),
        ("removed", "一"),
    ]
    assert item_of(new, 1).title == "二"  # moving up is no change


def test_a_missed_night_is_made_up_for_before_the_old_version_goes(college: SmallCollege) -> None:
    found = publish(college.office, facts(frequency="monthly"), on=day("05-10"))
    revise(college, found, i1=facts("改了名", frequency="monthly"))  # no night on 1 June
    assert [(row[1], row[3]) for row in owed() if row[0] == "ZB101"] == [("2026-05", "active"), ("2026-06", "active")]
    assert of_branch().title == "改了名（2026年6月）"
