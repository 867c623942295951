"""What the fields of the record form and their values are called, for listing the differences of two drafts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from meetings.forms.values import Values, flat
from meetings.models import AppraisalResult, Attendance, Resolution
from meetings.record import TOPICS

if TYPE_CHECKING:
    from meetings.selectors import FormState

_WORDS = {
    "title": _("主题"),
    "day": _("日期"),
    "start": _("开始时间"),
    "end": _("结束时间"),
    "place": _("地点"),
    "lecturer": _("主讲人"),
    "agenda": _("议题"),
    "minutes": _("发言要点"),
    "chair": _("主持人"),
    "delegation_note": _("委托说明"),
    "recorder": _("记录人"),
    "study_hours": _("学时"),
    "topics": _("专题标记"),
    "period_code": _("计入周期"),
    "persons": _("谈话对象"),
    "late_reason": _("补录原因"),
    "reason": _("修改原因"),
    "guests": _("列席"),
    "resolutions": _("决议"),
    "agreed_items": _("议定事项"),
    "mark": _("到会情况"),
    "leave_reason": _("请假原因"),
    "approver": _("批准人"),
    "appraisals": _("评议"),
    "grade": _("等次"),
    "excellent": _("优秀票"),
    "qualified": _("合格票"),
    "basically": _("基本合格票"),
    "unqualified": _("不合格票"),
    "text": _("内容"),
    "yes": _("赞成"),
    "no": _("反对"),
    "abstain": _("弃权"),
    "is_election": _("选举"),
    "method": _("表决方式"),
    "owner": _("负责人"),
    "due_on": _("期限"),
    "name": _("姓名"),
}
_PEOPLE = ("chair", "recorder", "approver", "owner", "persons")
_CHOICES = {
    "mark": dict(Attendance.Mark.choices),
    "grade": dict(AppraisalResult.Grade.choices),
    "method": dict(Resolution.Method.choices),
    "topics": TOPICS,
    "is_election": {"on": _("是"), "": _("否")},
}


# What somebody wrote in words; marks and numbers say nothing without their form.
_WRITTEN = (
    "title", "place", "lecturer", "agenda", "minutes", "delegation_note", "text", "name", "leave_reason", "late_reason",
    "reason",
)  # fmt: skip


def typed_words(values: Values) -> list[tuple[str, str]]:
    """What was written in a form, each with the name of its field: for taking along when the form is gone."""
    written = [(path.rsplit(".", 1)[-1], text) for path, text in flat(values).items()]
    return [(str(_WORDS[name]), text) for name, text in written if name in _WRITTEN and text.strip()]


class FieldWords:
    """Puts field paths and values into words for one form."""

    def __init__(self, state: FormState) -> None:
        people = [*state.people, *(entry.person for part in state.sections for entry in part.roll)]
        self.names = {str(person.pk): person.name for person in people}
        self.kinds = {str(part.section.pk): part.section.kind.name for part in state.sections}

    def label(self, path: str) -> str:
        """``sections.12.attendance.345.mark`` → 张三 到会情况; the kind first where there are several."""
        parts = path.split(".")
        shown = [self.kinds.get(parts[1], "")] if parts[0] == "sections" and len(self.kinds) > 1 else []
        by_person = "attendance" in parts or "appraisals" in parts
        for part in parts[2:] if parts[0] == "sections" else parts:
            if part.isdecimal():
                shown.append(self.names.get(part, part) if by_person else str(int(part) + 1))
            else:
                shown.append(str(_WORDS.get(part, "")))
        return " ".join(word for word in shown if word)

    def value(self, path: str, text: str) -> str:
        """The value as a person reads it; ``—`` when it is empty."""
        name = path.rsplit(".", 1)[-1]
        if name in _PEOPLE:
            return "、".join(self.names.get(part, part) for part in text.split("、")) if text else "—"
        if name in _CHOICES:
            words = _CHOICES[name]
            return "、".join(str(words.get(part, part)) for part in text.split("、")) or "—"
        return text or "—"
