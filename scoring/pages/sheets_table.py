"""The list of sheets: in the order of the tree, never as a ranking unless one sorts by points (organisations only)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.tables import Choice, Column, Search, Table, day_text
from orgs.tables import Subtree
from scoring.models import Scheme, Sheet
from scoring.templatetags.scores import points


def _url(sheet: Sheet) -> str:
    return reverse("scoring:sheet_detail", args=[sheet.pk])


def _name(sheet: Sheet) -> SafeString:
    return format_html('<a href="{}">{}</a>', _url(sheet), sheet.organisation.name)


def _total(sheet: Sheet) -> str:
    """The total; while something is missing, what is there, and that it is not the total."""
    return points(sheet.total) if sheet.total is not None else _("%s（暂计）") % points(sheet.so_far)


def _missing(sheet: Sheet) -> str:
    return _("缺%d项") % sheet.missing if sheet.missing else ""


def _band(sheet: Sheet) -> str:
    if not sheet.is_rated:
        return _("不参评")
    return sheet.band + (_("（因名额限制）") if sheet.limited_by_quota else "") if sheet.band else _("暂不定")


def _schemes(table: Table[Any]) -> list[tuple[str, str]]:
    rows = Scheme.objects.filter(pk__in=table.rows.order_by().values("scheme")).order_by("-year", "code")
    return [(str(one.pk), f"{one.year} {one.name}") for one in rows]


class SheetTable(Table[Sheet]):
    """Sheets."""

    key = "sheets"
    title = gettext_lazy("评分表")
    order = ("-scheme__year", "-scheme__applies_to", "organisation__path")
    columns = (
        Column("unit", gettext_lazy("组织"), lambda one: one.organisation.name, html=_name, is_main=True, sort=("organisation__path",)),
        Column("scheme", gettext_lazy("方案"), lambda one: f"{one.scheme.year} {one.scheme.name}", sort=("scheme__year", "scheme__code")),
        Column("stage", gettext_lazy("阶段"), lambda one: one.scheme.get_stage_display(), css="tb-short"),
        Column("total", gettext_lazy("得分"), _total, sort=("so_far",), css="tb-short"),
        Column("missing", gettext_lazy("数据"), _missing, sort=("missing",), css="tb-short"),
        Column("adjust", gettext_lazy("其中加扣分"), lambda one: points(one.bonus + one.penalty), css="tb-short"),
        Column("band", gettext_lazy("等次"), _band, sort=("band",)),
        Column("as_of", gettext_lazy("取数日期"), lambda one: day_text(one.as_of), sort=("as_of",), css="tb-short"),
    )  # fmt: skip
    filters = (
        Choice("scheme", gettext_lazy("方案"), _schemes, column="scheme_id"),
        Subtree("unit", gettext_lazy("组织"), "organisation"),
    )
    search = Search(
        "organisation__name",
        "organisation__code",
        spoken=("organisation__name",),
        prompt=gettext_lazy("组织名称或拼音首字母"),
    )

    def related(self, rows: QuerySet[Sheet]) -> QuerySet[Sheet]:
        """With organisation and scheme."""
        return rows.select_related("organisation", "scheme")

    def name_of(self, row: Sheet) -> str:
        """The organisation."""
        return row.organisation.name

    def url_of(self, row: Sheet) -> str:
        """The sheet's page."""
        return _url(row)
