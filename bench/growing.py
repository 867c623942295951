"""More general branches beside the college's, with the records that scores are made of, in bulk."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from itertools import count

from common import clock, periods
from common.periods import Period
from meetings.models import Attendance, Gathering, MeetingKind, Section
from orgs.models import Level, Membership, MemberStatus, Organisation, Person, PersonKind, UnitKind, User
from tasks.models import State, Task

BRANCHES_EACH = 7
PEOPLE_EACH = 6
KINDS = {"theme_day": "monthly", "members_meeting": "quarterly"}
BATCH = 2000
SINCE = datetime.date(2012, 9, 1)
ONE_DAY = datetime.timedelta(days=1)
_numbers = count(1)


def grow(committee: Organisation, total: int, recorder: User) -> None:
    """Add general branches with seven branches each until the tree has ``total`` organisations."""
    committee.refresh_from_db()
    missing = total - Organisation.objects.count()
    while missing > 1:
        wanted = min(max(1, missing // (BRANCHES_EACH + 1)), 250)
        _add(committee, wanted, recorder)
        missing = total - Organisation.objects.count()


def _add(committee: Organisation, number: int, recorder: User) -> None:
    first = committee.get_children_count()
    above = [_node(committee, first + place, Level.GENERAL_BRANCH) for place in range(1, number + 1)]
    Organisation.objects.bulk_create(above, batch_size=BATCH)
    branches = [_node(parent, place, Level.BRANCH) for parent in above for place in range(1, BRANCHES_EACH + 1)]
    for parent in above:
        parent.numchild = BRANCHES_EACH
    Organisation.objects.bulk_update(above, ["numchild"], batch_size=BATCH)
    Organisation.objects.bulk_create(branches, batch_size=BATCH)
    committee.numchild = first + number
    Organisation.objects.filter(pk=committee.pk).update(numchild=committee.numchild)
    _people(branches)
    _records(branches, recorder)


def _node(parent: Organisation, place: int, level: Level) -> Organisation:
    number = next(_numbers)
    return Organisation(
        code=f"G{number:06d}",
        name=f"第{number}{level.label}",
        level=level,
        kind=UnitKind.MIXED,
        founded_on=SINCE,
        term_start=clock.today() - datetime.timedelta(days=600),
        path=Organisation._get_path(parent.path, parent.depth + 1, place),
        depth=parent.depth + 1,
    )


def _people(branches: Sequence[Organisation]) -> None:
    people = Person.objects.bulk_create(
        (
            Person(
                number=f"Q{next(_numbers):08d}", name="党员", kind=PersonKind.STAFF, status=MemberStatus.FORMAL,
                organisation=branch, joined_on=SINCE, formal_on=SINCE + datetime.timedelta(days=365),
            )
            for branch in branches
            for _place in range(PEOPLE_EACH)
        ),
        batch_size=BATCH,
    )  # fmt: skip
    Membership.objects.bulk_create(
        (Membership(person=each, organisation=each.organisation, started_on=each.joined_on) for each in people),
        batch_size=BATCH,
    )


def _records(branches: Sequence[Organisation], recorder: User) -> None:
    """The year's Tasks of every branch; of the periods that have ended four in five are held and confirmed."""
    today = clock.today()
    first, last = datetime.date(today.year, 1, 1), datetime.date(today.year, 12, 31)
    tasks, held = [], []
    for code, cadence in KINDS.items():
        kind = MeetingKind.objects.get(code=code)
        for number, period in enumerate(periods.periods_between(cadence, first, last)):
            for place, branch in enumerate(branches):
                is_held = period.end < today and (number + place) % 5 != 0
                tasks.append(_task(kind, period, branch, is_held))
                if is_held:
                    held.append((kind, period, branch))
    Task.objects.bulk_create(tasks, batch_size=BATCH)
    _sections(held, recorder)


def _task(kind: MeetingKind, period: Period, branch: Organisation, is_held: bool) -> Task:
    return Task(
        natural_key=f"{kind.code}:{branch.code}:{period.code}", source="cadence", kind=kind.code, title=kind.name,
        organisation=branch, period_code=period.code, window_start=period.start, due_on=period.end,
        original_due_on=period.end, requirement={"evidence": kind.code, "part": "held", "count": 1},
        state=State.DONE if is_held else State.ACTIVE, closed_on=period.end - ONE_DAY if is_held else None,
    )  # fmt: skip


def _sections(held: Iterable[tuple[MeetingKind, Period, Organisation]], recorder: User) -> None:
    rows = list(held)
    noon = datetime.time(14, 30)
    gatherings = Gathering.objects.bulk_create(
        (
            Gathering(
                organisation=branch, title=kind.name, created_by=recorder,
                starts_at=datetime.datetime.combine(period.end - ONE_DAY, noon, clock.SHANGHAI),
            )
            for kind, period, branch in rows
        ),
        batch_size=BATCH,
    )  # fmt: skip
    sections = Section.objects.bulk_create(
        (
            Section(
                gathering=gathering, kind=kind, organisation=branch, held_on=period.end - ONE_DAY,
                period_code=period.code, state=Section.State.CONFIRMED, confirmed_at=gathering.starts_at, version=1,
                study_hours=2, expected_count=PEOPLE_EACH, present_count=PEOPLE_EACH, is_quorate=True,
            )
            for gathering, (kind, period, branch) in zip(gatherings, rows, strict=True)
        ),
        batch_size=BATCH,
    )  # fmt: skip
    members: dict[int, list[int]] = {}
    for pk, branch_id in Person.objects.filter(organisation__in=[branch.pk for *_rest, branch in rows]).values_list(
        "pk", "organisation_id"
    ):
        members.setdefault(branch_id or 0, []).append(pk)
    Attendance.objects.bulk_create(
        (
            Attendance(section=section, person_id=person_id, may_vote=True, mark=Attendance.Mark.PRESENT)
            for section in sections
            for person_id in members[section.organisation_id][:2]
        ),
        batch_size=BATCH,
    )
