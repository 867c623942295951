"""Planning a gathering: what kinds, when, where, and who is invited."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import clock
from common.formstyle import StyledForm
from meetings.models import Expected, MeetingKind
from meetings.selectors import PlanChoices
from meetings.services import PlannedSection

USUAL_START = datetime.time(14, 30)
USUAL_LENGTH = datetime.timedelta(minutes=90)


class TimeInput(forms.TimeInput):
    """The browser's own time picker."""

    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%H:%M")


def usual_times(now: datetime.datetime) -> tuple[datetime.time, datetime.time]:
    """Begin and end offered for a meeting of today: the usual afternoon, or what just ended when that lies ahead."""
    usual = datetime.datetime.combine(now.date(), USUAL_START, clock.SHANGHAI)
    start = usual
    if usual + USUAL_LENGTH > now:
        start = now - USUAL_LENGTH
        start = start.replace(minute=30 if start.minute >= 30 else 0, second=0, microsecond=0)
    if start.date() != now.date():
        start = start.replace(day=now.day, month=now.month, year=now.year, hour=0, minute=0)
    return start.time(), (start + USUAL_LENGTH).time()


class PlanForm(StyledForm):
    """The plan; ``choices`` says which kinds, groups and organisations may be chosen."""

    kinds = forms.ModelMultipleChoiceField(
        MeetingKind.objects.none(),
        to_field_name="code",
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("会议类型（可多选，同一时间地点一起开的一次登记）"),
        error_messages={"required": gettext_lazy("请至少选择一种会议类型。")},
    )
    group = forms.ChoiceField(label=gettext_lazy("党小组"), required=False)
    day = forms.DateField(label=gettext_lazy("日期"))
    start = forms.TimeField(label=gettext_lazy("开始"), widget=TimeInput(attrs={"data-moves": "id_end"}))
    end = forms.TimeField(label=gettext_lazy("结束"), widget=TimeInput(), required=False)
    place = forms.CharField(label=gettext_lazy("地点或线上会议号"), max_length=200, required=False)
    title = forms.CharField(
        label=gettext_lazy("主题"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("不填则按月份和类型命名，以后可以改。"),
    )
    invited = forms.MultipleChoiceField(
        label=gettext_lazy("邀请一起参加的组织"), required=False, widget=forms.CheckboxSelectMultiple
    )
    invited_kind = forms.ChoiceField(label=gettext_lazy("对方计作"), required=False)

    def __init__(self, *args: Any, choices: PlanChoices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choices = choices
        kinds: Any = self.fields["kinds"]
        kinds.queryset = MeetingKind.objects.filter(pk__in=[kind.pk for kind in choices.kinds])
        kinds.choices = [(kind.code, kind.name) for kind in choices.kinds]
        groups: Any = self.fields["group"]
        groups.choices = [(str(group.pk), group.name) for group in choices.groups]
        if not choices.groups:
            del self.fields["group"]
        invited: Any = self.fields["invited"]
        invited.choices = [(str(one.pk), one.name) for one in choices.invitable]
        together = [kind for kind in choices.kinds if kind.expected != Expected.GROUP and kind.form != "talk"]
        invited_kind: Any = self.fields["invited_kind"]
        invited_kind.choices = [(kind.code, kind.name) for kind in together]

    def clean(self) -> dict[str, Any]:
        """Put the times together and the sections with them."""
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        day, start, end = data["day"], data["start"], data.get("end")
        data["starts_at"] = datetime.datetime.combine(day, start, clock.SHANGHAI)
        data["ends_at"] = datetime.datetime.combine(day, end, clock.SHANGHAI) if end else None
        data["sections"] = self._sections(data)
        data["title"] = data["title"].strip() or _title(day, [section.kind for section in data["sections"]])
        return data

    def _sections(self, data: dict[str, Any]) -> list[PlannedSection]:
        groups = {str(group.pk): group for group in self.choices.groups}
        group = groups.get(data.get("group", ""))
        organisation = self.choices.organisation
        kinds = sorted(data["kinds"], key=lambda kind: (kind.position, kind.pk))
        sections = [
            PlannedSection(kind, organisation, group if kind.expected == Expected.GROUP else None) for kind in kinds
        ]
        known = {kind.code: kind for kind in self.choices.kinds}
        shared = known.get(data.get("invited_kind", ""))
        others = {str(one.pk): one for one in self.choices.invitable}
        if shared is not None:
            sections += [PlannedSection(shared, others[key]) for key in data["invited"] if key in others]
        return sections


def _title(day: datetime.date, kinds: list[MeetingKind]) -> str:
    names = dict.fromkeys(kind.name for kind in kinds)
    return _("{year}年{month}月{names}").format(year=day.year, month=day.month, names="、".join(names))[:200]


def initial_plan(choices: PlanChoices, kind: str, group: str, place: str, now: datetime.datetime) -> dict[str, Any]:
    """What the form is filled with: today, the usual time, the place of last time, the kind asked for."""
    start, end = usual_times(now)
    wanted = [one for one in choices.kinds if one.code == kind]
    shared = next((one.code for one in choices.kinds if one.form == MeetingKind.Form.LECTURE), "")
    return {
        "kinds": [one.code for one in wanted],
        "group": group,
        "day": now.date(),
        "start": start,
        "end": end,
        "place": place,
        "title": _title(now.date(), wanted) if wanted else "",
        "invited_kind": wanted[0].code if wanted else shared,
    }
