"""Figures from organisational life meetings and democratic appraisals (R-BR-17, R-BR-18, R-APPRAISE-1)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from django.urls import reverse

from common.measures import NOTHING, ONE, Figure, Question, Row
from meetings import options, rules
from meetings.measuring.reading import Held, counting_of, counts_for
from meetings.models import AppraisalResult, Attendance
from orgs.models import MemberStatus, Organisation
from orgs.selectors.measured import branches_of, concerned
from tasks.measuring.reading import DENOMINATOR, NUMERATOR, Owed, label_of, tasks_of, url_of

LIFE, APPRAISAL = "organisational_life_meeting", "democratic_appraisal"
ITEMS = {"a1": "自评互评测评齐全", "a2": "等次已反馈本人", "a3": "优秀比例未超限"}


@dataclass
class Counted:
    """The results of one appraisal in numbers; who got which grade is not kept (DESIGN.md §5)."""

    formal: int = 0  # formal members on its roll who are not excused
    lacking: int = 0  # of those, without a grade or without a vote counted
    members: int = 0
    all_formal: int = 0
    graded: set[int] = field(default_factory=set)
    excellent: int = 0
    untold: int = 0  # graded, but without an account with which to see the own grade

    @property
    def is_complete(self) -> bool:
        """Whether every formal member's result was counted."""
        return self.formal > 0 and self.lacking == 0

    @property
    def is_told(self) -> bool:
        """Whether everybody who was graded can see it: the confirmed record shows each person the own grade."""
        return bool(self.graded) and self.untold == 0

    @property
    def allowed(self) -> int:
        """How many may be excellent."""
        base = {"appraised": len(self.graded), "formal": self.all_formal, "members": self.members}
        return rules.excellent_allowed(base[options.excellent_base()], options.excellent_max())


def counted_of(question: Question) -> dict[int, Counted]:
    """The numbers of every appraisal by section id. Two queries for all measures."""
    return question.once("meetings.appraisals", lambda: _count(question))


def _count(question: Question) -> dict[int, Counted]:
    where = {"section_id__in": [row.section_id for pk in concerned(question) for row in _appraisals(pk, question)]}
    found: dict[int, Counted] = defaultdict(Counted)
    results = AppraisalResult.objects.filter(**where).order_by("pk")
    columns = ("section_id", "person_id", "grade", "excellent", "qualified", "basically", "unqualified")
    voted: dict[int, set[int]] = defaultdict(set)
    for section, person, grade, *votes, active in results.values_list(*columns, "person__user__is_active"):
        if grade == AppraisalResult.Grade.NONE:
            continue
        one = found[section]
        one.graded.add(person)
        one.excellent += grade == AppraisalResult.Grade.EXCELLENT
        one.untold += not active
        if sum(votes) > 0:
            voted[section].add(person)
    roll = Attendance.objects.filter(**where).order_by("pk")
    names = ("section_id", "person_id", "is_excused", "person__status", "person__formal_on", "section__held_on")
    for section, person, excused, status, formal_on, day in roll.values_list(*names):
        one = found[section]
        is_formal = formal_on <= day if formal_on else status == MemberStatus.FORMAL
        one.members += 1
        one.all_formal += is_formal
        if is_formal and not excused:
            one.formal += 1
            one.lacking += person not in voted[section]
    return found


def _appraisals(branch: int, question: Question) -> list[Held]:
    """The branch's valid appraisals for the year: what makes up for the year before is that year's."""
    return [
        row
        for row in counting_of(question, branch)
        if row.kind == APPRAISAL and row.is_valid and counts_for(row) >= question.start
    ]


def _last(branch: int, question: Question) -> Held | None:
    """The branch's latest valid appraisal for the year."""
    rows = _appraisals(branch, question)
    return rows[-1] if rows else None


def appraisal_checklist(question: Question) -> dict[int, Figure]:
    """a1 counted for all, a2 told, a3 not too many excellent; not applicable before it is due, or when it is waived."""
    return {one.pk: _checklist(one, question) for one in question.organisations}


