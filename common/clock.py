"""The only source of now. Dates and times are Asia/Shanghai; only the demo and tests may move them."""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import OperationalError, ProgrammingError, connection, transaction

SHANGHAI = ZoneInfo("Asia/Shanghai")
_CACHE_SECONDS = 30.0
_moved: ContextVar[datetime.datetime | None] = ContextVar("moved_clock", default=None)
_demo_cache: tuple[float, datetime.date | None] | None = None


class ClockRefused(RuntimeError):
    """Somebody tried to move the clock of a real installation."""


def now() -> datetime.datetime:
    """The current time, aware, in Asia/Shanghai."""
    moved_to = _moved.get()
    if moved_to is not None:
        return moved_to
    real = datetime.datetime.now(SHANGHAI)
    day = demo_today()
    return real if day is None else real.replace(year=day.year, month=day.month, day=day.day)


def today() -> datetime.date:
    """The current date in Asia/Shanghai."""
    return now().date()


def _may_move() -> bool:
    return bool(getattr(settings, "DEMO", False) or getattr(settings, "TESTING", False))


@contextmanager
def moved(to: datetime.date | datetime.datetime) -> Iterator[None]:
    """Let the clock stand at ``to`` within the block: a date at 09:00, a naive time as one of Shanghai.

    Raises ``ClockRefused`` outside the demo and tests.
    """
    if not _may_move():
        raise ClockRefused("The clock moves only with DEMO=1 or in tests.")
    if not isinstance(to, datetime.datetime):
        to = datetime.datetime.combine(to, datetime.time(9), SHANGHAI)
    # An aware time is converted, or today() would be the date of another time zone.
    token = _moved.set(to.astimezone(SHANGHAI) if to.tzinfo else to.replace(tzinfo=SHANGHAI))
    try:
        yield
    finally:
        _moved.reset(token)


def demo_today() -> datetime.date | None:
    """The day that the demo takes for today, or ``None``. One query at most every thirty seconds per process."""
    global _demo_cache
    if not getattr(settings, "DEMO", False):
        return None
    if _demo_cache is None or time.monotonic() - _demo_cache[0] > _CACHE_SECONDS:
        _demo_cache = (time.monotonic(), _read_demo_today())
    return _demo_cache[1]


def _read_demo_today() -> datetime.date | None:
    """The kept day. Raises the database's error unless the table is missing: a busy database must not
    turn the demo's day into the real one, with facts written on the wrong date.
    """
    from common.models import DemoState

    # PostgreSQL aborts a transaction at its first error. Without one, atomic() would only take SQLite's write lock.
    try:
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            return DemoState.objects.values_list("today", flat=True).first()
    except (OperationalError, ProgrammingError):  # SQLite's and PostgreSQL's "no such table"
        if DemoState._meta.db_table in connection.introspection.table_names():
            raise
        return None  # before the first migration


def set_demo_today(day: datetime.date | None) -> None:
    """Keep the day that the demo takes for today, and mark the database as a demo.

    Raises ``ClockRefused`` outside the demo.
    """
    global _demo_cache
    if not getattr(settings, "DEMO", False):
        raise ClockRefused("Only a demo has a day of its own (DEMO=1).")
    from common.models import DemoState

    DemoState.objects.update_or_create(pk=1, defaults={"today": day})
    _demo_cache = None
