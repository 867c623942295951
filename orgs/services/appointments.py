"""Offices: appoint, end, hand over, re-elect. Every change recomputes the person's grants in the same transaction."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import cast

from django.db import IntegrityError, transaction
from django.db.models import Q

from common import audit, clock
from common.errors import Conflict, InvalidInput
from common.periods import ONE_DAY
from common.sentences import written as _
from orgs import access, plausible, rules
from orgs.models import Appointment, Department, Group, Office, Organisation, Person, User
from orgs.models.appointment import COMMITTEE_OFFICES, DEPARTMENT_OFFICES, ORGANISATION_OFFICES
from orgs.services.organisations import require_open

_ALONE = (Office.SECRETARY, Office.GROUP_LEADER)


@dataclass(frozen=True)
class OfficeHolder:
    """A person for an office, as a re-election appoints them."""

    person: Person
    office: str


def require_office(actor: User, organisation: Organisation, office: str) -> None:
    """Raise ``NotAllowed`` unless ``actor`` fills this office: group leaders MANAGE_PEOPLE, else MANAGE_ORGANISATIONS."""
    right = access.MANAGE_PEOPLE if office == Office.GROUP_LEADER else access.MANAGE_ORGANISATIONS
    access.require(actor, right, organisation)


def _locked(place: Organisation | Department) -> Organisation | Department:
    """The place as it is now, under a lock, so that two people cannot fill one office."""
    if isinstance(place, Department):
        return Department.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=place.pk)
    return Organisation.objects.select_for_update().get(pk=place.pk)


def _check(
    person: Person,
    place: Organisation | Department,
    group: Group | None,
    office: str,
    started_on: datetime.date,
    ended_on: datetime.date | None,
) -> None:
    """Raise ``InvalidInput`` when office, place and days do not fit together."""
    errors: dict[str, str] = {}
    allowed = ORGANISATION_OFFICES if isinstance(place, Organisation) else DEPARTMENT_OFFICES
    if office not in allowed:
        errors["office"] = _("这个职务不属于这里，请选择列表中的职务。")
    if (office == Office.GROUP_LEADER) != (group is not None):
        errors["group"] = _("党小组组长要选择党小组，其他职务不用选。")
    if group is not None and (not isinstance(place, Organisation) or group.organisation_id != place.pk):
        errors["group"] = _("这个党小组不在本支部。")
    if ended_on is not None and ended_on < started_on:
        errors["ended_on"] = _("离任日期不能早于任职日期。")
    for unit, words in ((place, _("这个组织在该日期已经撤销。")), (group, _("这个党小组在该日期已经撤销。"))):
        gone = getattr(unit, "dissolved_on", None)  # departments have no such day
        if gone is not None and (ended_on or max(started_on, clock.today())) >= gone:  # without an end: still held
            errors["started_on"] = words
    if isinstance(place, Organisation) and not rules.office_fits(office, place.level):
        errors["office"] = _("%(level)s不设这个职务。") % {"level": place.get_level_display()}
    if person.organisation_id is None:
        errors["person"] = _("%s已转出，现在不在任何支部。") % person.name
    for field, words in (
        ("started_on", plausible.decided_fault(started_on)),
        ("ended_on", plausible.term_end_fault(ended_on)),
    ):
        if words:
            errors[field] = words
    if errors:
        raise InvalidInput(errors=errors)


def _overlapping(
    where: Q, started_on: datetime.date, ended_on: datetime.date | None, leave_out: int | None = None
) -> Appointment | None:
    rows = Appointment.objects.filter(where, Q(ended_on__isnull=True) | Q(ended_on__gte=started_on))
    if ended_on is not None:
        rows = rows.filter(started_on__lte=ended_on)
    if leave_out is not None:
        rows = rows.exclude(pk=leave_out)
    return rows.select_related("person").first()


def _check_vacant(
    place: Organisation | Department,
    group: Group | None,
    office: str,
    person: Person,
    started_on: datetime.date,
    ended_on: datetime.date | None,
    leave_out: int | None = None,
) -> None:
    here = Q(organisation=place) if isinstance(place, Organisation) else Q(department=place)
    here &= Q(office=office)
    if group is not None:
        here &= Q(group=group)
    if office not in _ALONE:
        here &= Q(person=person)
    held = _overlapping(here, started_on, ended_on, leave_out)
    if held is not None and held.person_id == person.pk:
        raise InvalidInput(errors={"person": _("%s已经担任这个职务，请核对所选的人和职务。") % person.name})
    if held is not None:
        raise InvalidInput(errors={"person": _("这个职务由%s担任，请先办理离任，或使用“交接”。") % held.person.name})


@transaction.atomic
def appoint(
    *,
    actor: User,
    person: Person,
    office: str,
    started_on: datetime.date,
    organisation: Organisation | None = None,
    department: Department | None = None,
    group: Group | None = None,
    ended_on: datetime.date | None = None,
    reason: str = "",
) -> Appointment:
    """Appoint a person to an office in an organisation or a department; ``ended_on`` is the last day, if known.

    Raises ``NotAllowed`` (offices: MANAGE_ORGANISATIONS, group leaders: MANAGE_PEOPLE), ``InvalidInput`` (the office
    is taken, does not belong there, days), ``Conflict`` when two people appoint at once. Writes history and grants.
    """
    place = organisation or department
    if place is None:
        raise InvalidInput(errors={"organisation": _("请选择组织或部门。")})
    root = place if isinstance(place, Organisation) else place.organisation
    require_office(actor, root, office)
    place = _locked(place)
    _check(person, place, group, office, started_on, ended_on)
    _check_vacant(place, group, office, person, started_on, ended_on)
    row = Appointment(
        person=person,
        organisation=organisation,
        department=department,
        group=group,
        office=office,
        started_on=started_on,
        ended_on=ended_on,
    )
    return _save(row, actor, reason or _("任职"))


def _save(row: Appointment, actor: User | None, reason: str) -> Appointment:
    try:
        with transaction.atomic():
            audit.save(row, actor=actor, reason=reason)
    except IntegrityError as error:
        raise Conflict(_("刚刚有人为这个职务办理了任职，请刷新后再看。")) from error
    access.refresh_grants(row.person)
    return row


def _place(row: Appointment) -> Organisation | Department:
    return cast("Organisation | Department", row.organisation or row.department)


def _locked_row(actor: User, appointment: Appointment) -> Appointment:
    """An appointment as it is now, under a lock on its place. Raises ``NotAllowed``."""
    place = _place(appointment)
    require_office(actor, place if isinstance(place, Organisation) else place.organisation, appointment.office)
    _locked(place)
    return Appointment.objects.select_related("person", "group").get(pk=appointment.pk)


@transaction.atomic
def correct_appointment(
    *,
    actor: User,
    appointment: Appointment,
    started_on: datetime.date,
    ended_on: datetime.date | None,
    reason: str,
) -> Appointment:
    """Correct the days of an office that were written down wrongly; ``ended_on`` ``None``: it is still held.

    Raises ``NotAllowed``, ``InvalidInput`` (the days, somebody else in office then, no reason). Writes history and grants.
    """
    row = _locked_row(actor, appointment)
    if not reason.strip():
        raise InvalidInput(errors={"reason": _("请填写更正的原因。")})
    place = _place(appointment)
    _check(row.person, place, row.group, row.office, started_on, ended_on)
    _check_vacant(place, row.group, row.office, row.person, started_on, ended_on, leave_out=row.pk)
    row.started_on, row.ended_on = started_on, ended_on
    return _save(row, actor, reason)


def require_held(row: Appointment) -> None:
    """Raise ``Conflict`` when the end of this office is written down already: nothing is left to end or hand over."""
    if row.ended_on is not None:
        raise Conflict(_("这个职务已经办理离任（%s），不用再办。") % row.ended_on)


@transaction.atomic
def end_appointment(*, actor: User, appointment: Appointment, ended_on: datetime.date, reason: str) -> Appointment:
    """End an office; ``ended_on`` is the last day in office.

    Raises ``NotAllowed``, ``InvalidInput`` (day before the start), ``Conflict`` when it has ended already.
    """
    row = _locked_row(actor, appointment)
    require_held(row)
    if ended_on < row.started_on:
        raise InvalidInput(errors={"ended_on": _("离任日期不能早于任职日期 %s。") % row.started_on})
    plausible.require(ended_on=plausible.term_end_fault(ended_on))
    row.ended_on = ended_on
    return _save(row, actor, reason or _("离任"))


@transaction.atomic
def hand_over(
    *, actor: User, appointment: Appointment, successor: Person, on: datetime.date, reason: str
) -> Appointment:
    """Hand an office to a successor who begins on ``on``; the predecessor's last day is the day before.

    Both or nothing. Raises as ``appoint`` and ``end_appointment``. Returns the successor's appointment.
    """
    if successor.pk == appointment.person_id:
        raise InvalidInput(errors={"successor": _("接任的人和离任的人不能是同一个。")})
    if on <= appointment.started_on:
        raise InvalidInput(errors={"on": _("交接日期要晚于原任职日期 %s。") % appointment.started_on})
    plausible.require(on=plausible.decided_fault(on))
    reason = reason.strip() or _("交接")
    end_appointment(actor=actor, appointment=appointment, ended_on=on - ONE_DAY, reason=reason)
    return appoint(
        actor=actor,
        person=successor,
        office=appointment.office,
        started_on=on,
        organisation=appointment.organisation,
        department=appointment.department,
        group=appointment.group,
        reason=reason,
    )


@transaction.atomic
def re_elect(
    *,
    actor: User,
    organisation: Organisation,
    term_start: datetime.date,
    holders: list[OfficeHolder],
    reason: str,
    term_years: int | None = None,
) -> list[Appointment]:
    """Begin a new term: end the committee offices on the day before and appoint the elected.

    Exactly one secretary is needed. Persons who keep their office go on in a new row, so that terms can be told
    apart. Rules of composition (``selectors.composition``) are shown afterwards and block nothing. Raises
    ``NotAllowed``, ``InvalidInput``, ``Conflict`` (dissolved). Source of the length: 关于党的基层组织任期的意见 2018 (settings).
    """
    access.require(actor, access.MANAGE_ORGANISATIONS, organisation)
    locked = Organisation.objects.select_for_update().get(pk=organisation.pk)
    require_open(locked)
    reason = reason.strip() or _("换届")
    _check_election(locked, term_start, holders)
    _end_committee(locked, term_start, actor, reason)
    locked.term_start, locked.term_years, locked.term_extended_until = term_start, term_years, None
    audit.save(locked, actor=actor, reason=reason)
    organisation.refresh_from_db()
    return [
        _save(
            Appointment(person=holder.person, organisation=locked, office=holder.office, started_on=term_start),
            actor,
            reason,
        )
        for holder in holders
    ]


def _check_election(organisation: Organisation, term_start: datetime.date, holders: list[OfficeHolder]) -> None:
    if sum(holder.office == Office.SECRETARY for holder in holders) != 1:
        raise InvalidInput(errors={"holders": _("新一届要有一名书记。")})
    if any(holder.office not in COMMITTEE_OFFICES for holder in holders):
        raise InvalidInput(errors={"holders": _("换届只选举书记、副书记和委员。")})
    if len({(holder.person.pk, holder.office) for holder in holders}) != len(holders):
        raise InvalidInput(errors={"holders": _("同一个人的同一职务选了两次。")})
    if organisation.term_start and term_start <= organisation.term_start:
        raise InvalidInput(errors={"term_start": _("新一届要晚于本届开始日期 %s。") % organisation.term_start})
    plausible.require(term_start=plausible.too_early(term_start))
    if term_start > clock.today():
        raise InvalidInput(errors={"term_start": _("请在新一届开始当天或之后登记换届。")})
    for holder in holders:
        _check(holder.person, organisation, None, holder.office, term_start, None)


def _end_committee(organisation: Organisation, term_start: datetime.date, actor: User, reason: str) -> None:
    """End the committee offices that reach into the new term on the day before it."""
    lasting = Q(ended_on__isnull=True) | Q(ended_on__gte=term_start)
    rows = Appointment.objects.filter(lasting, organisation=organisation, office__in=COMMITTEE_OFFICES)
    for row in rows.select_related("person"):
        if row.started_on >= term_start:
            raise InvalidInput(errors={"term_start": _("%s的任职日期晚于新一届开始日期。") % row.person.name})
        row.ended_on = term_start - ONE_DAY
        _save(row, actor, reason)
