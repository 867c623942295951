"""Forms of projects: the plan with its rows, and what is done from the page of one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.formstyle import StyledForm
from common.uploads import ACCEPT
from tasks.models import Indicator
from tasks.project_plans import value_words
from tasks.services.changes import CAUSE_LENGTH

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_NUMBER_SIGNS = str.maketrans("０１２３４５６７８９．－％", "0123456789.-%")
_THOUSANDS = re.compile(r"[,，\s]")


class ValueField(forms.CharField):
    """A number as people write it: 46%, 0.46, 1,200; cleans to a ``Decimal`` (46% is 0.46) or ``None``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=20, **kwargs)
        self.widget.attrs.setdefault("inputmode", "decimal")
        self.widget.attrs.setdefault("autocomplete", "off")

    def clean(self, value: Any) -> Any:
        """The number. Raises ``ValidationError`` for what is none."""
        text = _THOUSANDS.sub("", super().clean(value).translate(_NUMBER_SIGNS))
        if not text:
            return None
        percent = text.endswith("%")
        try:
            number = Decimal(text.rstrip("%"))
        except InvalidOperation as error:
            raise ValidationError(_("请填数字，例如31、0.46或46%。")) from error
        return number / 100 if percent else number

    def prepare_value(self, value: Any) -> Any:
        """A stored value without its trailing zeros; what was typed stays as it was."""
        return value_words(value, "") if isinstance(value, Decimal) else value


def words(label: _StrPromise, help_text: _StrPromise | str = "", *, rows: int = 3, **kwargs: Any) -> forms.CharField:
    """A text of several lines, as long as a cause may be."""
    kwargs.setdefault("max_length", CAUSE_LENGTH)
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, help_text=help_text, widget=widget, **kwargs)


class ReadingsForm(StyledForm):
    """A form that also reads indicators: one field each, named ``reading_<id>``."""

    needs_readings = False

    def __init__(self, *args: Any, indicators: Iterable[Indicator] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for indicator in indicators:
            now = _("现值%(current)s，目标%(target)s") % {
                "current": value_words(indicator.current or indicator.base, indicator.unit),
                "target": value_words(indicator.target, indicator.unit),
            }
            self.fields[f"reading_{indicator.pk}"] = ValueField(
                label=f"{indicator.name}（{indicator.unit}）" if indicator.unit else indicator.name,
                help_text=now,
                required=self.needs_readings,
                widget=forms.TextInput(attrs={"class": "form-control"}),
            )

    def arguments(self) -> dict[str, Any]:
        """What the command is called with: the fields, and ``readings`` by indicator id for those filled in."""
        plain = {name: value for name, value in self.cleaned_data.items() if not name.startswith("reading_")}
        readings = {
            int(name.removeprefix("reading_")): value
            for name, value in self.cleaned_data.items()
            if name.startswith("reading_") and value is not None
        }
        return {**plain, "readings": readings}


class ReportForm(ReadingsForm):
    """Progress of the running milestone, and new values of indicators."""

    note = words(gettext_lazy("进展"), gettext_lazy("做了什么、下一步做什么；记到正在推进的里程碑上。"))
    progress = forms.IntegerField(label=gettext_lazy("本里程碑进度（%）"), min_value=0, max_value=100, required=False)
    difficulty = words(gettext_lazy("困难"), rows=2, required=False)
    help_needed = words(gettext_lazy("需协调事项"), rows=2, required=False)


class ApplyForm(ReadingsForm):
    """Ask for acceptance: the result and the final values."""

    needs_readings = True
    result = words(
        gettext_lazy("成效说明"),
        gettext_lazy("对照目标写做成了什么、怎么看得出来；每个指标填最终值。"),
        rows=4,
        max_length=2000,
    )


class NoteForm(StyledForm):
    """An optional remark with a decision."""

    note = words(gettext_lazy("意见"), gettext_lazy("可以不填。"), rows=2, required=False)


class ReasonForm(StyledForm):
    """A reason."""

    reason = words(gettext_lazy("原因"), gettext_lazy("写明原因，记入项目记录。"))


class PlainForm(StyledForm):
    """Nothing to type."""


class UploadForm(StyledForm):
    """A file."""

    upload = forms.FileField(
        label=gettext_lazy("文件"),
        help_text=gettext_lazy("图片、PDF或Office文档，不超过20MB。"),
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
    )


class ExtensionForm(StyledForm):
    """More time for a milestone."""

    new_due_on = forms.DateField(label=gettext_lazy("申请延至"), help_text=gettext_lazy("要早于下一个里程碑的期限。"))
    reason = words(gettext_lazy("延期理由"), gettext_lazy("上一级审批时看得到。"))


class DecisionForm(StyledForm):
    """A remark with a granted extension."""

    decision = words(gettext_lazy("审批意见"), gettext_lazy("可以不填。"), rows=2, required=False)


class RefusalForm(StyledForm):
    """Why an extension is refused."""

    decision = words(gettext_lazy("不批准的理由"), rows=2)


class CloseForceForm(StyledForm):
    """How the closing condition was met."""

    statement = words(gettext_lazy("撤销说明"), gettext_lazy("对照撤销条件，写明完成情况。"), max_length=300)


class MilestoneRow(StyledForm):
    """One milestone of the plan."""

    title = forms.CharField(label=gettext_lazy("里程碑"), max_length=200)
    due_on = forms.DateField(label=gettext_lazy("期限"))
    weight = forms.IntegerField(
        label=gettext_lazy("权重"),
        min_value=1,
        max_value=100,
        widget=forms.NumberInput(attrs={"data-weight": True, "inputmode": "numeric"}),
    )


class IndicatorRow(StyledForm):
    """One indicator of the plan."""

    name = forms.CharField(label=gettext_lazy("指标"), max_length=100)
    unit = forms.CharField(
        label=gettext_lazy("单位"), max_length=20, required=False, widget=forms.TextInput(attrs={"list": "units"})
    )
    base = ValueField(label=gettext_lazy("基数"))
    target = ValueField(label=gettext_lazy("目标值"))


class Rows(forms.BaseFormSet):
    """Rows of which empty ones are left out; every row may be emptied, none is counted as given."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.above: list[str] = []  # what a service says about the rows as a whole

    def initial_form_count(self) -> int:
        """None: a row that was there before may be emptied like any other."""
        return 0

    @property
    def filled(self) -> list[Any]:
        """The forms that hold something, in order."""
        return [form for form in self.forms if form.is_bound and form.has_changed()]

    @property
    def total_weight(self) -> int:
        """The sum of the weights as typed or given, for the page before its script runs."""
        found = [str(form["weight"].value() or "") for form in self.forms if "weight" in form.fields]
        return sum(int(text) for text in found if text.isdecimal())


def rows_of(
    form: type[forms.Form],
    prefix: str,
    *,
    data: Mapping[str, Any] | None,
    initial: Sequence[Mapping[str, Any]],
    empty: int,
) -> Rows:
    """A set of row forms: bound to ``data``, or showing ``initial`` and some ``empty`` rows to go on with."""
    made = forms.formset_factory(form, formset=Rows, extra=len(initial) + empty, max_num=40, absolute_max=60)
    return made(data, prefix=prefix) if data is not None else made(prefix=prefix, initial=list(initial))  # type: ignore[return-value]
