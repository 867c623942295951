"""The light as SQL is the light of the page: for every profile, state and distance of days."""

from __future__ import annotations

import datetime
import itertools

import pytest

from tasks.light_sql import severity, shown_light
from tasks.lighting import Lighting
from tasks.lights import SEVERITY
from tasks.models import OPEN_STATES, Profile, State, Task
from tests.factories import make_college
from tests.tasks.conftest import TODAY

DAYS = (-400, -8, -1, 0, 1, 2, 3, 6, 7, 8, 30, 400)
STORED = ("grey", "green", "yellow", "orange", "red")


@pytest.mark.django_db
@pytest.mark.postgres
def test_filtered_and_sorted_by_what_is_shown(today: datetime.date) -> None:
    branch = make_college(members=0).branches[0]
    Task.objects.bulk_create(
        Task(
            natural_key=str(number),
            source="cadence",
            kind="x",
            title="x",
            organisation=branch,
            window_start=TODAY + datetime.timedelta(days=min(start, left)),
            due_on=TODAY + datetime.timedelta(days=left),
            original_due_on=TODAY,
            profile=profile,
            state=state,
            light=STORED[number % len(STORED)],
        )
        for number, (left, start, profile, state) in enumerate(
            itertools.product(DAYS, (-30, 0, 5), Profile.values, State.values)
        )
    )
    lighting = Lighting(TODAY)
    rows = Task.objects.annotate(shown=shown_light(TODAY), rank=severity(TODAY))
    wrong = [task.natural_key for task in rows if task.shown != lighting.shown(task)[0]]
    assert wrong == []
    for task in rows:
        assert task.rank == (SEVERITY[lighting.shown(task)[0]] + 1 if task.state in OPEN_STATES else 0)
