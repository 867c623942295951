"""Records as a list."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from html import escape
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from common.tables import Choice, Column, Days, Search, Table, day_text
from common.templatetags.look import icon
from meetings.models import MeetingKind, Section
from orgs.tables import Subtree, oversees_several

State = Section.State
READY = "ready"  # a draft that waits for the secretary
STATES = {
    State.PLANNED: (_("计划"), "grey", "calendar3"),
    State.DRAFT: (_("草稿"), "grey", "pencil"),
    READY: (_("待书记核定"), "yellow", "send"),
    State.CONFIRMED: (_("已核定"), "green", "check-circle-fill"),
    State.RETURNED: (_("退回"), "orange", "arrow-counterclockwise"),
    State.CANCELLED: (_("取消"), "grey", "slash-circle"),
}


def _stage(section: Section) -> str:
    return READY if section.state == State.DRAFT and section.ready_at else section.state


def _signs(section: Section) -> list[tuple[str, str, str]]:
    """State and what is to be noted of a record: words, colour, icon."""
    words, colour, name = STATES[_stage(section)]
    found = [(str(words), colour, name)]
    if section.is_late_entry:
        found.append((now("补录"), "yellow", "clock-fill"))
    if section.is_quorate is False:
        found.append((now("未达到法定人数"), "red", "exclamation-octagon-fill"))
    return found


def _state(section: Section) -> str:
    return "、".join(words for words, _colour, _icon in _signs(section))


def _state_signs(section: Section) -> SafeString:
    signs = (
        f'<span class="light light-{colour}">{icon(name)}{escape(words)}</span>'
        for words, colour, name in _signs(section)
    )
    return SafeString(" ".join(signs))


@cache
def _address() -> str:
    return reverse("meetings:gathering_detail", args=[0]).removesuffix("0/")


def _title(section: Section) -> SafeString:
    return SafeString(f'<a href="{_address()}{section.gathering_id}/">{escape(section.gathering.title)}</a>')


def _kind(section: Section) -> str:
    return f"{section.kind.name} · {section.group.name}" if section.group is not None else section.kind.name


def _attendance(section: Section) -> str:
    """A talk has no roll; what is not typed yet has none either."""
    if not section.version or section.kind.form == MeetingKind.Form.TALK:
        return ""
    counts = {"expected": section.expected_count, "present": section.present_count}
    return now("应到%(expected)d 实到%(present)d") % counts


def _place(section: Section) -> str:
    """Of a talk lists say only that it was."""
    return "" if section.kind.form == MeetingKind.Form.TALK else section.gathering.place


def _in_state(rows: QuerySet[Any], value: str, _table: Table[Any]) -> QuerySet[Any]:
    if value in (READY, State.DRAFT):
        return rows.filter(state=State.DRAFT, ready_at__isnull=value == State.DRAFT)
    return rows.filter(state=value)


def _kinds(_table: Table[Any]) -> list[tuple[str, str]]:
    return list(MeetingKind.objects.order_by("position", "pk").values_list("code", "name"))


class SectionTable(Table[Section]):
    """Records that one sees, newest first."""

    key = "sections"
    title = _("会议记录")
    order = ("-held_on",)
    columns = (
        Column(
            "title",
            _("会议"),
            lambda section: section.gathering.title,
            html=_title,
            sort=("gathering__title",),
            is_main=True,
        ),
        Column("held", _("日期"), lambda section: day_text(section.held_on), sort=("held_on",), css="tb-short"),
        Column("kind", _("类型"), _kind, sort=("kind__position", "kind_id")),
        Column(
            "unit",
            _("组织"),
            lambda section: section.organisation.name,
            sort=("organisation__path",),
            seen_by=oversees_several,
        ),
        Column("state", _("状态"), _state, html=_state_signs, sort=("state", "ready_at")),
        Column("attendance", _("到会"), _attendance, css="tb-short"),
        Column("place", _("地点"), _place),
    )
    filters = (
        Choice("kind", _("类型"), _kinds, column="kind__code"),
        Choice("state", _("状态"), [(key, words) for key, (words, *_look) in STATES.items()], by=_in_state),
        Subtree("unit", _("组织"), "organisation"),
        Days("held", _("日期"), "held_on"),
    )
    search = Search(
        "gathering__title", "gathering__place", "organisation__name", prompt=_("主题、地点、组织或拼音首字母")
    )

    def related(self, rows: QuerySet[Section]) -> QuerySet[Section]:
        """With what a line shows."""
        return rows.select_related("gathering", "kind", "organisation", "group").only(*_SHOWN)

    def name_of(self, row: Section) -> str:
        """Title and day."""
        return f"{row.gathering.title} {row.held_on}"

    @property
    def only_of(self) -> str:
        """The organisation's name, said once above the list where rows do not say it."""
        rows: Iterable[Section] = self.page.object_list
        if any(column.key == "unit" for column in self.columns):
            return ""
        return next((row.organisation.name for row in rows), "")


_SHOWN = (
    "held_on", "state", "ready_at", "version", "expected_count", "present_count", "is_late_entry", "is_quorate",
    "gathering__title", "gathering__place", "kind__name", "kind__form", "organisation__name", "group__name",
)  # fmt: skip
