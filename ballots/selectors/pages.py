"""What the pages of a ballot show, and to whom."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, F, OuterRef, Prefetch, QuerySet, Sum
from django.utils.translation import gettext as _

from ballots import states
from ballots.counting import SMALLEST_POOL
from ballots.models import Allotment, Ballot, BallotGroup, BallotSubject, Elector, GroupResult, HasVoted, PaperResult
from ballots.selectors.entitled import entitled_people
from ballots.selectors.tickets import is_voting
from common import clock
from orgs import access

if TYPE_CHECKING:
    from orgs.models import User


@dataclass
class GroupLine:
    """One group: how many may vote, and once open how many have, unless the group is so small that it says too much."""

    group: BallotGroup
    allotments: list[Allotment] = field(default_factory=list)
    people: int = 0
    voted: int = 0

    @property
    def entitled(self) -> int:
        """People with an account, codes and papers."""
        return self.people + sum(row.codes + row.papers for row in self.allotments)

    @property
    def shows_turnout(self) -> bool:
        """Whether the number of those who have voted may be shown (five entitled at least)."""
        return self.entitled >= SMALLEST_POOL

    @property
    def turnout(self) -> str:
        """How many of how many, in figures."""
        return f"{self.voted}/{self.entitled}"


@dataclass(frozen=True)
class SubjectLine:
    """One judged unit with the results of its groups, once counted."""

    subject: BallotSubject
    results: list[GroupResult]


@dataclass(frozen=True)
class BallotPage:
    """A ballot as its page shows it to one reader."""

    ballot: Ballot
    may_run: bool
    sees_turnout: bool
    groups: list[GroupLine]
    subjects: list[SubjectLine]
    is_elector: bool
    has_voted: bool

    @property
    def may_vote(self) -> bool:
        """Whether the reader is asked to vote now."""
        return self.is_elector and not self.has_voted and is_voting(self.ballot)

    @property
    def weight(self) -> Decimal:
        """The weights of the groups together; they must make one."""
        return sum((line.group.weight for line in self.groups), Decimal(0))

    @property
    def is_balanced(self) -> bool:
        """Whether the weights make one."""
        return self.weight == 1

    @property
    def has_papers(self) -> bool:
        """Whether anybody votes on paper."""
        return any(row.papers for line in self.groups for row in line.allotments)

    @property
    def has_codes(self) -> bool:
        """Whether anybody votes by code."""
        return any(row.codes for line in self.groups for row in line.allotments)

    @property
    def verbs(self) -> set[str]:
        """What may be done now with the ballot."""
        return {verb for verb in states.ALLOWED if self.may_run and states.is_allowed(verb, self.ballot.state)}

    @property
    def is_past(self) -> bool:
        """Whether the last day is past."""
        return clock.today() > self.ballot.closes_on


def may_run(user: User, ballot: Ballot) -> bool:
    """Whether ``user`` prepares, opens and closes ``ballot``; no query once the grants are loaded."""
    return access.may(user, access.CONFIGURE, ballot.organisation)


def visible_ballots(user: User) -> QuerySet[Ballot]:
    """The ballots that ``user`` may see, with what rights are asked for, and whether one may vote and has."""
    mine = Elector.objects.filter(ballot=OuterRef("pk"), person=user.person_id)
    given = HasVoted.objects.filter(ballot=OuterRef("pk"), person=user.person_id, person__isnull=False)
    rows: QuerySet[Ballot] = Ballot.objects.visible_to(user).select_related("organisation")
    return rows.annotate(is_elector=Exists(mine), has_voted=Exists(given))


def ballot_page(ballot: Ballot, user: User) -> BallotPage:
    """Everything that the page of ``ballot``, one of ``visible_ballots``, shows to ``user``. Five queries at most."""
    runs = may_run(user, ballot)
    sees_all = runs or access.may(user, access.VIEW, ballot.organisation)
    return BallotPage(
        ballot=ballot,
        may_run=runs,
        sees_turnout=sees_all,
        groups=_groups(ballot, with_turnout=sees_all and ballot.state != states.DRAFT),
        subjects=_subjects(ballot, user, sees_all=sees_all),
        is_elector=ballot.state != states.DRAFT and bool(getattr(ballot, "is_elector", False)),
        has_voted=bool(getattr(ballot, "has_voted", False)),
    )


def _groups(ballot: Ballot, *, with_turnout: bool) -> list[GroupLine]:
    slips = Prefetch("allotments", Allotment.objects.select_related("unit").order_by("unit__path", "pk"))
    rows = ballot.groups.annotate(people=Count("electors")).prefetch_related(slips).order_by("position")
    voted = _voted(ballot) if with_turnout else Counter()
    return [
        GroupLine(group, list(group.allotments.all()), getattr(group, "people", 0), voted[group.pk]) for group in rows
    ]


def _voted(ballot: Ballot) -> Counter[int]:
    """Group id → how many have voted, by account, by code and on paper. One query."""
    by_account = Elector.objects.filter(ballot=ballot, person__ballots_voted__ballot=F("ballot"))
    by_code = HasVoted.objects.filter(ballot=ballot, code__isnull=False)
    on_paper = PaperResult.objects.filter(allotment__group__ballot=ballot, state=PaperResult.State.VALID)
    found: Counter[int] = Counter()
    for group_id, number in (
        by_account.order_by()
        .values_list("group")
        .annotate(number=Count("pk"))
        .union(
            by_code.order_by().values_list("code__allotment__group").annotate(number=Count("pk")),
            on_paper.order_by().values_list("allotment__group").annotate(number=Sum("papers")),
            all=True,
        )
    ):
        found[group_id] += number
    return found


def _subjects(ballot: Ballot, user: User, *, sees_all: bool) -> list[SubjectLine]:
    """The judged units, with results where they are counted and the reader oversees the ballot or the unit."""
    rows = ballot.subjects.select_related("organisation").order_by("organisation__path")
    if not sees_all and ballot.state == states.COUNTED:
        rows = rows.filter(access.within(user, access.VIEW, "organisation"))
    results: dict[int, list[GroupResult]] = defaultdict(list)
    if ballot.state == states.COUNTED:
        for result in GroupResult.objects.filter(subject__ballot=ballot).order_by("subject_id", "position"):
            results[result.subject_id].append(result)
    return [SubjectLine(subject, results[subject.pk]) for subject in rows]


@dataclass(frozen=True)
class NamedGroup:
    """One group with the names of its people."""

    group: BallotGroup
    people: list[str]


def electors_page(ballot: Ballot) -> list[NamedGroup]:
    """Who may vote, group by group: as frozen at the opening, or as a draft would be opened today.

    Who has voted is not said. Five queries at most.
    """
    groups = list(ballot.groups.order_by("position"))
    names: dict[int, list[str]] = defaultdict(list)
    if ballot.state == states.DRAFT:
        subjects = list(ballot.subjects.select_related("organisation"))
        for one in entitled_people(ballot, groups, subjects, clock.today()):
            names[one.group_id].append(_("%(name)s（%(number)s）") % {"name": one.name, "number": one.number})
    else:
        rows = ballot.electors.order_by("person__number").values_list("group_id", "person__name", "person__number")
        for group_id, name, number in rows:
            names[group_id].append(_("%(name)s（%(number)s）") % {"name": name, "number": number})
    return [NamedGroup(group, names[group.pk]) for group in groups]


def allotments_of(ballot: Ballot) -> QuerySet[Allotment]:
    """The allotments of a ballot with what their pages show."""
    rows = Allotment.objects.filter(group__ballot=ballot).select_related("group__ballot__organisation", "unit")
    return rows.order_by("group__position", "unit__path", "pk")


def papers_page(ballot: Ballot) -> list[Allotment]:
    """Allotments with paper, each with its valid result as ``entered`` (or ``None``). Two queries."""
    rows = list(allotments_of(ballot).filter(papers__gt=0))
    valid = PaperResult.objects.filter(allotment__in=rows, state=PaperResult.State.VALID)
    by_allotment = {paper.allotment_id: paper for paper in valid.select_related("counter", "witness")}
    for row in rows:
        row.entered = by_allotment.get(row.pk)  # type: ignore[attr-defined]
    return rows


def waiting_for(user: User) -> QuerySet[Ballot]:
    """The ballots in which ``user`` is asked to vote now, the first to end first; for the desk. One query."""
    rows: QuerySet[Ballot] = Ballot.objects.to_vote(user).order_by("closes_on", "pk")
    return rows


def has_ballots(user: User) -> bool:
    """Whether the navigation offers ballots: to who runs some, and to who may vote or could. One query at most."""
    if access.has_anywhere(user, access.CONFIGURE):
        return True
    if user.person_id is None:
        return False
    return Elector.objects.filter(person=user.person_id).exclude(ballot__state=states.DRAFT).exists()
