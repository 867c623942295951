"""Forms about responsibility lists."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common import clock
from common.errors import InvalidInput
from common.formstyle import StyledForm
from tasks.list_words import WEEKDAYS
from tasks.models import Frequency, ListItem, Role
from tasks.services.lists import ItemFacts
from tasks.services.lists.drafts import EMPTY, LAST_YEAR, SHIPPED
from tasks.shipped import record_of, records

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

RULES: list[tuple[str, _StrPromise]] = [
    ("period_end", _("每期末（月末、季末、学期末、年末）")),
    ("teaching_week", _("学期第几周前")),
    ("next_month_day", _("期末次月几日")),
    ("dates", _("固定日期，每期一个")),
    ("nth_weekday", _("期内最后一个月的第几个周几")),
    ("next_year", _("次年的日期")),
    ("project", _("按领办项目的里程碑")),
    ("on_notice", _("按上级通知或整改期限")),
]
# Field of the form → field of the service that it is part of.
_OF_SERVICE = {"due_rule": "rule", "requirement": "record", "adopts": "record"}


class DraftForm(StyledForm):
    """Begin a list."""

    role = forms.ChoiceField(label=_("责任人"), choices=Role.choices)
    year = forms.TypedChoiceField(label=_("年度"), coerce=int)
    source = forms.ChoiceField(
        label=_("从哪里起草"),
        choices=[(SHIPPED, _("平台提供的示范清单")), (LAST_YEAR, _("上一年度的清单")), (EMPTY, _("空白，逐条增加"))],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        this_year = clock.today().year
        years = [(year, str(year)) for year in (this_year, this_year + 1)]
        self.fields["year"].choices = years  # type: ignore[attr-defined]


class HeadForm(StyledForm):
    """Name of the list."""

    title = forms.CharField(label=_("名称"), max_length=100)
    signed_with = forms.CharField(label=_("签订对象"), max_length=50, required=False)


class PublishForm(StyledForm):
    """Publish with a reason."""

    reason = forms.CharField(
        label=_("发布依据或修改原因"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("所有责任人都会看到。"),
    )


class ItemForm(StyledForm):
    """One item. Only the part of the rule that belongs to the chosen one is read."""

    title = forms.CharField(label=_("责任内容"), max_length=200)
    frequency = forms.ChoiceField(label=_("频次"), choices=Frequency.choices)
    times = forms.IntegerField(label=_("每期次数"), min_value=1, max_value=99, initial=1)
    rule = forms.ChoiceField(label=_("到期"), choices=RULES)
    week = forms.IntegerField(label=_("教学周"), min_value=1, max_value=25, required=False)
    day = forms.IntegerField(label=_("次月几日"), min_value=1, max_value=31, required=False)
    dates = forms.CharField(
        label=_("日期"), required=False, max_length=100, help_text=_("如 12-15；每半年的写 06-30、12-31。")
    )
    nth = forms.IntegerField(label=_("当月第几个"), min_value=1, max_value=5, required=False)
    weekday = forms.TypedChoiceField(
        label=_("周几"),
        choices=[("", "—"), *((number, f"周{word}") for number, word in enumerate(WEEKDAYS, 1))],
        coerce=int,
        empty_value=None,
        required=False,
    )
    date = forms.CharField(label=_("次年的日期"), required=False, max_length=5, help_text=_("如 01-31。"))
    words = forms.CharField(label=_("按什么通知或期限"), required=False, max_length=30, help_text=_("如：按上级通知。"))
    record = forms.ChoiceField(
        label=_("自动办结的记录"),
        required=False,
        help_text=_("平台有这种记录时，核定后自动办结，不用再报；没有的由本人写说明。"),
    )
    awaits_room = forms.CharField(
        label=_("暂缺的业务"),
        required=False,
        max_length=50,
        help_text=_("佐证所在的业务平台还没有时写明，如：责任书签署。页面会告诉责任人先写说明。"),
    )
    evidence_words = forms.CharField(label=_("佐证"), required=False, max_length=200)
    measure = forms.CharField(label=_("完成标准"), required=False, max_length=200)
    not_applicable = forms.ChoiceField(label=_("不适用情形"), choices=ListItem.NotApplicable.choices, required=False)
    article = forms.CharField(
        label=_("依据"), required=False, max_length=200, help_text=_("文件和条款；校内自定的不填。")
    )

    def __init__(self, *args: Any, item: ListItem | None = None, **kwargs: Any) -> None:
        self.item = item
        if item is not None:
            kwargs["initial"] = _initial(item)
        super().__init__(*args, **kwargs)
        choices = [("", _("没有，由本人写说明")), *((record.code, record.name) for record in records().values())]
        if item is not None and item.requirement and record_of(item.requirement, item.adopts) is None:
            choices.append(("kept", _("保持原来的要求")))
        self.fields["record"].choices = choices  # type: ignore[attr-defined]

    def facts(self) -> ItemFacts:
        """What the form says, for the service."""
        data = self.cleaned_data
        requirement, adopts = self._requirement(data["record"])
        return ItemFacts(
            title=data["title"],
            frequency=data["frequency"],
            times=data["times"],
            due_rule=self._rule(data),
            requirement=requirement,
            adopts=adopts,
            **{name: data[name] for name in ("evidence_words", "awaits_room", "measure", "not_applicable", "article")},
        )

    def _requirement(self, code: str) -> tuple[dict[str, Any], bool]:
        if code == "kept" and self.item is not None:
            return self.item.requirement, self.item.adopts
        record = records().get(code)
        return (dict(record.requirement), record.adopts) if record else ({}, False)

    @staticmethod
    def _rule(data: dict[str, Any]) -> dict[str, Any]:
        parts: dict[str, tuple[str, ...]] = {
            "teaching_week": ("week",),
            "next_month_day": ("day",),
            "nth_weekday": ("weekday", "nth"),
            "next_year": ("date",),
            "on_notice": ("words",),
        }
        rule = data["rule"]
        if rule == "dates":
            return {"rule": rule, "dates": re.findall(r"[^\s、，,；;与]+", data["dates"])}
        return {"rule": rule, **{name: data[name] for name in parts.get(rule, ())}}

    def add_invalid(self, error: InvalidInput) -> None:
        """Errors of the service on the fields that they are about."""
        errors = {_OF_SERVICE.get(name, name): text for name, text in error.errors.items()}
        super().add_invalid(InvalidInput(error.message, errors=errors))


def _initial(item: ListItem) -> dict[str, Any]:
    rule = item.due_rule
    record = record_of(item.requirement, item.adopts)
    names = ("title", "frequency", "times", "evidence_words", "awaits_room", "measure", "not_applicable", "article")
    return {
        **{name: getattr(item, name) for name in names},
        **{name: value for name, value in rule.items() if name != "dates"},
        "dates": "、".join(rule.get("dates", ())),
        "record": record.code if record else ("kept" if item.requirement else ""),
    }
