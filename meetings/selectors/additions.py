"""What may be added to a gathering: kinds of meetings of the organisations that a user records for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from common import clock
from meetings.models import Expected, Gathering, MeetingKind, Section
from meetings.rights import local_day, require_addable, require_record
from orgs import access
from orgs.models import Appointment, Group, Office, Organisation
from orgs.models.appointment import COMMITTEE_OFFICES
from orgs.ordinals import ordinal

if TYPE_CHECKING:
    import datetime

    from orgs.models import User

_LEADING = (Office.SECRETARY, Office.DEPUTY)


@dataclass(frozen=True)
class Addition:
    """One section that may be added."""

    organisation: Organisation
    kind: MeetingKind
    group: Group | None = None

    @property
    def key(self) -> str:
        """Its value in a form."""
        return f"{self.organisation.pk}-{self.kind.pk}-{self.group.pk if self.group else 0}"

    @property
    def label(self) -> str:
        """Kind, and the Party group of a group's meeting."""
        return f"{self.kind.name} · {self.group.name}" if self.group else self.kind.name


def additions(*, user: User, gathering: Gathering) -> list[Addition]:
    """Kind × organisation that ``user`` may add, by organisation; a fixed number of queries.

    The calling organisation and, of those beside and directly below it, the ones the user records for as well. Left out:
    what is on already, talks (they stand alone), kinds that cannot be held, groups that the user does not lead when a
    leader of a Party group asks. Raises ``NotAllowed`` for who may not record for the calling organisation, ``Conflict``
    when nothing may be added any more.
    """
    led = access.led_group_ids(user) if access.has_anywhere(user, access.RECORD_GROUP) else set()
    require_record(user, gathering.organisation, led)
    present = list(gathering.sections.select_related("kind"))
    require_addable(present)
    day = local_day(gathering.starts_at)
    units = _units(user, gathering, day)
    levels = {unit.level for unit in units}
    kinds = MeetingKind.objects.filter(level__in=levels, is_active=True).exclude(form=MeetingKind.Form.TALK)
    existing = Group.objects.filter(organisation__in=units).filter(_existing(day))
    groups = sorted(existing, key=lambda group: (ordinal(group.name), group.pk))
    committees = _with_committee(units)
    taken = _taken(present)
    found = []
    for unit in units:
        mine = groups if access.may(user, access.RECORD, unit) else [one for one in groups if one.pk in led]
        own = [group for group in mine if group.organisation_id == unit.pk]
        for kind in kinds:
            if kind.level == unit.level and _may_hold(user, kind, unit, committees):
                found += _sections(unit, kind, own)
    return [
        one for one in found if (one.kind.pk, one.organisation.pk, one.group.pk if one.group else None) not in taken
    ]


def _units(user: User, gathering: Gathering, day: datetime.date) -> list[Organisation]:
    """The caller first, then the others in tree order; the leader of a group adds to the own branch only."""
    caller = gathering.organisation
    if not access.may(user, access.RECORD, caller):
        return [caller]
    step = Organisation.steplen
    own = set(access.paths(user, access.RECORD))
    above = caller.path[:-step]
    near = [path for path in own if path == caller.path or (path[:-step] and path[:-step] in (caller.path, above))]
    return sorted(Organisation.objects.open_on(day).filter(path__in=near), key=lambda one: one.pk != caller.pk)


def _existing(day: datetime.date) -> Q:
    founded = Q(founded_on__isnull=True) | Q(founded_on__lte=day)
    return founded & (Q(dissolved_on__isnull=True) | Q(dissolved_on__gt=day))


def _with_committee(units: Iterable[Organisation]) -> set[int]:
    """As ``orgs.selectors.roll.has_committee``, for several organisations at once."""
    offices = [office for office in COMMITTEE_OFFICES if office not in _LEADING]
    rows = Appointment.objects.in_force(clock.today()).filter(organisation__in=list(units), office__in=offices)
    return set(rows.order_by().values_list("organisation_id", flat=True))


def _taken(sections: Iterable[Section]) -> set[tuple[int, int, int | None]]:
    """What is on, and what was confirmed and cancelled: that does not come back."""
    return {
        (section.kind_id, section.organisation_id, section.group_id)
        for section in sections
        if section.state != Section.State.CANCELLED or section.version
    }


def _may_hold(user: User, kind: MeetingKind, unit: Organisation, committees: set[int]) -> bool:
    if not access.may(user, access.RECORD, unit):
        return kind.expected == Expected.GROUP
    needs_committee = kind.applies_when == MeetingKind.AppliesWhen.HAS_COMMITTEE
    return not needs_committee or unit.pk in committees


def _sections(unit: Organisation, kind: MeetingKind, groups: list[Group]) -> list[Addition]:
    if kind.expected == Expected.GROUP:
        return [Addition(unit, kind, group) for group in groups]
    return [Addition(unit, kind)]
