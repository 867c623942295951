"""Rows of which only some columns were read."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model

Row = TypeVar("Row", bound=Model)


def partial(model: type[Row], pk: int, **values: Any) -> Row:
    """A stored row of ``model`` of which ``values`` are known, by column; asking for another column reads it."""
    known = {model._meta.pk.attname: pk, **values}
    # Django wants the columns in the order in which the model has them.
    names = [field.attname for field in model._meta.concrete_fields if field.attname in known]
    return model.from_db(DEFAULT_DB_ALIAS, names, [known[name] for name in names])
