"""The list of all Tasks beside the same rows on a bare page; search by pinyin and the file, for information."""

from __future__ import annotations

import re

from django.urls import reverse

from bench.duties import ROWS
from bench.pages import LIST_TIMES, inform, queries, sign_in
from bench.report import Line, Report
from bench.timing import in_turn
from orgs.models import User

FEW_ROUNDS = 10
PINYIN = "zbdydh"  # 支部党员大会


def measure_task_list(report: Report, secretary: User, office: User, port: int, size: str) -> None:
    """A branch secretary's list with its first 50 rows; the office's, of everything, searched and as a file."""
    path = reverse("tasks:task_list")
    browser = sign_in(secretary, port)
    ids = re.findall(r'href="/tasks/(\d+)/"', browser.get(path))
    if len(ids) != ROWS:
        raise RuntimeError(f"{path} shows {len(ids)} Tasks instead of {ROWS}.")
    bare = f"{reverse('bench_bare')}?ids={','.join(ids)}"
    times = in_turn({each: browser.visit(each) for each in (path, bare)})
    browser.close()
    page, floor = times[path], times[bare]
    ratio = page.median / floor.median
    report.add(
        Line(
            f"list of all Tasks, page of {ROWS}, {size}, {queries(secretary, path)} queries",
            str(page),
            f"{floor} same rows, bare page without any frame",
            f"{ratio:.2f}",
            f"≤ {LIST_TIMES} × floor",
            ratio <= LIST_TIMES,
        )
    )
    own, of_floor = page.processor, floor.processor
    inform(
        report, f"  processor time of it, {size}", f"{own:.1f} ms", own, of_floor, f"{of_floor:.1f} ms the bare page's"
    )
    _measure_office(report, office, port, size)


def _measure_office(report: Report, office: User, port: int, size: str) -> None:
    path = reverse("tasks:task_list")
    browser = sign_in(office, port)
    asked = {"all of it": path, "by pinyin": f"{path}?q={PINYIN}", "as CSV": f"{path}?export=csv&due_from=2026-01-01"}
    times = in_turn({name: browser.visit(each) for name, each in asked.items()}, FEW_ROUNDS)
    browser.close()
    for name in asked:
        inform(
            report,
            f"  the office's list, {name}, {size}",
            str(times[name]),
            times[name].median,
            times["all of it"].median,
            "",
        )
