"""What this room tells the score: the weighted mean of a ballot, by the units that were judged."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.urls import reverse

from ballots import states
from ballots.models import Ballot, BallotSubject, GroupResult
from common.measures import Answer, Figure, Gives, Measure, Question, Row
from common.sentences import writing
from common.sentences import written as _

_CENT = Decimal("0.01")
_LAST_FIRST = {states.COUNTED: 0, states.CLOSED: 1, states.OPEN: 2, states.DRAFT: 3}


def survey(question: Question, params: Mapping[str, Any]) -> Answer:
    """The result of the ballot whose ``subject_key`` is ``params["subject_key"]`` (or ``params["indicator"]``).

    ``values``: ``mean`` (0 to 100, unrounded) and the same as ``value``, ``ballots``. One row for each group, merged
    ones together. Three queries at most, whatever the number of organisations.
    """
    key = str(params.get("indicator") or params.get("subject_key") or "")
    wanted = [organisation.pk for organisation in question.organisations]
    rows = BallotSubject.objects.filter(ballot__subject_key=key, organisation__in=wanted).select_related("ballot")
    live = rows.exclude(ballot__state=states.CANCELLED) if key else rows.none()
    found: dict[int, BallotSubject] = {}
    for subject in sorted(live, key=lambda row: -_LAST_FIRST[row.ballot.state]):
        found[subject.organisation_id] = subject  # the one that has got farthest is written last
    results: dict[int, list[GroupResult]] = defaultdict(list)
    for result in GroupResult.objects.filter(subject__in=[one.pk for one in found.values()]).order_by("position"):
        results[result.subject_id].append(result)
    return {pk: _figure(found.get(pk), results) for pk in wanted}


def changed_since(moment: datetime.datetime) -> set[int]:
    """Ids of the organisations judged in a ballot that changed its state, or anything else, since ``moment``.

    One query. A vote changes nothing here: nothing is shown before the counting.
    """
    changed = Ballot.history.filter(history_date__gte=moment).values("id")
    return set(BallotSubject.objects.filter(ballot__in=changed).values_list("organisation_id", flat=True))


def _figure(subject: BallotSubject | None, results: Mapping[int, list[GroupResult]]) -> Figure:
    if subject is None or subject.ballot.state == states.DRAFT:
        return Figure(missing=_("测评尚未进行"))
    if subject.ballot.state != states.COUNTED:
        return Figure(missing=_("测评尚未结束"), rows=(_row_of(subject.ballot),))
    if subject.mean is None:
        words = _("有效票不足：收到%(count)d张，至少要%(minimum)d张")
        facts = {"count": subject.ballots or 0, "minimum": subject.ballot.min_ballots}
        return Figure(missing=words % facts, rows=(_row_of(subject.ballot),))
    values = {"value": subject.mean, "mean": subject.mean, "ballots": Decimal(subject.ballots or 0)}
    url = _url(subject.ballot)
    return Figure(values=values, rows=tuple(_row(result, url) for result in results[subject.pk]))


def _row(result: GroupResult, url: str) -> Row:
    merged = _("（不足5票，合并计算）") if result.is_merged else ""
    label = _("%(name)s%(merged)s，权重%(weight)s") % {
        "name": result.name,
        "merged": merged,
        "weight": f"{result.weight.normalize():f}",
    }
    mean = result.mean.quantize(_CENT, ROUND_HALF_UP)
    return Row(label=label, url=url, amount=_("平均%(mean)s分，%(count)d票") % {"mean": mean, "count": result.ballots})


@writing()
def _row_of(ballot: Ballot) -> Row:
    words = _("%(state)s，%(day)s截止") % {"state": ballot.get_state_display(), "day": ballot.closes_on}
    return Row(label=ballot.title, url=_url(ballot), counts=False, why=words)


def _url(ballot: Ballot) -> str:
    return reverse("ballots:ballot_detail", args=[ballot.pk])


MEASURES = (
    Measure(
        code="ballots.survey",
        title="匿名测评的加权平均分",
        gives=Gives.VALUE,
        ask=survey,
        source="匿名测评：各人群平均分乘权重之和；不足5票的人群与相邻人群合并",
    ),
)
