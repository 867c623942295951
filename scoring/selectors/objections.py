"""Objections as the pages show them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from django.db.models import Q

from common import clock
from common.errors import NotAllowed
from orgs import access
from scoring import definitions, inputs
from scoring.contested import BONUS, NAMES, PENALTY, contested, sums_of
from scoring.definition_checks import plain
from scoring.formulas import Status
from scoring.marking_rules import is_marked_by_people
from scoring.models import Correction, Mark, Objection, ReviewerSeat, Sheet, SheetLine, Stage
from scoring.services.objections import ANSWERS, CENT, proposed_score, require_other_eyes

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from orgs.models import User
    from scoring.contested import Contested
    from scoring.models import Scheme

RELATED = ("scheme__organisation", "organisation", "filed_by", "reviewer", "remarked_by", "correction")


def objections_of(user: User) -> QuerySet[Objection]:
    """Objections of the units that ``user`` oversees."""
    rows: QuerySet[Objection] = Objection.objects.visible_to(user)
    return rows.select_related(*RELATED)


def objections_to_mark(user: User) -> QuerySet[Objection]:
    """Objections that ``user`` may open to mark anew: of indicators where one has the seat, returned or done."""
    seats = ReviewerSeat.objects.filter(person_id=user.person_id or 0)
    keys = Q(pk__in=[])
    for scheme_id, code in seats.values_list("scheme_id", "code"):
        keys |= Q(scheme_id=scheme_id, code=code)
    return Objection.objects.filter(keys).select_related(*RELATED)


@dataclass(frozen=True)
class ObjectionRow:
    """One objection; ``late``: days by which the answer is or came after its day, 0 otherwise."""

    objection: Objection
    name: str
    late: int

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.objection.state in ANSWERS


def rows_of(user: User, scheme: Scheme) -> list[ObjectionRow]:
    """The objections under one scheme, open ones first. Two queries."""
    version = inputs.version_in_force(scheme)
    names = {one.code: one.name for one in definitions.read(version.body).indicators()} if version else {}
    names |= NAMES
    rows = list(objections_of(user).filter(scheme=scheme).order_by("organisation__path", "id"))
    shown = [ObjectionRow(one, names.get(one.code, ""), late_days(one)) for one in rows]
    return sorted(shown, key=lambda row: not row.is_open)


def late_days(objection: Objection) -> int:
    """By how many days the answer is late: still due after its day, or given after it. Withdrawn: never."""
    if objection.answer_by is None or objection.state == Objection.State.WITHDRAWN:
        return 0
    given = objection.answered_on if objection.state not in ANSWERS else None
    return max(0, ((given or clock.today()) - objection.answer_by).days)


@dataclass(frozen=True)
class ObjectionPage:
    """One objection with everything that belongs to it."""

    row: ObjectionRow
    about: Contested
    sheet_id: int
    line: SheetLine | None
    mark: Mark | None
    correction: Correction | None
    proposed: Decimal | None
    may_answer: bool
    why_not: str
    may_withdraw: bool
    may_return: bool

    @property
    def waits(self) -> bool:
        """Whether the indicator is to be marked again first."""
        found = self.row.objection
        return found.state == Objection.State.RETURNED and found.remarked_on is None


def objection_page(user: User, objection: Objection, *, checked: bool = False) -> ObjectionPage:
    """The page of one objection (loaded with ``RELATED``). Six queries at most.

    ``checked``: the caller has asked already whether ``user`` may answer.
    """
    scheme = objection.scheme
    about = contested(inputs.definition_in_force(scheme), objection.code)
    indicator = about.indicator
    where = {"organisation": objection.organisation_id, "code": objection.code}
    mark = Mark.objects.filter(scheme=scheme, **where).select_related("reviewer").first()
    line = _line(objection) if indicator else None
    is_open = scheme.stage == Stage.PUBLISHED and objection.state in ANSWERS
    leads = access.may(user, access.CONFIGURE, scheme.organisation)
    why_not = _why_not(user, objection) if is_open and leads and not checked else ""
    proposed = proposed_score(indicator, mark, scheme) if objection.remarked_on else None
    return ObjectionPage(
        row=ObjectionRow(objection, about.name, late_days(objection)),
        about=about,
        sheet_id=line.sheet_id if line is not None else _sheet_id(objection),
        line=line,
        mark=mark,
        correction=getattr(objection, "correction", None),
        proposed=None if proposed is None else proposed.quantize(CENT, ROUND_HALF_UP),
        may_answer=is_open and leads and not why_not,
        why_not=why_not,
        may_withdraw=objection.state == Objection.State.FILED and access.may_confirm(user, objection.organisation),
        may_return=objection.state == Objection.State.FILED
        and indicator is not None
        and is_marked_by_people(indicator),
    )


def _line(objection: Objection) -> SheetLine | None:
    of_sheet = {"sheet__scheme": objection.scheme_id, "sheet__organisation": objection.organisation_id}
    return SheetLine.objects.filter(**of_sheet, code=objection.code).defer("rows").first()


def _sheet_id(objection: Objection) -> int:
    sheets = Sheet.objects.filter(scheme=objection.scheme_id, organisation=objection.organisation_id)
    return sheets.values_list("pk", flat=True).get()


def _why_not(user: User, objection: Objection) -> str:
    try:
        require_other_eyes(user, objection)
    except NotAllowed as error:
        return error.message
    return ""


def choices_of(sheet: Sheet) -> list[tuple[str, str]]:
    """The indicators of a sheet that may be objected to, with their scores, then bonus and penalty. One query."""
    definition = definitions.read(sheet.version.body)
    lines = SheetLine.objects.filter(sheet=sheet).exclude(status=Status.EXEMPT).defer("rows", "inputs")
    found = []
    for line in lines.order_by("position"):
        indicator = definition.indicator(line.code)
        score = "—" if line.score is None else line.score.quantize(CENT, ROUND_HALF_UP)
        found.append(
            (line.code, f"{line.code} {indicator.name}（{score}/{format(indicator.points.normalize(), 'f')}）")
        )
    sums = {BONUS: sheet.bonus, PENALTY: sheet.penalty}
    return found + [
        (one.code, f"{one.code}{one.name}（{sums[one.code].quantize(CENT)}/{plain(one.points)}）")
        for one in sums_of(definition)
    ]


def window_is_open(scheme: Scheme, today: datetime.date) -> bool:
    """Whether objections are taken today."""
    return scheme.stage == Stage.PUBLISHED and scheme.objections_until is not None and today <= scheme.objections_until
