"""Pages beside their floors: the list of 50 Tasks, and the committee's dashboard."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test import Client
from django.urls import reverse

from bench.duties import ROWS
from bench.report import Line, Report
from bench.timing import ROUNDS, Browser, Times, in_turn
from common import clock
from dashboards.selectors.overview import overview
from orgs.models import Organisation, User
from tasks.selectors import desk_of

LIST_TIMES = 1.5
DASHBOARD_TIMES = 3
DASHBOARD_MORE = 15.0  # ms
AS_OF_DAYS = 60
AS_OF_ROUNDS = 20


def session_key(user: User) -> str:
    """A session of ``user`` as signing in leaves it (the password is not what is measured)."""
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "orgs.backends.AccountBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return str(store.session_key)


def sign_in(user: User, port: int) -> Browser:
    """A client of the web processes."""
    return Browser(port, f"{settings.SESSION_COOKIE_NAME}={session_key(user)}")


def list_paths(user: User) -> tuple[str, str, str]:
    """The desk, the same rows in the frame of a page, and the floor; the same ``ROWS`` Tasks on each."""
    lists = desk_of(user, clock.today()).owed
    tasks = [*lists.overdue, *lists.due_today, *lists.this_week, *lists.later]
    if len(tasks) != ROWS:
        raise RuntimeError(f"The measured desk shows {len(tasks)} Tasks instead of {ROWS}.")
    query = "?ids=" + ",".join(str(task.pk) for task in tasks)
    return reverse("dashboards:desk"), reverse("bench_rows") + query, reverse("bench_bare") + query


def measure_list(report: Report, user: User, port: int, size: str) -> None:
    """The desk of somebody with 50 things to do beside a bare page of the same rows."""
    desk, in_frame, bare = list_paths(user)
    browser = sign_in(user, port)
    for path in (desk, in_frame, bare):
        shown = set(re.findall(r'href="/tasks/(\d+)/"', browser.get(path)))
        if len(shown) != ROWS:
            raise RuntimeError(f"{path} shows {len(shown)} Tasks instead of {ROWS}.")
    times = in_turn({path: browser.visit(path) for path in (desk, in_frame, bare)})
    browser.close()
    page, floor = times[desk], times[bare]
    ratio = page.median / floor.median
    report.add(
        Line(
            f"list of {ROWS} Tasks (desk), {size}, {queries(user, desk)} queries",
            str(page),
            f"{floor} same rows, bare page without any frame",
            f"{ratio:.2f}",
            f"≤ {LIST_TIMES} × floor",
            ratio <= LIST_TIMES,
        )
    )
    framed = times[in_frame]
    inform(report, f"  the same, {size}", str(page), page.median, framed.median, f"{framed} in the frame of a page")
    own, of_floor = page.processor, floor.processor
    inform(
        report, f"  processor time of it, {size}", f"{own:.1f} ms", own, of_floor, f"{of_floor:.1f} ms the bare page's"
    )


def inform(report: Report, what: str, figure: str, value: float, floor: float, words: str) -> None:
    """A line without a target."""
    report.add(Line(what, figure, words, f"{value / floor:.2f}"))


def queries(user: User, path: str) -> int:
    """How many queries a page needs, session and account included."""
    client = Client(HTTP_HOST="127.0.0.1")
    client.cookies[settings.SESSION_COOKIE_NAME] = session_key(user)
    seen = _watch(lambda: client.get(path))
    return len(seen)


def _watch(work: Callable[[], object]) -> list[tuple[str, Any]]:
    """The statements that ``work`` sends, with their values."""
    seen: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append((sql, params))
        return execute(sql, params, many, context)

    connection.ensure_connection()
    with connection.execute_wrapper(note):
        work()
    return seen


def grid_query(user: User, day: datetime.date, top: Organisation | None = None) -> tuple[str, Any]:
    """The dashboard's one statement on Tasks. Raises ``RuntimeError`` when there are more."""
    found = [(sql, params) for sql, params in _watch(lambda: overview(user, day, top)) if '"tasks_task"' in sql]
    if len(found) != 1:
        raise RuntimeError(f"The dashboard asks the database for Tasks {len(found)} times instead of once.")
    return found[0]


def _run_sql(sql: str, params: Any) -> int:
    """The statement and all its rows through the bare driver; how many there were."""
    with connection.connection.cursor() as cursor:
        cursor.execute(sql, params)
        return len(cursor.fetchall())


def measure_dashboard(report: Report, user: User, port: int, size: str) -> None:
    """The committee's dashboard of today beside its one statement; of a past day for information."""
    today = clock.today()
    path = reverse("dashboards:committee")
    times, rows = _beside_sql(user, path, today, port)
    page, sql = times["page"], times["sql"]
    limit = DASHBOARD_TIMES * sql.median + DASHBOARD_MORE
    report.add(
        Line(
            f"committee dashboard, {size}, {queries(user, path)} queries, {rows} rows",
            str(page),
            f"{sql} its one SQL",
            f"{page.median / sql.median:.2f}",
            f"≤ {DASHBOARD_TIMES} × floor + {DASHBOARD_MORE:.0f} ms = {limit:.1f} ms",
            page.median <= limit,
        )
    )
    inform(
        report,
        f"  processor time of it, {size}",
        f"{page.processor:.1f} ms",
        page.processor,
        sql.median,
        f"{sql} its one SQL",
    )
    past = today - datetime.timedelta(days=AS_OF_DAYS)
    times, rows = _beside_sql(user, f"{path}?as_of={past}", past, port, AS_OF_ROUNDS)
    page, sql = times["page"], times["sql"]
    inform(
        report,
        f"  as of {AS_OF_DAYS} days ago, {size}, {rows} rows",
        str(page),
        page.median,
        sql.median,
        f"{sql} its SQL",
    )


def _beside_sql(
    user: User, path: str, day: datetime.date, port: int, rounds: int = ROUNDS
) -> tuple[dict[str, Times], int]:
    sql, params = grid_query(user, day)
    rows = _run_sql(sql, params)

    def alone() -> float:
        _run_sql(sql, params)
        return 0.0

    browser = sign_in(user, port)
    times = in_turn({"page": browser.visit(path), "sql": alone}, rounds)
    browser.close()
    return times, rows
