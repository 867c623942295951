"""Who is out of the voting base for a time, on which ground and with whose consent."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.db.models import Q

from common import audit
from common.errors import Conflict, InvalidInput
from common.sentences import written as _
from orgs import access, plausible
from orgs.models import MemberStatus, Person, User, VotingExclusion
from orgs.services.memberships import check_not_ahead


def _require(actor: User, person: Person) -> None:
    if person.organisation is None:
        raise Conflict(_("%s现在不在任何支部，请先办理转入。") % person.name)
    access.require(actor, access.MANAGE_PEOPLE, person.organisation)


@transaction.atomic
def set_voting_exclusion(
    *,
    actor: User,
    person: Person,
    ground: str,
    started_on: datetime.date,
    ended_on: datetime.date | None = None,
    superior_approval: str = "",
    meeting_on: datetime.date | None = None,
) -> VotingExclusion:
    """Take a formal member out of the voting base from ``started_on`` to ``ended_on`` (open: ``None``).

    Grounds of R-VOTE-3 need the consent of the level above and the members' meeting; the others follow from
    基层组织选举工作条例 2020, art. 5. Raises ``NotAllowed``, ``InvalidInput`` by field.
    """
    locked = Person.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=person.pk)
    _require(actor, locked)
    plausible.require(started_on=plausible.decided_fault(started_on), ended_on=plausible.term_end_fault(ended_on))
    errors = _faults(locked, ground, superior_approval, meeting_on)
    if ended_on and ended_on < started_on:
        errors["ended_on"] = _("结束日期不能早于开始日期。")
    if errors:
        raise InvalidInput(errors=errors)
    if meeting_on is not None:
        check_not_ahead(meeting_on, "meeting_on")
    _check_single(locked, started_on, ended_on)
    row = VotingExclusion(
        person=locked,
        ground=ground,
        started_on=started_on,
        ended_on=ended_on,
        superior_approval=superior_approval.strip(),
        meeting_on=meeting_on,
    )
    return audit.save(row, actor=actor, reason=_("不计入表决基数"))


def _faults(person: Person, ground: str, superior_approval: str, meeting_on: datetime.date | None) -> dict[str, str]:
    errors: dict[str, str] = {}
    if person.status != MemberStatus.FORMAL:
        errors["person"] = _("预备党员本来就没有表决权，不用登记。")
    if ground not in VotingExclusion.Ground.values:
        errors["ground"] = _("请选择列表中的情形。")
    if ground in VotingExclusion.NEEDS_APPROVAL and not superior_approval.strip():
        errors["superior_approval"] = _("这种情形须经上级同意，请填写批复文号。")
    if ground in VotingExclusion.NEEDS_APPROVAL and meeting_on is None:
        errors["meeting_on"] = _("这种情形须经党员大会通过，请填写通过日期。")
    return errors


def _check_single(person: Person, started_on: datetime.date, ended_on: datetime.date | None) -> None:
    rows = VotingExclusion.objects.filter(Q(ended_on__isnull=True) | Q(ended_on__gte=started_on), person=person)
    if ended_on is not None:
        rows = rows.filter(started_on__lte=ended_on)
    if rows.exists():
        raise InvalidInput(
            errors={"started_on": _("这段时间已经登记过不计入表决基数，请先结束原来的登记，或者改日期。")}
        )


@transaction.atomic
def end_voting_exclusion(
    *, actor: User, exclusion: VotingExclusion, ended_on: datetime.date, reason: str = ""
) -> VotingExclusion:
    """Let a member count in the voting base again; ``ended_on`` is the last day out of it.

    Raises ``NotAllowed``, ``InvalidInput`` (day before the start), ``Conflict`` when it has ended already.
    """
    row = VotingExclusion.objects.select_for_update(of=("self",)).select_related("person__organisation")
    locked = row.get(pk=exclusion.pk)
    _require(actor, locked.person)
    if locked.ended_on is not None:
        raise Conflict(_("这项登记已经结束（%s），不用再办。") % locked.ended_on)
    if ended_on < locked.started_on:
        raise InvalidInput(errors={"ended_on": _("结束日期不能早于开始日期 %s。") % locked.started_on})
    plausible.require(ended_on=plausible.term_end_fault(ended_on))
    locked.ended_on = ended_on
    return audit.save(locked, actor=actor, reason=reason or _("恢复计入表决基数"))
