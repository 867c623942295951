"""What one calculation of all scores costs, for one college and for a province."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from django.db import connection

from bench.college import MadeUp
from bench.growing import grow
from bench.report import Line, Report, say
from common import clock
from orgs.models import Organisation, User
from scoring import definitions, exchange
from scoring.models import Scheme, SchemeVersion, Stage
from scoring.services.recalculating import recalculate
from scoring.services.schemes import shipped_files

SIZES = (1_000, 10_000)
MOST_QUERIES = 200
# How much more one organisation may cost among ten thousand than among one thousand.
MOST_GROWTH = 1.3


def measure_scores(report: Report, made: MadeUp, recorder: User) -> None:
    """The shipped schemes over 37 organisations, then over more and more; grows the tree, so it comes last."""
    schemes = _schemes(made.committee, recorder)
    queries, seconds, own = _calculate(schemes)
    report.add(
        Line(
            f"calculation of all scores, {Organisation.objects.count()} organisations",
            f"{queries} queries",
            f"{seconds:.2f} s, {own:.2f} s of it processor time here",
            target=f"< {MOST_QUERIES} queries",
            met=queries < MOST_QUERIES,
        )
    )
    each = []
    for size in SIZES:
        say(f"growing to {size:,} organisations")
        grow(made.committee, size, recorder)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        number = Organisation.objects.count()
        queries, seconds, own = _calculate(schemes)
        each.append(1000 * seconds / number)
        growth = each[-1] / each[0]
        report.add(
            Line(
                f"  the same, {number:,} organisations",
                f"{seconds:.1f} s, {each[-1]:.1f} ms each",
                f"{each[0]:.1f} ms each of {SIZES[0]:,}; {queries} queries, {own:.1f} s of it processor time here",
                f"{growth:.2f}",
                f"≤ {MOST_GROWTH} × (linear)" if size > SIZES[0] else "",
                growth <= MOST_GROWTH if size > SIZES[0] else None,
            )
        )


def _schemes(committee: Organisation, drafter: User) -> list[Scheme]:
    """This year's shipped schemes, in force."""
    found = []
    for path in shipped_files():
        body: Any = exchange.parse(path.read_bytes())
        if body["year"] != 2026:  # the newest that ships
            continue
        body = definitions.as_data(definitions.read({**body, "year": clock.today().year}))
        scheme = Scheme.objects.create(
            organisation=committee, code=body["code"], name=body["name"], year=body["year"],
            applies_to=body["applies_to"], stage=Stage.RUNNING,
        )  # fmt: skip
        SchemeVersion.objects.create(
            scheme=scheme, number=1, body=body, state=SchemeVersion.State.PUBLISHED, drafted_by=drafter
        )
        found.append(scheme)
    return found


def _calculate(schemes: list[Scheme]) -> tuple[int, float, float]:
    """Queries, seconds, and seconds of this process's processor time of one calculation of everything."""
    counted = 0

    def count(execute: Callable[..., Any], *args: Any) -> Any:
        nonlocal counted
        counted += 1
        return execute(*args)

    started, own = time.perf_counter(), time.process_time()
    with ExitStack() as stack:
        stack.enter_context(connection.execute_wrapper(count))
        for scheme in schemes:
            recalculate(scheme=scheme)
    return counted, time.perf_counter() - started, time.process_time() - own
