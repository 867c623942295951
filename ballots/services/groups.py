"""The groups of a draft: name, weight, whom they judge, who is in them, and how many vote without an account."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from ballots import states
from ballots.models import Allotment, BallotGroup, Elector, Scope, Source
from ballots.services.holding import hold
from common import audit
from common.errors import Conflict, InvalidInput
from common.sentences import written as _

if TYPE_CHECKING:
    from ballots.models import Ballot
    from orgs.models import Organisation, Person, User

MOST_SLIPS = 2000  # of one kind for one group and unit
MOST_GROUPS = 12


@dataclass(frozen=True)
class GroupFacts:
    """What is typed about a group. ``weight``: a share of one (0.5); ``scope`` and ``source``: see the models."""

    name: str
    weight: Decimal
    scope: str = Scope.OTHERS
    source: str = Source.PICKED


@dataclass(frozen=True)
class Allotted:
    """How many people of ``unit`` (``None``: of no particular unit) vote by code, and how many on paper."""

    unit: Organisation | None = None
    codes: int = 0
    papers: int = 0


@transaction.atomic
def add_group(*, ballot: Ballot, facts: GroupFacts, actor: User) -> BallotGroup:
    """Add a group after the others. Raises ``NotAllowed``, ``Conflict`` (no draft), ``InvalidInput`` by field."""
    held = hold(ballot, states.EDIT, actor)
    if held.groups.count() >= MOST_GROUPS:
        raise Conflict(_("一次测评最多%(most)d个人群，请合并后再保存。") % {"most": MOST_GROUPS})
    last = held.groups.aggregate(last=Max("position"))["last"] or 0
    return _saved(BallotGroup(ballot=held, position=last + 1, **_checked(facts)), actor, _("增加人群"))


@transaction.atomic
def edit_group(*, group: BallotGroup, facts: GroupFacts, actor: User) -> BallotGroup:
    """Change a group of a draft. Raises as ``add_group``."""
    hold(group.ballot, states.EDIT, actor)
    for name, value in _checked(facts).items():
        setattr(group, name, value)
    return _saved(group, actor, _("修改人群"))


@transaction.atomic
def remove_group(*, group: BallotGroup, actor: User) -> None:
    """Take a group out of a draft. Raises ``NotAllowed``, ``Conflict``."""
    hold(group.ballot, states.EDIT, actor)
    group.delete()


@transaction.atomic
def set_electors(*, group: BallotGroup, people: Collection[Person], actor: User) -> int:
    """Pick people one by one, beside those whom the group's rule names when the ballot opens. Returns how many.

    Raises ``NotAllowed``, ``Conflict`` (no draft), ``InvalidInput`` on ``people`` (picked in another group).
    """
    held = hold(group.ballot, states.EDIT, actor)
    wanted = {person.pk: person for person in people}
    elsewhere = Elector.objects.filter(ballot=held, person__in=wanted).exclude(group=group).select_related("person")
    if names := [row.person.name for row in elsewhere[:5]]:
        words = _("已在别的人群里，一人只能投一票：%(names)s。")
        raise InvalidInput(errors={"people": words % {"names": "、".join(names)}})
    group.electors.all().delete()
    Elector.objects.bulk_create([Elector(ballot=held, group=group, person_id=pk) for pk in wanted])
    return len(wanted)


@transaction.atomic
def set_allotments(*, group: BallotGroup, allotted: Sequence[Allotted], actor: User) -> int:
    """Say how many people without an account vote in a group, by code and on paper. Returns how many in all.

    Raises ``NotAllowed``, ``Conflict`` (no draft), ``InvalidInput``: a unit that is not judged, numbers out of range.
    """
    held = hold(group.ballot, states.EDIT, actor)
    judged = set(held.subjects.values_list("organisation_id", flat=True))
    for one in allotted:
        if not (0 <= one.codes <= MOST_SLIPS and 0 <= one.papers <= MOST_SLIPS):
            raise InvalidInput(_("票数应在0到%(most)d之间，请核对后再填。") % {"most": MOST_SLIPS})
        if one.unit is not None and one.unit.pk not in judged:
            raise InvalidInput(_("“%(name)s”不是被测评单位，请先选定单位。") % {"name": one.unit.name})
    group.allotments.all().delete()
    rows = [
        Allotment(group=group, unit=one.unit, codes=one.codes, papers=one.papers)
        for one in allotted
        if one.codes or one.papers
    ]
    audit.bulk_create(rows, Allotment, actor=actor, reason=_("设定无账号人员的票数"))
    return sum(row.codes + row.papers for row in rows)


def _checked(facts: GroupFacts) -> dict[str, Any]:
    errors: dict[str, str] = {}
    name = facts.name.strip()
    if not name or len(name) > 50:
        errors["name"] = _("请写人群名称，最多50字。")
    if not 0 < facts.weight <= 1 or facts.weight != round(facts.weight, 4):
        errors["weight"] = _("权重大于0、不超过1，最多4位小数；各人群相加为1。")
    if facts.scope not in Scope.values:
        errors["scope"] = _("请选择评哪些单位。")
    if facts.source not in Source.values:
        errors["source"] = _("请选择谁有票。")
    if errors:
        raise InvalidInput(errors=errors)
    return {"name": name, "weight": facts.weight, "scope": facts.scope, "source": facts.source}


def _saved(group: BallotGroup, actor: User, reason: str) -> BallotGroup:
    try:
        with transaction.atomic():
            return audit.save(group, actor=actor, reason=reason)
    except IntegrityError as error:
        raise InvalidInput(errors={"name": _("已有叫这个名称的人群，请换一个名称。")}) from error
