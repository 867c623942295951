"""Names that carry a number (第十二党小组) in the order people count them, and names that differ by one slip. Pure."""

from __future__ import annotations

import re

_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_NUMERAL = re.compile(r"[零〇一二两三四五六七八九十]+|\d{1,4}")
LAST = 10_000  # after every number


def ordinal(name: str) -> int:
    """The first number in ``name``, Chinese (up to 九十九) or in digits; ``LAST`` without one."""
    found = _NUMERAL.search(name)
    if found is None:
        return LAST
    text = found[0]
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return int("".join(str(_DIGITS[sign]) for sign in text)[:4])
    return _value(tens, 1) * 10 + _value(ones, 0)


def _value(text: str, empty: int) -> int:
    return _DIGITS.get(text[-1], empty) if text else empty


def is_slip_of(name: str, other: str) -> bool:
    """Whether two different names are one letter apart: one put in, left out or exchanged.

    Names that differ only in their number (第一党小组, 第二党小组) are two names and no slip.
    """
    if name == other or abs(len(name) - len(other)) > 1:
        return False
    if _NUMERAL.sub("#", name) == _NUMERAL.sub("#", other):
        return ordinal(name) == ordinal(other)
    shorter, longer = sorted((name, other), key=len)
    start = next((place for place, sign in enumerate(shorter) if sign != longer[place]), len(shorter))
    rest = shorter[start + 1 :] if len(shorter) == len(longer) else shorter[start:]
    return rest == longer[start + 1 :]
