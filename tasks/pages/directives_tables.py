"""The list of directives: columns, filters, search, and approval in bulk."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.sentences import spoken
from common.tables import BulkAction, Choice, Column, Days, Flag, Search, Table, day_text
from common.templatetags.look import light
from orgs.tables import Subtree
from tasks import directive_rights as rights
from tasks import directive_states as states
from tasks.lights import SEVERITY
from tasks.models import Directive, DirectiveType, Light
from tasks.selectors.directive_list import addressed_to, prepare_rows, with_light
from tasks.services.issuing import approve_directive, foresee_approval

if TYPE_CHECKING:
    from orgs.models import User

_LIGHTS = [(value, label) for value, label in reversed(Light.choices)]


def _url(directive: Directive) -> str:
    return reverse("tasks:directive_detail", args=[directive.pk])


def _title(directive: Directive) -> SafeString:
    return format_html('<a href="{}">{}</a>', _url(directive), directive.title)


def _light_words(directive: Any) -> str:
    """The light alone: why it is up stands with the units that are behind."""
    return str(Light(directive.row.figures.light).label) if directive.state == states.ISSUED else ""


def _light(directive: Any) -> SafeString:
    return light(directive.row.figures.light) if directive.state == states.ISSUED else SafeString("")


def _progress(directive: Any) -> str:
    found = directive.row.figures
    if not directive.issued_at or not found.units:  # whose lead units the reader may not see
        return ""
    return _("签收%(signed)d/%(units)d，%(progress)d%%") % {
        "signed": found.signed,
        "units": found.units,
        "progress": found.progress,
    }


def _leads(directive: Any) -> SafeString:
    return format_html('<span class="lead-units">{}</span>', directive.row.units)


def _sender(directive: Any) -> SafeString:
    return format_html('<span class="tb-sub">{}</span>', directive.organisation.name)


def _behind(directive: Any) -> str:
    """The first two units that are behind, and how many more."""
    if directive.state != states.ISSUED:
        return ""
    rows = directive.row.behind
    words = "；".join(f"{row.unit.name}：{spoken(row.behind)}" for row in rows[:2])
    return words + (_("；另有%d个单位") % (len(rows) - 2) if len(rows) > 2 else "")


def _by_light(rows: QuerySet[Any], value: str, _table: Table[Any]) -> QuerySet[Any]:
    return with_light(rows).filter(state=states.ISSUED, severity=SEVERITY[value])


def _types(_table: Table[Any]) -> list[tuple[str, str]]:
    return [(str(pk), name) for pk, name in DirectiveType.objects.values_list("pk", "name")]


def _fresh(user: User) -> QuerySet[Directive]:
    rows: QuerySet[Directive] = Directive.objects.visible_to(user).select_related("organisation", "type")
    return rows


def _look(directive: Directive) -> Iterable[object]:
    """What an approval decides upon."""
    units = directive.units.order_by("part", "name").values_list("part", "name")
    return (directive.state, directive.version, directive.due_on, *units)


APPROVE = BulkAction(
    verb="approve",
    label=gettext_lazy("审批通过并下发"),
    foresee=lambda user, directive: foresee_approval(directive=directive, actor=user),
    act=lambda directive, *, actor: approve_directive(directive=directive, actor=actor),
    fresh=_fresh,
    look=_look,
    offered=rights.may_assign_anywhere,
    done=gettext_lazy("已审批并下发。"),
)


class DirectiveTable(Table[Directive]):
    """Directives."""

    key = "directives"
    title = gettext_lazy("交办事项")
    order = ("-starts_on",)
    columns = (
        Column(
            "title",
            gettext_lazy("事项"),
            lambda one: one.title,
            html=_title,
            sort=("title",),
            is_main=True,
            css="tb-wide",
        ),
        Column("number", gettext_lazy("督办编号"), lambda one: one.number, sort=("number",), css="tb-short"),
        Column("state", gettext_lazy("状态"), lambda one: one.get_state_display(), sort=("state",), css="tb-short"),
        Column("light", gettext_lazy("灯"), _light_words, html=_light, sort=("severity",)),
        Column("leads", gettext_lazy("牵头单位"), lambda one: one.row.units, html=_leads),
        Column("progress", gettext_lazy("签收和进度"), _progress),
        Column("behind", gettext_lazy("谁落后"), _behind, css="tb-wide"),
        Column("due", gettext_lazy("完成时限"), lambda one: day_text(one.due_on), sort=("due_on",), css="tb-short"),
        Column(
            "sender",
            gettext_lazy("交办组织"),
            lambda one: one.organisation.name,
            html=_sender,
            sort=("organisation__path",),
        ),
    )
    filters = (
        Choice("state", gettext_lazy("状态"), Directive.State.choices, column="state"),
        Choice("light", gettext_lazy("灯"), _LIGHTS, by=_by_light),
        Choice("type", gettext_lazy("交办类型"), _types, column="type_id"),
        Choice("source", gettext_lazy("立项来源"), Directive.Source.choices, column="source"),
        Subtree("unit", gettext_lazy("交办组织"), column="organisation"),
        Days("due", gettext_lazy("完成时限"), column="due_on"),
        Flag("mine", gettext_lazy("只看交给我的单位的"), lambda rows, table: addressed_to(rows, table.user)),
        Flag("important", gettext_lazy("只看重要事项"), lambda rows, _table: rows.filter(is_important=True)),
    )
    search = Search("title", "number", spoken=("title",), prompt=gettext_lazy("事项或督办编号"))
    actions = (APPROVE,)

    def related(self, rows: QuerySet[Directive]) -> QuerySet[Directive]:
        """With what every row names."""
        return with_light(rows).select_related("organisation")

    def prepare(self, rows: list[Directive]) -> None:
        """Figures, lead units, who is behind."""
        prepare_rows(rows, self.user)

    def name_of(self, row: Directive) -> str:
        """Title and number."""
        return f"{row.title}（{row.number}）"

    def url_of(self, row: Directive) -> str:
        """Its page."""
        return _url(row)
