"""The demo's anonymous ballots at the end of a year: by account where people have one, else on counted paper."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from ballots import states
from ballots.marks import Marks
from ballots.models import Allotment, Ballot, BallotSubject, Elector, Scope, Source
from ballots.selectors.tickets import ticket_of
from ballots.services.closing import close_ballot, count_ballot
from ballots.services.drafts import BallotFacts, create_ballot, set_subjects
from ballots.services.groups import Allotted, GroupFacts, add_group, set_allotments
from ballots.services.opening import open_ballot
from ballots.services.papers import PaperFacts, asked_on_paper, enter_paper_result
from ballots.services.voting import cast_vote
from common import clock
from orgs.models import Office, Organisation, User
from partybuild.demo.assigning import HEADQUARTERS, holder
from scoring import inputs
from scoring.models import Scheme

SURVEY = "ballots.survey"
# What the groups of the schemes are here: whom a rule names, and how many people vote on paper.
GROUPS: dict[str, tuple[str, str, int]] = {
    "党委委员": (Source.COMMITTEE, Scope.ALL, 0),
    "职能部门负责人": (Source.DEPARTMENT_HEADS, Scope.ALL, 0),
    "其他党总支书记": (Source.SECRETARIES, Scope.OTHERS, 0),
    "党员和师生代表": (Source.PICKED, Scope.ALL, 30),
    "本单位党员": (Source.PICKED, Scope.OWN, 12),
    "本单位非党员师生": (Source.PICKED, Scope.OWN, 20),
    "党总支委员": (Source.PICKED, Scope.ALL, 32),
    "其他支部书记": (Source.SECRETARIES, Scope.OTHERS, 0),
    "本支部党员和群众": (Source.PICKED, Scope.OWN, 15),
}
DAYS = 5


def hold_ballots(year: int) -> None:
    """One ballot for each survey of the year's schemes: drafted, opened, voted in."""
    for scheme in Scheme.objects.filter(year=year).select_related("organisation").order_by("-code"):
        for indicator in inputs.definition_in_force(scheme).indicators():
            if indicator.measure == SURVEY:
                ballot = _draft(scheme, indicator)
                open_ballot(ballot=ballot, actor=_office())
                _vote(ballot)
                _enter_papers(ballot)


def close_ballots(year: int) -> None:
    """Closed and counted."""
    for ballot in Ballot.objects.filter(subject_key__contains=f"-{year}:").order_by("pk"):
        closed = close_ballot(ballot=ballot, actor=_office())
        if closed.state == states.CLOSED:
            count_ballot(ballot=closed, actor=_office())


def _office() -> User:
    return holder(department__code="BM02", office=Office.HEAD)


def _draft(scheme: Scheme, indicator: Any) -> Ballot:
    facts = BallotFacts(
        title=f"{scheme.year}年度{indicator.name}",
        opens_on=clock.today(),
        closes_on=clock.today() + datetime.timedelta(days=DAYS),
        purpose=f"用于“{scheme.name}”指标{indicator.code}",
        subject_key=f"{scheme.code}:{indicator.code}",
        min_ballots=int(indicator.params["min_ballots"]),
    )
    ballot = create_ballot(organisation=Organisation.objects.get(code=HEADQUARTERS), facts=facts, actor=_office())
    units = list(inputs.assessed(scheme))
    set_subjects(ballot=ballot, organisations=units, actor=_office())
    for given in indicator.params["groups"]:
        source, scope, papers = GROUPS[given["name"]]
        group = add_group(
            ballot=ballot,
            facts=GroupFacts(name=given["name"], weight=Decimal(str(given["w"])), scope=scope, source=source),
            actor=_office(),
        )
        if papers:
            asked = (
                [Allotted(unit=unit, papers=papers) for unit in units]
                if scope == Scope.OWN
                else [Allotted(papers=papers)]
            )
            set_allotments(group=group, allotted=asked, actor=_office())
    return ballot


def _grade(voter: int, subject: BallotSubject) -> int:
    """Mostly good: the place of the grade, 0 the best."""
    return (0, 0, 1, 0, 1, 0, 2)[(voter * 3 + subject.organisation_id * 5) % 7]


def _vote(ballot: Ballot) -> None:
    """Nine of ten who have an account vote."""
    electors = Elector.objects.filter(ballot=ballot).select_related("person").order_by("pk")
    for number, elector in enumerate(electors):
        user = User.objects.select_related("person__organisation").filter(person=elector.person).first()
        ticket = ticket_of(ballot, user) if user is not None and number % 10 != 9 else None
        if user is not None and ticket is not None and ticket.subjects:
            marks = Marks({subject.pk: _grade(number, subject) for subject in ticket.subjects})
            cast_vote(ballot=ballot, marks=marks, actor=user)


def _enter_papers(ballot: Ballot) -> None:
    counter = holder(department__code="BM15", office=Office.HEAD).person
    witness = holder(department__code="BM04", office=Office.HEAD).person
    if counter is None or witness is None:
        raise LookupError("the demo needs two people to count paper")
    for allotment in Allotment.objects.filter(group__ballot=ballot, papers__gt=0).select_related("group__ballot"):
        subjects = asked_on_paper(ballot, allotment)
        counts = {subject.pk: _counted(allotment.papers, subject, len(ballot.grades)) for subject in subjects}
        facts = PaperFacts(papers=allotment.papers, counter=counter, witness=witness, counts=counts)
        enter_paper_result(allotment=allotment, facts=facts, actor=_office())


def _counted(papers: int, subject: BallotSubject, grades: int) -> list[int]:
    found = [0] * grades
    for number in range(papers):
        found[_grade(number, subject)] += 1
    return found
