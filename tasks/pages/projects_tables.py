"""The lists of projects and of task forces: columns, filters, search, and approval in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.sentences import spoken
from common.tables import BulkAction, Choice, Column, Flag, Search, Table, day_text
from common.templatetags.look import light
from orgs.tables import Subtree
from tasks import project_rights as rights
from tasks.lights import SEVERITY
from tasks.models import Light, Project, TaskForce
from tasks.selectors.project_list import led_by, prepare_cells, with_cells
from tasks.selectors.task_forces import MEETS, secretariat_of
from tasks.services.projects import approve_project, foresee_approval

if TYPE_CHECKING:
    from orgs.models import User

_LIGHTS = [(value, label) for value, label in reversed(Light.choices)]


def _url(project: Project) -> str:
    return reverse("tasks:project_detail", args=[project.code])


def _title(project: Project) -> SafeString:
    return format_html('<a href="{}">{}</a>', _url(project), project.title)


def _has_light(project: Any) -> bool:
    return project.severity >= 0


def _light_words(project: Any) -> str:
    found = project.figures
    return f"{Light(found.light).label}：{spoken(found.cause)}" if _has_light(project) else ""


def _light(project: Any) -> SafeString:
    if not _has_light(project):
        return SafeString("")
    found = project.figures
    words = '<div class="project-light-cell">{} <span class="text-secondary">{}</span></div>'
    return format_html(words, light(found.light), spoken(found.cause))


def _progress_words(project: Any) -> str:
    found = project.figures
    reported = _("（另报%(reported)d%%）") % {"reported": found.reported} if found.reported else ""
    return f"{found.done}%{reported}"


def _progress(project: Any) -> SafeString:
    """The bar of the accepted weights, what is only reported lighter, and the words."""
    found = project.figures
    bar = format_html(
        '<svg class="progress-bar-svg" width="100%" height="8" aria-hidden="true">'
        '<rect class="bar-track" width="100%" height="8" rx="4"/>'
        '<rect class="bar-reported" width="{}%" height="8" rx="4"/>'
        '<rect class="bar-done" width="{}%" height="8" rx="4"/></svg>',
        found.reported_until,
        found.done,
    )
    return format_html('<div class="project-progress">{}{}</div>', _progress_words(project), bar)


def _step(project: Any) -> str:
    current = project.figures.current
    return f"{current.number}. {current.title}" if current is not None else ""


def _current_words(project: Any) -> str:
    return "：".join(words for words in (_step(project), project.latest) if words)


def _current(project: Any) -> SafeString:
    """The milestone under way, and under it the latest report."""
    return format_html('<div>{} <span class="tb-sub">{}</span></div>', _step(project), project.latest)


def _leader_words(project: Project) -> str:
    return f"{project.leader.name}（{project.organisation.name}）"


def _leader(project: Project) -> SafeString:
    words = '<div>{} <span class="tb-sub">{}</span></div>'
    return format_html(words, project.leader.name, project.organisation.name)


def _by_light(rows: QuerySet[Any], value: str, _table: Table[Any]) -> QuerySet[Any]:
    return rows.filter(severity=SEVERITY[value])


def _years(table: Table[Any]) -> list[tuple[str, str]]:
    years = table.rows.order_by("-year").values_list("year", flat=True).distinct()
    return [(str(year), str(year)) for year in years]


def _fresh(user: User) -> QuerySet[Project]:
    rows: QuerySet[Project] = Project.objects.visible_to(user).select_related("organisation", "leader")
    return rows.prefetch_related("co_leaders")


def _look(project: Project) -> Iterable[object]:
    """What an approval decides upon."""
    milestones = project.milestones.order_by("number").values_list("title", "due_on", "weight")
    return (project.state, project.title, project.target, project.leader_id, project.second_reason, *milestones)


APPROVE = BulkAction(
    verb="approve",
    label=gettext_lazy("审核通过"),
    foresee=lambda user, project: foresee_approval(project=project, actor=user),
    act=lambda project, *, actor: approve_project(project=project, actor=actor),
    fresh=_fresh,
    look=_look,
    offered=rights.may_approve_anywhere,
    done=gettext_lazy("已审核通过，开始推进。"),
)


class ProjectTable(Table[Project]):
    """Breakthrough projects."""

    key = "projects"
    title = gettext_lazy("破难攻坚项目")
    order = ("-year", "code")
    columns = (
        Column("title", gettext_lazy("项目"), lambda one: one.title, html=_title, sort=("title",), is_main=True),
        Column("code", gettext_lazy("编号"), lambda one: one.code, sort=("code",), css="nowrap"),
        Column("light", gettext_lazy("灯和原因"), _light_words, html=_light, sort=("severity",)),
        Column("progress", gettext_lazy("进度"), _progress_words, html=_progress, sort=("done",)),
        Column("current", gettext_lazy("正在推进"), _current_words, html=_current, css="tb-wide"),
        Column("leader", gettext_lazy("领办人"), _leader_words, html=_leader, sort=("leader__name",)),
        Column("state", gettext_lazy("状态"), lambda one: one.get_state_display(), sort=("state",), css="nowrap"),
        Column("ends", gettext_lazy("结束日期"), lambda one: day_text(one.ends_on), sort=("ends_on",), css="nowrap"),
    )
    filters = (
        Choice("state", gettext_lazy("状态"), Project.State.choices, column="state"),
        Choice("light", gettext_lazy("灯"), _LIGHTS, by=_by_light),
        Choice("level", gettext_lazy("级别"), Project.Level.choices, column="level"),
        Subtree("unit", gettext_lazy("领办组织"), column="organisation"),
        Choice("year", gettext_lazy("年度"), _years, column="year"),
        Flag("mine", gettext_lazy("只看我领办的"), lambda rows, table: led_by(rows, table.user)),
    )
    search = Search(
        "title", "leader__name", "code", spoken=("title", "leader__name"), prompt=gettext_lazy("项目或领办人")
    )
    actions = (APPROVE,)

    def related(self, rows: QuerySet[Project]) -> QuerySet[Project]:
        """With organisation, leader, milestones."""
        return with_cells(rows)

    def prepare(self, rows: Sequence[Project]) -> None:
        """Light, progress and the latest line."""
        prepare_cells(rows)

    def name_of(self, row: Project) -> str:
        """Title and number."""
        return f"{row.title}（{row.code}）"

    def url_of(self, row: Project) -> str:
        """Its page."""
        return _url(row)


def _force_url(force: TaskForce) -> str:
    return reverse("tasks:task_force_detail", args=[force.code])


def _force_name(force: TaskForce) -> SafeString:
    return format_html('<a href="{}">{}</a>', _force_url(force), force.name)


def _force_state(force: TaskForce) -> str:
    return _("%(day)s撤销") % {"day": force.closed_on} if force.closed_on is not None else _("在运行")


class TaskForceTable(Table[TaskForce]):
    """Task forces."""

    key = "task_forces"
    title = gettext_lazy("项目专班")
    order = ("closed_on", "code")
    columns = (
        Column("name", gettext_lazy("专班"), lambda one: one.name, html=_force_name, sort=("name",), is_main=True),
        Column("code", gettext_lazy("编号"), lambda one: one.code, sort=("code",), css="nowrap"),
        Column("leader", gettext_lazy("组长"), lambda one: one.leader.name, sort=("leader__name",), css="nowrap"),
        Column("unit", gettext_lazy("设立组织"), lambda one: one.organisation.name, sort=("organisation__path",)),
        Column("office", gettext_lazy("办公室"), secretariat_of),
        Column("meets", gettext_lazy("例会"), lambda one: MEETS.get(one.rhythm, ""), css="nowrap"),
        Column("running", gettext_lazy("在办项目"), lambda one: one.running, sort=("running",), css="nowrap"),
        Column("until", gettext_lazy("撤销条件"), lambda one: one.closing_condition),
        Column(
            "opened", gettext_lazy("设立日期"), lambda one: day_text(one.opened_on), sort=("opened_on",), css="nowrap"
        ),
        Column("state", gettext_lazy("状态"), _force_state, sort=("closed_on",), css="nowrap"),
    )
    filters = (
        Subtree("unit", gettext_lazy("设立组织"), column="organisation"),
        Flag("open", gettext_lazy("只看在运行的"), lambda rows, _table: rows.filter(closed_on__isnull=True)),
    )
    search = Search("name", "leader__name", "code", spoken=("name", "leader__name"), prompt=gettext_lazy("专班或组长"))

    def related(self, rows: QuerySet[TaskForce]) -> QuerySet[TaskForce]:
        """With everything that a row names."""
        return rows.select_related("organisation", "leader", "secretariat_department", "secretariat_organisation")

    def url_of(self, row: TaskForce) -> str:
        """Its page."""
        return _force_url(row)
