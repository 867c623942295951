"""Writing many rows at once, each with values of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django.db import connection, models


def update_rows(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    same: Mapping[str, Any] | None = None,
    where: Mapping[str, Any] | None = None,
) -> int:
    """Write ``columns`` of many rows in one statement (SQLite: in portions); returns how many rows were written.

    Django's ``bulk_update`` puts together a CASE with a branch for every row and column, which takes many times
    longer than the database needs to run it. Here the values are a table that the rows are joined with.

    Args: each of ``rows`` is a primary key and the values of ``columns`` in their order; ``same`` are columns that
    get one value in all rows; a row that does not have the values ``where`` any more is left alone. Not for audited
    models (``common.audit`` leaves the history), and no signals are sent.
    """
    if not rows:
        return 0
    same, where = same or {}, where or {}
    written = 0
    for portion in _portions(rows, len(same) + len(where)):
        sql, params = _statement(model, columns, portion, same, where)
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            written += cursor.rowcount
    return written


def _portions(rows: Sequence[Sequence[Any]], others: int) -> list[Sequence[Sequence[Any]]]:
    most = connection.features.max_query_params
    size = (most - others) // len(rows[0]) if most else len(rows)
    return [rows[start : start + size] for start in range(0, len(rows), size)]


def _statement(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    same: Mapping[str, Any],
    where: Mapping[str, Any],
) -> tuple[str, list[Any]]:
    """``UPDATE … SET … FROM (VALUES …) …``; both databases call the columns of VALUES column1, column2 and so on."""
    table = connection.ops.quote_name(model._meta.db_table)
    fields = [_field(model, name) for name in columns]
    changes = [f"{_name(field)} = {_cast(field, f'new.column{place}')}" for place, field in enumerate(fields, 2)]
    changes += [f"{_name(_field(model, name))} = %s" for name in same]
    conditions = [f"{table}.{_name(model._meta.pk)} = new.column1"]
    conditions += [f"{table}.{_name(_field(model, name))} = %s" for name in where]
    line = f"({', '.join(['%s'] * len(rows[0]))})"
    values = [_saved(field, value) for row in rows for field, value in zip([model._meta.pk, *fields], row, strict=True)]
    # Nothing but names of tables and columns is put together here; every value is a parameter.
    sql = (
        f"UPDATE {table} SET {', '.join(changes)} "  # noqa: S608
        f"FROM (VALUES {', '.join([line] * len(rows))}) AS new WHERE {' AND '.join(conditions)}"
    )
    return sql, [*_all_saved(model, same), *values, *_all_saved(model, where)]


def _field(model: type[models.Model], name: str) -> models.Field[Any, Any]:
    return cast("models.Field[Any, Any]", model._meta.get_field(name))


def _name(field: models.Field[Any, Any]) -> str:
    return connection.ops.quote_name(cast("str", field.column))


def _saved(field: models.Field[Any, Any], value: Any) -> Any:
    return field.get_db_prep_save(value, connection)


def _all_saved(model: type[models.Model], values: Mapping[str, Any]) -> list[Any]:
    return [_saved(_field(model, name), value) for name, value in values.items()]


def _cast(field: models.Field[Any, Any], value: str) -> str:
    """PostgreSQL takes a column of nothing but NULL for text."""
    if not connection.features.requires_casted_case_in_updates:
        return value
    return f"CAST({value} AS {field.db_type(connection)})"
