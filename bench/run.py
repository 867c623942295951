"""One run from an empty database to the table."""

from __future__ import annotations

import os
import platform
import time

from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from bench import memory
from bench.college import PEOPLE, MadeUp, make_college
from bench.duties import Duties
from bench.lists import measure_task_list
from bench.night import Spool, measure_night
from bench.pages import list_paths, measure_dashboard, measure_list, sign_in
from bench.report import Line, Report, say
from bench.scores import measure_scores
from bench.servers import Place
from common import clock
from common.calendars import load_calendar
from meetings.nightly import open_due_tasks
from meetings.services import load_kinds
from orgs.models import User
from tasks.models import Task

FEW, MANY = 3_000, 30_000
LOAD_ROUNDS = 40


def run(place: Place, one_year: bool = False) -> int:
    """Make, measure, print; 1 when a target was missed, else 0.

    ``one_year``: all Tasks at once and all due in the current year, which is ten times more than a college owes.
    """
    started = time.perf_counter()
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, {_database()}"
    say(f"Bench on {clock.today()}: {machine}, load {os.getloadavg()[0]:.1f}")
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    load_calendar()
    load_kinds()
    made = make_college()
    secretary = made.secretary_of(made.branches[0])
    duties = Duties(made, made.branches[0], secretary)
    report = Report()
    place.start_sink()
    spool = Spool(place.spool)
    duties.this_year(MANY if one_year else FEW)
    place.start_web()
    _measure(report, place, made, secretary, spool)
    if not one_year:
        duties.years_before(MANY - Task.objects.count())
        _measure(report, place, made, secretary, spool)
    _measure_memory(report, place, made, secretary)
    measure_scores(report, made, secretary)
    report.print()
    return _verdict(report, time.perf_counter() - started)


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return f"PostgreSQL {cursor.fetchone()[0]}"


def _measure(report: Report, place: Place, made: MadeUp, secretary: User, spool: Spool) -> None:
    opened = open_due_tasks(clock.today())["opened"]
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    total = Task.objects.count()
    size = f"{total:,} Tasks"
    say(f"{size} ({opened} of them opened by the night) of {len(made.organisations)} organisations, {PEOPLE} people")
    measure_list(report, secretary, place.web_port, size)
    measure_task_list(report, secretary, made.secretary_of(made.committee), place.web_port, size)
    measure_dashboard(report, made.secretary_of(made.committee), place.web_port, size)
    measure_night(report, spool, PEOPLE, size)


def _measure_memory(report: Report, place: Place, made: MadeUp, secretary: User) -> None:
    """Load both processes with every measured page, over connections of their own, then look."""
    _desk, floor, _bare = list_paths(secretary)
    desk = sign_in(secretary, place.web_port)
    committee = sign_in(made.secretary_of(made.committee), place.web_port)
    answered: set[int] = set()
    for _round in range(LOAD_ROUNDS):
        answered.add(desk.process_of(floor))
        desk.get(reverse("dashboards:desk"))
        answered.add(committee.process_of(reverse("dashboards:committee")))
    desk.close()
    committee.close()
    watcher = memory.Memory.of(place.web_pid)
    workers = memory.of_children(place.web_pid)
    if not answered.issuperset(worker.pid for worker in workers):
        raise RuntimeError(f"Of the web processes {workers} only {answered} answered.")
    for number, worker in enumerate(workers, start=1):
        report.add(Line(f"memory of web process {number} after load", str(worker)))
    report.add(Line("memory of the process that watches them", str(watcher)))
    total = sum(each.share for each in (watcher, *workers))
    report.add(Line("memory of the web server in all", f"{total:.0f} MB"))


def _verdict(report: Report, seconds: float) -> int:
    load, cores = os.getloadavg()[1], os.cpu_count() or 1
    busy = "; other work was going on, so measure again before believing it" if load > cores + 0.5 else ""
    say(f"\n{seconds:.0f} s in all; load over the last five minutes {load:.1f} on {cores} cores{busy}.")
    for line in report.missed:
        say(f"MISSED: {line.what}: {line.figure}, floor {line.floor}, target {line.target}")
    return 1 if report.missed else 0
