"""What is told about directives: to sign for, too late to sign, and nothing to who only supports."""

from datetime import date, datetime

import pytest

from common import clock
from notices.models import Notice
from tasks.nightly import write_reminders
from tasks.services import acknowledge_task
from tasks.truth import still_true
from tests.tasks.directives.making import at_work, department, issued, task_of
from tests.tasks.world import World

NIGHT = datetime(2026, 6, 18, 20)


def told(day: date, kind: str = "to_sign") -> list[tuple[str, str]]:
    """(name, detail) of the messages of a day."""
    rows = Notice.objects.filter(day=day, kind=kind).order_by("person__name")
    return list(rows.values_list("person__name", "detail"))


def night(day: int, since: int | None = None, hour: int = 20) -> dict[str, int]:
    """The reminders of a night of June."""
    with clock.moved(datetime(2026, 6, day, hour)):
        return write_reminders(date(2026, 6, day), date(2026, 6, since or day - 1))


def test_too_late_to_sign_is_told_on_the_night_after_and_every_week(world: World) -> None:
    issued(world, world.branch)  # at nine on the 15th: 72 hours, until nine on the 18th
    Notice.objects.all().delete()
    assert [night(day)["to_sign"] for day in range(16, 27)] == [0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
    assert told(date(2026, 6, 18)) == [("支部书记", "ZB101党支部：应在2026-06-18 09:00前签收，已经超时")]


def test_repeated_and_missed_nights(world: World) -> None:
    issued(world, world.branch)
    Notice.objects.all().delete()
    night(18)
    night(18)
    assert len(told(date(2026, 6, 18))) == 1
    Notice.objects.all().delete()
    night(20, since=17)
    assert len(told(date(2026, 6, 20))) == 1


def test_a_clock_that_runs_out_at_night_is_told_on_the_next(world: World) -> None:
    with clock.moved(datetime(2026, 6, 15, 21)):
        issued(world, world.branch, type="instant")
    Notice.objects.all().delete()
    assert [night(day)["to_sign"] for day in (16, 17, 18)] == [0, 1, 0]


def test_what_was_signed_is_not_told(world: World) -> None:
    directive = issued(world, world.branch, world.foreign)
    notices = list(Notice.objects.filter(kind="to_sign"))
    assert still_true(notices) == {notice.pk for notice in notices}
    acknowledge_task(task=task_of(directive, world.branch), actor=world.secretary)
    left = still_true(notices)
    assert [notice.person.name for notice in notices if notice.pk in left] == ["外支部书记"]
    assert night(18)["to_sign"] == 1


@pytest.mark.parametrize("day", [13, 14, 15, 16, 22])
def test_who_only_supports_is_never_reminded_of_the_date(world: World, day: int) -> None:
    directive = issued(world, world.general, support=(world.foreign,))
    acknowledge_task(task=task_of(directive, world.foreign), actor=world.foreign_secretary)
    Notice.objects.all().delete()
    with clock.moved(datetime(2026, 7, day, 20)):
        write_reminders(date(2026, 7, day), date(2026, 7, day - 1))
    assert not Notice.objects.filter(person=world.foreign_secretary.person).exists()


def test_a_department_is_named_not_its_committee(world: World) -> None:
    made, head = department(world)
    at_work(world, made, actor=head)
    with clock.moved(datetime(2026, 7, 15, 20)):
        write_reminders(date(2026, 7, 15), date(2026, 7, 14))
    assert told(date(2026, 7, 15), "due_today") == [("处长", "教务处：今天到期（2026年7月15日）")]


def test_the_lead_is_reminded_of_the_date(world: World) -> None:
    at_work(world)
    with clock.moved(datetime(2026, 7, 15, 20)):
        write_reminders(date(2026, 7, 15), date(2026, 7, 14))
    assert told(date(2026, 7, 15), "due_today") == [("总支书记", "ZZ1党总支：今天到期（2026年7月15日）")]
