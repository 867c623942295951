"""What the demo shows on purpose: joint lectures, a combined afternoon, a return, no quorum, a draft that waits."""

from __future__ import annotations

import datetime
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

from common import clock
from meetings.models import Gathering, Section
from meetings.record import AgreedRecord, AttendanceRecord, GatheringRecord
from meetings.services import PlannedSection, mark_ready, plan_gathering, return_section, save_draft
from orgs import access
from orgs.models import Appointment, Department, Group, Office, Organisation
from tasks.models import Task
from tasks.services import waive_task

if TYPE_CHECKING:
    from partybuild.demo.life import Life

# Owed in the week after the demo's day, so that there is something to do for whoever tries it.
LEFT_OPEN = {
    "members_meeting:ZB203:2026-Q2",
    "committee_meeting:ZB203:2026-06",
    "members_meeting:ZB202:2026-Q2",
    "lecture:ZB201:2026-Q2",
    "lecture:ZB202:2026-Q2",
    "members_meeting:ZB404:2026-Q2",
    "committee_meeting:ZB402:2026-06",
}
# Agreed on and still open on the demo's day.
LEFT_ITEMS = {
    "汇总毕业班党员组织关系转接名单": datetime.date(2026, 6, 15),
    "完成实训室党员责任区公示": datetime.date(2026, 6, 17),
    "提交暑期党员志愿服务方案": datetime.date(2026, 6, 22),
}


def play(life: Life, day: datetime.date) -> None:
    """Whatever is planted for ``day``."""
    scene = _SCENES.get(day)
    if scene is not None:
        scene(life)


def _gathering(
    life: Life, host: str, title: str, hour: int, kinds: list[str], guests: tuple[str, ...] = ()
) -> Gathering:
    organisation = Organisation.objects.get(code=host)
    actor = life.secretary(organisation)
    if actor is None:
        raise LookupError(f"the demo needs a secretary of {host}")
    here = [PlannedSection(life.kinds[kind], organisation) for kind in kinds]
    invited = [PlannedSection(life.kinds[kinds[0]], found) for found in Organisation.objects.filter(code__in=guests)]
    start = datetime.datetime.combine(clock.today(), datetime.time(hour), clock.SHANGHAI)
    return plan_gathering(
        actor=actor,
        organisation=organisation,
        title=title,
        starts_at=start,
        ends_at=None,
        place="图书馆报告厅",
        sections=[*here, *invited],
    )


def _joint_lecture(life: Life) -> None:
    """One lecture, typed once, counted for two branches; each confirms its own roll."""
    gathering = _gathering(life, "ZB201", "数字商贸学院联合党课：新质生产力与专业建设", 14, ["lecture"], ("ZB202",))
    for code in ("ZB201", "ZB202"):
        life.confirm(gathering, Organisation.objects.get(code=code), Random("joint"))


def _one_afternoon(life: Life) -> None:
    """A theme day and a members' meeting in one afternoon: one gathering with two sections."""
    gathering = _gathering(life, "ZB202", "四月主题党日暨支部党员大会", 15, ["theme_day", "members_meeting"])
    life.confirm(gathering, gathering.organisation, Random("afternoon"))


def _no_quorum(life: Life) -> None:
    """Most voters on leave: the record stands, the obligation stays open."""
    gathering = _gathering(life, "ZB404", "第二季度支部党员大会", 16, ["members_meeting"])

    def mostly_away(record: GatheringRecord) -> GatheringRecord:
        section = record.sections[0]
        keep = {section.chair_id}
        marks = tuple(
            mark
            if mark.person_id in keep
            else AttendanceRecord(mark.person_id, "leave", "企业生产任务", section.chair_id)
            for mark in section.attendance
        )
        changed = replace(section, attendance=marks, recorder_id=section.chair_id, resolutions=(), agreed_items=())
        return replace(record, sections=(changed,))

    life.confirm(gathering, gathering.organisation, Random("away"), change=mostly_away)


