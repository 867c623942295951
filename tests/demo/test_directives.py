"""The demo's directives: every state there is, through the services, in a college of their own."""

import datetime
from collections import Counter
from pathlib import Path

import pytest

from common import clock
from orgs.importer import import_roster
from partybuild.demo import assigning, directives
from partybuild.demo.college import ROSTER
from tasks.models import Directive, DualSignature, Extension, Plan, Task
from tasks.nightly import open_follow_ups

UNTIL = datetime.date(2026, 6, 15)


@pytest.fixture
def played(db: None) -> None:
    """The roster, and every day on which something is done; nights only where a follow-up is due soon."""
    with clock.moved(datetime.date(2025, 12, 31)), Path(ROSTER).open("rb") as file:
        assert import_roster(file=file, actor=None).ok
    for day in sorted(directives.scenes()):
        if day <= UNTIL:
            with clock.moved(datetime.datetime.combine(day, datetime.time(17), clock.SHANGHAI)):
                directives.play_directives(day)
                open_follow_ups(day)


def test_eight_in_every_state_and_the_plan_of_31(played: None) -> None:
    own = Directive.objects.filter(category__isnull=True)
    assert own.count() == 8
    assert set(own.values_list("state", flat=True)) == {"draft", "awaiting", "issued", "done", "stopped"}
    plan = Plan.objects.get()
    states = Counter(Directive.objects.filter(category__plan=plan).values_list("state", flat=True))
    assert states == {"issued": 28, "done": 3}
    tasks = set(Task.objects.filter(source="directive").values_list("state", flat=True))
    assert tasks == {"pending", "active", "submitted", "returned", "done", "stopped"}
    assert set(DualSignature.objects.values_list("state", flat=True)) == {"both", "secretary", "refused"}
    assert set(Extension.objects.values_list("state", flat=True)) == {"granted", "asked"}
    assert Task.objects.filter(source="directive", parent__isnull=False).count() == 8
    assert Directive.objects.get(state="draft").return_cause != ""


def test_what_is_reported_fits_how_far_it_is(played: None) -> None:
    by_note = {note: start for start, notes in assigning.NOTES for note in notes}
    rows = Task.objects.filter(source="directive", note__in=by_note).values_list("note", "progress")
    assert rows.count() > 20
    for note, progress in rows:
        assert [start for start, _notes in assigning.NOTES if progress >= start][-1] == by_note[note], (note, progress)


def test_every_issued_directive_has_a_leader_of_the_college(played: None) -> None:
    leaders = Counter(Directive.objects.values_list("leader__name", flat=True))
    assert leaders.keys() == {"周明岚", "沈若川", "程望川", "顾衡", "方静姝"}
    assert sum(leaders.values()) == 39
