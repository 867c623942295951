"""The form of one indicator: its fields follow the kind of formula."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.errors import InvalidInput
from common.formstyle import StyledForm, style
from common.measures import Measure
from scoring.definition_checks import FITS, KIND_WORDS, MEASURE_PARAMS
from scoring.forms_rows import FLAG, NUMBER, RowColumn, RowsField
from scoring.forms_schemes import BASES, number, text
from scoring.words import EMPTY, MEASURE_WORDS, SOURCES

KIND_CHOICES = list(KIND_WORDS.items())
# Kinds that nobody marks by hand, or that only people mark.
KIND_SOURCES = {
    "rubric": ("manual",), "survey": ("ballot",), "checklist": ("auto", "manual", "mixed"),
    "deduct": ("auto", "manual", "mixed"),
}  # fmt: skip


_RATE: dict[str, forms.Field] = {
    "numerator": text(_("分子（计什么）")),
    "denominator": text(_("分母（应有什么）")),
    "empty_denominator": forms.ChoiceField(label=_("分母为零时"), choices=EMPTY),
}
# The parameters of each kind of formula (``definition_checks.PARAMS``); a form takes copies.
PARAM_FIELDS: dict[str, dict[str, forms.Field]] = {
    "frequency": {
        "counts": text(_("计什么")),
        "required": forms.IntegerField(label=_("全年应做次数"), min_value=1, max_value=1000),
        "cap_per_month": forms.IntegerField(label=_("每月最多计几次"), required=False, min_value=1, max_value=100),
        "cap_per_quarter": forms.IntegerField(label=_("每季最多计几次"), required=False, min_value=1, max_value=100),
        "na_when": text(_("何时不适用"), required=False, help_text=_("如：未划分党小组。")),
    },
    "deduct": {
        "event": text(_("扣分的事项"), required=False, help_text=_("只有一类时填这里和每次扣分。")),
        "per_event": number(_("每次扣分"), required=False),
        "event_weights": RowsField(
            label=_("分类扣分"),
            required=False,
            columns=(RowColumn("name", _("事项"), wide=True), RowColumn("w", _("每次扣分"), NUMBER)),
        ),
        "floor": number(_("最低得分"), required=False),
    },
    "rate_linear": {
        **_RATE,
        "full_at": number(_("满分线"), help_text=_("写小数，如0.95。")),
        "zero_at": number(_("零分线"), help_text=_("写小数，如0.6。")),
    },
    "stepped": {
        **_RATE,
        "steps": RowsField(
            label=_("分档（从高到低）"),
            columns=(RowColumn("min", _("比率不低于"), NUMBER), RowColumn("s", _("得分"), NUMBER)),
        ),
    },
    "rubric": {
        "levels": RowsField(
            label=_("档次"), columns=(RowColumn("name", _("档次"), wide=True), RowColumn("s", _("得分"), NUMBER))
        )
    },
    "imported": {
        "from": text(_("取哪张表的得分")),
        "from_full": number(_("那张表的满分")),
        "scheme": text(_("那张表的方案编码"), required=False, limit=40, help_text=_("不是本平台方案的留空。")),
    },
    "checklist": {
        "items": RowsField(
            label=_("条目"),
            columns=(
                RowColumn("code", _("编码")),
                RowColumn("t", _("内容"), wide=True),
                RowColumn("p", _("分值"), NUMBER),
                RowColumn("auto", _("自动取数"), FLAG, required=False),
            ),
        )
    },
    "survey": {
        "min_ballots": forms.IntegerField(label=_("最少有效票数"), min_value=1),
        "groups": RowsField(
            label=_("测评人群"),
            columns=(RowColumn("name", _("人群"), wide=True), RowColumn("w", _("权重"), NUMBER)),
        ),
    },
}


class IndicatorForm(StyledForm):
    """One indicator; its parameters are those of its kind."""

    code = text(_("编码"), limit=20, help_text=_("字母、数字、点、横线，如1.6。定下后不能改。"))
    name = text(_("名称"), limit=100)
    block = forms.ChoiceField(label=_("所属板块"))
    points = number(_("分值"), places=2)
    source = forms.ChoiceField(label=_("数据来源"))
    measure = forms.ChoiceField(label=_("取数项"), required=False)
    reviewer = text(_("评分单位"), required=False)
    cadence = text(_("评分周期"), required=False, limit=50)
    basis = forms.ChoiceField(label=_("依据类别"), choices=BASES, required=False)
    rule_id = text(_("依据条款"), required=False, limit=50)
    note = text(_("说明"), required=False, limit=500)
    exempt_reason = text(
        _("本年度免计的理由"),
        required=False,
        limit=500,
        help_text=_("免计的指标退出分母，得分表上写明“免计”。不免计的三项都留空。"),
    )
    exempt_approved_by = text(_("批准免计的单位"), required=False, limit=100)
    exempt_approved_on = forms.DateField(label=_("批准免计的日期"), required=False)

    PLAIN = ("code", "name", "points", "source", "measure", "reviewer", "cadence", "basis", "rule_id", "note")
    EXEMPT = ("reason", "approved_by", "approved_on")

    def __init__(
        self,
        *args: Any,
        kind: str,
        blocks: list[tuple[str, str]],
        measures: Mapping[str, Measure],
        indicator: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        self.kind, self.indicator = kind, indicator
        super().__init__(*args, **kwargs)
        if indicator is not None:
            del self.fields["code"]
        choices: Any = self.fields
        choices["block"].choices = blocks
        allowed = KIND_SOURCES.get(kind, ("auto",))
        choices["source"].choices = [choice for choice in SOURCES if choice[0] in allowed]
        fitting = [(one.code, one.title) for one in measures.values() if one.gives == FITS.get(kind)]
        choices["measure"].choices = [("", _("不取数（人工、未启用或免计）")), *fitting]
        if kind == "rubric":
            del self.fields["measure"]
        self.params = copy.deepcopy(PARAM_FIELDS[kind])
        self.fields |= self.params
        for name in sorted(MEASURE_PARAMS) if kind != "rubric" else ():
            asked = _("取数条件：%(what)s") % {"what": MEASURE_WORDS[name]}
            self.fields[f"for_{name}"] = text(asked, required=False, limit=60)
        self.order_fields(["code", "name", "block", "points", "source", "measure", *self.params])
        style(self.fields)

    def data_of(self) -> dict[str, Any]:
        """The indicator as ``definitions.read`` takes it."""
        data = self.cleaned_data
        found = {name: data.get(name) for name in self.PLAIN}
        if self.indicator is not None:
            found["code"] = self.indicator["code"]
        params = {name: data[name] for name in self.params if data.get(name) not in ("", None, [])}
        if "event_weights" in params:
            params["event_weights"] = {row["name"]: row["w"] for row in params["event_weights"]}
        if self.kind == "frequency":
            params["period"] = "year"
        if data.get("measure"):
            params |= {name: data[f"for_{name}"] for name in MEASURE_PARAMS if data.get(f"for_{name}")}
        if self.indicator is not None and self.kind == "survey" and "grade_map" in self.indicator.get("params", {}):
            params["grade_map"] = self.indicator["params"]["grade_map"]
        exempt = {name: data.get(f"exempt_{name}") for name in self.EXEMPT}
        given = {name: value for name, value in exempt.items() if value not in ("", None)}
        return {**found, "kind": self.kind, "params": params, **({"exempt": given} if given else {})}

    def add_invalid(self, error: Any) -> None:
        """Errors of the service on the fields that they are about."""
        errors = {{"exempt": "exempt_reason"}.get(name, name): words for name, words in error.errors.items()}
        errors = {name if name in self.fields else f"for_{name}": words for name, words in errors.items()}
        super().add_invalid(InvalidInput(error.message, errors=errors))

    @classmethod
    def initial_of(cls, block: str, indicator: Mapping[str, Any]) -> dict[str, Any]:
        """What the draft says."""
        params = dict(indicator.get("params") or {})
        if "event_weights" in params:
            params["event_weights"] = [{"name": name, "w": w} for name, w in params["event_weights"].items()]
        asked = {f"for_{name}": params.pop(name) for name in MEASURE_PARAMS if name in params}
        exempt = {f"exempt_{name}": value for name, value in (indicator.get("exempt") or {}).items()}
        return {**{name: indicator.get(name) for name in cls.PLAIN}, **params, **asked, **exempt, "block": block}
