"""What this room can tell the score: meetings held and owed, their soundness, attendance, study, talks, appraisal."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from common.measures import Answer, Figure, Gives, Measure, Question
from meetings.measuring import appraising, holding, people, soundness
from meetings.models import MeetingKind, Section, SectionVersion
from orgs.models import Appointment, Office
from orgs.selectors.measured import branches_of
from tasks.measuring.reading import MEETING, rate_of, tasks_of

THREE_AND_ONE = ("members_meeting", "committee_meeting", "group_meeting", "lecture")
THEME_DAY = "theme_day"


def held(question: Question, params: Mapping[str, Any]) -> Answer:
    """A kind of meeting (``params``: kind, topic), counted for the periods it was held for."""
    return holding.held(question, params)


def secretary_lectures(question: Question, params: Mapping[str, Any]) -> Answer:
    """Lectures by the organisation's own secretary (R-BR-16)."""
    return holding.secretary_lectures(question, params)


def three_meetings_one_lesson(question: Question, params: Mapping[str, Any]) -> Answer:
    """What the branches owed of the four kinds by the day of the question, and what of it was validly held.

    Counted by what was owed: a meeting more than owed, or a second one in a period, makes up for nothing
    (reference, GB-2026 3.1); one that was held late, for the period it makes up for, counts.
    """
    return _rate(question, THREE_AND_ONE)


def theme_days(question: Question, params: Mapping[str, Any]) -> Answer:
    """Branch-months with a theme day (R-EDU-16)."""
    return _rate(question, (THEME_DAY,))


def _rate(question: Question, kinds: tuple[str, ...]) -> dict[int, Figure]:
    return {
        one.pk: rate_of(
            [
                row
                for branch in branches_of(question)[one.pk]
                for row in tasks_of(question).get(branch.pk, ())
                if row.source == MEETING and row.kind in kinds
            ],
            question,
            late_counts=True,
        )
        for one in question.organisations
    }


def sound_meetings(question: Question, params: Mapping[str, Any]) -> Answer:
    """Sections without a red flag among those held."""
    return soundness.sound_meetings(question)


def life_and_appraisal(question: Question, params: Mapping[str, Any]) -> Answer:
    """Branches with their organisational life meeting and their appraisal."""
    return appraising.life_and_appraisal(question)


def appraisal_checklist(question: Question, params: Mapping[str, Any]) -> Answer:
    """The three steps of a branch's democratic appraisal."""
    return appraising.appraisal_checklist(question)


def heart_talks(question: Question, params: Mapping[str, Any]) -> Answer:
    """Members who had a talk."""
    return people.heart_talks(question)


def study_hours(question: Question, params: Mapping[str, Any]) -> Answer:
    """Members with their study hours."""
    return people.study_hours(question, params)


def attendance(question: Question, params: Mapping[str, Any]) -> Answer:
    """Person-times present."""
    return people.attendance(question)


def ideology_checklist(question: Question, params: Mapping[str, Any]) -> Answer:
    """Whether ideology was dealt with often enough."""
    return soundness.ideology_checklist(question)


def changed_since(moment: datetime.datetime) -> set[int]:
    """Ids of organisations with a section that changed since ``moment``, and of those whose secretary lectured.

    Three queries.
    """
    changed = Q(pk__in=Section.history.filter(history_date__gte=moment).order_by().values("id")) | Q(
        pk__in=SectionVersion.objects.filter(saved_at__gte=moment).order_by().values("section_id")
    )
    found: set[int] = set()
    lecturers: set[int] = set()
    rows = Section.objects.filter(changed).order_by()
    for place, form, lecturer in rows.values_list("organisation_id", "kind__form", "gathering__lecturer_id"):
        found.add(place)
        if form == MeetingKind.Form.LECTURE and lecturer is not None:
            lecturers.add(lecturer)
    led = Appointment.objects.filter(office=Office.SECRETARY, person_id__in=lecturers, organisation__isnull=False)
    return found | {pk for pk in led.order_by().values_list("organisation_id", flat=True) if pk is not None}


MEASURES = (
    Measure("meetings.held", "会议召开次数", Gives.HELD, held, "已核定且达到法定人数的会议记录；补开的计入原周期"),
    Measure(
        "meetings.secretary_lectures", "书记讲党课", Gives.HELD, secretary_lectures,
        "已核定的党课记录：主讲人当天是本组织书记；在其他支部讲的也计入，同一场计一次",
    ),
    Measure(
        "meetings.three_meetings_one_lesson", "三会一课达标率", Gives.RATE, three_meetings_one_lesson,
        "所辖支部的周期事项：党员大会、支委会、党小组会、党课；有会议记录佐证的为有效，免办的不计",
    ),
    Measure("meetings.theme_days", "主题党日", Gives.RATE, theme_days, "所辖支部每月的主题党日事项；免办的月份不计"),
    Measure(
        "meetings.sound_meetings", "会议合规率", Gives.RATE, sound_meetings,
        "会议记录：法定人数、主持人、是否补录、是否退回",
    ),
    Measure(
        "meetings.life_and_appraisal", "组织生活会与民主评议", Gives.RATE, life_and_appraisal,
        "所辖支部的年度事项和民主评议结果；等次在平台向本人显示即为已反馈",
    ),
    Measure(
        "meetings.appraisal_checklist", "民主评议党员", Gives.ITEMS, appraisal_checklist,
        "民主评议记录：应到名单、计票结果、等次", items=appraising.ITEMS,
    ),
    Measure("meetings.heart_talks", "谈心谈话覆盖", Gives.RATE, heart_talks, "谈心谈话记录和党员名册；只计人数"),
    Measure(
        "meetings.study_hours", "集中学习学时达标", Gives.RATE, study_hours,
        "会议记录的学时和到会情况、党员名册；只计人数，不作硬性要求的党员不计",
    ),
    Measure(
        "meetings.attendance", "参加组织生活出席率", Gives.RATE, attendance,
        "会议记录的到会情况；经批准的请假和不作硬性要求者不计",
    ),
    Measure(
        "meetings.ideology_checklist", "研究意识形态工作", Gives.ITEMS, ideology_checklist,
        "本组织会议记录的专题标记“意识形态工作”", items={"a1": "每年研究意识形态工作不少于2次"},
    ),
)  # fmt: skip