def _returned(life: Life) -> None:
    """The general branch returns a record with a reason."""
    above = life.secretary(Organisation.objects.get(code="ZZ3"))
    section = (
        Section.objects.confirmed()
        .filter(organisation__code="ZB301", kind__code="committee_meeting")
        .order_by("-held_on")
        .first()
    )
    if above is not None and section is not None:
        return_section(actor=above, section=section, reason="发言要点过于简略，请补充对党员发展议题的讨论情况。")


def _draft_that_waits(life: Life) -> None:
    """A group leader has typed June's group meeting and asks the secretary to confirm it."""
    branch = Organisation.objects.get(code="ZB203")
    group = Group.objects.filter(organisation=branch).order_by("pk").first()
    held = (
        Appointment.objects.in_force().filter(group=group, office=Office.GROUP_LEADER).select_related("person").first()
    )
    leader = life.account(held.person) if held else None
    if group is None or leader is None:
        return
    start = datetime.datetime.combine(clock.today(), datetime.time(12, 30), clock.SHANGHAI)
    gathering = plan_gathering(
        actor=leader,
        organisation=branch,
        title="六月党小组会：学习交流",
        starts_at=start,
        ends_at=None,
        place="学生公寓 2 号楼党员之家",
        sections=[PlannedSection(life.kinds["group_meeting"], branch, group)],
    )
    save_draft(
        actor=leader, gathering=gathering, organisation=branch, data={"shared": {"title": gathering.title}}, version=0
    )
    mark_ready(actor=leader, gathering=gathering, organisation=branch)


def _planned_ahead(life: Life) -> None:
    """A theme day that is only planned so far: it stands on the members' calendar."""
    organisation = Organisation.objects.get(code="ZB203")
    actor = life.secretary(organisation)
    if actor is None:
        return
    start = datetime.datetime(2026, 7, 8, 15, tzinfo=clock.SHANGHAI)
    plan_gathering(
        actor=actor,
        organisation=organisation,
        title="七月主题党日：走进企业看发展",
        starts_at=start,
        ends_at=None,
        place="云帆智能产业园",
        sections=[PlannedSection(life.kinds["theme_day"], organisation)],
    )


def _agreed_for_this_week(life: Life) -> None:
    """A committee meeting that agreed on things due today, in two days and in a week: tonight's mails."""
    gathering = _gathering(life, "ZB402", "2026年6月支部委员会会议", 10, ["committee_meeting"])

    def with_items(record: GatheringRecord) -> GatheringRecord:
        section = record.sections[0]
        owners = [mark.person_id for mark in section.attendance if mark.mark == "present"]
        items = tuple(
            AgreedRecord(text=text, owner_id=owners[number % len(owners)], due_on=due)
            for number, (text, due) in enumerate(sorted(LEFT_ITEMS.items(), key=lambda item: item[1]))
        )
        return replace(record, sections=(replace(section, agreed_items=items),))

    life.confirm(gathering, gathering.organisation, Random("week"), change=with_items)


def _close_the_year(life: Life) -> None:
    """Each level closes the past year of the level below: what was never held is not made up for any more."""
    heads = Appointment.objects.in_force().filter(department__duty=Department.Duty.ORGANISATION, office=Office.HEAD)
    office = life.account(heads.select_related("person").get().person)
    for task in Task.objects.open().filter(due_on__year=2025).select_related("organisation"):
        above = Organisation.objects.get_parent(task.organisation)
        actor = life.secretary(above) if above else office
        if actor is not None and not access.holds_office_in(actor, task.organisation):
            waive_task(task=task, actor=actor, reason="2025年度已考核归档，按未完成计分，不再补办。")


_SCENES = {
    datetime.date(2026, 1, 20): _close_the_year,
    datetime.date(2026, 4, 8): _one_afternoon,
    datetime.date(2026, 5, 20): _joint_lecture,
    datetime.date(2026, 5, 28): _no_quorum,
    datetime.date(2026, 6, 8): _returned,
    datetime.date(2026, 6, 9): _agreed_for_this_week,
    datetime.date(2026, 6, 12): _draft_that_waits,
    datetime.date(2026, 6, 13): _planned_ahead,
}
