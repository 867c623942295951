"""Two answers to one objection at the same moment: one counts, the other is told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import copy_context
from typing import Any

import pytest
from django.db import connection

from common import clock
from common.errors import Conflict
from notices.models import Notice
from scoring.models import Correction, Sheet
from tests.factories import make_college
from tests.scoring.making import published
from tests.scoring.test_objections import IN_WINDOW, ROWS, D, answer, file, fresh


def at_once(*actions: Callable[[], Any]) -> list[Any]:
    """Run the actions in threads that begin together; their results, or the ``Conflict`` each met."""
    barrier, results = threading.Barrier(len(actions)), [None] * len(actions)

    def run(number: int, action: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=10)
            results[number] = action()
        except Conflict as conflict:
            results[number] = conflict  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [
        threading.Thread(target=copy_context().run, args=(run, number, one)) for number, one in enumerate(actions)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_once_one_counts(transactional_db: None) -> None:
    with clock.moved(IN_WINDOW):
        college = make_college()
        published(college, *ROWS)
        sheet = Sheet.objects.select_related("scheme__organisation", "organisation", "version").get(
            organisation=college.branches[0]
        )
        objection = file(college, sheet)
        results = at_once(
            lambda: answer(college.office, objection, "corrected", new=D(25)),
            lambda: answer(college.committee_secretary, objection, "corrected", new=D(30)),
        )
    assert sum(isinstance(one, Conflict) for one in results) == 1
    correction = Correction.objects.get()
    assert fresh(sheet).total == D("65.50") + correction.new
    assert Notice.objects.filter(subject=f"scoring_objection:{objection.pk}", kind="info").count() == 1
