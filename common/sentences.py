"""What the platform says of its own is written in Chinese once and read in the language of the reader.

Services, jobs and pure modules write Chinese, whoever is at the page: what they store is a fact, not a view. ``spoken``
knows every such sentence by the catalogue and says it in the reader's language; a person's own words stay what they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, override
from django.utils.translation.trans_real import translation

CHINESE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
PLACE = r"%\(\w+\)[sd]|%[sd]|\{\w+\}"
FIELD = re.compile(rf"%%|{PLACE}")
# Sentences stand in rows, the loosest joint first; each mark has its like in the other language.
JOINTS = tuple(re.compile(f"({joint})") for joint in ("；", "。", "\n", " · ", "，", "：", "、", "[（）]"))
MARKS = {"；": "; ", "。": ". ", "，": ", ", "、": ", ", "：": ": ", "（": " (", "）": ")"}
# With fewer Chinese letters a sentence with places is recognised only around figures: "任%(post)s" is also how a name begins.
LEAST = 3
FIGURES = dict(
    zip("一二三四五六七八九日上下", ("1", "2", "3", "4", "5", "6", "7", "8", "9", "7", "first", "second"), strict=True)
)
DEPTH = 4  # a sentence within a sentence: a cause within a note within a reason


@dataclass(frozen=True, slots=True)
class Template:
    """A sentence with places: its fixed pieces, how it is recognised, the same in the other language."""

    pieces: tuple[str, ...]
    shape: re.Pattern[str]
    fields: tuple[str, ...]
    words: str

    @property
    def weight(self) -> int:
        """How many Chinese letters of it are fixed: of two that fit the one that says more is meant."""
        return sum(len(CHINESE.findall(piece)) for piece in self.pieces)


def written(text: str) -> str:
    """Mark a Chinese sentence that is stored or computed; it stays as it is until ``spoken``."""
    return text


def writing() -> override:
    """Decorator or context: labels within are those of the platform's own language, whoever is at the page."""
    return override(settings.LANGUAGE_CODE)


def spoken(text: object) -> str:
    """``text`` in the language of the reader; what no catalogue knows (people's own words) stays as it is."""
    said = str(text)
    code = get_language() or settings.LANGUAGE_CODE
    if code == settings.LANGUAGE_CODE or not CHINESE.search(said):
        return said
    return _said(code, said, 0)


@lru_cache(maxsize=20_000)
def _said(code: str, text: str, depth: int) -> str:
    known = _catalogue(code)[0].get(text)
    if known is not None:
        return known
    if depth and text in FIGURES:
        return FIGURES[text]
    if depth < DEPTH and CHINESE.search(text):
        row = _in_pieces(code, text, depth + 1)
        if not CHINESE.search(row):
            return row
        if found := _fitting(code, text, depth):
            template, match = found
            return _filled(code, template, match, depth + 1)
        return row
    return text


def _fitting(code: str, text: str, depth: int = 0) -> tuple[Template, re.Match[str]] | None:
    """The template with the most fixed words that ``text`` fits."""
    for template in _catalogue(code)[1]:
        if not all(piece in text for piece in template.pieces):
            continue
        match = template.shape.fullmatch(text)
        if match and (template.weight >= LEAST or all(_is_figure(code, value, depth) for value in match.groups())):
            return template, match
    return None


def _is_figure(code: str, value: str, depth: int) -> bool:
    """Whether a value is a number, a date or something else without Chinese words."""
    if not CHINESE.search(value):
        return True
    return depth < DEPTH and re.search(r"[^\W\d]", _said(code, value, depth + 1)) is None


def _filled(code: str, template: Template, match: re.Match[str], depth: int) -> str:
    values = {name: _said(code, value, depth) for name, value in zip(template.fields, match.groups(), strict=True)}
    nameless = iter([value for name, value in values.items() if name.isdigit()])

    def value_of(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%"
        name = _name(found[0])
        return values.get(name, "") if name else next(nameless, "")

    return FIELD.sub(value_of, template.words)


def _name(place: str) -> str:
    """The name of a place: ``%(day)s`` and ``{day}`` have one, ``%s`` has none."""
    return re.sub(r"\W|(?<=\))[sd]$", "", place) if place[:2] == "%(" or place[0] == "{" else ""


def _in_pieces(code: str, text: str, depth: int) -> str:
    """A row of sentences, each said for itself; the marks between them change only around what was understood."""
    parts = next((parts for joint in JOINTS if len(parts := joint.split(text)) > 1), None)
    if parts is None:
        return text
    said = [_said(code, part, depth) if number % 2 == 0 else part for number, part in enumerate(parts)]
    if not any(one != part for one, part in zip(said[::2], parts[::2], strict=True)):
        return text
    whole = "".join(MARKS.get(part, part) if number % 2 else part for number, part in enumerate(said))
    return re.sub(r" +", " ", whole).strip()


@cache
def _catalogue(code: str) -> tuple[dict[str, str], tuple[Template, ...]]:
    """The sentences without places by their text, and those with places, the weightiest first."""
    exact: dict[str, str] = {}
    templates = []
    for text, words in _messages(code):
        pieces = tuple(piece.replace("%%", "%") for piece in re.split(PLACE, text))
        if len(pieces) == 1:
            exact[pieces[0]] = words.replace("%%", "%")
            # What is only ever joined to another sentence stands alone once the row is taken apart.
            exact.setdefault(pieces[0].lstrip("，"), words.replace("%%", "%").removeprefix(", "))
        elif CHINESE.search("".join(pieces)):
            templates.append(_template(text, words))
            if text.startswith("，"):
                templates.append(_template(text[1:], words.removeprefix(", ")))
    return exact, tuple(sorted(templates, key=lambda one: -one.weight))


def _messages(code: str) -> Iterator[tuple[str, str]]:
    catalogue: Any = translation(code)._catalog  # type: ignore[attr-defined]
    for key, words in catalogue.items():
        # A plural is kept as (message, number); the last form fits what is many.
        text = key[0] if isinstance(key, tuple) else key
        if words and CHINESE.search(text) and "\x04" not in text:
            yield text, words


def _template(text: str, words: str) -> Template:
    pieces: list[str] = []
    fields: list[str] = []
    shape, at = "", 0
    for found in FIELD.finditer(text):
        if found[0] == "%%":
            continue
        piece = text[at : found.start()].replace("%%", "%")
        pieces.append(piece)
        is_number = found[0][0] == "%" and found[0].endswith("d")
        shape += re.escape(piece) + (r"(-?[\d.,]+)" if is_number else "(.*?)")
        fields.append(_name(found[0]) or str(len(fields)))
        at = found.end()
    last = text[at:].replace("%%", "%")
    return Template(
        tuple(piece for piece in (*pieces, last) if piece),
        re.compile(shape + re.escape(last), re.DOTALL),
        tuple(fields),
        words,
    )
