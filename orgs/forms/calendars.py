"""Forms about terms and days."""

from django import forms
from django.utils.translation import gettext_lazy as _

from common.formstyle import StyledForm


class TermForm(StyledForm):
    """An academic term."""

    code = forms.RegexField(
        label=_("学期代码"),
        regex=r"^\d{4}-\d{4}-[12]$",
        help_text=_("如 2026-2027-1"),
        error_messages={"invalid": _("请写成 2026-2027-1 这样的代码。")},
    )
    start = forms.DateField(label=_("开学日期"))
    end = forms.DateField(label=_("结束日期"))


class DayForm(StyledForm):
    """A corrected day."""

    date = forms.DateField(label=_("日期"))
    is_workday = forms.TypedChoiceField(
        label=_("这一天"), choices=[("1", _("上班（调休）")), ("0", _("放假"))], coerce=lambda value: value == "1"
    )
    name = forms.CharField(label=_("名称"), max_length=50, required=False, help_text=_("如：校庆放假"))
    source = forms.CharField(label=_("依据"), max_length=200, required=False)
