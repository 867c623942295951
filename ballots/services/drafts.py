"""A ballot while it is a draft: what it is about, its dates and grades, and the units that are judged."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from ballots import states
from ballots.counting import SMALLEST_POOL
from ballots.models import Allotment, Ballot, BallotSubject
from ballots.services.holding import hold
from common import audit
from common.errors import InvalidInput
from common.sentences import written as _
from orgs import access
from orgs.models import Organisation

if TYPE_CHECKING:
    from orgs.models import User

# scoring_schemes.yaml, grade_map (own_default: the school's to confirm, and to change on the form of a ballot)
GRADES = (("好", Decimal(95)), ("较好", Decimal(85)), ("一般", Decimal(70)), ("差", Decimal(50)))
MOST_GRADES, WORD_LENGTH, MOST_POINTS = 8, 10, Decimal(100)
MOST_SUBJECTS = 60  # all counters of a group are written by one statement, on SQLite too
MOST_BALLOTS = 10_000


@dataclass(frozen=True)
class BallotFacts:
    """What is typed about a ballot. ``grades``: word and points (0 to 100), the best first."""

    title: str
    opens_on: datetime.date
    closes_on: datetime.date
    purpose: str = ""
    subject_key: str = ""
    min_ballots: int = 7
    grades: Sequence[tuple[str, Decimal]] = GRADES


@transaction.atomic
def create_ballot(*, organisation: Organisation, facts: BallotFacts, actor: User) -> Ballot:
    """Draft a ballot that ``organisation`` holds.

    Raises ``NotAllowed``; ``InvalidInput`` with every fault by field, on ``subject_key`` when the organisation already
    has a ballot for this indicator. Side effects: history.
    """
    access.require(actor, access.CONFIGURE, organisation)
    ballot = Ballot(organisation=organisation, created_by=actor, **_checked(facts))
    return _saved(ballot, actor, _("新建测评"))


@transaction.atomic
def edit_ballot(*, ballot: Ballot, facts: BallotFacts, actor: User) -> Ballot:
    """Change a draft. Raises as ``create_ballot``, and ``Conflict`` (no draft any more)."""
    held = hold(ballot, states.EDIT, actor)
    for name, value in _checked(facts).items():
        setattr(held, name, value)
    return _saved(held, actor, _("修改测评"))


@transaction.atomic
def set_subjects(*, ballot: Ballot, organisations: Sequence[Organisation], actor: User) -> list[BallotSubject]:
    """Say which units are judged, all of them below the organisation that holds the ballot, or it itself.

    Raises ``NotAllowed``, ``Conflict`` (no draft), ``InvalidInput`` on ``organisations``. What was allotted to people
    of a unit that is no longer judged goes.
    """
    held = hold(ballot, states.EDIT, actor)
    wanted = {one.pk: one for one in organisations}
    outside = [one.name for one in organisations if not one.path.startswith(held.organisation.path)]
    if not wanted or outside or len(wanted) > MOST_SUBJECTS:
        raise InvalidInput(errors={"organisations": _subject_fault(outside)})
    there = {subject.organisation_id: subject for subject in held.subjects.all()}
    gone = [pk for pk in there if pk not in wanted]
    Allotment.objects.filter(group__ballot=held, unit__in=gone).delete()
    for pk in gone:
        there[pk].delete()
    fresh = [BallotSubject(ballot=held, organisation=one) for pk, one in wanted.items() if pk not in there]
    audit.bulk_create(fresh, BallotSubject, actor=actor, reason=_("选定被测评单位"))
    return list(held.subjects.all())


def _subject_fault(outside: list[str]) -> str:
    if outside:
        return _("这些单位不在组织方之下：%(names)s。") % {"names": "、".join(outside[:5])}
    return _("请选被测评的单位，1到%(most)d个。") % {"most": MOST_SUBJECTS}


def _saved(ballot: Ballot, actor: User, reason: str) -> Ballot:
    try:
        with transaction.atomic():
            return audit.save(ballot, actor=actor, reason=reason)
    except IntegrityError as error:
        words = _("这个组织已有指标“%(key)s”的测评；请用原来的，或者先把它作废。")
        raise InvalidInput(errors={"subject_key": words % {"key": ballot.subject_key}}) from error


def _checked(facts: BallotFacts) -> dict[str, Any]:
    """The columns, or ``InvalidInput`` with everything that is wrong."""
    errors: dict[str, str] = {}
    texts = {"title": facts.title.strip(), "purpose": facts.purpose.strip(), "subject_key": facts.subject_key.strip()}
    if not texts["title"]:
        errors["title"] = _("请写测评名称。")
    for name, most in (("title", 100), ("purpose", 1000), ("subject_key", 60)):
        if len(texts[name]) > most:
            errors[name] = _("最多%(count)d字，现在是%(now)d字。") % {"count": most, "now": len(texts[name])}
    if facts.closes_on < facts.opens_on:
        errors["closes_on"] = _("截止日期不能早于开始日期。")
    if not SMALLEST_POOL <= facts.min_ballots <= MOST_BALLOTS:
        errors["min_ballots"] = _("最少有效票不能少于%(count)d张：再少就可能看出是谁投的。") % {"count": SMALLEST_POOL}
    if fault := _grade_fault(facts.grades):
        errors["grades"] = fault
    if errors:
        raise InvalidInput(errors=errors)
    grades = [[word.strip(), str(points)] for word, points in facts.grades]
    dates = {"opens_on": facts.opens_on, "closes_on": facts.closes_on}
    return {**texts, **dates, "min_ballots": facts.min_ballots, "grades": grades}


def _grade_fault(grades: Sequence[tuple[str, Decimal]]) -> str:
    words = [word.strip() for word, _points in grades]
    if not 2 <= len(words) <= MOST_GRADES or len(set(words)) < len(words):
        return _("等次为2到%(most)d个，名称不能重复。") % {"most": MOST_GRADES}
    if any(not word or len(word) > WORD_LENGTH for word in words):
        return _("每个等次要有名称，最多%(count)d字。") % {"count": WORD_LENGTH}
    points = [each for _word, each in grades]
    if any(not 0 <= each <= MOST_POINTS for each in points) or any(a <= b for a, b in pairwise(points)):
        return _("分值在0到100之间，从好到差依次递减。")
    return ""
