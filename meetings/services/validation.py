"""Whether a record may be confirmed: every fault at once, with its field path and what to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction

from common import clock
from common.errors import InvalidInput
from common.sentences import written as _
from meetings import options, rules
from meetings.models import AppraisalResult, Attendance, MeetingKind, Resolution, Section
from meetings.record import MAX_STUDY_HOURS, TOPICS
from meetings.rights import local_day
from meetings.services.frame import Frame, SectionFrame
from meetings.services.planning import MAX_LENGTH
from orgs.models import MemberStatus, Office

MAX_TEXT = 20_000
_GRADES = ("excellent", "qualified", "basically", "unqualified")


def check_record(frame: Frame, *, late_reason: str) -> None:
    """Raise ``InvalidInput`` with all faults of the record (paths: ``meetings.record``); nothing is written.

    ``late_reason`` is asked for once, with the first confirmation more than ``LATE_ENTRY_GRACE_DAYS`` after the day.
    """
    talk = any(part.kind.form == MeetingKind.Form.TALK for part in frame.sections)
    _check_shared(frame, talk)
    for part in frame.sections:
        checks = _TALK_CHECKS if part.kind.form == MeetingKind.Form.TALK else _CHECKS
        for check in checks:
            check(frame, part)
    if is_late(frame) and not late_reason.strip():
        grace = options.late_entry_grace_days()
        frame.fault("late_reason", _("会议已过去{grace}天以上，请写明补录原因。").format(grace=grace))
    if len(late_reason.strip()) > 300:
        frame.fault("late_reason", _("补录原因最多300字。"))
    if frame.errors:
        raise InvalidInput(errors=frame.errors)


def is_late(frame: Frame) -> bool:
    """Whether this is a first confirmation after the days of grace."""
    first = any(part.section.version == 0 for part in frame.sections)
    return first and clock.today() > frame.day + timedelta(days=options.late_entry_grace_days())


def _check_shared(frame: Frame, talk: bool) -> None:
    shared, now = frame.shared, clock.now()
    if shared.starts_at is None:
        frame.fault("shared.starts_at", _("请填写日期和开始时间。"))
    elif frame.day > now.date() or (shared.starts_at > now and not talk):
        frame.fault("shared.starts_at", _("会议还没有开，不能核定。请检查日期和时间。"))
    _check_moved(frame)
    if not talk:
        _check_lecturer(frame)
    if not talk and frame.is_caller:
        _check_texts(frame)
        _check_end(frame)


def _check_texts(frame: Frame) -> None:
    shared = frame.shared
    if not shared.title.strip():
        frame.fault("shared.title", _("请填写主题。"))
    for name, limit in (("title", 200), ("place", 200), ("lecturer_name", 100)):
        if len(getattr(shared, name).strip()) > limit:
            frame.fault(f"shared.{name}", _("最多{limit}字。").format(limit=limit))
    for name in ("agenda", "minutes"):
        if len(getattr(shared, name)) > MAX_TEXT:
            frame.fault(f"shared.{name}", _("最多{limit}字，长文请放进附件。").format(limit=MAX_TEXT))


def _check_end(frame: Frame) -> None:
    start, end = frame.shared.starts_at, frame.shared.ends_at
    if end is None:
        frame.fault("shared.ends_at", _("请填写结束时间。"))
    elif start is not None and not start < end <= start + MAX_LENGTH:
        frame.fault("shared.ends_at", _("结束时间须晚于开始时间，且不超过3天。"))
    elif local_day(end) > clock.today():
        frame.fault("shared.ends_at", _("结束时间不能在今天以后。"))


def _check_moved(frame: Frame) -> None:
    """The day cannot move under a section that another organisation has confirmed."""
    if frame.day == local_day(frame.gathering.starts_at):
        return
    own = {part.section.pk for part in frame.sections}
    others = frame.gathering.sections.filter(state=Section.State.CONFIRMED).exclude(pk__in=own)
    if others.exists():
        frame.fault("shared.starts_at", _("这次活动的其他议程段已按原日期核定，日期不能再改；须先由上级退回。"))


def _check_lecturer(frame: Frame) -> None:
    shared = frame.shared
    if shared.lecturer_id is not None and shared.lecturer_id not in frame.known:
        frame.fault("shared.lecturer", _("找不到这位主讲人。"))
    lecture = any(part.kind.form == MeetingKind.Form.LECTURE for part in frame.sections)
    if lecture and shared.lecturer_id is None and not shared.lecturer_name.strip():
        words = _("请填写党课主讲人。") if frame.is_caller else _("召集组织还没有填写党课主讲人，请先联系召集组织。")
        frame.fault("shared.lecturer", words)


def _check_attendance(frame: Frame, part: SectionFrame) -> None:
    marks = {row.person_id: row for row in part.record.attendance}
    path = f"{part.path}.attendance"
    if len(marks) != len(part.record.attendance):
        frame.fault(path, _("同一人出现了两次。"))
    missing = [entry.person.name for pk, entry in part.roll.items() if pk not in marks]
    if missing:
        words = _("还有{count}人没有标记到会、请假或缺席：{names}。")
        frame.fault(path, words.format(count=len(missing), names="、".join(missing[:5]) + ("…" if missing[5:] else "")))
    if not part.roll:
        frame.fault(path, _("这一天名册上没有应到人员，请检查日期和名册。"))
    elif not part.present & part.roll.keys():
        frame.fault(path, _("没有人到会，不能作为会议记录核定。"))
    approvers = part.roll.keys() | frame.committee | frame.members
    for row in part.record.attendance:
        if row.person_id not in part.roll:
            frame.fault(f"{path}.{row.person_id}", _("这位同志当天不在应到名单中，请改为列席或刷新名单。"))
        elif row.mark not in Attendance.Mark.values:
            frame.fault(f"{path}.{row.person_id}", _("请标记到会、请假或缺席。"))
        elif row.mark == Attendance.Mark.LEAVE:
            _check_leave(frame, f"{path}.{row.person_id}", row.leave_reason, row.leave_approver_id, approvers)


def _check_leave(frame: Frame, path: str, reason: str, approver_id: int | None, approvers: set[int]) -> None:
    if not reason.strip():
        frame.fault(path, _("请填写请假原因。"))
    elif len(reason.strip()) > 100:
        frame.fault(path, _("请假原因最多100字。"))
    if approver_id is None:
        frame.fault(path, _("请选择请假批准人。"))
    elif approver_id not in approvers:
        frame.fault(path, _("请假批准人须是本组织的委员或党员。"))


def _check_guests(frame: Frame, part: SectionFrame) -> None:
    for index, guest in enumerate(part.record.guests):
        path = f"{part.path}.guests.{index}"
        if guest.person_id is None and not guest.name.strip():
            frame.fault(path, _("请填写列席人员姓名。"))
        elif guest.person_id is not None and guest.person_id not in frame.known:
            frame.fault(path, _("找不到这位列席人员。"))
        elif guest.person_id in part.roll:
            frame.fault(path, _("这位同志在应到名单中，不是列席。"))
        elif len(guest.name.strip()) > 100:
            frame.fault(path, _("最多{limit}字。").format(limit=100))


def _check_chair(frame: Frame, part: SectionFrame) -> None:
    """R-BR-14: the secretary chairs, may delegate to deputy or committee; the group leader may not delegate."""
    chair, kind, path = part.record.chair_id, part.kind, f"{part.path}.chair"
    if chair is None:
        frame.fault(path, _("请选择主持人。"))
        return
    if chair not in part.present:
        frame.fault(path, _("主持人须在到会或列席人员中。"))
    if len(part.record.delegation_note.strip()) > 200:
        frame.fault(f"{part.path}.delegation_note", _("最多{limit}字。").format(limit=200))
    if not kind.chair_office or chair == part.office_holder_id:
        return
    office = Office(kind.chair_office).label
    if part.office_holder_id is not None and not kind.chair_may_delegate:
        words = _("{kind}由{office}主持，不能委托（支部工作条例(试行)2018 第14条）。")
        frame.fault(path, words.format(kind=kind.name, office=office))
        return
    if not part.record.delegation_note.strip():
        words = _("主持人不是{office}，请写明委托说明。")
        frame.fault(f"{part.path}.delegation_note", words.format(office=office))
    if part.office_holder_id is not None and chair not in frame.committee:
        words = _("{office}只能委托副书记或委员主持（支部工作条例(试行)2018 第14条）。")
        frame.fault(path, words.format(office=office))


def _check_recorder(frame: Frame, part: SectionFrame) -> None:
    path = f"{part.path}.recorder"
    if part.record.recorder_id is None:
        frame.fault(path, _("请选择记录人。"))
    elif part.record.recorder_id not in part.present:
        frame.fault(path, _("记录人须在到会或列席人员中。"))


def _check_study(frame: Frame, part: SectionFrame) -> None:
    hours = part.record.study_hours
    if not hours.is_finite() or not 0 <= hours <= MAX_STUDY_HOURS or hours != round(hours, 1):
        frame.fault(f"{part.path}.study_hours", _("学时须在0到{most}之间，最多一位小数。").format(most=MAX_STUDY_HOURS))
    if set(part.record.topics) - TOPICS.keys():
        frame.fault(f"{part.path}.topics", _("请从列表中选择专题。"))


def _check_resolutions(frame: Frame, part: SectionFrame) -> None:
    for index, row in enumerate(part.record.resolutions):
        path = f"{part.path}.resolutions.{index}"
        if part.voting_base == 0:
            frame.fault(path, _("这类会议没有表决人员，请写入会议内容，不要作为决议。"))
        elif not row.text.strip():
            frame.fault(path, _("请填写决议内容。"))
        elif len(row.text) > MAX_TEXT or row.method not in Resolution.Method.values:
            frame.fault(path, _("决议内容过长或表决方式不对。"))
        elif not rules.votes_fit(yes=row.yes, no=row.no, abstain=row.abstain, present=part.present_voters):
            words = _("赞成、反对、弃权合计{total}票，到会有表决权的只有{present}人。")
            total = row.yes + row.no + row.abstain
            frame.fault(path, words.format(total=total, present=part.present_voters))


def _check_agreed(frame: Frame, part: SectionFrame) -> None:
    owners = part.roll.keys() | frame.members | frame.committee | part.present
    for index, row in enumerate(part.record.agreed_items):
        path = f"{part.path}.agreed_items.{index}"
        if not row.text.strip():
            frame.fault(path, _("请填写议定事项。"))
        elif len(row.text.strip()) > 200:
            frame.fault(path, _("议定事项最多200字。"))
        elif row.owner_id is None or row.owner_id not in owners:
            frame.fault(path, _("请从到会人员或本组织党员中选择负责人。"))
        elif row.due_on is None or row.due_on < frame.day:
            frame.fault(path, _("请填写期限，不早于会议日期。"))
        elif row.due_on > frame.day + timedelta(days=366 * 3):
            frame.fault(path, _("期限太远，请检查年份。"))


def _check_period(frame: Frame, part: SectionFrame) -> None:
    code = part.record.period_code
    if code and code != part.own_period and code not in part.periods:
        frame.fault(f"{part.path}.period_code", _("只能补开已逾期、尚未完成的周期。"))


def _check_appraisals(frame: Frame, part: SectionFrame) -> None:
    """R-APPRAISE-1: counted ballots, no grade for probationary members, a cap on the excellent."""
    rows, path = part.record.appraisals, f"{part.path}.appraisals"
    if part.kind.form != MeetingKind.Form.APPRAISAL:
        if rows:
            frame.fault(path, _("这类会议没有民主评议结果。"))
        return
    if not rows:
        frame.fault(path, _("请填写评议结果。"))
    if len({row.person_id for row in rows}) != len(rows):
        frame.fault(path, _("同一人出现了两次。"))
    for row in rows:
        entry = part.roll.get(row.person_id)
        votes = [getattr(row, grade) for grade in _GRADES]
        if entry is None:
            frame.fault(f"{path}.{row.person_id}", _("这位同志不在本次评议名单中。"))
        elif row.grade not in AppraisalResult.Grade.values:
            frame.fault(f"{path}.{row.person_id}", _("请选择等次。"))
        elif entry.person.status == MemberStatus.PROBATIONARY and row.grade != AppraisalResult.Grade.NONE:
            frame.fault(f"{path}.{row.person_id}", _("预备党员参加评议，但不评等次。"))
        elif min(votes) < 0 or sum(votes) > part.present_voters:
            words = _("票数合计{total}，多于参加测评的{present}人。")
            frame.fault(f"{path}.{row.person_id}", words.format(total=sum(votes), present=part.present_voters))
    _check_excellent(frame, part)


def _check_excellent(frame: Frame, part: SectionFrame) -> None:
    graded = [row for row in part.record.appraisals if row.grade != AppraisalResult.Grade.NONE]
    formal = sum(1 for entry in part.roll.values() if entry.person.status == MemberStatus.FORMAL)
    base = {"appraised": len(graded), "formal": formal, "members": len(part.roll)}[options.excellent_base()]
    ratio: Fraction = options.excellent_max()
    excellent = sum(1 for row in graded if row.grade == AppraisalResult.Grade.EXCELLENT)
    allowed = rules.excellent_allowed(base, ratio)
    if excellent > allowed:
        words = _("优秀{count}人，超过上限：{base}人的{ratio}，最多{allowed}人。")
        text = words.format(count=excellent, base=base, ratio=ratio, allowed=allowed)
        frame.fault(f"{part.path}.appraisals", text)


def _check_talk(frame: Frame, part: SectionFrame) -> None:
    """R-BR-19 and DESIGN.md §5: the date and at least two persons, one of them of this organisation."""
    path = f"{part.path}.attendance"
    persons = {row.person_id for row in part.record.attendance}
    if len(persons) < 2 or len(persons) != len(part.record.attendance):
        frame.fault(path, _("请选择谈话双方，至少两人，不能重复。"))
    elif persons - frame.known:
        frame.fault(path, _("有人不在名册中，请重新选择。"))
    elif not persons & (frame.members | frame.committee):
        frame.fault(path, _("谈话双方至少有一位是本支部党员。"))


_Check = Callable[[Frame, SectionFrame], None]
_CHECKS: tuple[_Check, ...] = (
    _check_attendance,
    _check_guests,
    _check_chair,
    _check_recorder,
    _check_study,
    _check_resolutions,
    _check_agreed,
    _check_period,
    _check_appraisals,
)
_TALK_CHECKS: tuple[_Check, ...] = (_check_talk, _check_period)
