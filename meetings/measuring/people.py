"""Figures that count people: talks, study hours, attendance. Rows are of branches and sections, never of persons (§8)."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse

from common.measures import NOTHING, Figure, Question, Row
from meetings import options
from meetings.measuring.reading import sections_of
from meetings.models import Attendance, MeetingKind, Section
from orgs.models import Level, Membership, Organisation
from orgs.selectors.measured import Belonging, branches_of, concerned, members_of
from tasks.measuring.reading import DENOMINATOR, NUMERATOR, known_until

DAY = datetime.timedelta(days=1)
MONTHS = 12


def _of_members(question: Question) -> QuerySet[Attendance]:
    """What the members of the branches took part in, in the year up to the day of the question, wherever it was held."""
    day = question.as_of
    members = Membership.objects.filter(
        Q(started_on__isnull=True) | Q(started_on__lte=day),
        Q(ended_on__isnull=True) | Q(ended_on__gte=day),
        organisation_id__in=list(concerned(question)),
    )
    found = Attendance.objects.filter(
        person_id__in=members.order_by().values("person_id"),
        mark=Attendance.Mark.PRESENT,
        section__state=Section.State.CONFIRMED,
        section__held_on__gte=question.start,
        section__held_on__lte=day,
    )
    return found if known_until(question) > question.end else found.filter(section__confirmed_at__date__lte=day)


def heart_talks(question: Question) -> dict[int, Figure]:
    """Members with at least one confirmed talk in the year ÷ members (R-BR-19: once a year, so due at its end).

    One query, and the members.
    """
    rows = _of_members(question).filter(section__kind__form=MeetingKind.Form.TALK)
    talked = set(rows.order_by().values_list("person_id", flat=True).distinct())
    answer = {}
    for one in question.organisations:
        found = _by_branch(
            one, question, lambda each: True, lambda each: each.person_id in talked, "已谈{top}人，党员{under}人"
        )
        if question.as_of < question.end and found.values[DENOMINATOR]:
            words = f"每人全年谈一次，{question.end.isoformat()}到期；已谈{found.values[NUMERATOR]}人，党员{found.values[DENOMINATOR]}人"
            found = replace(found, not_due=words)
        answer[one.pk] = found
    return answer


def study_hours(question: Question, params: Mapping[str, Any]) -> dict[int, Figure]:
    """Members with their hours of collective study ÷ members who should have them (R-EDU-20, R-EDU-23).

    ``params["hours"]`` for the whole year (default: the setting); during the year its share by the months ended.
    """
    whole = Decimal(str(params.get("hours", options.study_hours_needed())))
    ended = (question.as_of + DAY).month - 1 if question.as_of < question.end else MONTHS
    if not ended:
        words = "本年度还没有结束的月份，学时从1月底起计算"
        empty = Figure(values={NUMERATOR: NOTHING, DENOMINATOR: NOTHING}, rows=(Row(words, counts=False),))
        return {one.pk: empty for one in question.organisations}
    needed = whole * ended / MONTHS
    hours = question.once("meetings.hours", lambda: _hours(question))
    shown = needed.quantize(Decimal("0.1"), ROUND_HALF_UP).normalize()
    words = f"全年{whole.normalize():f}学时" + ("" if ended == MONTHS else f"，按{ended}个月折算为{shown:f}学时")
    return {
        one.pk: _by_branch(
            one, question, lambda each: not each.excused_reason,
            lambda each: hours.get(each.person_id, NOTHING) >= needed, f"达标{{top}}人，应参学{{under}}人（{words}）",
        )
        for one in question.organisations
    }  # fmt: skip


def _hours(question: Question) -> dict[int, Decimal]:
    """Person id → hours studied. One query for all measures."""
    return dict(_of_members(question).order_by().values_list("person_id").annotate(Sum("section__study_hours")))


def _by_branch(one: Organisation, question: Question, owes: Any, has: Any, words: str) -> Figure:
    """Sums over the branches below with one row each; what is lacking may still be made up for until the year ends."""
    top = under = 0
    rows = []
    for branch in branches_of(question)[one.pk]:
        owing = [each for each in _people(branch, question) if owes(each)]
        if not owing:
            continue
        good = sum(1 for each in owing if has(each))
        top, under = top + good, under + len(owing)
        url = reverse("meetings:record_book", args=[branch.code, question.year])
        lacking = len(owing) - good
        rows.append(
            Row(
                label=branch.name, url=url, unit=branch.name, counts=not lacking,
                why=words.format(top=good, under=len(owing)), amount=f"{good}/{len(owing)}",
                if_done={NUMERATOR: Decimal(lacking)} if lacking and question.as_of < question.end else {},
            )
        )  # fmt: skip
    return Figure(values={NUMERATOR: Decimal(top), DENOMINATOR: Decimal(under)}, rows=tuple(rows))


def _people(branch: Organisation, question: Question) -> Iterable[Belonging]:
    return members_of(question).get(branch.pk, ())


def attendance(question: Question) -> dict[int, Figure]:
    """Person-times present ÷ expected in the branch's meetings, without approved leave and without the excused.

    One query, and the sections. Leave without an approver counts as absence.
    """
    counts = question.once("meetings.attendance", lambda: _attendance(question))
    answer = {}
    for one in question.organisations:
        top = under = 0
        rows = []
        for branch in branches_of(question)[one.pk]:
            for section in sections_of(question).get(branch.pk, ()):
                present, absent, left_out = counts.get(section.section_id, (0, 0, 0))
                if section.state != Section.State.CONFIRMED or section.level != Level.BRANCH or not present + absent:
                    continue
                top, under = top + present, under + present + absent
                words = f"应到{present + absent}人，实到{present}人"
                words += f"，请假或不作硬性要求{left_out}人不计" if left_out else ""
                rows.append(
                    Row(section.label, section.url, section.held_on, section.unit, not absent, words,
                        amount=f"{present}/{present + absent}")
                )  # fmt: skip
        answer[one.pk] = Figure(values={NUMERATOR: Decimal(top), DENOMINATOR: Decimal(under)}, rows=tuple(rows))
    return answer


def _attendance(question: Question) -> dict[int, tuple[int, int, int]]:
    """Section id → present, absent, not counted (approved leave, excused)."""
    rows = Attendance.objects.filter(
        section__organisation_id__in=list(concerned(question)),
        section__state=Section.State.CONFIRMED,
        section__held_on__gte=question.start,
        section__held_on__lte=question.as_of,
    ).exclude(section__kind__form=MeetingKind.Form.TALK)
    leave = Q(mark=Attendance.Mark.LEAVE, leave_approver__isnull=False)
    free = Q(is_excused=True) | leave
    found: dict[int, tuple[int, int, int]] = defaultdict(lambda: (0, 0, 0))
    numbers = rows.order_by().values_list("section_id").annotate(
        here=Count("pk", filter=Q(mark=Attendance.Mark.PRESENT, is_excused=False)),
        gone=Count("pk", filter=~Q(mark=Attendance.Mark.PRESENT) & ~free),
        free=Count("pk", filter=free),
    )  # fmt: skip
    for pk, here, gone, left_out in numbers:
        found[pk] = (here, gone, left_out)
    return found
