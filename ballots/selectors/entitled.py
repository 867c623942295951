"""Who may vote in a ballot by the rules of its groups, and which units are a person's own."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from django.db.models import Q

from ballots import recusal
from ballots.models import Ballot, BallotGroup, BallotSubject, Scope, Source
from orgs import access
from orgs.held import HEADS
from orgs.models import Appointment, College, Membership, Office
from orgs.models.appointment import COMMITTEE_OFFICES


@dataclass(frozen=True)
class Entitled:
    """A person who may vote in a group; ``unit_id``: the organisation they judge as their own, where they do."""

    group_id: int
    person_id: int
    name: str
    number: str
    unit_id: int | None = None


_Person = tuple[int, str, str]  # id, name, number
_COLUMNS = ("person_id", "person__name", "person__number")


def entitled_people(
    ballot: Ballot, groups: Sequence[BallotGroup], subjects: Sequence[BallotSubject], day: datetime.date
) -> list[Entitled]:
    """Everybody whom the rules and the picks entitle on ``day``, each once: in the first group that takes them.

    Nobody is left out yet for having nothing to judge (``with_something_to_judge``). Three queries.
    """
    picked = _picked(ballot)
    by_rule = _by_office(ballot, subjects, day) | {Source.MEMBERS.value: _members(subjects, day, groups)}
    found: dict[int, Entitled] = {}
    for group in groups:
        for person_id, name, number in [*by_rule.get(group.source, ()), *picked.get(group.pk, ())]:
            found.setdefault(person_id, Entitled(group.pk, person_id, name, number))
    return list(found.values())


def with_something_to_judge(
    people: Iterable[Entitled], groups: Sequence[BallotGroup], subjects: Sequence[BallotSubject], day: datetime.date
) -> list[Entitled]:
    """Those of ``people`` who are asked about a unit at all, with the own unit where only that is asked. One query."""
    people = list(people)
    scopes = {group.pk: group.scope for group in groups}
    units = [(subject.organisation.path, subject.organisation_id) for subject in subjects]
    own = own_paths([one.person_id for one in people], day)
    kept = []
    for one in people:
        scope = scopes[one.group_id]
        asked = [pk for path, pk in units if recusal.is_offered(scope, path, own.get(one.person_id, frozenset()))]
        if asked:
            kept.append(replace(one, unit_id=asked[0] if scope == Scope.OWN else None))
    return kept


def own_paths(person_ids: Collection[int], day: datetime.date) -> dict[int, frozenset[str]]:
    """Person id → paths of the organisations where they are a member, hold an office, or whose college they lead.

    One query.
    """
    begun = Q(started_on__isnull=True) | Q(started_on__lte=day)
    not_over = Q(ended_on__isnull=True) | Q(ended_on__gte=day)
    members = Membership.objects.filter(begun, not_over, person_id__in=person_ids).order_by()
    offices = Appointment.objects.in_force(day).filter(person_id__in=person_ids, organisation__isnull=False).order_by()
    deans = College.objects.filter(dean_id__in=person_ids).order_by()
    rows = members.values_list("person_id", "organisation__path").union(
        offices.values_list("person_id", "organisation__path"), deans.values_list("dean_id", "organisation__path")
    )
    found: dict[int, set[str]] = defaultdict(set)
    for person_id, path in rows:
        found[person_id].add(path)
    return {person_id: frozenset(paths) for person_id, paths in found.items()}


def _picked(ballot: Ballot) -> dict[int, list[_Person]]:
    found: dict[int, list[_Person]] = defaultdict(list)
    for group_id, *person in ballot.electors.values_list("group_id", *_COLUMNS).order_by("person__number"):
        found[group_id].append((person[0], person[1], person[2]))
    return found


def _by_office(ballot: Ballot, subjects: Sequence[BallotSubject], day: datetime.date) -> dict[str, list[_Person]]:
    """Holders of the offices that the rules name. One query."""
    committee = Q(organisation=ballot.organisation_id, office__in=COMMITTEE_OFFICES)
    heads = Q(department__organisation=ballot.organisation_id, office__in=HEADS)
    units = {subject.organisation_id for subject in subjects}
    secretaries = Q(organisation__in=units, office=Office.SECRETARY)
    rows = Appointment.objects.in_force(day).filter(committee | heads | secretaries).order_by("person__number", "pk")
    found: dict[str, list[_Person]] = defaultdict(list)
    for organisation_id, office, *person in rows.values_list("organisation_id", "office", *_COLUMNS):
        for source in _sources(ballot, organisation_id, office, units):
            found[source].append((person[0], person[1], person[2]))
    return dict(found)


def _sources(ballot: Ballot, organisation_id: int | None, office: str, units: set[int]) -> Iterator[str]:
    if organisation_id is None:
        yield Source.DEPARTMENT_HEADS.value
    if organisation_id == ballot.organisation_id:
        yield Source.COMMITTEE.value
    if organisation_id in units and office == Office.SECRETARY:
        yield Source.SECRETARIES.value


def _members(subjects: Sequence[BallotSubject], day: datetime.date, groups: Iterable[BallotGroup]) -> list[_Person]:
    """Members of the judged units and of all below them on ``day``; read only where a group asks. One query."""
    if not subjects or all(group.source != Source.MEMBERS for group in groups):
        return []
    below = Q(pk__in=[])
    for subject in subjects:
        below |= access.subtree(subject.organisation.path, "organisation")
    begun = Q(started_on__isnull=True) | Q(started_on__lte=day)
    not_over = Q(ended_on__isnull=True) | Q(ended_on__gte=day)
    rows = Membership.objects.filter(below, begun, not_over).order_by("person__number")
    return [(person[0], person[1], person[2]) for person in rows.values_list(*_COLUMNS)]
