"""Editing a kind of meeting."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.formstyle import StyledModelForm
from meetings.models import DueRule, MeetingKind
from orgs.models import Office

FIELDS = [
    "name",
    "is_active",
    "cadence",
    "times",
    "due_rule",
    "due_nth",
    "due_weekday",
    "applies_when",
    "expected",
    "voters",
    "quorum_numerator",
    "quorum_denominator",
    "pass_numerator",
    "pass_denominator",
    "pass_base",
    "chair_office",
    "chair_may_delegate",
    "article",
    "article_verified",
    "position",
]


WEEKDAYS = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))


def cadence_words(kind: MeetingKind) -> str:
    """How often and when in words: 每月，当月第 2 个周三."""
    words = str(kind.get_cadence_display())
    if kind.times > 1:
        words += gettext(" {count} 次").format(count=kind.times)
    if kind.due_rule == DueRule.NTH_WEEKDAY and kind.due_weekday and kind.due_nth:
        day = WEEKDAYS[kind.due_weekday - 1]
        words += gettext("，当月第 {nth} 个{day}").format(nth=kind.due_nth, day=day)
    return words


class KindForm(StyledModelForm):
    """The rules of one kind, with the reason of the change; the service checks how they fit together."""

    chair_office = forms.ChoiceField(label=_("主持人职务"), required=False)
    reason = forms.CharField(label=_("修改原因"), max_length=300)

    class Meta:
        model = MeetingKind
        fields = FIELDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chair_office"].choices = [("", _("不限")), *Office.choices]  # type: ignore[attr-defined]
        hints = {
            "times": _("如每学期两次填 2。"),
            "due_nth": _("只用于“每月固定日”：当月第几个。"),
            "due_weekday": _("只用于“每月固定日”：周一填 1，周日填 7。"),
            "article_verified": _("对照条文原文核过才勾选。"),
        }
        for rule in ("quorum", "pass"):
            self.fields[f"{rule}_numerator"].label = _("分子")
            self.fields[f"{rule}_denominator"].label = _("分母")
        for name, hint in hints.items():
            self.fields[name].help_text = hint


class NewKindForm(KindForm):
    """A kind that the platform did not ship: what records will rest on is chosen once."""

    class Meta(KindForm.Meta):
        fields = ["code", "level", "form", *FIELDS]
