"""Lists everywhere: one declaration gives filter, sort, search, saved filters, bulk actions, CSV and Excel.

A list page is a ``Table`` (what there is to see), a queryset that already went through ``visible_to(user)`` (what this
person may see) and ``respond`` (screen, export and what is sent back). Nothing here widens the queryset: filters,
search, export and bulk actions only ever narrow it.

    from common.tables import Choice, Column, Days, Search, Table, respond
    from orgs.tables import Subtree

    class SlipTable(Table[Slip]):
        key = "slips"                       # of saved filters and addresses; never change it
        title = _("督办单")                  # heading of an export, name of its file
        order = ("-issued_on",)             # when nobody asked for an order; the id breaks ties by itself
        columns = (
            Column("what", _("事项"), lambda slip: slip.task.title, html=_link, sort=("task__title",), is_main=True),
            Column("level", _("级别"), lambda slip: LEVELS(slip.level), sort=("level",)),  # LEVELS = named(Slip.Level.choices)
            Column("issued", _("发出日期"), lambda slip: day_text(slip.issued_on), sort=("issued_on",)),
        )
        filters = (
            Choice("level", _("级别"), Slip.Level.choices, column="level"),
            Subtree("unit", _("组织"), column="task__organisation"),
            Days("issued", _("发出日期"), column="issued_on"),
        )
        search = Search("task__title", "task__organisation__name", prompt=_("事项或单位"))

        def related(self, rows):            # what the cells need, for page and export; not counted
            return rows.select_related("task__organisation")

        def prepare(self, rows):            # optional: look-ups for a whole page at once, kept on the rows
            ...

    @login_required
    @require_http_methods(["GET", "HEAD", "POST"])
    def slip_list(request):
        rows = Slip.objects.visible_to(request.user)
        return respond(request, SlipTable.of(request, rows), "tasks/slips/list.html")

The template extends ``tables/page.html`` and fills ``title``, ``pagetitle`` and, for the case that there is nothing at
all yet, ``nothing_yet``. ``_link`` gives the HTML of a cell through ``format_html``; ``text`` is what is exported and
what is shown without ``html``. Screen and export come from the same columns and the same rows.

The address says it all: ``?q=zbdydh&level=red&issued_from=2026-01-01&sort=-issued&page=2``; ``export=csv`` or ``xlsx``
gives all pages of it as a file. What an address holds that the list does not know is left out and said on the page.

Cost: one query to count, one for the page, one for the saved filters, what ``related``, ``prepare`` and the choices of
filters ask; one more while somebody searches by pinyin. Never one per row.

Bulk actions: ``actions = (BulkAction(...),)``, see ``common.tables.bulk``. Each row goes through the room's own service
in its own transaction, after a preview that says what will happen to it.
"""

from common.tables.bulk import BulkAction
from common.tables.columns import Column, day_text, named
from common.tables.filters import Choice, Days, Filter, Flag, Text
from common.tables.pages import respond
from common.tables.search import Search
from common.tables.table import Table

__all__ = [
    "BulkAction",
    "Choice",
    "Column",
    "Days",
    "Filter",
    "Flag",
    "Search",
    "Table",
    "Text",
    "day_text",
    "named",
    "respond",
]
