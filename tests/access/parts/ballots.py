"""Anonymous ballots: one of the committee that is open, a draft, one that is counted; ZB101's people vote."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from ballots.models import Allotment, Ballot, BallotGroup, PaperResult, Scope
from ballots.services import (
    Allotted,
    BallotFacts,
    GroupFacts,
    PaperFacts,
    add_group,
    close_ballot,
    create_ballot,
    enter_paper_result,
    open_ballot,
    set_allotments,
    set_electors,
    set_subjects,
)
from tests.access.address import NOBODY, NOT_OFFERED, OFFICE, SIGNED_IN, Address
from tests.access.world import World

START, END = datetime.date(2026, 6, 1), datetime.date(2026, 6, 30)
VOTERS = frozenset({"committee_secretary", "general_secretary", "branch_secretary", "member"})
SEE_OPEN = VOTERS | OFFICE
# Counted: who holds it, who voted, and who oversees a judged unit (ZZ1): its own officers, not those of a branch.
SEE_COUNTED = SEE_OPEN


def build(world: World) -> dict[str, Any]:
    """A draft with a group, an open one with codes and paper, a counted one."""
    draft = _draft(world, "草稿中的测评")
    running = _draft(world, "进行中的测评")
    group = running.groups.get()
    set_allotments(group=group, allotted=[Allotted(codes=3, papers=4)], actor=world.college.office)
    open_ballot(ballot=running, actor=world.college.office)
    entered = _draft(world, "登记了纸质票的测评")
    set_allotments(group=entered.groups.get(), allotted=[Allotted(papers=6)], actor=world.college.office)
    open_ballot(ballot=entered, actor=world.college.office)
    counted = _draft(world, "已计票的测评")
    set_allotments(group=counted.groups.get(), allotted=[Allotted(papers=6)], actor=world.college.office)
    open_ballot(ballot=counted, actor=world.college.office)
    _paper(world, counted)
    close_ballot(ballot=counted, actor=world.college.office)
    return {
        "ballot_draft": draft,
        "ballot_group": draft.groups.get(),
        "ballot_open": running,
        "ballot_slips": Allotment.objects.get(group=group),
        "ballot_entered": entered,
        "ballot_paper": _paper(world, entered),
        "ballot_counted": counted,
    }


def _draft(world: World, title: str) -> Ballot:
    college, office = world.college, world.college.office
    facts = BallotFacts(title=title, opens_on=START, closes_on=END, min_ballots=5)
    ballot = create_ballot(organisation=college.committee, facts=facts, actor=office)
    set_subjects(ballot=ballot, organisations=college.general_branches, actor=office)
    group: BallotGroup = add_group(
        ballot=ballot, facts=GroupFacts("党员代表", Decimal(1), scope=Scope.ALL), actor=office
    )
    voters = [getattr(college, role).person for role in sorted(VOTERS)]
    set_electors(group=group, people=[*voters, *college.members], actor=office)
    return ballot


def _paper(world: World, ballot: Ballot) -> PaperResult:
    counts = {subject.pk: (6, 0, 0, 0) for subject in ballot.subjects.all()}
    first, second = world.college.members[:2]
    allotment = Allotment.objects.select_related("group__ballot", "unit").get(group__ballot=ballot)
    return enter_paper_result(
        allotment=allotment, facts=PaperFacts(6, first, second, counts), actor=world.college.office
    )


def _on(name: str, *more: Any) -> Any:
    return lambda world: [world.more[name].pk, *(world.more[one].pk if one in world.more else one for one in more)]


ADDRESSES = [
    Address("ballots:ballot_list", post=302),
    Address("ballots:ballot_new", may=OFFICE, post=400),
    # --- a draft is for who runs ballots there
    Address("ballots:ballot_detail", _on("ballot_draft"), may=OFFICE, sees=OFFICE),
    Address("ballots:ballot_edit", _on("ballot_draft"), may=OFFICE, sees=OFFICE, post=400),
    Address("ballots:subjects_edit", _on("ballot_draft"), may=OFFICE, sees=OFFICE, post=400),
    Address("ballots:electors", _on("ballot_draft"), may=OFFICE, sees=OFFICE),
    Address("ballots:group_new", _on("ballot_draft"), may=OFFICE, sees=OFFICE, post=400),
    Address("ballots:group_edit", _on("ballot_draft", "ballot_group"), may=OFFICE, sees=OFFICE, post=400),
    Address("ballots:group_remove", _on("ballot_draft", "ballot_group"), OFFICE, OFFICE, NOT_OFFERED, 302),
    Address("ballots:allotments_edit", _on("ballot_draft", "ballot_group"), may=OFFICE, sees=OFFICE, post=302),
    Address("ballots:vote", _on("ballot_draft"), may=NOBODY, sees=OFFICE, post=403),
    # --- open: for who votes and who holds it; run by the office alone
    Address("ballots:ballot_detail", _on("ballot_open"), may=SEE_OPEN, sees=SEE_OPEN),
    Address("ballots:ballot_edit", _on("ballot_open"), OFFICE, SEE_OPEN, 409, 409),
    Address("ballots:electors", _on("ballot_open"), may=OFFICE, sees=SEE_OPEN),
    Address("ballots:codes", _on("ballot_open"), may=OFFICE, sees=SEE_OPEN),
    Address("ballots:codes_print", _on("ballot_open", "ballot_slips"), OFFICE, SEE_OPEN, NOT_OFFERED, 200),
    Address("ballots:papers", _on("ballot_open"), may=OFFICE, sees=SEE_OPEN),
    Address("ballots:paper_enter", _on("ballot_open", "ballot_slips"), may=OFFICE, sees=SEE_OPEN, post=400),
    Address("ballots:paper_cancel", _on("ballot_entered", "ballot_paper"), OFFICE, SEE_OPEN, NOT_OFFERED, 400),
    Address("ballots:vote", _on("ballot_open"), may=VOTERS, sees=SEE_OPEN, post=400),
    Address("ballots:ballot_act", _on("ballot_open", "open"), OFFICE, SEE_OPEN, NOT_OFFERED, 409),
    Address("ballots:ballot_act", _on("ballot_open", "close"), OFFICE, SEE_OPEN, NOT_OFFERED, 302),
    Address("ballots:ballot_act", _on("ballot_open", "count"), OFFICE, SEE_OPEN, NOT_OFFERED, 409),
    Address("ballots:ballot_act", _on("ballot_open", "cancel"), OFFICE, SEE_OPEN, NOT_OFFERED, 400),
    Address("ballots:ballot_act", _on("ballot_draft", "open"), OFFICE, OFFICE, NOT_OFFERED, 302),
    # --- counted
    Address("ballots:ballot_detail", _on("ballot_counted"), may=SEE_COUNTED, sees=SEE_COUNTED),
    Address("ballots:papers", _on("ballot_counted"), may=OFFICE, sees=SEE_COUNTED),
    Address("ballots:ballot_act", _on("ballot_counted", "cancel"), OFFICE, SEE_COUNTED, NOT_OFFERED, 400),
    # --- without signing in
    Address("ballots:vote_by_code", may=SIGNED_IN, post=400, anonymous=(200, 400)),
    Address("ballots:code_done", may=SIGNED_IN, anonymous=(200, 405)),
]
