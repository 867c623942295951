"""People: transfers, admission, groups, excused status, the voting base."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from common import audit, clock
from common.errors import Conflict, InvalidInput
from common.periods import ONE_DAY
from common.sentences import written as _
from orgs import access, plausible, rules
from orgs.models import Appointment, College, Group, Level, MemberStatus, Organisation, Person, PersonKind, User
from orgs.querysets import AppointmentQuerySet
from orgs.services.memberships import check_not_ahead, close_membership, move_membership, open_membership
from orgs.services.voting import end_voting_exclusion, set_voting_exclusion

__all__ = [
    "admit_to_full_membership",
    "change_group",
    "correct_details",
    "end_voting_exclusion",
    "set_excused",
    "set_voting_exclusion",
    "transfer",
    "transfer_in",
    "transfer_out",
]
CORRECTABLE = frozenset({"name", "gender", "kind", "email", "mobile", "born_on", "joined_on", "formal_on"})


def _lock(person: Person) -> Person:
    return Person.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=person.pk)


def _branch_of(person: Person) -> Organisation:
    if person.organisation is None:
        raise Conflict(_("%s现在不在任何支部，请先办理转入。") % person.name)
    return person.organisation


def _require_branch(organisation: Organisation) -> None:
    if organisation.level != Level.BRANCH or not organisation.is_open:
        raise InvalidInput(errors={"organisation": _("只能转入正在运行的党支部。")})


def _require_no_office(person: Person, offices: AppointmentQuerySet, day: datetime.date) -> None:
    """Raise ``Conflict`` when one of ``offices`` is held on ``day`` or later."""
    held = offices.filter(Q(ended_on__isnull=True) | Q(ended_on__gte=day), person=person).order_by("pk").first()
    if held is not None:
        words = {"name": person.name, "office": held.get_office_display()}
        raise Conflict(_("%(name)s还担任%(office)s，请先办理离任或交接。") % words)


@transaction.atomic
def transfer(
    *,
    actor: User,
    person: Person,
    organisation: Organisation,
    on: datetime.date,
    reason: str,
    group: Group | None = None,
) -> Person:
    """Move a member from the present branch to another; ``on`` is the first day there.

    The old branch keeps responsibility until then (党员教育管理工作条例 2019, art. 25). Needs MANAGE_PEOPLE on both.
    Raises ``NotAllowed``, ``InvalidInput`` (the branch, the day), ``Conflict`` while an office in the old branch lasts.
    """
    locked = _lock(person)
    source = _branch_of(locked)
    access.require(actor, access.MANAGE_PEOPLE, source)
    access.require(actor, access.MANAGE_PEOPLE, organisation)
    _require_branch(organisation)
    if source.pk == organisation.pk:
        raise InvalidInput(errors={"organisation": _("已经在这个支部，不用转接。")})
    _check_group(group, organisation)
    check_not_ahead(on, "on")
    _require_no_office(locked, Appointment.objects.filter(organisation=source), on)
    move_membership(locked, organisation, group, on, reason)
    locked.organisation, locked.group = organisation, group
    return audit.save(locked, actor=actor, reason=reason or _("转接组织关系"))


@transaction.atomic
def transfer_out(*, actor: User, person: Person, on: datetime.date, reason: str) -> Person:
    """Transfer a member out of the college; ``on`` is the last day. The account and all records stay.

    Side effect: a college whose dean they were has none any more (history). Raises ``NotAllowed``, ``InvalidInput`` without a reason, ``Conflict`` while the person holds an office.
    """
    locked = _lock(person)
    access.require(actor, access.MANAGE_PEOPLE, _branch_of(locked))
    if not reason.strip():
        raise InvalidInput(errors={"reason": _("请填写转出去向和原因。")})
    check_not_ahead(on, "on")
    _require_no_office(locked, Appointment.objects.all(), on + ONE_DAY)
    close_membership(locked, on)
    locked.organisation = locked.group = None
    _vacate_deanship(locked, actor, reason)
    return audit.save(locked, actor=actor, reason=reason)


def _vacate_deanship(person: Person, actor: User, reason: str) -> None:
    """Who has left the college is no dean any more; heads of departments hold an office, which was ended before."""
    for college in College.objects.select_for_update(of=("self",)).filter(dean=person).order_by("pk"):
        college.dean = None
        audit.save(college, actor=actor, reason=_("%(name)s转出：%(reason)s") % {"name": person.name, "reason": reason})


@transaction.atomic
def transfer_in(
    *,
    actor: User,
    organisation: Organisation,
    number: str,
    name: str,
    kind: str,
    status: str,
    on: datetime.date,
    reason: str,
    joined_on: datetime.date | None = None,
    formal_on: datetime.date | None = None,
    email: str = "",
    group: Group | None = None,
) -> Person:
    """Take in a member from outside, or one who left before (same number); ``on`` is the first day.

    Raises ``NotAllowed``, ``InvalidInput`` by field. An account is made by ``services.accounts.create_account``.
    """
    access.require(actor, access.MANAGE_PEOPLE, organisation)
    _require_branch(organisation)
    _check_group(group, organisation)
    check_not_ahead(on, "on")
    number, email = number.strip(), email.strip()
    known = Person.objects.select_for_update().order_by().filter(number=number).first()
    _check_newcomer(known, number=number, name=name, kind=kind, status=status)
    _check_email(email, known)
    person = known or Person(number=number)
    person.name, person.kind, person.status = name.strip(), kind, status
    person.joined_on, person.formal_on = joined_on or person.joined_on, formal_on or person.formal_on
    _check_dates(person.joined_on, person.formal_on, status)
    person.email = email or person.email
    person.organisation, person.group = organisation, group
    try:
        with transaction.atomic():
            audit.save(person, actor=actor, reason=reason or _("转入"))
    except IntegrityError as error:
        raise Conflict(_("刚刚有人登记了同样的工号/学号或邮箱，请刷新后再看。")) from error
    open_membership(person, organisation, group, on, reason)
    return person


def _check_newcomer(known: Person | None, *, number: str, name: str, kind: str, status: str) -> None:
    errors: dict[str, str] = {}
    if known is not None and known.organisation_id is not None:
        errors["number"] = _("这个工号/学号属于%s，已在册，请用“转接”。") % known.name
    if not number:
        errors["number"] = _("请填写工号/学号。")
    elif not rules.is_code(number):
        errors["number"] = _("工号/学号只能用字母、数字、“-”和“_”。")
    if not name.strip():
        errors["name"] = _("请填写姓名。")
    if kind not in PersonKind.values:
        errors["kind"] = _("请选择列表中的人员类别。")
    if status not in MemberStatus.values:
        errors["status"] = _("请选择列表中的党员状态。")
    if known is not None and known.status == MemberStatus.FORMAL and status == MemberStatus.PROBATIONARY:
        errors["status"] = _("平台里已是正式党员，请核对。")
    if errors:
        raise InvalidInput(errors=errors)


def _check_email(email: str, person: Person | None) -> None:
    others = Person.objects.exclude(pk=person.pk) if person and person.pk else Person.objects.all()
    if email and others.filter(email__iexact=email).exists():
        raise InvalidInput(errors={"email": _("这个邮箱已被别人使用，请换一个。")})


def _check_group(group: Group | None, organisation: Organisation) -> None:
    if group is not None and group.organisation_id != organisation.pk:
        raise InvalidInput(errors={"group": _("这个党小组不在所选支部，请重新选择。")})
    if group is not None and group.dissolved_on is not None and group.dissolved_on <= clock.today():
        raise InvalidInput(errors={"group": _("这个党小组已经撤销，请选择别的党小组。")})


def _check_dates(joined_on: datetime.date | None, formal_on: datetime.date | None, status: str) -> None:
    plausible.require(joined_on=plausible.happened_fault(joined_on), formal_on=plausible.happened_fault(formal_on))
    if formal_on and status == MemberStatus.PROBATIONARY:
        raise InvalidInput(errors={"formal_on": _("预备党员没有转正日期，请留空。")})
    if formal_on and joined_on and formal_on < joined_on:
        raise InvalidInput(errors={"formal_on": _("转正日期不能早于入党日期 %s。") % joined_on})


@transaction.atomic
def admit_to_full_membership(*, actor: User, person: Person, formal_on: datetime.date, reason: str = "") -> Person:
    """A probationary member becomes a formal one on ``formal_on``; the voting base counts them from that day.

    Raises ``NotAllowed``, ``InvalidInput`` (date), ``Conflict`` when they are formal already.
    """
    locked = _lock(person)
    access.require(actor, access.MANAGE_PEOPLE, _branch_of(locked))
    if locked.status == MemberStatus.FORMAL:
        raise Conflict(_("%s已经是正式党员，不用再办转正。") % locked.name)
    check_not_ahead(formal_on, "formal_on")
    if locked.joined_on and formal_on <= locked.joined_on:
        raise InvalidInput(errors={"formal_on": _("转正日期要晚于入党日期 %s。") % locked.joined_on})
    locked.status, locked.formal_on = MemberStatus.FORMAL, formal_on
    return audit.save(locked, actor=actor, reason=reason or _("转正"))


@transaction.atomic
def change_group(*, actor: User, person: Person, group: Group | None, on: datetime.date, reason: str = "") -> Person:
    """Put a member into another Party group of the branch (or none) from ``on``.

    Raises ``NotAllowed``, ``InvalidInput`` (the group, the day), ``Conflict`` for the leader of the old group.
    """
    locked = _lock(person)
    branch = _branch_of(locked)
    access.require(actor, access.MANAGE_PEOPLE, branch)
    _check_group(group, branch)
    if locked.group_id == (group.pk if group else None):
        return locked
    check_not_ahead(on, "on")
    if locked.group_id is not None:
        _require_no_office(locked, Appointment.objects.filter(group=locked.group_id), on)
    move_membership(locked, branch, group, on, reason or _("调整党小组"))
    locked.group = group
    return audit.save(locked, actor=actor, reason=reason or _("调整党小组"))


@transaction.atomic
def set_excused(*, actor: User, person: Person, excused_reason: str, reason: str = "") -> Person:
    """Excuse a member from hard attendance requirements, or end that with an empty ``excused_reason``.

    They leave the attendance rates, never the voting base (党员教育管理工作条例 2019, art. 23).
    """
    locked = _lock(person)
    access.require(actor, access.MANAGE_PEOPLE, _branch_of(locked))
    if locked.excused_reason == excused_reason.strip():
        return locked
    locked.excused_reason = excused_reason.strip()
    return audit.save(locked, actor=actor, reason=reason or _("调整不作硬性要求"))


@transaction.atomic
def correct_details(*, actor: User, person: Person, reason: str, **details: Any) -> Person:
    """Correct what is written about a member; ``details`` are fields of ``CORRECTABLE``, others are refused.

    Raises ``NotAllowed``, ``InvalidInput`` by field. Side effects: a history row, the address of the account.
    """
    locked = _lock(person)
    access.require(actor, access.MANAGE_PEOPLE, _branch_of(locked))
    if not CORRECTABLE.issuperset(details):
        raise InvalidInput(_("这里只能更正姓名、性别、类别、日期和联系方式。"))
    for name, value in details.items():
        setattr(locked, name, value.strip() if isinstance(value, str) else value)
    locked.email = locked.email or None
    if not locked.name:
        raise InvalidInput(errors={"name": _("请填写姓名。")})
    if not reason.strip():
        raise InvalidInput(errors={"reason": _("请填写更正的原因。")})
    _check_email(locked.email or "", locked)
    plausible.require(born_on=plausible.birthday_fault(locked.born_on))
    _check_dates(locked.joined_on, locked.formal_on, locked.status)
    audit.save(locked, actor=actor, reason=reason)
    User.objects.filter(person=locked).update(email=locked.email or "")
    return locked