def _checklist(one: Organisation, question: Question) -> Figure:
    tasks = [row for row in tasks_of(question).get(one.pk, ()) if row.kind == APPRAISAL]
    section = _last(one.pk, question)
    if section is None:
        if tasks and all(row.is_dropped for row in tasks):
            return Figure(not_applicable="民主评议已批准免办")
        if words := _not_yet(tasks, question):
            waiting = tuple(
                Row(label_of(row), url_of(row), row.due_on, "", False, words, if_done=dict.fromkeys(ITEMS, ONE))
                for row in tasks
                if not row.is_dropped
            )
            return Figure(values=dict.fromkeys(ITEMS, NOTHING), rows=waiting, not_due=words)
        rows = tuple(Row(ITEMS[code], "", None, "", False, "还没有开展民主评议", if_done={code: ONE}) for code in ITEMS)
        return Figure(values=dict.fromkeys(ITEMS, NOTHING), rows=rows)
    found = counted_of(question)[section.section_id]
    done = {"a1": found.is_complete, "a2": found.is_told, "a3": found.excellent <= found.allowed}
    why = {
        "a1": f"应评定等次{found.formal}人，已计票{found.formal - found.lacking}人",
        "a2": f"已评定{len(found.graded)}人，{found.untold}人没有账号，看不到本人的等次" if found.untold
        else f"已评定{len(found.graded)}人，等次在平台向本人显示",
        "a3": f"优秀{found.excellent}人，最多{found.allowed}人",
    }  # fmt: skip
    rows = tuple(
        Row(ITEMS[code], section.url, section.held_on, "", done[code], why[code], if_done={} if done[code] else {code: ONE})
        for code in ITEMS
    )  # fmt: skip
    return Figure(values={code: ONE if done[code] else NOTHING for code in ITEMS}, rows=rows)


def _not_yet(tasks: list[Owed], question: Question) -> str:
    """Why nothing is asked yet, in words; empty when it is due."""
    live = [row for row in tasks if not row.is_dropped]
    due = min((row.due_on for row in live), default=question.end)
    if due > question.as_of:
        return f"民主评议{due.isoformat()}到期，尚未开展"
    return "" if live else "本年度没有应开展的民主评议"


def life_and_appraisal(question: Question) -> dict[int, Figure]:
    """Branches with both, and the grades told, ÷ branches that owe them by the day of the question."""
    answer = {}
    for one in question.organisations:
        top = under = NOTHING
        rows = []
        for branch in branches_of(question)[one.pk]:
            tasks = [row for row in tasks_of(question).get(branch.pk, ()) if row.kind in (LIFE, APPRAISAL)]
            live = [row for row in tasks if not row.is_dropped]
            if not live:
                if tasks:
                    rows.append(
                        Row(branch.name, _book(branch, question), None, branch.name, False, "已批准免办，不计入")
                    )
                continue
            lacking = _lacking(branch.pk, live, question)
            due = max(row.due_on for row in live)
            is_due = due <= question.as_of
            top += ONE if is_due and not lacking else NOTHING
            under += ONE if is_due else NOTHING
            rows.append(_branch_row(branch, question, lacking, live, is_due))
        first = min((row.day for row in rows if row.day), default=None)
        waits = f"{first.isoformat()}起到期，现在还不要求" if first and not under else ""
        answer[one.pk] = Figure(
            values={NUMERATOR: Decimal(top), DENOMINATOR: Decimal(under)}, rows=tuple(rows), not_due=waits
        )
    return answer


def _lacking(branch: int, live: list[Owed], question: Question) -> list[str]:
    """What of the two the branch has not done, in words."""
    done = {row.kind for row in live if row.is_done}
    found = []
    if any(row.kind == LIFE for row in live) and LIFE not in done:
        found.append("组织生活会未召开")
    if any(row.kind == APPRAISAL for row in live):
        section = _last(branch, question)
        if APPRAISAL not in done or section is None:
            found.append("民主评议未开展")
        elif not counted_of(question)[section.section_id].is_told:
            found.append("评定等次未全部反馈本人")
    return found


def _branch_row(branch: Organisation, question: Question, lacking: list[str], live: list[Owed], is_due: bool) -> Row:
    due = max(row.due_on for row in live)
    words = "、".join(lacking) or "两项都已完成，等次已反馈"
    why = words if is_due else f"{words}，{due.isoformat()}到期后计入"
    if not lacking:
        done: dict[str, Decimal] = {}
        undone: dict[str, Decimal] = {}
    else:
        done = {NUMERATOR: ONE} if is_due else {NUMERATOR: ONE, DENOMINATOR: ONE}
        undone = {} if is_due else {DENOMINATOR: ONE}
    label = branch.name if not lacking else f"{branch.name}完成组织生活会和民主评议"
    url = _book(branch, question)
    return Row(label, url, due, branch.name, is_due and not lacking, why, if_done=done, if_not=undone)


def _book(branch: Organisation, question: Question) -> str:
    return reverse("meetings:record_book", args=[branch.code, question.year])
