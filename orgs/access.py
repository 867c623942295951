"""Who may see and do what: the only place that reads and writes grants (docs/architecture.md, access).

A *right* is a permission codename on an organisation. Offices give rights on their own organisation; the flowing
ones hold for everything below it, the others for that organisation alone. The rows are guardian's, dated, so that
an office outside its days gives nothing.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, cast

from django.contrib.auth.models import AnonymousUser, Permission
from django.db import transaction
from django.db.models import BigIntegerField, BooleanField, CharField, Q, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from common import clock
from common.errors import NotAllowed
from common.periods import ONE_DAY

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from orgs.models import Appointment, Organisation, Person, User

VIEW = "view_organisation"
RECORD = "record"
RECORD_GROUP = "record_group"
CONFIRM = "confirm"
REVIEW = "review"
MANAGE_PEOPLE = "manage_people"
MANAGE_ORGANISATIONS = "manage_organisations"
CONFIGURE = "configure"
VIEW_PRIVATE = "view_private"

FLOWING = frozenset({VIEW, REVIEW, MANAGE_PEOPLE, MANAGE_ORGANISATIONS, CONFIGURE})
OWN_ONLY = frozenset({RECORD, RECORD_GROUP, CONFIRM, VIEW_PRIVATE})

_COMMISSIONER = frozenset({VIEW, RECORD, VIEW_PRIVATE})
OFFICE_RIGHTS: dict[str, frozenset[str]] = {
    "secretary": frozenset({VIEW, RECORD, CONFIRM, REVIEW, MANAGE_PEOPLE, VIEW_PRIVATE}),
    "deputy": frozenset({VIEW, RECORD, REVIEW, MANAGE_PEOPLE, VIEW_PRIVATE}),
    "discipline_secretary": frozenset({VIEW, RECORD, REVIEW, VIEW_PRIVATE}),
    "organisation_commissioner": _COMMISSIONER | {MANAGE_PEOPLE},
    "publicity_commissioner": _COMMISSIONER,
    "discipline_commissioner": _COMMISSIONER,
    "member": _COMMISSIONER,
    "group_leader": frozenset({RECORD_GROUP}),
}
ROOT_SECRETARY_RIGHTS = frozenset({MANAGE_ORGANISATIONS, CONFIGURE})
DUTY_RIGHTS: dict[str, frozenset[str]] = {
    "organisation": frozenset({VIEW, REVIEW, MANAGE_PEOPLE, MANAGE_ORGANISATIONS, CONFIGURE}),
    "office": frozenset({VIEW, REVIEW}),
    "administration": frozenset({VIEW}),
    "none": frozenset(),
}

REASONS: dict[str, _StrPromise] = {
    VIEW: _("您没有查看这个组织的权限，需要查看请联系组织部。"),
    RECORD: _("只有本组织的书记和委员可以登记，请联系本组织书记。"),
    RECORD_GROUP: _("只有本党小组组长可以登记，请联系党小组组长。"),
    CONFIRM: _("会议记录由本组织书记核定，请提请书记核定。"),
    REVIEW: _("核查由上一级组织进行，您没有这个权限。"),
    MANAGE_PEOPLE: _("党员名册由本组织书记、组织委员或上级维护，您没有这个权限。"),
    MANAGE_ORGANISATIONS: _("组织、任职和账号由党委组织部维护，请联系组织部。"),
    CONFIGURE: _("规则和设置由党委组织部维护，请联系组织部。"),
    VIEW_PRIVATE: _("请假和健康原因只有本支部委员可以查看。"),
}


class HeldOffice(NamedTuple):
    """An office that a person holds today in an organisation (not in a department)."""

    office: str
    organisation_id: int
    path: str
    group_id: int | None  # of a group leader
    unit: str  # name of the organisation


@dataclass(frozen=True)
class Grants:
    """Paths by right; ``""`` is the whole forest (technical administrators). With the offices behind them."""

    flowing: dict[str, tuple[str, ...]] = field(default_factory=dict)
    own: dict[str, frozenset[str]] = field(default_factory=dict)
    offices: tuple[HeldOffice, ...] = ()


def path_end(path: str) -> str:
    """The first path after the subtree of ``path``; ranges beat prefixes on both databases."""
    from orgs.models import Organisation

    return Organisation(path=path)._inc_path()


def subtree(path: str, prefix: str) -> Q:
    """Condition for rows whose organisation (``prefix`` names the relation, ``""`` the row itself) is at/below path."""
    lookup = f"{prefix}__path" if prefix else "path"
    return Q(**{f"{lookup}__gte": path, f"{lookup}__lt": path_end(path)})


def _collapse(paths: set[str]) -> tuple[str, ...]:
    kept: list[str] = []
    for path in sorted(paths):
        if not kept or not path.startswith(kept[-1]):
            kept.append(path)
    return tuple(kept)


def grants_of(user: User | AnonymousUser) -> Grants:
    """The user's grants and offices in force today: one query, then kept on the user object for the day."""
    today = clock.today()
    cached = getattr(user, "_grants", None)
    if cached is not None and cached[0] == today:
        return cached[1]
    grants = _read_grants(user, today)
    user._grants = (today, grants)  # type: ignore[union-attr]
    return grants


