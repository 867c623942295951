"""Forms about schemes: import, the parts of a draft, publication, reviewers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.formstyle import StyledForm, style
from orgs.forms.choosing import person_field
from scoring.exchange import LARGEST_FILE
from scoring.forms_rows import CHOICE, NUMBER, RowColumn, RowsField

if TYPE_CHECKING:
    from orgs.querysets import PersonQuerySet

BASES = [
    ("", _("不注明")),
    ("seed", _("学校部署")),
    ("regulation", _("党内法规")),
    ("published_practice", _("同类高校公开做法")),
    ("own_default", _("本校自定")),
]
ROUNDINGS = [("floor", _("向下取整")), ("half_up", _("四舍五入")), ("ceil", _("向上取整"))]
STACKING = [("highest_per_item", _("同一成果只取最高")), ("sum", _("逐项累加"))]
_SEPARATED = re.compile(r"[；;\n]+")


def number(label: Any, *, required: bool = True, help_text: Any = "", places: int = 4) -> forms.DecimalField:
    """A number that is kept exactly."""
    return forms.DecimalField(label=label, required=required, help_text=help_text, max_digits=10, decimal_places=places)


def text(label: Any, *, required: bool = True, help_text: Any = "", limit: int = 200) -> forms.CharField:
    """One line."""
    return forms.CharField(label=label, required=required, help_text=help_text, max_length=limit)


def lines(label: Any, *, help_text: Any = "") -> forms.CharField:
    """Several texts, one a line."""
    area = forms.Textarea(attrs={"rows": 4})
    return forms.CharField(label=label, required=False, help_text=help_text, max_length=3000, widget=area)


def separated(value: str) -> list[str]:
    """The texts of a field of lines."""
    return [part.strip() for part in _SEPARATED.split(value or "") if part.strip()]


class ImportForm(StyledForm):
    """A scheme as a YAML file."""

    upload = forms.FileField(
        label=_("方案文件（YAML）"),
        help_text=_("编码与已有方案相同的，成为它的新版草稿。文件不超过256KB。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".yaml,.yml,text/yaml"}),
    )

    def raw(self) -> bytes:
        """The content, one byte more than allowed at most: a larger file is not read."""
        content: bytes = self.cleaned_data["upload"].read(LARGEST_FILE + 1)
        return content


class NoteForm(StyledForm):
    """Publish with a reason."""

    note = forms.CharField(
        label=_("发布依据或修改原因"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("所有被考核单位都会看到。"),
    )


class FactsForm(StyledForm):
    """What concerns the whole scheme. Code, year and level never change."""

    name = text(_("名称"), limit=100)
    full_mark = number(_("满分"), places=2)
    min_age_months = forms.IntegerField(
        label=_("成立不满几个月的不参评"), required=False, min_value=0, max_value=1200, help_text=_("不设的留空。")
    )
    tie_break = lines(_("同分时的先后"), help_text=_("一行一条，从上到下依次比较。"))
    note = lines(_("说明"))

    def facts(self) -> dict[str, Any]:
        """As ``bodies.put_facts`` takes them."""
        data = dict(self.cleaned_data)
        return data | {"tie_break": separated(data["tie_break"]), "note": data["note"].strip()}

    @staticmethod
    def initial_of(body: Mapping[str, Any]) -> dict[str, Any]:
        """What the draft says."""
        facts = {name: body.get(name) for name in ("name", "full_mark", "min_age_months", "note")}
        return facts | {"tie_break": "\n".join(body.get("tie_break") or ())}


class BlockForm(StyledForm):
    """Name and points; the code of a new one."""

    code = text(_("编码"), limit=20, help_text=_("字母、数字、点、横线，如B8。定下后不能改。"))
    name = text(_("名称"), limit=100)
    points = number(_("分值"), places=2)

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_new:
            del self.fields["code"]


class SectionForm(StyledForm):
    """A form for one section of the body; ``value`` and ``initial_of`` translate."""

    def value(self) -> Any:
        """As ``definitions.read`` takes it."""
        return {key: value for key, value in self.cleaned_data.items() if value not in ("", None, [])}

    @classmethod
    def initial_of(cls, found: Any) -> dict[str, Any]:
        """What the draft says."""
        return dict(found or {})


class BonusForm(SectionForm):
    """Bonus: how much at most, and for what."""

    cap = number(_("加分上限"), places=2)
    stacking = forms.ChoiceField(label=_("同一成果多次获奖"), choices=STACKING)
    table = RowsField(
        label=_("加分项"),
        columns=(
            RowColumn("code", _("编码")),
            RowColumn("name", _("名称"), wide=True),
            RowColumn("points", _("分值"), NUMBER),
        ),
    )
    proof = lines(_("申报时须提供"), help_text=_("一行一项；写有“扫描件”的，申报必须上传文件。"))
    basis = forms.ChoiceField(label=_("依据类别"), choices=BASES, required=False)

    def value(self) -> Any:
        """The proofs as a list."""
        return super().value() | {"proof": separated(self.cleaned_data["proof"])}

    @classmethod
    def initial_of(cls, found: Any) -> dict[str, Any]:
        """The proofs one a line."""
        return {"stacking": "highest_per_item", **(found or {}), "proof": "\n".join((found or {}).get("proof", ()))}


class PenaltyForm(SectionForm):
    """Penalties: how much at most, and for what."""

    cap = number(_("扣分上限（负数）"), places=2, help_text=_("如 -10。"))
    table = RowsField(
        label=_("扣分项"),
        columns=(
            RowColumn("code", _("编码")),
            RowColumn("name", _("名称"), wide=True),
            RowColumn("points", _("分值（负数）"), NUMBER),
            RowColumn("per", _("单位")),
        ),
    )
    basis = forms.ChoiceField(label=_("依据类别"), choices=BASES, required=False)


class VetoForm(SectionForm):
    """Vetoes and who decides them."""

    decided_by = text(_("认定机构"))
    items = RowsField(
        label=_("否决情形"), columns=(RowColumn("code", _("编码")), RowColumn("name", _("情形"), wide=True))
    )
    basis = forms.ChoiceField(label=_("依据类别"), choices=BASES, required=False)


class BandsForm(SectionForm):
    """Bands from best to worst."""

    bands = RowsField(
        label=_("等次（从高到低，最低一等的最低分为0）"),
        help_text=_("名额比例写小数，如0.3；附加条件用分号隔开，如“无 K 类扣分；会议合规率不低于0.90”。"),
        columns=(
            RowColumn("name", _("等次")),
            RowColumn("min", _("最低分"), NUMBER),
            RowColumn("quota_max_ratio", _("名额比例"), NUMBER, required=False),
            RowColumn("quota_round", _("取整"), CHOICE, ROUNDINGS, required=False),
            RowColumn("quota_scope", _("名额范围"), required=False),
            RowColumn("extra", _("附加条件"), required=False, wide=True),
        ),
    )

    def value(self) -> Any:
        """The rows, with conditions as a list."""
        rows = []
        for row in self.cleaned_data["bands"]:
            row = {**row, "extra": separated(row.get("extra", ""))}
            if "quota_max_ratio" not in row:
                row.pop("quota_round", None)
            rows.append({key: value for key, value in row.items() if value not in ("", [])})
        return rows

    @classmethod
    def initial_of(cls, found: Any) -> dict[str, Any]:
        """The list is the only field."""
        return {"bands": found or []}


SECTION_FORMS: dict[str, type[SectionForm]] = {
    "bonus": BonusForm,
    "penalty": PenaltyForm,
    "veto": VetoForm,
    "bands": BandsForm,
}
SECTION_TITLES = {"bonus": _("加分"), "penalty": _("扣分"), "veto": _("一票否决"), "bands": _("等次")}


class SeatForm(StyledForm):
    """A reviewer for an indicator."""

    code = forms.ChoiceField(label=_("指标"))

    def __init__(self, *args: Any, people: PersonQuerySet, codes: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["code"]
        field.choices = [("", _("请选择")), *codes]
        self.fields["person"] = person_field(_("评分人"), people, searched=True)
        style(self.fields)
