"""What the wall chart is asked to show."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.formstyle import StyledForm
from tasks.chart import MONTH, QUARTER, WEEK
from tasks.models import Light
from tasks.selectors.chart import Row

LEADER, UNIT = "leader", "unit"
_LIGHTS = [Light.RED, Light.ORANGE, Light.YELLOW, Light.GREEN]


class ChartForm(StyledForm):
    """Filters in the address; what cannot be read falls back to its default."""

    scale = forms.ChoiceField(
        label=_("时间"), choices=[(WEEK, _("按周")), (MONTH, _("按月")), (QUARTER, _("按季"))], required=False
    )
    group = forms.ChoiceField(label=_("分组"), choices=[(LEADER, _("按领导")), (UNIT, _("按单位"))], required=False)
    kind = forms.ChoiceField(
        label=_("内容"),
        choices=[("", _("项目和交办")), ("project", _("攻坚项目")), ("directive", _("交办事项"))],
        required=False,
    )
    unit = forms.ChoiceField(label=_("单位"), required=False)
    leader = forms.ChoiceField(label=_("领导"), required=False)
    light = forms.ChoiceField(
        label=_("灯色"),
        choices=[("", _("全部灯色")), *((light.value, light.label) for light in _LIGHTS)],
        required=False,
    )
    as_of = forms.DateField(label=_("截至"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, rows: Iterable[Row] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        rows = list(rows)
        units = sorted({unit for row in rows for unit in row.units if unit})
        leaders = sorted({row.leader for row in rows if row.leader})
        self.fields["unit"].choices = [("", _("全部单位")), *((name, name) for name in units)]  # type: ignore[attr-defined]
        self.fields["leader"].choices = [("", _("全部领导")), *((name, name) for name in leaders)]  # type: ignore[attr-defined]

    def matches(self, row: Row) -> bool:
        """Whether ``row`` passes the filters that could be read."""
        asked: dict[str, Any] = self.cleaned_data
        if asked.get("unit") and asked["unit"] not in row.units:
            return False
        return all(not asked.get(name) or asked[name] == getattr(row, name) for name in ("kind", "leader", "light"))


def asked_day(text: str, today: datetime.date) -> datetime.date:
    """The past day asked for, else today: what cannot be read and what has not come yet show today."""
    try:
        return min(datetime.date.fromisoformat(text), today)
    except ValueError:
        return today


def asked_day_or(text: str, otherwise: datetime.date) -> datetime.date:
    """The day around which the axis is built, else ``otherwise``; years that no plan reaches fall back too."""
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        return otherwise
    return day if abs(day.year - otherwise.year) <= 20 else otherwise
