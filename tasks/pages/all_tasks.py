"""All Tasks that one may see, as a list."""

from __future__ import annotations

from functools import cache
from html import escape
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import F, OrderBy, QuerySet
from django.db.models.expressions import Combinable
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from common import clock
from common.sentences import spoken
from common.tables import Choice, Column, Days, Flag, Search, Table, day_text, named, respond
from common.templatetags.look import light
from orgs.models import Office
from orgs.requests import SignedInRequest
from orgs.tables import Subtree
from tasks import transitions
from tasks.light_sql import severity, shown_light
from tasks.lighting import Lighting
from tasks.models import AGREED_ITEM, DIRECTIVE, FOLLOW_UP, LIST_ITEM, MILESTONE, Light, Profile, State, Task
from tasks.pages.all_tasks_bulk import ACTIONS

OPEN = "open"  # every state in which something is still owed
TO_DO = "todo"  # of these, where somebody still has to act: what was handed in is not chased
SOURCES = {
    "cadence": _("组织生活"),
    LIST_ITEM: _("责任清单"),
    DIRECTIVE: _("部署交办"),
    MILESTONE: _("攻坚项目"),
    FOLLOW_UP: _("跟踪报告"),
    AGREED_ITEM: _("会议议定"),
}
state_word, light_word = named(State.choices), named(Light.choices)
office_word, source_word = named(Office.choices), named(SOURCES.items())
late_word = named([("", _("（逾期完成）"))])
# What a line shows, and what tells its light.
_SHOWN = (
    "title", "source", "kind", "state", "profile", "light", "light_cause", "requirement", "window_start", "due_on",
    "last_report_on", "answered_on", "closed_on", "is_late", "progress", "office", "department_id",
)  # fmt: skip
# Names alone: a whole object for each would cost more than the rest of the row.
_NAMES = {f"{owner}_name": F(f"{owner}__name") for owner in ("organisation", "group", "person", "department")}


def unit_of(task: Any) -> str:
    """Who owes it: the department or the organisation, with the group."""
    if task.department_name:
        return str(task.department_name)
    return f"{task.organisation_name} · {task.group_name}" if task.group_name else str(task.organisation_name)


def owner_of(task: Any) -> str:
    """The person by name, else the office that owes it."""
    if task.person_name:
        return str(task.person_name)
    return office_word(Office.HEAD if task.department_name else task.office)


def state_of(task: Task) -> str:
    """The state, and that it came late."""
    return state_word(task.state) + late_word("") if task.is_late else state_word(task.state)


def light_of(task: Task) -> str:
    """Light and reason in words; what is closed has no light any more."""
    if task.state not in transitions.OPEN:
        return spoken(task.light_cause)
    return f"{light_word(task.light)}：{spoken(task.light_cause)}"


def _light(task: Task) -> SafeString:
    if task.state not in transitions.OPEN:
        return SafeString(f'<span class="tb-sub">{escape(spoken(task.light_cause))}</span>')
    return SafeString(f'{light(task.light)}<span class="tb-sub">{escape(spoken(task.light_cause))}</span>')


@cache
def _address() -> str:
    """The page of a Task up to its number: asked for once, not for every row."""
    return reverse("tasks:task_detail", args=[0]).removesuffix("0/")


def _title(task: Task) -> SafeString:
    return SafeString(f'<a href="{_address()}{task.pk}/">{escape(task.title)}</a>')


def progress_of(task: Task) -> str:
    """Per cent, where somebody reports it."""
    return f"{task.progress}%" if task.progress or task.profile == Profile.SUPERVISION else ""


def _severity() -> Combinable:
    return severity(clock.today())


def _in_state(rows: QuerySet[Any], value: str, _table: Table[Any]) -> QuerySet[Any]:
    if value == TO_DO:
        return rows.to_act_on()  # type: ignore[attr-defined]
    return rows.filter(state__in=transitions.OPEN) if value == OPEN else rows.filter(state=value)


def _lit(rows: QuerySet[Any], value: str, _table: Table[Any]) -> QuerySet[Any]:
    return rows.filter(state__in=transitions.OPEN).alias(shown=shown_light(clock.today())).filter(shown=value)


def _mine(rows: QuerySet[Any], table: Table[Any]) -> QuerySet[Any]:
    return rows.owed_by(table.user)  # type: ignore[attr-defined]


class TaskTable(Table[Task]):
    """Everything owed."""

    key = "tasks"
    title = _("全部事项")
    order = (OrderBy(F("closed_on"), descending=True, nulls_first=True), "due_on")  # open first, the earliest due
    columns = (
        Column("title", _("事项"), lambda task: task.title, html=_title, sort=("title",), is_main=True),
        Column("unit", _("承办单位"), unit_of, sort=("organisation__path", "group__name")),
        Column("owner", _("承办人"), owner_of, css="tb-short"),
        Column("source", _("来源"), lambda task: source_word(task.source), sort=("source",), css="tb-short"),
        Column("start", _("开始"), lambda task: day_text(task.window_start), sort=("window_start",), css="tb-short"),
        Column("due", _("期限"), lambda task: day_text(task.due_on), sort=("due_on",), css="tb-short"),
        Column("light", _("灯色"), light_of, html=_light, sort=(_severity,), css="tb-wide"),
        Column("state", _("状态"), state_of, sort=("state",), css="tb-short"),
        Column("progress", _("进度"), progress_of, sort=("progress",), css="tb-short"),
    )
    filters = (
        Choice("state", _("状态"), [(OPEN, _("未办结")), (TO_DO, _("未办结，未提交")), *State.choices], by=_in_state),
        Choice("light", _("灯色"), Light.choices, by=_lit),
        Choice("source", _("来源"), list(SOURCES.items()), column="source"),
        Subtree("unit", _("承办组织"), "organisation"),
        Days("due", _("期限"), "due_on"),
        Flag("mine", _("只看我承办的"), _mine),
    )
    search = Search("title", "organisation__name", prompt=_("事项或单位，如 组织生活会、zzshh"))
    actions = ACTIONS

    def related(self, rows: QuerySet[Task]) -> QuerySet[Task]:
        """With who owes it."""
        return rows.only(*_SHOWN).annotate(**_NAMES)

    def prepare(self, rows: list[Task]) -> None:
        """Today's light; the stored one is last night's."""
        lighting = Lighting(clock.today())
        for task in rows:
            task.light, task.light_cause = lighting.shown(task)

    def name_of(self, row: Task) -> str:
        """Title and unit."""
        return f"{row.title} · {unit_of(row)}"

    def url_of(self, row: Task) -> str:
        """Its page."""
        return reverse("tasks:task_detail", args=[row.pk])


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def task_list(request: SignedInRequest) -> HttpResponseBase:
    """Every Task one may see: filtered, sorted, searched, exported, and decided in bulk."""
    table = TaskTable.of(request, Task.objects.visible_to(request.user))
    return respond(request, table, "tasks/task_list.html")
