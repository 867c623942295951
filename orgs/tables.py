"""What lists of every room need of the tree: the filter by organisation, with everything below it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from common.tables.filters import Filter, Unreadable, select
from common.tables.table import Table
from orgs import access
from orgs.models import Organisation

Unit = tuple[str, str, str]  # code, path, name
INDENT = "　"
BRANCH_DEPTH = 3  # committee, general branch, branch


@dataclass(frozen=True)
class Subtree(Filter):
    """One organisation and everything below it, by its code; ``column`` is the path to the row's organisation.

    Offered are the organisations that the reader sees, as a tree. One query; who sees only one is not asked.
    """

    column: str = "organisation"

    def _units(self, table: Table[Any]) -> dict[str, Unit]:
        def read() -> dict[str, Unit]:
            seen = Organisation.objects.visible_to(table.user).values_list("code", "path", "name")
            return {unit[0]: unit for unit in seen}

        return table.once("orgs.units", read)

    def read(self, given: Mapping[str, str], table: Table[Any]) -> Unit:
        unit = self._units(table).get(given[self.key])
        if unit is None:
            raise Unreadable(_("没有代码为“%(code)s”的组织，或者您看不到它") % {"code": given[self.key][:20]})
        return unit

    def narrow(self, rows: QuerySet[Any], value: Unit, table: Table[Any]) -> QuerySet[Any]:
        return rows.filter(access.subtree(value[1], self.column))

    def words(self, value: Unit, table: Table[Any]) -> str:
        return value[2]

    def written(self, value: Unit) -> dict[str, str]:
        return {self.key: value[0]}

    def field(self, value: Unit | None, table: Table[Any]) -> str:
        if not oversees_several(table.user):
            return ""
        units = self._units(table).values()
        top = min((len(path) for _code, path, _name in units), default=0)
        options = [(code, INDENT * ((len(path) - top) // Organisation.steplen) + name) for code, path, name in units]
        return select(self.key, self.label, options, value[0] if value else None)


def oversees_several(user: Any) -> bool:
    """Whether lists of what ``user`` sees can hold rows of several organisations; no query.

    A branch's own people see their branch alone: its name in every row would say nothing.
    """
    seen = access.paths(user, access.VIEW)
    return len(seen) > 1 or any(len(path) < BRANCH_DEPTH * Organisation.steplen for path in seen)
