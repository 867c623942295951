"""A scheme at a stage of its year with sheets whose lines are written as facts, and the steps that lead on."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from common import clock
from orgs.models import Department, Organisation, User
from scoring.models import LineStatus, Mark, Scheme, Sheet, SheetLine, Stage
from scoring.services.publication import publish_results
from scoring.services.stages import move_forward
from tests.factories import SmallCollege, make_department_officer, make_person
from tests.scoring.places import publish_body
from tests.scoring.rules_making import body

PUBLISHED_ON = datetime.date(2027, 1, 11)  # a Monday
DECISION = "党委会2027年第1次会议"
POINTS = {"A1": "60", "B1": "30", "B2": "10"}


def scheme_at(college: SmallCollege, stage: str = Stage.RUNNING, **changes: Any) -> Scheme:
    """The small scheme of branches (``rules_making``), at a stage."""
    made = publish_body(college.committee, college.office, body(**changes), stage)
    return Scheme.objects.select_related("organisation").get(pk=made.pk)


def write_sheet(scheme: Scheme, unit: Organisation, *scores: str | None, **values: Any) -> Sheet:
    """A sheet with the scores of A1, B1 and B2 (``None``: missing), as a calculation would leave it."""
    given = dict(zip(POINTS, scores, strict=True))
    is_whole = None not in scores
    total = sum((Decimal(one) for one in scores if one is not None), Decimal(0))
    sheet = Sheet.objects.create(
        scheme=scheme, organisation=unit, version=scheme.versions.get(state="published"),
        as_of=datetime.date(scheme.year, 12, 31), computed_at=clock.now(), base=total if is_whole else None,
        total=total if is_whole else None, so_far=total, missing=sum(one is None for one in scores), **values,
    )  # fmt: skip
    for number, (code, score) in enumerate(given.items()):
        status = LineStatus.MISSING if score is None else LineStatus.SCORED
        SheetLine.objects.create(
            sheet=sheet, position=number, code=code, status=status, words=f"{code}按评定" if score else "缺数据：未评",
            score=None if score is None else Decimal(score),
        )  # fmt: skip
    return sheet


def second_officer(college: SmallCollege, name: str = "组织部二") -> User:
    """Another officer of the organisation department."""
    return make_department_officer(college.committee, college.branches[2], Department.Duty.ORGANISATION, name)


def published(college: SmallCollege, *rows: tuple[str, str, str], **changes: Any) -> Scheme:
    """Results published on ``PUBLISHED_ON`` with these scores of ZB101, ZB102, ZB201, frozen as a publication does."""
    scheme = scheme_at(college, Stage.PUBLISHED, **changes)
    for unit, scores in zip(college.branches, rows, strict=False):
        write_sheet(scheme, unit, *scores)
    freeze(scheme)
    return Scheme.objects.select_related("organisation").get(pk=scheme.pk)


def freeze(scheme: Scheme) -> None:
    """What publishing leaves, without the calculation before it."""
    from scoring import definitions
    from scoring.services.placing import award_places

    version = scheme.versions.get(state="published")
    award_places(scheme=scheme, definition=definitions.read(version.body))
    with clock.moved(PUBLISHED_ON):
        for sheet in Sheet.objects.filter(scheme=scheme):
            sheet.frozen_at, sheet.published_total, sheet.published_band = clock.now(), sheet.total, sheet.band
            sheet.save()
    Scheme.objects.filter(pk=scheme.pk).update(
        published_on=PUBLISHED_ON, objections_until=datetime.date(2027, 1, 18), approval=DECISION,
        approved_on=datetime.date(2027, 1, 8),
    )  # fmt: skip


def publish_now(actor: User, scheme: Scheme, **values: Any) -> Scheme:
    """Publish with a decision of today."""
    facts = {"approval": DECISION, "approved_on": clock.today()} | values
    return publish_results(actor=actor, scheme=scheme, **facts)


def go(actor: User, scheme: Scheme, *stages: str) -> Scheme:
    """Steps from each of these stages, one after the other."""
    for stage in stages:
        scheme = move_forward(actor=actor, scheme=scheme, seen=stage)
    return scheme


def mark_all(scheme: Scheme, *units: Organisation, level: str = "突出", times: int = 0) -> None:
    """Marks of all three indicators by the commissioner of nowhere: whole sheets when they are calculated."""
    reviewer = make_person(units[0], "评分人")
    for unit in units:
        for code, found in (
            ("A1", {"level": level}),
            ("B1", {"checked": {"a": True, "b": True}}),
            ("B2", {"events": {"查实的代签": times} if times else {}}),
        ):
            Mark.objects.create(
                scheme=scheme, organisation=unit, code=code, reason="查阅材料", reviewer=reviewer, **found
            )
