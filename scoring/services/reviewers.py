"""Who marks what by name: seats of reviewers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from common import audit
from common.errors import Conflict, InvalidInput
from common.sentences import written as _
from orgs import access
from scoring import inputs
from scoring.marking_rules import markable_codes
from scoring.models import ReviewerSeat, Scheme, SchemeVersion

if TYPE_CHECKING:
    from orgs.models import Person, User


@transaction.atomic
def assign_reviewer(*, actor: User, scheme: Scheme, code: str, person: Person) -> ReviewerSeat:
    """Let ``person`` mark the indicator ``code``. An office in some unit is no hindrance: that unit is left out later.

    Raises ``NotAllowed`` without CONFIGURE on the scheme's organisation; ``InvalidInput`` (nobody marks this
    indicator by hand); ``Conflict`` (no version in force, results published, or the person has the seat already).
    """
    access.require(actor, access.CONFIGURE, scheme.organisation)
    held = inputs.hold(scheme)
    _require_changeable(held)
    version = inputs.version_in_force(held) or SchemeVersion.objects.filter(scheme=held).first()
    if version is None or code not in markable_codes(version.body):
        raise InvalidInput(errors={"code": _("这个指标不由人评分，请从列表中选择。")})
    seat = ReviewerSeat(scheme=held, code=code, person=person)
    try:
        with transaction.atomic():
            return audit.save(seat, actor=actor, reason=_("确定评分人"))
    except IntegrityError as error:
        raise Conflict(_("%(name)s已经是这个指标的评分人，不用再加。") % {"name": person.name}) from error


@transaction.atomic
def remove_reviewer(*, actor: User, seat: ReviewerSeat) -> None:
    """Take the seat away; marks already given stay with their reviewer's name.

    Raises ``NotAllowed``, ``Conflict`` (results published).
    """
    access.require(actor, access.CONFIGURE, seat.scheme.organisation)
    _require_changeable(inputs.hold(seat.scheme))
    found = ReviewerSeat.objects.select_for_update(of=("self",)).filter(pk=seat.pk).first()
    if found is None:
        raise Conflict(_("这个评分人已经被移除，请刷新后再看。"))
    found._history_user, found._change_reason = actor, _("移除评分人")  # type: ignore[attr-defined]
    found.delete()


def _require_changeable(scheme: Scheme) -> None:
    if scheme.is_frozen:
        raise Conflict(_("结果已经公示，评分人不能再调整。"))
