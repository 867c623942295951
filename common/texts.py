"""Text as people type and paste it, without what nobody sees. Imports no Django."""

from __future__ import annotations

import unicodedata

_LINES = "\n\r\t"


def visible(text: str, *, keep_lines: bool = False) -> str:
    """``text`` without control and format characters (zero-width blanks, direction marks, soft hyphens).

    They make two names look alike and differ, or turn a line around. Ends of lines and tabs become blanks unless
    ``keep_lines``. What is seen stays, the dot of 阿依古丽·买买提 and rare characters among it.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(sign, keep_lines) for sign in text)


def _shown(sign: str, keep_lines: bool) -> str:
    if sign in _LINES:
        return sign if keep_lines else " "
    category = unicodedata.category(sign)
    if category in ("Zl", "Zp"):  # the ends of lines and paragraphs that Unicode added
        return "\n" if keep_lines else " "
    return "" if category in ("Cc", "Cf", "Cs") else sign
