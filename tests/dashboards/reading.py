"""What a page says, as plain data."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

_CELL = re.compile(r'<(?:a|span) class="cell cell-(\w+)"[^>]*>(?:<svg.*?</svg>)?<span[^>]*>(.*?)</span>', re.S)


def text(response: Any) -> str:
    """The page without tags, white space collapsed."""
    body = re.sub(r"<(script|style|svg).*?</\1>", "", response.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))


def section(response: Any, title: str) -> str:
    """The part of the page below one heading, as text."""
    body = response.content.decode()
    found = [part for part in re.split(r"<section", body) if re.search(rf"<h2[^>]*>\s*{re.escape(title)}", part)]
    assert len(found) == 1, f"{title}: {len(found)}"
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", found[0].split(">", 1)[1]))).strip()


def matrix_row(response: Any, name: str) -> list[tuple[str, str]]:
    """Colour and words of every square of the line headed ``name``."""
    for row in re.findall(r"<tr[^>]*>(.*?)</tr>", response.content.decode(), re.S):
        head = re.search(r'<th scope="row">(.*?)</th>', row, re.S)
        if head and re.sub(r"<[^>]+>", "", head[1]).strip().startswith(name):
            return [(colour, unescape(words)) for colour, words in _CELL.findall(row)]
    raise AssertionError(f"no line {name}")
