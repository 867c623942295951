"""Conditions that the database's planner understands better than the usual ones."""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, F, Func, QuerySet, Subquery


class _Values(Subquery):
    """A query; one that can give nothing makes the whole condition false instead of a NULL."""

    empty_result_set_value = NotImplemented


class Among(Func):
    """Whether a column holds one of the values that a query gives, the query being asked once for the whole statement.

    As one of several conditions joined by *or*, PostgreSQL uses an index for ``= ANY (ARRAY(…))`` and none for
    ``IN (…)``: a list of one branch then reads the rows of the branch and not all there are.
    """

    template = "%(expressions)s"
    arg_joiner = " IN "
    output_field = BooleanField()

    def __init__(self, column: str, values: QuerySet[Any]) -> None:
        super().__init__(F(column), _Values(values))

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, Any]:
        """``column = ANY (ARRAY(SELECT …))``."""
        return self.as_sql(compiler, connection, template="%(expressions)s)", arg_joiner=" = ANY (ARRAY", **context)
