"""Planning a gathering and its sections."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from common import audit, clock
from common.errors import Conflict, InvalidInput
from common.sentences import written as _
from meetings import messages
from meetings.models import Draft, Expected, Gathering, MeetingKind, Section
from meetings.rights import local_day, lock, require_addable, require_record
from notices.services import owe
from orgs.models import Organisation
from orgs.selectors.roll import secretary_on

if TYPE_CHECKING:
    from orgs.models import Group, User

MAX_SECTIONS = 60
MAX_LENGTH = datetime.timedelta(days=3)
MAX_AHEAD = datetime.timedelta(days=550)


@dataclass(frozen=True)
class PlannedSection:
    """A section to plan: which kind, of which organisation, of which Party group (group kinds only).

    ``period_code`` is the period of the Task that was tapped; it fills the form when it turns out to be an overdue one.
    """

    kind: MeetingKind
    organisation: Organisation
    group: Group | None = None
    period_code: str = ""

    @property
    def key(self) -> tuple[int, int, int | None]:
        """What makes it the same section of a gathering."""
        return (self.kind.pk, self.organisation.pk, self.group.pk if self.group else None)


@transaction.atomic
def plan_gathering(
    *,
    actor: User,
    organisation: Organisation,
    title: str,
    starts_at: datetime.datetime,
    ends_at: datetime.datetime | None,
    place: str,
    sections: Sequence[PlannedSection],
) -> Gathering:
    """Plan a gathering called by ``organisation`` with its sections.

    The same section planned twice for the same time (a double click) returns the gathering that has it, with the
    missing sections added. Sections of organisations beside or directly below the calling one are invitations:
    their secretary gets a notice and confirms the own roll. A talk stands alone; its title is its kind and it keeps
    the date only.

    Raises: ``NotAllowed`` without RECORD on ``organisation`` (or RECORD_GROUP for sections of a led group only);
    ``InvalidInput`` on ``title``, ``starts_at``, ``ends_at``, ``place``, ``sections``.
    Side effects: history rows, notices to the secretaries of invited organisations.
    """
    require_record(actor, organisation, [section.group.pk if section.group else None for section in sections])
    _check(organisation, title, starts_at, ends_at, place, sections)
    Organisation.objects.select_for_update().filter(pk=organisation.pk).first()
    if sections[0].kind.form == MeetingKind.Form.TALK:
        title, place, ends_at = sections[0].kind.name, "", None
        starts_at = datetime.datetime.combine(local_day(starts_at), datetime.time(), clock.SHANGHAI)
    gathering = _existing(actor, organisation, starts_at, sections)
    if gathering is None:
        facts = {"title": title.strip(), "starts_at": starts_at, "ends_at": ends_at, "place": place.strip()}
        gathering = audit.save(Gathering(organisation=organisation, created_by=actor, **facts), actor=actor)
    _add_missing(actor, gathering, organisation, sections)
    return gathering


@transaction.atomic
def add_section(
    *, actor: User, gathering: Gathering, kind: MeetingKind, organisation: Organisation, group: Group | None = None
) -> Section:
    """Add a section to a gathering (idempotent: an existing one is returned, a cancelled one planned again).

    Raises: as ``plan_gathering``; only who may record for the calling organisation adds sections. ``Conflict`` when
    everything is confirmed or cancelled already.
    """
    gathering = lock(gathering)
    wanted = PlannedSection(kind, organisation, group)
    require_record(actor, gathering.organisation, [group.pk if group else None])
    present = list(gathering.sections.select_related("kind"))
    if any(MeetingKind.Form.TALK in (kind.form, section.kind.form) for section in present if section.kind != kind):
        raise InvalidInput(errors={"sections": _("谈心谈话只记时间和对象，须单独登记。")})
    require_addable(present)
    if len(present) >= MAX_SECTIONS:
        raise InvalidInput(
            errors={"sections": _("一次活动最多{count}个议程段，其余的请另外登记一次会议。").format(count=MAX_SECTIONS)}
        )
    problem = _section_problem(gathering.organisation, wanted, local_day(gathering.starts_at))
    if problem:
        raise InvalidInput(errors={"sections": problem})
    _add_missing(actor, gathering, gathering.organisation, [wanted])
    return Section.objects.get(gathering=gathering, kind=kind, organisation=organisation, group=group)


def _check(
    organisation: Organisation,
    title: str,
    starts_at: datetime.datetime,
    ends_at: datetime.datetime | None,
    place: str,
    sections: Sequence[PlannedSection],
) -> None:
    errors: dict[str, str] = {}
    talk = any(section.kind.form == MeetingKind.Form.TALK for section in sections)
    if not talk and not title.strip():
        errors["title"] = _("请填写主题。")
    elif len(title.strip()) > 200:
        errors["title"] = _("主题最多200字。")
    if len(place.strip()) > 200:
        errors["place"] = _("地点最多200字。")
    if starts_at > clock.now() + MAX_AHEAD:
        errors["starts_at"] = _("日期太远，请检查年份。")
    if ends_at is not None and not datetime.timedelta() < ends_at - starts_at <= MAX_LENGTH:
        errors["ends_at"] = _("结束时间须晚于开始时间，且不超过3天。")
    problem = _sections_problem(organisation, sections, local_day(starts_at), talk)
    if problem:
        errors["sections"] = problem
    if errors:
        raise InvalidInput(errors=errors)


def _sections_problem(
    organisation: Organisation, sections: Sequence[PlannedSection], day: datetime.date, talk: bool
) -> str:
    if not sections:
        return _("请至少选择一种会议类型。")
    if len(sections) > MAX_SECTIONS:
        return _("一次活动最多{count}个议程段，其余的请另外登记一次会议。").format(count=MAX_SECTIONS)
    if len({section.key for section in sections}) != len(sections):
        return _("同一类型和组织选了两次。")
    if all(section.organisation.pk != organisation.pk for section in sections):
        return _("召集组织自己须至少有一个议程段。")
    if talk and len(sections) > 1:
        return _("谈心谈话只记时间和对象，须单独登记。")
    problems = (_section_problem(organisation, section, day) for section in sections)
    return next((problem for problem in problems if problem), "")


def _section_problem(caller: Organisation, section: PlannedSection, day: datetime.date) -> str:
    kind, organisation, group = section.kind, section.organisation, section.group
    if not kind.is_active:
        return _("“{kind}”已停用。").format(kind=kind.name)
    if kind.level != organisation.level:
        return _("“{kind}”不适用于{name}。").format(kind=kind.name, name=organisation.name)
    if not _exists_on(organisation, day):
        return _("{name}在这一天不存在（未成立或已撤销）。").format(name=organisation.name)
    if (kind.expected == Expected.GROUP) != (group is not None):
        return _("党小组会须选择党小组，其他会议不选党小组。")
    if group is not None and (group.organisation_id != organisation.pk or not _exists_on(group, day)):
        return _("党小组“{name}”不属于这个支部或已撤销。").format(name=group.name)
    if not _may_invite(caller, organisation):
        return _("只能邀请同一上级的组织或直接下级组织。")
    return ""


def _exists_on(place: Organisation | Group, day: datetime.date) -> bool:
    return (place.founded_on is None or place.founded_on <= day) and (
        place.dissolved_on is None or place.dissolved_on > day
    )


def _may_invite(caller: Organisation, other: Organisation) -> bool:
    step = Organisation.steplen
    parent = other.path[:-step]
    return other.pk == caller.pk or parent in (caller.path, caller.path[:-step] or None)


def _existing(
    actor: User, organisation: Organisation, starts_at: datetime.datetime, sections: Sequence[PlannedSection]
) -> Gathering | None:
    """The own gathering that already has one of the sections at that time; of talks only an untouched one."""
    wanted = {section.key for section in sections}
    rows = Section.objects.filter(gathering__organisation=organisation, gathering__starts_at=starts_at).exclude(
        state=Section.State.CANCELLED
    )
    if sections[0].kind.form == MeetingKind.Form.TALK:
        typed = Draft.objects.values("gathering_id")
        rows = rows.filter(state=Section.State.PLANNED, gathering__created_by=actor).exclude(gathering_id__in=typed)
    for row in rows.select_related("gathering").order_by("pk"):
        if (row.kind_id, row.organisation_id, row.group_id) in wanted:
            return row.gathering
    return None


def _add_missing(actor: User, gathering: Gathering, caller: Organisation, sections: Sequence[PlannedSection]) -> None:
    present = {(row.kind_id, row.organisation_id, row.group_id): row for row in gathering.sections.all()}
    added = []
    for wanted in sections:
        found = present.get(wanted.key)
        if found is not None and found.state != Section.State.CANCELLED:
            continue
        section = found or Section(gathering=gathering, kind=wanted.kind, organisation=wanted.organisation)
        if found is not None and found.version:
            raise Conflict(_("这个议程段核定后取消过，不能再次加入，请另建一次会议。"))
        section.group, section.held_on = wanted.group, local_day(gathering.starts_at)
        section.state, section.cancel_reason = Section.State.PLANNED, ""
        section.period_code = wanted.period_code[:20]
        section.kind, section.organisation = wanted.kind, wanted.organisation
        added.append(audit.save(section, actor=actor))
    _invite(caller, added)


def _invite(caller: Organisation, sections: Sequence[Section]) -> None:
    owed = []
    for section in sections:
        if section.organisation_id == caller.pk:
            continue
        secretary = secretary_on(section.organisation, clock.today())
        if secretary is not None:
            owed.append(messages.invited(section, secretary, caller.name))
    if owed:
        owe(messages=owed)
