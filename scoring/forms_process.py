"""Forms of the yearly process: steps, self-statements, publication, objections and their answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.formstyle import StyledForm
from scoring.models import Objection

State = Objection.State


def _text(label: Any, *, rows: int = 4, limit: int = 1000, required: bool = True, help_text: Any = "") -> Any:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=limit, required=required, help_text=help_text, widget=widget)


class BackForm(StyledForm):
    """Why the year goes one step back."""

    seen = forms.CharField(widget=forms.HiddenInput)
    reason = _text(_("退回原因"), rows=3, limit=500)


class PublishForm(StyledForm):
    """The committee's decision; ``seen`` are the figures that were looked at."""

    approval = forms.CharField(
        label=_("审定依据"), max_length=200, help_text=_("党委会会议名称或文号，如“党委会2027年第1次会议”。")
    )
    approved_on = forms.DateField(label=_("审定日期"))
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class StatementForm(StyledForm):
    """A self-statement; ``seen`` is the version that the writer read."""

    achieved = forms.CharField(
        label=_("主要工作"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("只写说明，不重复传材料。两部分合计不超过3000字，空格和换行不计。"),
    )
    lacking = forms.CharField(
        label=_("存在问题和改进"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("不少于全文的四分之一。"),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


def _score(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DecimalField:
    return forms.DecimalField(label=label, max_digits=6, decimal_places=2, required=required, help_text=help_text)


class ObjectionForm(StyledForm):
    """An objection to one indicator, or to the sum of bonus or penalty."""

    code = forms.ChoiceField(label=_("指标（现得分/满分）"))
    asked = _score(_("申请得分"), help_text=_("对扣分提出申诉的填负数或0，如-1。"))
    reason = _text(_("理由"))
    evidence = _text(
        _("新证据"), rows=2, limit=500, required=False, help_text=_("写明记录的名称和日期；系统里已有的不用再传。")
    )

    def __init__(self, *args: Any, codes: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields
        choices["code"].choices = [("", _("请选择")), *codes]


class AnswerForm(StyledForm):
    """The answer to an objection."""

    outcome = forms.ChoiceField(label=_("答复"), widget=forms.RadioSelect)
    new = _score(_("更正后的得分"), required=False, help_text=_("只在更正时填写。"))
    answer = _text(_("答复内容"), help_text=_("写明依据，申诉单位会看到；更正的，公示页也会看到。"))

    def __init__(self, *args: Any, may_return: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [State.UPHELD, State.CORRECTED, *([State.RETURNED] if may_return else [])]
        choices: Any = self.fields
        choices["outcome"].choices = [(one.value, one.label) for one in offered]

    def clean(self) -> dict[str, Any]:
        """Where the score stays, none is sent."""
        data = super().clean() or {}
        if data.get("outcome") != State.CORRECTED:
            data["new"] = None
        return data
