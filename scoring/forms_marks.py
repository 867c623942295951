"""Forms about marks, bonus, penalty, veto and exemptions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from common.formstyle import StyledForm, choose, style
from common.uploads import ACCEPT
from meetings.models import Section
from scoring.definition_checks import plain
from scoring.marking_rules import MOST_TIMES, Finding, events_of, items_of, levels_of
from scoring.services.bonuses import Achievement

if TYPE_CHECKING:
    from orgs.models import Organisation
    from scoring.definitions import Definition, Indicator
    from scoring.models import Mark

YES, NO = "yes", "no"
DONE = [(YES, _("做到")), (NO, _("没做到"))]


class MarkForm(StyledForm):
    """What a reviewer finds about one organisation; its fields follow the kind of the indicator."""

    reason = forms.CharField(label=_("理由"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, indicator: Indicator, mark: Mark | None, **kwargs: Any) -> None:
        self.indicator = indicator
        kwargs["initial"] = _initial(indicator, mark)
        super().__init__(*args, **kwargs)
        for name, field in _mark_fields(indicator).items():
            self.fields[name] = field
        style(self.fields)

    def parts(self) -> list[Any]:
        """The fields of the finding, without the reason."""
        return [self[name] for name in self.fields if name not in ("reason", "none")]

    def finding(self) -> Finding:
        """What was found, for the service."""
        data = self.cleaned_data
        if self.indicator.kind == "rubric":
            return Finding(level=data["level"])
        if self.indicator.kind == "checklist":
            items = enumerate(items_of(self.indicator))
            given = {item["code"]: data[f"item{number}"] for number, item in items}
            return Finding(checked={code: answer == YES for code, answer in given.items() if answer})
        names = enumerate(events_of(self.indicator))
        counted = {name: data[f"event{number}"] for number, name in names if data[f"event{number}"]}
        return Finding(events=counted if counted or data["none"] else None)

    def is_empty(self) -> bool:
        """Whether nothing was filled in: such a row is left alone when all are saved."""
        return not any(str(self.data.get(self.add_prefix(name)) or "").strip() for name in self.fields)

    def clean(self) -> dict[str, Any]:
        """Events that were counted and 'none' at once contradict each other."""
        data = super().clean() or {}
        if data.get("none") and any(value for name, value in data.items() if name.startswith("event")):
            self.add_error("none", _("填写了次数，就不能再勾选“已查，没有”。"))
        return data

    def add_invalid(self, error: Any) -> None:
        """Errors of the service; those of the finding stand at its first field."""
        first = next(iter(name for name in self.fields if name != "reason"))
        error.errors = {first if name in ("checked", "events") else name: text for name, text in error.errors.items()}
        super().add_invalid(error)


def _mark_fields(indicator: Indicator) -> dict[str, forms.Field]:
    if indicator.kind == "rubric":
        points = {level["name"]: plain(level["s"]) for level in indicator.params["levels"]}
        choices = [
            (name, _("%(name)s（%(points)s分）") % {"name": name, "points": points[name]})
            for name in levels_of(indicator)
        ]
        return {"level": forms.ChoiceField(label=_("档次"), choices=choices, required=False, widget=forms.RadioSelect)}
    if indicator.kind == "checklist":
        return {
            f"item{number}": forms.ChoiceField(
                label=_("%(item)s（%(points)s分）") % {"item": item["t"], "points": plain(item["p"])},
                choices=DONE,
                required=False,
                widget=forms.RadioSelect,
            )
            for number, item in enumerate(items_of(indicator))
        }
    fields: dict[str, forms.Field] = {
        f"event{number}": forms.IntegerField(
            label=_("%(event)s（次）") % {"event": name}, required=False, min_value=0, max_value=MOST_TIMES
        )
        for number, name in enumerate(events_of(indicator))
    }
    return {**fields, "none": forms.BooleanField(label=_("已查，没有"), required=False)}


def _initial(indicator: Indicator, mark: Mark | None) -> dict[str, Any]:
    if mark is None:
        return {}
    found: dict[str, Any] = {"reason": mark.reason, "level": mark.level}
    if indicator.kind == "checklist":
        for number, item in enumerate(items_of(indicator)):
            if item["code"] in mark.checked:
                found[f"item{number}"] = YES if mark.checked[item["code"]] else NO
    elif indicator.kind == "deduct" and mark.events is not None:
        found["none"] = not mark.events
        found |= {f"event{number}": mark.events.get(name) for number, name in enumerate(events_of(indicator))}
    return found


class EntryForm(StyledForm):
    """What is entered about one organisation; ``codes`` are the lines of the scheme it may be about."""

    organisation = forms.TypedChoiceField(label=_("组织"), coerce=int, empty_value=None)
    code = forms.ChoiceField(label=_("项目"))

    def __init__(
        self, *args: Any, units: Iterable[Organisation], codes: Iterable[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.units = {one.pk: one for one in units}
        choices: Any = self.fields
        nothing = [("", _("请选择"))]
        own = [(pk, one.name) for pk, one in self.units.items()]
        choices["organisation"].choices = own if len(own) == 1 else [*nothing, *own]
        choices["code"].choices = [*nothing, *codes]

    def values(self) -> dict[str, Any]:
        """What the service takes besides actor and scheme."""
        return self.target()

    def target(self) -> dict[str, Any]:
        """Organisation and code, for the service."""
        return {"organisation": self.units[self.cleaned_data["organisation"]], "code": self.cleaned_data["code"]}


def _reason(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, help_text=help_text, max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class BonusForm(EntryForm):
    """A claim with its document."""

    achievement = forms.CharField(
        label=_("成果名称"), max_length=100, help_text=_("同一成果逐级获奖请填同一名称，只取最高一项。")
    )
    document_number = forms.CharField(label=_("文件编号"), max_length=100)
    issuer = forms.CharField(label=_("发文单位"), max_length=100)
    issued_on = forms.DateField(label=_("公布日期"))
    note = forms.CharField(label=_("说明"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    upload = forms.FileField(
        label=_("扫描件"),
        required=False,
        help_text=_("图片、PDF或Office文档。"),
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}),
    )

    def values(self) -> dict[str, Any]:
        """For the service."""
        data = self.cleaned_data
        names = ("achievement", "document_number", "issuer", "issued_on", "note")
        facts = Achievement(code=data["code"], **{name: data[name] for name in names})
        return {"organisation": self.target()["organisation"], "facts": facts, "upload": data["upload"]}


class PenaltyForm(EntryForm):
    """A penalty with its document."""

    times = forms.IntegerField(label=_("次数"), min_value=1, max_value=MOST_TIMES, initial=1)
    happened_on = forms.DateField(label=_("发生日期"))
    reason = _reason(_("事由和依据"), _("写明文件名称和文号。"))

    def values(self) -> dict[str, Any]:
        """For the service."""
        return self.target() | {name: self.cleaned_data[name] for name in ("times", "happened_on", "reason")}


class _Decision(forms.ModelChoiceField):
    def label_from_instance(self, obj: Section) -> str:
        """Day and title of the meeting."""
        return f"{obj.held_on:%Y-%m-%d} {obj.kind.name}（{obj.gathering.title}）"


class VetoForm(EntryForm):
    """A veto with the meeting that decided it."""

    decision = _Decision(
        label=_("作出认定的会议"), queryset=Section.objects.none(), help_text=_("只列出已核定的会议记录。")
    )
    reason = _reason(_("事由"))

    def __init__(self, *args: Any, decisions: QuerySet[Section], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "decision", decisions)

    def values(self) -> dict[str, Any]:
        """For the service."""
        return self.target() | {name: self.cleaned_data[name] for name in ("decision", "reason")}


class ExemptionForm(EntryForm):
    """Ask that an indicator does not count."""

    reason = _reason(_("理由"), _("写明为什么本单位不适用；由上级审批。"))

    def values(self) -> dict[str, Any]:
        """For the service."""
        return self.target() | {"reason": self.cleaned_data["reason"]}


class DecisionForm(StyledForm):
    """Words with a decision; whether they are needed the service says."""

    decision = forms.CharField(
        label=_("意见"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class WithdrawForm(StyledForm):
    """Why something registered is taken back."""

    reason = _reason(_("撤销原因"))


ENTRY_FORMS: Mapping[str, type[EntryForm]] = {
    "bonus": BonusForm,
    "penalty": PenaltyForm,
    "veto": VetoForm,
    "exemption": ExemptionForm,
}


def codes_of(definition: Definition, kind: str) -> list[tuple[str, str]]:
    """The lines of the scheme that an entry of this kind may be about."""
    if kind == "exemption":
        return [(one.code, f"{one.code} {one.name}") for one in definition.indicators() if one.exempt is None]
    items: Any = {"bonus": definition.bonus.awards, "penalty": definition.penalty.items, "veto": definition.veto.items}
    return [
        (
            one.code,
            f"{one.code} {one.name}"
            + (_("（%(points)s分）") % {"points": plain(one.points)} if kind != "veto" else ""),
        )
        for one in items[kind]
    ]
