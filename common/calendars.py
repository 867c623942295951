"""Working days and academic terms: published data, corrected by what the office enters."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import chinese_calendar
import yaml
from django.db import transaction
from django.utils.translation import gettext as _

from common.models import AcademicTerm, CalendarDay
from common.periods import ONE_DAY, Term

DATA = Path(__file__).parent / "data" / "calendar.yaml"


def terms() -> list[Term]:
    """All academic terms in order. One query."""
    return [Term(*row) for row in AcademicTerm.objects.order_by("start").values_list("code", "start", "end")]


def year_known(year: int) -> bool:
    """Whether the published arrangement of holidays covers ``year`` (国务院办公厅节假日安排)."""
    try:
        chinese_calendar.is_workday(datetime.date(year, 12, 31))
    except NotImplementedError:
        return False
    return True


def year_notice(year: int) -> str:
    """What to tell people about a year that is not published yet; empty for a known one."""
    if year_known(year):
        return ""
    return _("%(year)s年放假安排尚未公布或未录入，暂按周一至周五为工作日。") % {"year": year}


def _published(day: datetime.date) -> bool:
    return chinese_calendar.is_workday(day) if year_known(day.year) else day.isoweekday() <= 5


def holiday_name(day: datetime.date) -> str:
    """Name of the holiday on ``day`` in the published data, empty on other days."""
    if not year_known(day.year):
        return ""
    is_holiday, name = chinese_calendar.get_holiday_detail(day)
    names = {"New Year's Day": _("元旦"), "Spring Festival": _("春节"), "Tomb-sweeping Day": _("清明")}
    names |= {"Labour Day": _("劳动节"), "Dragon Boat Festival": _("端午"), "National Day": _("国庆")}
    names |= {"Mid-autumn Festival": _("中秋")}
    return names.get(name or "", "") if is_holiday else ""


def workdays_between(start: datetime.date, end: datetime.date) -> set[datetime.date]:
    """The working days from ``start`` to ``end``, both included. One query."""
    entered = dict(CalendarDay.objects.filter(date__range=(start, end)).values_list("date", "is_workday"))
    days = (start + ONE_DAY * offset for offset in range((end - start).days + 1))
    return {day for day in days if entered.get(day) is True or (day not in entered and _published(day))}


def is_workday(day: datetime.date) -> bool:
    """Whether ``day`` is a working day: what the office entered, else the published data, else Monday to Friday."""
    return bool(workdays_between(day, day))


def add_workdays(day: datetime.date, count: int) -> datetime.date:
    """The ``count``-th working day after ``day`` (0 is ``day`` itself). One query per span of days looked at.

    Raises ``ValueError`` for a negative ``count``.
    """
    if count < 0:
        raise ValueError(f"cannot count {count} working days ahead")
    span = datetime.timedelta(days=count * 2 + 30)
    start = day
    while count > 0:
        for found in sorted(workdays_between(start + ONE_DAY, start + span)):
            count -= 1
            if count == 0:
                return found
        start += span
    return day


@transaction.atomic
def load_calendar() -> int:
    """Create the shipped academic terms that are missing; never changes one. Returns how many were made."""
    data: dict[str, Any] = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    made = 0
    for row in data["academic_terms"]:
        _term, created = AcademicTerm.objects.get_or_create(
            code=row["code"], defaults={"start": row["start"], "end": row["end"]}
        )
        made += created
    return made
