"""Rules of composition and of terms of office: pure arithmetic without Django.

Figures and articles: reference rules R-BR-4, R-BR-20, R-BR-5, R-TERM-4.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from dataclasses import dataclass

from common.periods import add_months, months_until

_CODE = re.compile(r"[\w-]+")
MIN_FORMAL, MAX_MEMBERS, COMMITTEE_FROM = 3, 50, 7
GENERAL_BRANCH_MEMBERS = 50
COMMITTEE_MIN, COMMITTEE_MAX = 3, 7
REMIND_MONTHS = 6
SIZE_ARTICLE = "支部工作条例(试行)2018 第4条"
COMMITTEE_ARTICLE = "支部工作条例(试行)2018 第20条（条号未核实，第六章）"

ALLOWED_PARENTS: dict[str, tuple[str, ...]] = {
    "committee": ("committee",),
    "general_branch": ("committee",),
    "branch": ("general_branch", "committee"),
}


def is_code(text: str) -> bool:
    """Whether ``text`` can be the code of a unit or a person's number: letters, digits, ``-`` and ``_``.

    It stands in addresses: a slash, a question mark or a dot would lead elsewhere. Full-width signs look like others
    and are none of them: nobody finds １２ by typing 12.
    """
    return bool(_CODE.fullmatch(text)) and text == unicodedata.normalize("NFKC", text)


def may_stand_under(level: str, parent_level: str | None) -> bool:
    """Whether an organisation of ``level`` may stand under one of ``parent_level`` (``None``: as a root)."""
    if parent_level is None:
        return level == "committee"
    return parent_level in ALLOWED_PARENTS.get(level, ())


def office_fits(office: str, level: str) -> bool:
    """Whether an organisation of ``level`` has ``office``: 纪委书记 stands in a committee, Party groups in branches."""
    only = {"discipline_secretary": "committee", "group_leader": "branch"}
    return only.get(office, level) == level


@dataclass(frozen=True)
class Warning:
    """Something to look at; never blocks. ``article`` is the source."""

    text: str
    article: str


def composition(
    *, formal: int, probationary: int, has_committee: bool, committee_size: int = 0, deputies: int = 0
) -> list[Warning]:
    """Warnings about the composition of a branch from its numbers of members and of people in its committee.

    ``committee_size`` counts persons (secretary and deputies included), not offices; 0 where nobody asks.
    """
    members = formal + probationary
    found = []
    if formal < MIN_FORMAL:
        found.append(Warning(f"正式党员{formal}人，不足{MIN_FORMAL}人，不宜单独设支部", SIZE_ARTICLE))
    if members > MAX_MEMBERS:
        found.append(Warning(f"党员{members}人，一般不超过{MAX_MEMBERS}人", SIZE_ARTICLE))
    if formal >= COMMITTEE_FROM and not has_committee:
        found.append(Warning(f"正式党员{formal}人，{COMMITTEE_FROM}人以上应设支部委员会", COMMITTEE_ARTICLE))
    if has_committee and committee_size and not COMMITTEE_MIN <= committee_size <= COMMITTEE_MAX:
        text = f"支部委员会{committee_size}人，一般为{COMMITTEE_MIN}至5人、最多{COMMITTEE_MAX}人"
        found.append(Warning(text, COMMITTEE_ARTICLE))
    if deputies > 1:
        found.append(Warning(f"副书记{deputies}人，最多设1名", COMMITTEE_ARTICLE))
    return found


def general_branch(*, members: int, approved: bool) -> list[Warning]:
    """Warnings about a general branch: with fewer than 50 members the number of its approval has to be on record."""
    if members >= GENERAL_BRANCH_MEMBERS or approved:
        return []
    text = f"党员{members}人，不足{GENERAL_BRANCH_MEMBERS}人，请补填批准文号"
    return [Warning(text, "须经党委批准")]


@dataclass(frozen=True)
class TermState:
    """State of a term of office: ``light`` as for Tasks, and words."""

    light: str
    text: str


def term_state(*, today: datetime.date, term_end: datetime.date | None) -> TermState:
    """How near the end of the term is. Reminder: 6 months before (支部工作条例(试行)2018 第22条, 条号未核实).

    The term ends on the day itself; from the next day on it has expired.
    """
    if term_end is None:
        return TermState("grey", "未登记任期")
    if today > term_end:
        days = (today - term_end).days
        return TermState("red", f"已届满{days}天，尚未换届")
    left = months_until(today, term_end)
    if today >= add_months(term_end, -REMIND_MONTHS):
        days = (term_end - today).days
        words = f"还有{left}个月届满" if left else f"还有{days}天届满" if days else "今天届满"
        return TermState("yellow" if left >= 2 else "orange", words)
    return TermState("green", f"{term_end.isoformat()} 届满")
