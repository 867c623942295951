"""What reviewers have to mark, and what units claim, as the pages show it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, Subquery

from meetings.models import Section
from orgs import access
from orgs.models import Organisation
from scoring import definitions, inputs
from scoring.marking_rules import Finding, faults_of, is_marked_by_people, state_of
from scoring.models import (
    BonusClaim,
    Mark,
    PenaltyEntry,
    ReviewerSeat,
    Scheme,
    SchemeVersion,
    Stage,
    UnitExemption,
    VetoEntry,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from orgs.models import User
    from scoring.definitions import Definition, Indicator, PenaltyItem


_FOUND = ("scheme", "organisation", "code", "level", "checked", "events")


@dataclass
class MySeat:
    """An indicator that one marks, and how far one is; ``total`` leaves out units where one holds an office."""

    scheme: Scheme
    indicator: Indicator
    total: int
    marked: int
    recused: int
    is_open: bool

    @property
    def left(self) -> int:
        """How many organisations are not marked yet."""
        return self.total - self.marked


def my_seats(user: User) -> list[MySeat]:
    """Every indicator that ``user`` marks under rules in force, newest year first. Four queries."""
    if user.person_id is None:
        return []
    seats = list(
        ReviewerSeat.objects.filter(person_id=user.person_id)
        .select_related("scheme__organisation")
        .order_by("-scheme__year", "scheme__code", "code")
    )
    if not seats:
        return []
    schemes = {seat.scheme_id: seat.scheme for seat in seats}
    rules = _rules(schemes)
    units = _units(schemes.values())
    offices = [office.path for office in access.offices_of(user)]
    marks: dict[tuple[int, str], list[Mark]] = defaultdict(list)
    for mark in Mark.objects.filter(scheme__in=schemes).only(*_FOUND):
        marks[mark.scheme_id, mark.code].append(mark)
    found = []
    for seat in seats:
        indicator = _line(rules.get(seat.scheme_id), seat.code)
        if indicator is not None:
            every = units[seat.scheme_id]
            own = {pk for pk, path in every.items() if not any(held.startswith(path) for held in offices)}
            given = marks[seat.scheme_id, seat.code]
            done = len(own & {mark.organisation_id for mark in given if is_current(indicator, mark)})
            recused, is_open = len(every) - len(own), seat.scheme.stage in inputs.INPUT_STAGES
            found.append(MySeat(seat.scheme, indicator, len(own), done, recused, is_open))
    return found


def is_current(indicator: Indicator, mark: Mark) -> bool:
    """Whether a mark still fits the rules in force; after a new version some may have to be given again."""
    return not faults_of(indicator, Finding(mark.level, mark.checked, mark.events))


def marks_waiting(user: User) -> int:
    """How many findings ``user`` still owes as a reviewer, in schemes that are open for marks. Four queries."""
    return sum(seat.left for seat in my_seats(user) if seat.is_open)


def _rules(schemes: Iterable[int]) -> dict[int, Definition]:
    rows = SchemeVersion.objects.filter(scheme__in=schemes, state=SchemeVersion.State.PUBLISHED)
    return {row.scheme_id: definitions.read(row.body) for row in rows}


def _units(schemes: Iterable[Scheme]) -> dict[int, dict[int, str]]:
    """Ids and paths of the assessed organisations by scheme; one query for all of them."""
    found: dict[int, dict[int, str]] = {}
    rows = list(Organisation.objects.values_list("pk", "path", "level", "founded_on", "dissolved_on"))
    for scheme in schemes:
        day, root = inputs.last_day(scheme), scheme.organisation.path
        found[scheme.pk] = {
            pk: path
            for pk, path, level, founded, dissolved in rows
            if level == scheme.applies_to
            and path.startswith(root)
            and (founded is None or founded <= day)
            and (dissolved is None or dissolved > day)
        }
    return found


def _line(definition: Definition | None, code: str) -> Indicator | None:
    """The indicator, if the rules in force still have it and people mark it."""
    for indicator in definition.indicators() if definition else ():
        if indicator.code == code and is_marked_by_people(indicator):
            return indicator
    return None


def marked_line(version: SchemeVersion | None, code: str) -> Indicator | None:
    """The indicator of this code, if it is one that people mark under the rules in force."""
    return _line(definitions.read(version.body) if version else None, code)


@dataclass
class MarkRow:
    """One organisation to be marked."""

    organisation: Organisation
    mark: Mark | None
    is_recused: bool
    is_current: bool = True

    @property
    def seen(self) -> str:
        """The state of the mark, for the form."""
        return state_of(self.mark)


def mark_rows(user: User, scheme: Scheme, indicator: Indicator) -> list[MarkRow]:
    """The organisations of a scheme with the marks of one indicator, in tree order. Two queries."""
    marks = {
        mark.organisation_id: mark
        for mark in Mark.objects.filter(scheme=scheme, code=indicator.code).select_related("reviewer")
    }
    rows = []
    for one in inputs.assessed(scheme):
        mark = marks.get(one.pk)
        current = mark is None or is_current(indicator, mark)
        rows.append(MarkRow(one, mark, inputs.holds_office_within(user, one), current))
    return rows


@dataclass
class ClaimRow:
    """A bonus claim; ``points`` by the rules in force, ``is_counted`` whether it is the highest of its achievement."""

    claim: BonusClaim
    award: str
    points: Decimal | None
    is_counted: bool = False
    may_decide: bool = False
    may_withdraw: bool = False


@dataclass
class Entries:
    """What is claimed, taken, vetoed and exempted under one scheme, as far as the reader oversees the units."""

    definition: Definition | None
    claims: list[ClaimRow]
    penalties: list[tuple[PenaltyEntry, str, Decimal | None]]
    vetoes: list[tuple[VetoEntry, str]]
    exemptions: list[tuple[UnitExemption, str, bool]]
    is_open: bool
    may_register: bool
    may_veto: bool = False
    own: list[Organisation] = field(default_factory=list)


def with_rules(schemes: QuerySet[Scheme]) -> QuerySet[Any]:
    """Schemes with the body of their version in force as ``rules`` (``None`` without one), in the same query."""
    in_force = SchemeVersion.objects.filter(scheme=OuterRef("pk"), state=SchemeVersion.State.PUBLISHED)
    return schemes.annotate(rules=Subquery(in_force.values("body")[:1]))


def entries_of(user: User, scheme: Scheme) -> Entries:
    """Everything that people entered about the units that ``user`` oversees.

    Six queries, five for a scheme read ``with_rules``.
    """
    if not hasattr(scheme, "rules"):
        scheme = with_rules(Scheme.objects.select_related("organisation")).get(pk=scheme.pk)
    rules = scheme.rules  # type: ignore[attr-defined]
    definition = definitions.read(rules) if rules else None
    office = access.may(user, access.CONFIGURE, scheme.organisation) and user.person_id is not None
    is_open = scheme.stage in inputs.INPUT_STAGES
    names = {one.code: one.name for one in definition.indicators()} if definition else {}
    takes = {one.code: one for one in definition.penalty.items} if definition else {}
    vetoes = {one.code: one.name for one in definition.veto.items} if definition else {}
    exemptions = [
        (
            one,
            names.get(one.code, one.code),
            office and is_open and _may_decide(user, one.organisation, one.asked_by_id),
        )
        for one in _of(UnitExemption.objects.visible_to(user), scheme).select_related("asked_by", "decided_by")
    ]
    return Entries(
        definition=definition,
        claims=_claims(user, scheme, definition, office=office and is_open, is_open=is_open),
        penalties=[
            (one, takes[one.code].name if one.code in takes else one.code, _lost(takes, one))
            for one in _of(PenaltyEntry.objects.visible_to(user), scheme).select_related("registered_by")
        ],
        vetoes=[
            (one, vetoes.get(one.code, one.code))
            for one in _of(VetoEntry.objects.visible_to(user), scheme).select_related(
                "registered_by", "decision__gathering", "decision__kind"
            )
        ],
        exemptions=exemptions,
        is_open=is_open,
        may_register=office,
        may_veto=is_open or scheme.stage == Stage.APPROVAL,
        own=own_units(user, scheme) if is_open else [],
    )


def _of(rows: QuerySet, scheme: Scheme) -> QuerySet:
    return rows.filter(scheme=scheme).select_related("organisation")


def _lost(takes: dict[str, PenaltyItem], entry: PenaltyEntry) -> Decimal | None:
    return takes[entry.code].points * entry.times if entry.code in takes else None


def _may_decide(user: User, organisation: Organisation, applicant_id: int) -> bool:
    return applicant_id != user.person_id and not inputs.holds_office_within(user, organisation)


def _claims(
    user: User, scheme: Scheme, definition: Definition | None, *, office: bool, is_open: bool
) -> list[ClaimRow]:
    awards = {one.code: one for one in definition.bonus.awards} if definition else {}
    stacks = definition is not None and definition.bonus.stacking == "sum"
    found: list[ClaimRow] = []
    best: dict[tuple[int, int | str], ClaimRow] = {}
    related = ("claimed_by", "decided_by")
    for one in (
        _of(BonusClaim.objects.visible_to(user), scheme).select_related(*related).order_by("organisation__path", "id")
    ):
        award = awards.get(one.code)
        row = ClaimRow(one, award.name if award else one.code, award.points if award else None)
        row.may_decide = office and _may_decide(user, one.organisation, one.claimed_by_id)
        row.may_withdraw = is_open and access.may(user, access.RECORD, one.organisation)
        found.append(row)
        if one.state == BonusClaim.State.ACCEPTED and row.points is not None:
            key = (one.organisation_id, one.pk if stacks else one.achievement)
            if key not in best or row.points > (best[key].points or 0):
                best[key] = row
    for row in best.values():
        row.is_counted = True
    return found


def own_units(user: User, scheme: Scheme) -> list[Organisation]:
    """The assessed organisations for which ``user`` may claim and ask. One query; none without such an office."""
    root = scheme.organisation
    own = [path for path in access.paths(user, access.RECORD) if path.startswith(root.path)]
    if root.level != scheme.applies_to:
        own = [path for path in own if path != root.path]
    return list(inputs.assessed(scheme).filter(path__in=own)) if own else []


def decisions_for(scheme: Scheme) -> QuerySet[Section]:
    """Confirmed meetings of the committee that a veto may rest on, newest first."""
    rows = Section.objects.confirmed().filter(organisation=scheme.organisation, group__isnull=True)
    rows = rows.filter(kind__quorum_numerator__isnull=False)
    found: QuerySet[Section] = rows.filter(held_on__year__gte=scheme.year)
    return found.select_related("kind", "gathering").order_by("-held_on", "-pk")
