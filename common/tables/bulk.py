"""Bulk actions: what is chosen is previewed row by row, then done row by row, and each row says what became of it.

Nothing is decided here: ``foresee`` and ``act`` are the room's own rules and services, which refuse with the errors of
``common.errors``. A row is done in a transaction of its own; that it is done and what it says is written in the same
one, so that neither a second click nor a process that dies in between does a row twice.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from common import clock
from common.errors import Conflict, DomainError, InvalidInput
from common.models import BulkRow, BulkRun

if TYPE_CHECKING:
    from django.forms import Form
    from django.utils.functional import _StrPromise

    from common.tables.table import Table

MOST = 500  # rows of one run
AT_ONCE = 50  # rows of one request; the page goes on with the rest
KEPT = datetime.timedelta(days=30)


@dataclass(frozen=True)
class BulkAction:
    """One thing to do with many rows.

    ``foresee(user, row)`` says what will happen to the row, or raises the ``DomainError`` that says why not; it writes
    nothing. ``act(row, actor=user, **data)`` is the service; ``data`` are the fields of ``form``. ``fresh(user)`` are
    the rows as they are now, those only that the person may see. ``look(row)`` is everything the person decides upon:
    a row that looks different from its preview is left alone. ``offered``: whether the person may do it anywhere.
    """

    verb: str
    label: _StrPromise | str
    foresee: Callable[[Any, Any], str]
    act: Callable[..., object]
    fresh: Callable[[Any], QuerySet[Any]]
    look: Callable[[Any], Iterable[object]]
    offered: Callable[[Any], bool]
    done: _StrPromise | str
    icon: str = "check-lg"
    form: type[Form] | None = None


def action_of(table: type[Table[Any]], verb: str) -> BulkAction | None:
    """The action of that name."""
    return next((action for action in table.actions if action.verb == verb), None)


@transaction.atomic
def choose(*, table: Table[Any], action: BulkAction, actor: Any, chosen: Sequence[int] | None) -> BulkRun:
    """Put down what ``action`` would do to the ``chosen`` rows of ``table`` (``None``: to all that the list shows).

    Raises ``InvalidInput`` when there are none or too many. Rows that cannot be done are marked so at once, with the
    reason. Side effects: removes the person's papers that are older than 30 days, and previews never confirmed.
    """
    # What was ticked is taken although a filter would leave it out by now: the preview says what became of it.
    found = table.found if chosen is None else table.rows.filter(pk__in=chosen[: MOST + 1])
    keys = list(found.order_by().values_list("pk", flat=True)[: MOST + 1])
    if not keys:
        raise InvalidInput(_("没有选中任何一条。请先勾选，再选要做的事。"))
    if len(keys) > MOST:
        raise InvalidInput(_("一次最多%(most)d条。请先用筛选缩小范围，再分几次办理。") % {"most": MOST})
    _tidy(actor)
    back = f"{table.path}?{table.query()}"
    run = BulkRun.objects.create(user=actor, page=table.key, verb=action.verb, back=back[:1500])
    rows = {row.pk: row for row in action.fresh(actor).filter(pk__in=keys)}
    listed = [row for row in table.sorted(table.related(table.rows.filter(pk__in=keys))) if row.pk in rows]
    table.prepare(listed)
    BulkRow.objects.bulk_create(
        BulkRow(
            run=run,
            position=number,
            row_id=row.pk,
            name=table.name_of(row)[:300],
            url=table.url_of(row),
            **_previewed(rows[row.pk], action, actor),
        )
        for number, row in enumerate(listed)
    )
    return run


def _tidy(actor: Any) -> None:
    own = BulkRun.objects.filter(user=actor)
    own.filter(started_at__isnull=True).delete()
    own.filter(created_at__lt=clock.now() - KEPT).delete()


def _previewed(row: Any, action: BulkAction, actor: Any) -> dict[str, str]:
    """What the preview says of a row, and what the row looked like."""
    try:
        state, message = BulkRow.State.WAITING, action.foresee(actor, row)
    except DomainError as error:
        state, message = BulkRow.State.REFUSED, error.written
    return {"state": state, "message": message[:500], "stamp": _stamp(action.look(row))}


def _stamp(look: Iterable[object]) -> str:
    return hashlib.sha256("\x1f".join(str(part) for part in look).encode()).hexdigest()


def start(*, run: BulkRun, data: Mapping[str, Any]) -> None:
    """Confirm the preview with what was filled in; a second time changes nothing. ``carry_on`` then does the rows."""
    BulkRun.objects.filter(pk=run.pk, started_at__isnull=True).update(started_at=clock.now(), data=dict(data))
    run.refresh_from_db()


def carry_on(*, run: BulkRun, action: BulkAction, actor: Any) -> int:
    """Do the next rows of a confirmed run, at most ``AT_ONCE``; how many still wait.

    Each row in its own transaction, through the room's service, which asks for the right again.
    """
    waiting = BulkRow.objects.filter(run=run, state=BulkRow.State.WAITING).order_by("position")
    for line in waiting[:AT_ONCE]:
        try:
            _do(line, action, actor, run.data)
        except DomainError as error:
            _settle(line, BulkRow.State.REFUSED, error.written)
    return waiting.count()


@transaction.atomic
def _do(line: BulkRow, action: BulkAction, actor: Any, data: Mapping[str, Any]) -> None:
    if not _settle(line, BulkRow.State.DONE, str(action.done)):
        return  # another request was faster
    row = action.fresh(actor).filter(pk=line.row_id).first()
    if row is None:
        raise Conflict(_("这一条已经看不到了，没有办理。"))
    if _stamp(action.look(row)) != line.stamp:
        raise Conflict(_("预览之后这一条有了变化，没有办理。请重新查看后再办。"))
    action.act(row, actor=actor, **data)


def _settle(line: BulkRow, state: str, message: str) -> bool:
    waiting = BulkRow.objects.filter(pk=line.pk, state=BulkRow.State.WAITING)
    return waiting.update(state=state, message=message[:500]) == 1
