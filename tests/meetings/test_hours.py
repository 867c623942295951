"""Study hours as proof: enough members with enough hours close the item; what is taken back opens it again."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from meetings.hours import Standing, offer_study_hours, standings_of
from meetings.models import Section
from meetings.services import return_section
from orgs.models import Organisation, Person
from orgs.services.people import set_excused
from tasks.models import Task, TaskEvidence
from tasks.services import TaskSpec, open_tasks
from tests.factories import SmallCollege
from tests.meetings.making import TODAY, confirm, plan


def owe(organisation: Organisation, year: int = 2026) -> Task:
    key = f"hours:{organisation.code}:{year}"
    spec = TaskSpec(
        natural_key=key,
        source="list_item",
        kind="list_item",
        title="落实党员年度32学时集中学习",
        organisation_id=organisation.pk,
        window_start=datetime.date(year, 1, 1),
        due_on=datetime.date(year, 12, 31),
        period_code=str(year),
        requirement={"evidence": "study_hours", "part": "held"},
    )
    open_tasks(specs=[spec])
    return Task.objects.get(natural_key=key)


def study(college: SmallCollege, hours: str, absent: tuple[int, ...] = (), day: int = 12) -> Section:
    """A theme day of the branch that counts so many hours."""
    start = datetime.datetime(2026, 6, day, 14, tzinfo=clock.SHANGHAI)
    gathering = plan(college.branch_secretary, college.branches[0], "theme_day", starts_at=start, title=f"学习{day}")
    return confirm(college.branch_secretary, gathering, college.branches[0], absent=absent, study_hours=Decimal(hours))


def test_enough_hours_of_enough_members_close_the_item(college: SmallCollege, settings) -> None:
    settings.STUDY_HOURS_PER_YEAR = 6
    branch = college.branches[0]
    task, other = owe(branch), owe(college.branches[1])
    lazy = college.members[0]
    study(college, "4", absent=(lazy.pk,))
    assert offer_study_hours(TODAY) == {"offered": 0, "withdrawn": 0}
    study(college, "2.5", absent=(lazy.pk,), day=13)
    members = Person.objects.filter(organisation=branch).count()
    assert standings_of([branch], 2026) == {branch.pk: Standing(members - 1, members)}
    assert offer_study_hours(TODAY)["offered"] == 0  # 10 of 11 are not 95 %
    set_excused(actor=college.branch_secretary, person=lazy, excused_reason="年老体弱")
    assert offer_study_hours(TODAY) == {"offered": 1, "withdrawn": 0}
    assert offer_study_hours(TODAY) == {"offered": 0, "withdrawn": 0}
    task.refresh_from_db()
    other.refresh_from_db()
    assert (task.state, task.closed_on, other.state) == ("done", TODAY, "active")
    assert task.evidence_label == f"{members - 1}名党员中{members - 1}名已满6学时"
    assert task.evidence_url == "/organisations/ZB101/record-book/2026/"


def test_what_falls_below_is_owed_again(college: SmallCollege, settings) -> None:
    settings.STUDY_HOURS_PER_YEAR = 6
    task = owe(college.branches[0])
    section = study(college, "6")
    offer_study_hours(TODAY)
    return_section(actor=college.general_secretary, section=section, reason="学时不实")
    assert offer_study_hours(TODAY) == {"offered": 0, "withdrawn": 1}
    task.refresh_from_db()
    assert (task.state, task.return_cause[-8:]) == ("active", "中0名已满6学时")
    assert not TaskEvidence.objects.exists()


def test_the_share_and_the_year(college: SmallCollege, settings) -> None:
    settings.STUDY_HOURS_PER_YEAR, settings.STUDY_HOURS_SHARE = 6, "0.9"
    assert Standing(9, 10).is_enough and not Standing(8, 10).is_enough and not Standing(0, 0).is_enough
    last, this = owe(college.branches[0], 2025), owe(college.branches[0])
    study(college, "6")
    january = datetime.date(2027, 1, 5)
    with clock.moved(january):
        assert offer_study_hours(january) == {"offered": 1, "withdrawn": 0}
    this.refresh_from_db()
    last.refresh_from_db()
    assert (this.state, this.closed_on, last.state) == ("done", datetime.date(2026, 12, 31), "active")


def test_the_queries_do_not_grow_with_the_branches(college: SmallCollege) -> None:
    def counted() -> int:
        with CaptureQueriesContext(connection) as queries:
            offer_study_hours(TODAY)
        return len(queries)

    owe(college.branches[0])
    one = counted()
    owe(college.branches[1])
    owe(college.branches[2])
    assert counted() == one <= 5