def _read_grants(user: User | AnonymousUser, today: datetime.date) -> Grants:
    if not user.is_authenticated or not user.is_active:
        return Grants()
    everything: dict[str, tuple[str, ...]] = dict.fromkeys(FLOWING, ("",))
    if user.is_superuser and user.person_id is None:
        return Grants(flowing=everything)
    rights, offices = _rows(user, today)
    if user.is_superuser:
        return Grants(flowing=everything, offices=offices)
    paths: dict[str, set[str]] = {}
    for right, path in rights:
        paths.setdefault(right, set()).add(path)
    return Grants(
        flowing={right: _collapse(found) for right, found in paths.items() if right in FLOWING},
        own={right: frozenset(found) for right, found in paths.items() if right in OWN_ONLY},
        offices=offices,
    )


def _rows(user: User, today: datetime.date) -> tuple[list[tuple[str, str]], tuple[HeldOffice, ...]]:
    """Rights with their paths, and offices, both in force: every page asks for both, so it is one statement."""
    from orgs.models import Appointment, OrganisationUserPermission

    granted = OrganisationUserPermission.objects.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=today),
        Q(valid_until__isnull=True) | Q(valid_until__gte=today),
        user=user,
    ).order_by()
    held = Appointment.objects.in_force(today).filter(person=user.person_id, organisation__isnull=False).order_by()
    nothing = Cast(Value(None), BigIntegerField())
    rows = granted.values_list(
        Value(False, BooleanField()),
        "permission__codename",
        "content_object_id",
        "content_object__path",
        nothing,
        Value("", CharField()),
    )
    if user.person_id is not None:
        offices = held.values_list(
            Value(True, BooleanField()),
            "office",
            "organisation_id",
            "organisation__path",
            "group_id",
            "organisation__name",
        )
        rows = rows.union(offices, all=True)
    found = list(rows)
    rights = [(name, path) for is_office, name, _pk, path, *_more in found if not is_office]
    return rights, tuple(HeldOffice(*row) for is_office, *row in found if is_office)


def forget(user: User) -> None:
    """Drop the grants kept on a user object, after they changed."""
    if hasattr(user, "_grants"):  # through the attribute: a request's user is a wrapper with a __dict__ of its own
        del user._grants


def offices_of(user: User | AnonymousUser) -> tuple[HeldOffice, ...]:
    """The offices that the user's person holds in organisations today; no query once the grants are loaded."""
    return grants_of(user).offices


def paths(user: User | AnonymousUser, right: str) -> tuple[str, ...]:
    """Paths of the organisations where ``user`` holds ``right`` (flowing rights: tops of subtrees)."""
    grants = grants_of(user)
    return grants.flowing.get(right, ()) if right in FLOWING else tuple(sorted(grants.own.get(right, ())))


