"""The clock stands still only for the demo and tests."""

import datetime
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, OperationalError, connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from common import clock
from common.models import DemoState

DAY = datetime.date(2026, 6, 15)
LATE = datetime.datetime(2026, 6, 14, 16, 30, tzinfo=datetime.UTC)  # 00:30 of the 15th in Shanghai


def real(settings: Any) -> None:
    """Make this a real installation."""
    settings.DEMO = False


def test_now_is_the_time_in_shanghai(settings: Any) -> None:
    real(settings)
    with time_machine.travel(LATE, tick=False):
        assert clock.now() == LATE
        assert clock.now().utcoffset() == datetime.timedelta(hours=8)
        assert clock.today() == DAY


def test_a_date_stands_at_nine() -> None:
    with clock.moved(DAY):
        assert clock.now() == datetime.datetime(2026, 6, 15, 9, tzinfo=clock.SHANGHAI)
        assert clock.today() == DAY


@pytest.mark.parametrize("moment", [LATE, datetime.datetime(2026, 6, 15, 0, 30)])
def test_a_time_of_another_zone_is_converted_and_a_naive_one_is_local(moment: datetime.datetime) -> None:
    with clock.moved(moment):
        assert clock.now() == LATE
        assert clock.now().tzinfo is clock.SHANGHAI
        assert clock.today() == DAY


def test_moves_nest_and_end_with_an_error() -> None:
    with clock.moved(DAY):
        with pytest.raises(KeyError), clock.moved(datetime.date(2027, 1, 1)):
            assert clock.today().year == 2027
            raise KeyError
        assert clock.today() == DAY


def test_a_move_is_seen_by_its_own_thread_only(settings: Any) -> None:
    real(settings)
    settings.TESTING = True
    with clock.moved(DAY), time_machine.travel(LATE, tick=False), ThreadPoolExecutor(1) as other:
        assert other.submit(clock.now).result() == LATE
        assert clock.now() != LATE


def test_a_real_installation_refuses_to_move(settings: Any) -> None:
    real(settings)
    with pytest.raises(clock.ClockRefused), clock.moved(DAY):
        pass
    with pytest.raises(clock.ClockRefused):
        clock.set_demo_today(DAY)


def test_settings_of_tests_may_move_but_keep_no_day(settings: Any) -> None:
    real(settings)
    settings.TESTING = True
    with clock.moved(DAY):
        assert clock.today() == DAY
    with pytest.raises(clock.ClockRefused):
        clock.set_demo_today(DAY)


@pytest.mark.django_db
def test_the_demo_has_its_day_and_the_real_time_of_day() -> None:
    clock.set_demo_today(DAY)
    with time_machine.travel(datetime.datetime(2026, 11, 22, 3, 4, tzinfo=datetime.UTC), tick=False):
        assert clock.now() == datetime.datetime(2026, 6, 15, 11, 4, tzinfo=clock.SHANGHAI)
    clock.set_demo_today(datetime.date(2026, 6, 16))  # seen at once in this process
    assert clock.today() == datetime.date(2026, 6, 16)
    assert DemoState.objects.count() == 1


@pytest.mark.django_db
def test_the_kept_day_is_read_once_and_not_at_all_outside_the_demo(settings: Any) -> None:
    clock.set_demo_today(DAY)
    with CaptureQueriesContext(connection) as queries:
        assert [clock.today() for _ in range(20)] == [DAY] * 20
    assert len([query for query in queries if "demostate" in query["sql"]]) == 1
    real(settings)
    with CaptureQueriesContext(connection) as queries:
        assert clock.demo_today() is None
    assert len(queries) == 0


@pytest.mark.django_db
def test_a_day_that_another_process_set_is_seen_when_the_kept_one_is_old(monkeypatch: pytest.MonkeyPatch) -> None:
    clock.set_demo_today(DAY)
    assert clock.today() == DAY
    DemoState.objects.update(today=datetime.date(2026, 6, 16))
    assert clock.today() == DAY
    monkeypatch.setattr(clock, "_CACHE_SECONDS", -1.0)
    assert clock.today() == datetime.date(2026, 6, 16)


@pytest.mark.postgres
@pytest.mark.django_db
def test_before_the_first_migration_there_is_no_day() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE common_demostate RENAME TO common_elsewhere")
    try:
        assert clock.demo_today() is None
        assert clock.now().tzinfo is clock.SHANGHAI
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE common_elsewhere RENAME TO common_demostate")


@pytest.mark.django_db
def test_a_busy_database_does_not_turn_the_demo_day_into_the_real_one(monkeypatch: pytest.MonkeyPatch) -> None:
    clock.set_demo_today(DAY)

    def locked(*_args: object) -> None:
        raise OperationalError("database is locked")

    with monkeypatch.context() as broken:
        broken.setattr(QuerySet, "first", locked)
        with pytest.raises(DatabaseError, match="locked"):
            clock.now()
    assert clock.today() == DAY
