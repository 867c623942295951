"""Academic terms and corrections of the working-day calendar, maintained by the committee office."""

from __future__ import annotations

import datetime
import re

from django.db import transaction

from common import audit, clock
from common.errors import InvalidInput
from common.models import AcademicTerm, CalendarDay
from common.sentences import written as _
from orgs import access
from orgs.models import User

FIRST_YEAR, YEARS_AHEAD = 2000, 5  # no arrangement is made longer beforehand; more is a slip of the finger


def _check_year(field: str, day: datetime.date) -> None:
    last = clock.today().year + YEARS_AHEAD
    if not FIRST_YEAR <= day.year <= last:
        words = _("日期 %(day)s 不合理，请填 %(first)d 年到 %(last)d 年之间的日期。")
        raise InvalidInput(errors={field: words % {"day": day, "first": FIRST_YEAR, "last": last}})


@transaction.atomic
def save_term(*, actor: User, code: str, start: datetime.date, end: datetime.date) -> AcademicTerm:
    """Enter an academic term, or correct the one with this code.

    Raises ``NotAllowed`` without CONFIGURE, ``InvalidInput`` (odd year, end before start, overlap with another term).
    """
    access.require_anywhere(actor, access.CONFIGURE)
    if not re.fullmatch(r"\d{4}-\d{4}-[1-4]", code, re.ASCII):
        raise InvalidInput(errors={"code": _("请写成 2026-2027-1 这样的学期代码。")})
    _check_year("start", start)
    _check_year("end", end)
    if end <= start:
        raise InvalidInput(errors={"end": _("结束日期要晚于开学日期。")})
    other = AcademicTerm.objects.exclude(code=code).filter(start__lte=end, end__gte=start).first()
    if other is not None:
        raise InvalidInput(errors={"start": _("与学期 %s 的日期重叠，请核对。") % other.code})
    term = AcademicTerm.objects.filter(code=code).first() or AcademicTerm(code=code)
    term.start, term.end = start, end
    return audit.save(term, actor=actor, reason=_("维护校历"))


@transaction.atomic
def save_day(*, actor: User, date: datetime.date, is_workday: bool, name: str = "", source: str = "") -> CalendarDay:
    """Correct one day of the published calendar (a make-up day, a school holiday).

    Raises ``NotAllowed`` without CONFIGURE, ``InvalidInput`` (odd year).
    """
    access.require_anywhere(actor, access.CONFIGURE)
    _check_year("date", date)
    day = CalendarDay.objects.filter(date=date).first() or CalendarDay(date=date)
    day.is_workday, day.name, day.source = is_workday, name, source
    return audit.save(day, actor=actor, reason=_("维护工作日历"))


@transaction.atomic
def remove_day(*, actor: User, pk: int) -> None:
    """Take a correction back: the published calendar counts again. Nothing happens when it is gone already."""
    access.require_anywhere(actor, access.CONFIGURE)
    day = CalendarDay.objects.filter(pk=pk).first()
    if day is not None:
        day._history_user, day._change_reason = actor, _("恢复公布的日历")  # type: ignore[attr-defined]
        day.delete()
