"""Opening a ballot: the electors are frozen, the counters made, everybody with an account is told."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from ballots import states
from ballots.models import Allotment, Ballot, BallotGroup, BallotSubject, Elector, Scope
from ballots.selectors.entitled import Entitled, entitled_people, with_something_to_judge
from ballots.services.holding import hold
from ballots.services.messages import tell_electors
from ballots.services.urns import make_urns
from common import audit, clock
from common.errors import Conflict, InvalidInput
from common.sentences import written as _

if TYPE_CHECKING:
    from orgs.models import User


@transaction.atomic
def open_ballot(*, ballot: Ballot, actor: User) -> Ballot:
    """Open a draft for voting from today on.

    Raises ``NotAllowed``; ``Conflict`` (no draft; not its day yet or no longer; another ballot judges one of the units
    for the same indicator); ``InvalidInput`` with everything that is not ready. Side effects: the electors of today by
    the groups' rules, without those who have nothing to judge; counters; a message to each elector with an account.
    """
    held = hold(ballot, states.START, actor)
    _require_day(held)
    groups = list(held.groups.order_by("position"))
    subjects = list(held.subjects.select_related("organisation").order_by("organisation__path"))
    allotments = list(Allotment.objects.filter(group__ballot=held))
    _require_unjudged(held, subjects)
    day = clock.today()
    people = with_something_to_judge(entitled_people(held, groups, subjects, day), groups, subjects, day)
    if faults := list(_faults(held, groups, subjects, allotments, people)):
        raise InvalidInput(" ".join(faults))
    _freeze(held, people)
    make_urns(groups, subjects, len(held.grades))
    held.state = states.OPEN
    audit.save(held, actor=actor, reason=_("开放投票"), update_fields=["state"])
    tell_electors(held)
    return held


def _require_day(ballot: Ballot) -> None:
    today = clock.today()
    if today < ballot.opens_on:
        raise Conflict(_("开始日期是%(day)s；要提前开放，请先改开始日期。") % {"day": ballot.opens_on})
    if today > ballot.closes_on:
        raise Conflict(_("截止日期%(day)s已过，请先改截止日期。") % {"day": ballot.closes_on})


def _require_unjudged(ballot: Ballot, subjects: Sequence[BallotSubject]) -> None:
    """One result for a unit and an indicator, although several organisations may hold ballots for it."""
    if not ballot.subject_key:
        return
    others = BallotSubject.objects.filter(
        ballot__subject_key=ballot.subject_key, organisation__in=[one.organisation_id for one in subjects]
    )
    live = others.exclude(ballot=ballot).exclude(ballot__state__in=(states.DRAFT, states.CANCELLED))
    if (there := live.select_related("organisation", "ballot").first()) is not None:
        words = _("“%(unit)s”的这个指标已由“%(title)s”测评，不能再测一次。")
        raise Conflict(words % {"unit": there.organisation.name, "title": there.ballot.title})


def _faults(
    ballot: Ballot,
    groups: Sequence[BallotGroup],
    subjects: Sequence[BallotSubject],
    allotments: Sequence[Allotment],
    people: Sequence[Entitled],
) -> list[str]:
    """Everything that is not ready, in words."""
    faults = []
    if not subjects:
        faults.append(_("请选定被测评单位。"))
    if sum((group.weight for group in groups), Decimal(0)) != 1:
        faults.append(_("各人群权重相加应为1。"))
    entitled = {group.pk: 0 for group in groups}
    for one in people:
        entitled[one.group_id] += 1
    for row in allotments:
        entitled[row.group_id] += row.codes + row.papers
    empty = [group.name for group in groups if not entitled[group.pk]]
    if empty:
        faults.append(_("这些人群没有一个人有票：%(names)s。") % {"names": "、".join(empty)})
    elif sum(entitled.values()) < ballot.min_ballots:
        words = _("有票的一共%(count)d人，少于最少有效票%(minimum)d张。")
        faults.append(words % {"count": sum(entitled.values()), "minimum": ballot.min_ballots})
    own_only = {group.pk: group.name for group in groups if group.scope == Scope.OWN}
    for name in sorted({own_only[row.group_id] for row in allotments if row.group_id in own_only and not row.unit_id}):
        faults.append(_("人群“%(name)s”只评本单位，投票码和纸质票要按单位填写。") % {"name": name})
    return faults


def _freeze(ballot: Ballot, people: Sequence[Entitled]) -> None:
    ballot.electors.all().delete()
    rows = [
        Elector(ballot=ballot, group_id=one.group_id, person_id=one.person_id, unit_id=one.unit_id) for one in people
    ]
    Elector.objects.bulk_create(rows)