def within(user: User | AnonymousUser, right: str, prefix: str) -> Q:
    """Condition for rows whose organisation lies under one of the user's grants of ``right``.

    ``prefix`` names the relation from the row to its organisation; ``""`` means the row is the organisation.
    """
    found = paths(user, right)
    if "" in found:
        return Q(**{f"{prefix}__isnull": False}) if prefix else Q(pk__isnull=False)
    condition = Q(pk__in=[])
    lookup = f"{prefix}__path" if prefix else "path"
    if right in OWN_ONLY:
        return Q(**{f"{lookup}__in": found}) if found else condition
    for path in found:
        condition |= subtree(path, prefix)
    return condition


def own_branch(user: User | AnonymousUser, lookup: str) -> Q:
    """Condition ``lookup`` = the branch the user belongs to as a member (no grant needed); nothing without one."""
    person = getattr(user, "person", None)
    if person is None or not user.is_active or person.organisation_id is None:
        return Q(pk__in=[])
    return Q(**{lookup: person.organisation_id})


def may(user: User | AnonymousUser, right: str, organisation: Organisation) -> bool:
    """Whether ``user`` holds ``right`` for ``organisation``; no query once the grants are loaded."""
    found = paths(user, right)
    if right in OWN_ONLY:
        return organisation.path in found
    return any(organisation.path.startswith(path) for path in found)


def has_anywhere(user: User | AnonymousUser, right: str) -> bool:
    """Whether ``user`` holds ``right`` for any organisation."""
    return bool(paths(user, right))


def require(user: User | AnonymousUser, right: str, organisation: Organisation) -> None:
    """Raise ``NotAllowed`` with the reason in plain words unless ``user`` holds ``right`` for ``organisation``."""
    if not may(user, right, organisation):
        raise NotAllowed(str(REASONS[right]))


def require_anywhere(user: User | AnonymousUser, right: str) -> None:
    """Raise ``NotAllowed`` unless ``user`` holds ``right`` for at least one organisation."""
    if not has_anywhere(user, right):
        raise NotAllowed(str(REASONS[right]))


def holds_office_in(user: User, organisation: Organisation) -> bool:
    """Whether the user's person holds an office in ``organisation`` today. Membership does not count."""
    return any(held.organisation_id == organisation.pk for held in offices_of(user))


def may_review(user: User, organisation: Organisation, applicant_id: int | None = None) -> bool:
    """Four eyes (DESIGN.md §5): nobody accepts, returns or decides the work of a unit where they hold an office.

    At the root a second officer of the committee decides; ``applicant_id`` is the person who asks, never the one
    who decides.
    """
    if not may(user, REVIEW, organisation):
        return False
    if applicant_id is not None and applicant_id == user.person_id:
        return False
    return organisation.depth == 1 or not holds_office_in(user, organisation)


def require_review(user: User, organisation: Organisation, applicant_id: int | None = None) -> None:
    """Raise ``NotAllowed`` unless ``may_review``."""
    if not may(user, REVIEW, organisation):
        raise NotAllowed(str(REASONS[REVIEW]))
    if not may_review(user, organisation, applicant_id):
        raise NotAllowed(str(_("您在这个组织任职（或是申请人），须由上一级的其他负责人核查。")))


def may_confirm(user: User, organisation: Organisation) -> bool:
    """Whether ``user`` confirms records there: the secretary, or a deputy while the office of secretary is vacant.

    One query for a deputy, none for anybody else.
    """
    from orgs.models import Appointment, Office

    if may(user, CONFIRM, organisation):
        return True
    if not may_confirm_while_vacant(user, organisation):
        return False
    return not Appointment.objects.in_force().filter(organisation=organisation, office=Office.SECRETARY).exists()


def may_confirm_while_vacant(user: User, organisation: Organisation) -> bool:
    """Whether ``user`` is a deputy there, who confirms records while the office of secretary is vacant."""
    is_deputy = any(held.office == "deputy" and held.organisation_id == organisation.pk for held in offices_of(user))
    return is_deputy and may(user, RECORD, organisation)


