"""Whether meetings were held by the rules: quorum, chair, confirmed in time, not returned (R-BR-11, R-BR-14)."""

from __future__ import annotations

import datetime
from decimal import Decimal

from common.measures import ONE, Figure, Question, Row
from meetings.measuring.reading import Held, InOffice, branch_sections, kinds_of, offices_of
from meetings.models import MeetingKind, Section
from orgs.models import Office
from orgs.models.appointment import COMMITTEE_OFFICES
from orgs.selectors.measured import branches_of
from tasks.measuring.reading import DENOMINATOR, NUMERATOR


def sound_meetings(question: Question) -> dict[int, Figure]:
    """Sections without a red flag ÷ sections held, of the organisation and of the branches below it."""
    answer = {}
    for one in question.organisations:
        ids = dict.fromkeys([one.pk, *(branch.pk for branch in branches_of(question)[one.pk])])
        rows = [_row(section, question) for section in branch_sections(question, list(ids))]
        good = sum(row.counts for row in rows)
        values = {NUMERATOR: Decimal(good), DENOMINATOR: Decimal(len(rows))}
        answer[one.pk] = Figure(values=values, rows=tuple(rows))
    return answer


def _row(section: Held, question: Question) -> Row:
    flags = _flags(section, question)
    # A returned record that is confirmed again counts; what happened at the meeting itself cannot be mended.
    mends = {NUMERATOR: ONE} if section.state == Section.State.RETURNED and len(flags) == 1 else {}
    return Row(
        section.label, section.url, section.held_on, section.unit, not flags, "；".join(flags), if_done=mends
    )  # fmt: skip


def _flags(section: Held, question: Question) -> list[str]:
    found = []
    if section.is_quorate is False:
        found.append(f"未达到法定人数：{section.rule_text}")
    if words := _chair_flag(section, question):
        found.append(words)
    if section.is_late_entry:
        found.append("超过补录宽限期才核定")
    if section.state == Section.State.RETURNED:
        found.append(f"已退回，尚未重新核定：{section.return_reason}")
    return found


def _chair_flag(section: Held, question: Question) -> str:
    """R-BR-14, as ``meetings.services.validation`` asks it of a record, on the offices known now."""
    kind: MeetingKind = kinds_of(question)[section.kind]
    if not kind.chair_office or section.chair_id is None:
        return ""
    held = [row for row in offices_of(question).get(section.organisation_id, ()) if row.on(section.held_on)]
    holder = _holder(held, kind, section)
    office = Office(kind.chair_office).label
    if holder is None or section.chair_id == holder:
        return "" if holder is not None or section.delegation_note else f"没有{office}在任，主持人没有委托说明"
    if not kind.chair_may_delegate:
        return f"应由{office}主持，不能委托"
    if not section.delegation_note:
        return f"主持人不是{office}，没有委托说明"
    committee = {row.person_id for row in held if row.office in COMMITTEE_OFFICES}
    return "" if section.chair_id in committee else "受委托主持的不是副书记或委员"


def _holder(held: list[InOffice], kind: MeetingKind, section: Held) -> int | None:
    for row in held:
        if row.office == kind.chair_office and (row.office != Office.GROUP_LEADER or row.group_id == section.group_id):
            return row.person_id
    return None


def ideology_checklist(question: Question) -> dict[int, Figure]:
    """a1: sections of the organisation itself on ideology; two in the year, of which one by 30 June."""
    half = datetime.date(question.year, 6, 30)
    due = 2 if question.as_of >= question.end else 1 if question.as_of >= half else 0
    answer = {}
    for one in question.organisations:
        rows = [
            Row(row.label, row.url, row.held_on, "", row.is_valid, row.why_not)
            for row in branch_sections(question, [one.pk])
            if "ideology" in row.topics
        ]
        valid = sum(row.counts for row in rows)
        done = valid >= due
        if valid < 2:
            words = f"全年至少2次，截至{question.as_of.isoformat()}应有{due}次，已有{valid}次"
            is_open = question.as_of < question.end  # after the year nothing can be held in it
            rows.append(
                Row(
                    "召开一次研究意识形态工作的会议", "", None, "", False, words,
                    if_done={"a1": ONE} if is_open and not done else {},
                    if_not={"a1": -ONE} if is_open and done else {},
                )
            )  # fmt: skip
        answer[one.pk] = Figure(values={"a1": Decimal(int(done))}, rows=tuple(rows))
    return answer
