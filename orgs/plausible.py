"""Which days can be true of a Party organisation and its people: one rule for services and imports.

Nothing of the Party is older than the Party. What has happened (an admission, a transfer, an election) is not to come;
what is decided beforehand (an office, a founding, a dissolution) begins within half a year: resolutions are passed a
semester ahead at most, so anything farther is a slip of the pen. An office ends within the longest term of five years
and the year by which it can be extended (基层组织选举工作条例 2020, art. 3).
"""

from __future__ import annotations

import datetime

from django.utils.translation import gettext as _

from common import clock
from common.errors import InvalidInput

FIRST_DAY = datetime.date(1921, 7, 1)  # the founding of the Party
FIRST_BIRTHDAY = datetime.date(1900, 1, 1)
DECIDED_AHEAD = datetime.timedelta(days=183)
LONGEST_TERM = datetime.timedelta(days=6 * 366)


def too_early(day: datetime.date | None) -> str:
    """What to say of a day before the Party; empty for any other, and for none."""
    if day is None or day >= FIRST_DAY:
        return ""
    return _("日期 %(day)s 早于 %(first)s，请检查年份。") % {"day": day, "first": FIRST_DAY}


def happened_fault(day: datetime.date | None) -> str:
    """What is wrong with the day of something that has happened; empty: nothing."""
    if day is not None and day > clock.today():
        return _("请在生效当天或之后登记，不能填以后的日期。")
    return too_early(day)


def birthday_fault(day: datetime.date | None) -> str:
    """What is wrong with a birthday; empty: nothing."""
    if day is not None and not FIRST_BIRTHDAY <= day <= clock.today():
        return _("出生日期 %s 不合理，请检查年份。") % day
    return ""


def decided_fault(day: datetime.date | None) -> str:
    """What is wrong with the day of something decided, which may begin within ``DECIDED_AHEAD``; empty: nothing."""
    if day is not None and day > clock.today() + DECIDED_AHEAD:
        return _("日期太远，请检查年份。")
    return too_early(day)


def term_end_fault(day: datetime.date | None) -> str:
    """What is wrong with the last day of an office or of an exclusion; empty: nothing."""
    if day is not None and day > clock.today() + LONGEST_TERM:
        return _("日期太远，请检查年份。")
    return too_early(day)


def require(**faults: str) -> None:
    """Raise ``InvalidInput`` with those of ``faults`` (field → words of a function above) that are not empty."""
    errors = {field: words for field, words in faults.items() if words}
    if errors:
        raise InvalidInput(errors=errors)