def led_group_ids(user: User) -> set[int]:
    """Ids of the Party groups that the user leads today."""
    return {held.group_id for held in offices_of(user) if held.office == "group_leader" and held.group_id is not None}


def place_of(appointment: Appointment) -> Organisation:
    """The organisation an office belongs to: its own, or its department's."""
    if appointment.department is not None:
        return appointment.department.organisation
    return cast("Organisation", appointment.organisation)


def rights_of_appointment(appointment: Appointment) -> tuple[Organisation, frozenset[str]]:
    """The organisation on which an office gives rights, and these rights."""
    organisation = place_of(appointment)
    if appointment.department is not None:
        return organisation, DUTY_RIGHTS[appointment.department.duty]
    rights = OFFICE_RIGHTS.get(appointment.office, frozenset())
    if appointment.office == "secretary" and organisation.depth == 1:
        rights = rights | ROOT_SECRETARY_RIGHTS
    return organisation, rights


def _merge_days(
    spans: list[tuple[datetime.date, datetime.date | None]], today: datetime.date
) -> tuple[datetime.date, datetime.date | None] | None:
    """Of the spans, joined where they touch or overlap, the one that holds today, else the next to begin.

    ``None`` when all are past. Joined, so that who goes from one office to the next has no day without rights.
    """
    joined: list[tuple[datetime.date, datetime.date | None]] = []
    for start, end in sorted(spans, key=lambda span: span[0]):
        last = joined[-1] if joined else None
        if last is not None and (last[1] is None or start <= last[1] + ONE_DAY):
            joined[-1] = (last[0], None if last[1] is None or end is None else max(last[1], end))
        else:
            joined.append((start, end))
    return next((span for span in joined if span[1] is None or span[1] >= today), None)


def wanted_grants(
    appointments: list[Appointment], today: datetime.date
) -> dict[tuple[int, str], tuple[datetime.date, datetime.date | None]]:
    """(organisation id, right) → days, from a person's offices loaded with organisation and department."""
    spans: dict[tuple[int, str], list[tuple[datetime.date, datetime.date | None]]] = {}
    for appointment in appointments:
        organisation, rights = rights_of_appointment(appointment)
        for right in rights:
            spans.setdefault((organisation.pk, right), []).append((appointment.started_on, appointment.ended_on))
    merged = {key: _merge_days(found, today) for key, found in spans.items()}
    return {key: days for key, days in merged.items() if days is not None}


@transaction.atomic
def refresh_grants(person: Person) -> int:
    """Recompute the union of the grants of a person's offices, under a lock on the person.

    Side effects: writes and deletes ``OrganisationUserPermission`` rows. Returns the number of rows changed (0
    when there was no drift). A person without an account has none.
    """
    from orgs.models import Appointment, OrganisationUserPermission, Person, User

    Person.objects.select_for_update(of=("self",)).order_by().filter(pk=person.pk).first()
    user = User.objects.filter(person=person).first()
    if user is None:
        return 0
    offices = Appointment.objects.filter(person=person).select_related("organisation", "department__organisation")
    wanted = wanted_grants(list(offices), clock.today())
    changed = 0
    for row in OrganisationUserPermission.objects.filter(user=user).select_related("permission"):
        days = wanted.pop((row.content_object_id, row.permission.codename), None)
        if days is None:
            row.delete()
        elif days != (row.valid_from, row.valid_until):
            row.valid_from, row.valid_until = days
            row.save(update_fields=["valid_from", "valid_until"])
        else:
            continue
        changed += 1
    codes = _permissions() if wanted else {}
    OrganisationUserPermission.objects.bulk_create(
        OrganisationUserPermission(
            user=user, permission_id=codes[right], content_object_id=pk, valid_from=days[0], valid_until=days[1]
        )
        for (pk, right), days in sorted(wanted.items())
    )
    forget(user)
    return changed + len(wanted)


def _permissions() -> dict[str, int]:
    rows = Permission.objects.filter(content_type__app_label="orgs", content_type__model="organisation")
    return dict(rows.values_list("codename", "pk"))
