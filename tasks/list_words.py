"""An item of a responsibility list in words: how often, by when, what closes it, what differs between versions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tasks import list_rules
from tasks.models import Frequency, ListItem
from tasks.shipped import record_of

if TYPE_CHECKING:
    from tasks.list_rules import Change

WEEKDAYS = "一二三四五六日"
_PERIOD_ENDS = {
    Frequency.MONTHLY: gettext_lazy("月末"),
    Frequency.QUARTERLY: gettext_lazy("季末"),
    Frequency.HALF_YEARLY: gettext_lazy("半年末"),
    Frequency.SEMESTER: gettext_lazy("学期末"),
    Frequency.YEARLY: gettext_lazy("年末"),
}


def frequency_words(item: ListItem) -> str:
    """How often: 每月1次."""
    return _("%(each)s%(count)d次") % {"each": item.get_frequency_display(), "count": item.times}


def due_words(rule: dict[str, Any], frequency: str) -> str:
    """By when: 季末, 学期第8周前, 06-30 与 12-31."""
    name = rule.get("rule")
    if name == "teaching_week":
        return _("学期第%(week)d周前（周日）") % rule
    if name == "next_month_day":
        end = "" if frequency == Frequency.MONTHLY else str(_PERIOD_ENDS[Frequency(frequency)])
        return _("%(end)s次月%(day)d日") % {"end": end, "day": rule["day"]}
    if name == "dates":
        return _(" 与 ").join(rule["dates"])
    if name == "nth_weekday":
        return _("每月第%(nth)d个周%(weekday)s") % {"nth": rule["nth"], "weekday": WEEKDAYS[rule["weekday"] - 1]}
    if name == "next_year":
        return _("次年%(date)s") % rule
    if name == "project":
        return _("按里程碑（领办项目的结束日期，没有项目的到年末）")
    if name == "on_notice":
        return _("%(words)s（未明确前到%(end)s）") % {
            "words": rule["words"],
            "end": str(_PERIOD_ENDS[Frequency(frequency)]),
        }
    return str(_PERIOD_ENDS[Frequency(frequency)])


def closing_words(item: ListItem) -> str:
    """What closes it: a record that the platform has, or a note and why one is asked for."""
    if item.requirement:
        record = record_of(item.requirement, item.adopts)
        name = record.name if record else item.evidence_words
        if item.adopts:
            return _("认领平台已开启的“%(name)s”，记录核定后自动办结，不另外提交。") % {"name": name}
        return _("有了“%(name)s”的记录后自动办结，不另外提交。") % {"name": name}
    if item.awaits_room:
        return _("佐证来自“%(room)s”，平台暂时还没有这项业务：先写简短说明提交，由上一级核查。") % {
            "room": item.awaits_room
        }
    return _("平台没有能认定的记录：写简短说明提交，由上一级核查。")


_FIELDS = {
    "title": gettext_lazy("责任内容"),
    "frequency": gettext_lazy("频次"),
    "times": gettext_lazy("频次"),
    "due_rule": gettext_lazy("到期"),
    "requirement": gettext_lazy("办结方式"),
    "adopts": gettext_lazy("办结方式"),
    "awaits_room": gettext_lazy("办结方式"),
    "not_applicable": gettext_lazy("不适用情形"),
    "evidence_words": gettext_lazy("佐证"),
    "measure": gettext_lazy("完成标准"),
    "article": gettext_lazy("依据"),
}


def field_words(item: ListItem, name: str) -> str:
    """One field of an item as it is read."""
    if name in ("frequency", "times"):
        return frequency_words(item)
    if name == "due_rule":
        return due_words(item.due_rule, item.frequency)
    if name in ("requirement", "adopts", "awaits_room"):
        return closing_words(item)
    if name == "not_applicable":
        return str(item.get_not_applicable_display())
    return str(getattr(item, name)) or _("（无）")


def change_words(change: Change) -> list[tuple[str, str, str]]:
    """(field, before, after) in words for a changed item; what reads the same is said once."""
    found: dict[str, tuple[str, str, str]] = {}
    for name in change.fields:
        label = str(_FIELDS[name])
        found.setdefault(label, (label, field_words(change.before, name), field_words(change.after, name)))
    return list(found.values())


def moves_tasks(changes: Sequence[Change]) -> bool:
    """Whether publishing the new version changes what anybody owes."""
    return any(change.kind != "changed" or set(change.fields) & set(list_rules.OWED) for change in changes)
