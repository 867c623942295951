"""Every change leaves one history row with user, reason and the platform's time."""

import datetime

import pytest

from common import audit, clock
from common.models import AcademicTerm, CalendarDay
from orgs.models import User

pytestmark = pytest.mark.django_db
D = datetime.date


@pytest.fixture
def actors() -> tuple[User, User]:
    """Two accounts."""
    return User.objects.create(username="first"), User.objects.create(username="second")


def day(number: int) -> CalendarDay:
    """A day not saved yet."""
    return CalendarDay(date=D(2026, 6, number), is_workday=True)


def rows(obj: CalendarDay) -> list[tuple[str, User | None, str | None]]:
    """History of an object, oldest first: type, user, reason."""
    kept = obj.history.order_by("history_id").select_related("history_user")
    return [(row.history_type, row.history_user, row.history_change_reason) for row in kept]


def test_saving_leaves_one_row_each(actors: tuple[User, User]) -> None:
    first, second = actors
    obj = audit.save(day(1), actor=first, reason="录入")
    obj.is_workday = False
    audit.save(obj, actor=second, reason="更正", update_fields=["is_workday"])
    assert rows(obj) == [("+", first, "录入"), ("~", second, "更正")]


def test_update_fields_writes_no_other_field(actors: tuple[User, User]) -> None:
    obj = audit.save(day(1), actor=actors[0])
    obj.is_workday, obj.name = False, "不写"
    audit.save(obj, actor=actors[0], update_fields=["is_workday"])
    obj.refresh_from_db()
    assert (obj.is_workday, obj.name) == (False, "")


def test_a_nightly_step_has_no_user(actors: tuple[User, User]) -> None:
    obj = audit.save(day(1), actor=actors[0], reason="录入")
    audit.save(obj, actor=None, reason="夜间任务")
    assert rows(obj)[1] == ("~", None, "夜间任务")


def test_history_and_creation_carry_the_platforms_clock() -> None:
    with clock.moved(D(2025, 3, 1)):
        moment = clock.now()
        obj = audit.save(day(1), actor=None)
        [other] = audit.bulk_create([day(2)], CalendarDay, actor=None)
    assert obj.created_at == moment == obj.history.get().history_date
    assert other.created_at == moment == other.history.get().history_date


@pytest.mark.postgres
def test_bulk_writes_leave_one_row_each(actors: tuple[User, User]) -> None:
    first, second = actors
    days = audit.bulk_create([day(1), day(2)], CalendarDay, actor=first, reason="导入")
    assert all(obj.pk for obj in days)
    for obj in days:
        obj.is_workday = False
    assert audit.bulk_update(days, CalendarDay, ["is_workday"], actor=second, reason="更正") == 2
    for obj in CalendarDay.objects.all():
        assert obj.is_workday is False
        assert rows(obj) == [("+", first, "导入"), ("~", second, "更正")]


def test_bulk_writes_larger_than_a_batch_leave_one_row_each(actors: tuple[User, User]) -> None:
    days = audit.bulk_create([day(number) for number in range(1, 8)], CalendarDay, actor=actors[0], batch_size=3)
    for obj in days:
        obj.name = "校庆"
    assert audit.bulk_update(days, CalendarDay, ["name"], actor=actors[1], batch_size=3) == 7
    assert {obj.name for obj in CalendarDay.objects.all()} == {"校庆"}
    assert [rows(obj) for obj in days] == [[("+", actors[0], ""), ("~", actors[1], "")]] * 7


def test_a_bulk_write_is_not_put_down_to_whoever_saved_the_object_before(actors: tuple[User, User]) -> None:
    first, second = actors
    obj = audit.save(day(1), actor=first, reason="录入")
    audit.bulk_update([obj], CalendarDay, ["is_workday"], actor=second, reason="批量更正")
    audit.bulk_update([obj], CalendarDay, ["is_workday"], actor=None, reason="夜间任务")
    assert rows(obj) == [("+", first, "录入"), ("~", second, "批量更正"), ("~", None, "夜间任务")]


def test_nothing_to_write_asks_nothing(django_assert_num_queries: pytest.FixtureRequest) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert audit.bulk_create([], AcademicTerm, actor=None) == []
        assert audit.bulk_update([], AcademicTerm, ["start"], actor=None) == 0


@pytest.mark.postgres
def test_a_long_reason_is_cut_to_the_column() -> None:
    long = "很长的原因" * 50
    obj = audit.save(day(1), actor=None, reason=long)
    audit.bulk_update([obj], CalendarDay, ["is_workday"], actor=None, reason=long)
    assert [reason for _type, _user, reason in rows(obj)] == [long[:100]] * 2
