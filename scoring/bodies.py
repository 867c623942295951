"""Editing the content of a draft part by part: plain functions on what ``definitions.as_data`` gives. Pure: no Django.

A draft may be unsound as a whole while it is written (points that do not add up yet); each part is sound by itself.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from common.measures import Gives
from scoring import definitions
from scoring.definition_parts import DefinitionFault, Problem

Body = dict[str, Any]
Edit = Callable[[Body], Body]
SECTIONS = ("bonus", "penalty", "veto", "bands")
FACTS = ("name", "full_mark", "min_age_months", "tie_break", "note")


class Gone(LookupError):
    """The part that was to be edited is not in the draft (any more)."""


class Taken(ValueError):
    """Another part has the code that a new one was to get."""


class NotEmpty(ValueError):
    """A block that still holds indicators is not taken out."""


def digest(body: Mapping[str, Any]) -> str:
    """What tells two states of a draft apart; short enough for a form."""
    text = json.dumps(body, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def problems_of(body: Mapping[str, Any], measures: Mapping[str, Gives] | None = None) -> list[Problem]:
    """Everything that keeps the scheme from being published."""
    try:
        definitions.read(body, measures)
    except DefinitionFault as fault:
        return fault.problems
    return []


def rows(body: Mapping[str, Any], key: str) -> list[Any]:
    """The rows of a list, an empty list if there is none."""
    found = body.get(key)
    return found if isinstance(found, list) else []


def find_block(body: Mapping[str, Any], code: str) -> dict[str, Any]:
    """The block of this code. Raises ``Gone``."""
    for block in rows(body, "blocks"):
        if block.get("code") == code:
            return cast(dict[str, Any], block)
    raise Gone(code)


def indicators(body: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Every indicator with its block, in the order of the scheme."""
    for block in rows(body, "blocks"):
        for indicator in rows(block, "indicators"):
            yield block, indicator


def find_indicator(body: Mapping[str, Any], code: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The block and the indicator of this code. Raises ``Gone``."""
    for block, indicator in indicators(body):
        if indicator.get("code") == code:
            return block, indicator
    raise Gone(code)


def plain(value: Any) -> Any:
    """``value`` with numbers and days as JSON and YAML write them exactly."""
    return definitions.as_data(cast(Any, {"value": value}))["value"]


def _without_nothing(part: Mapping[str, Any]) -> dict[str, Any]:
    return {key: plain(value) for key, value in part.items() if value not in (None, "", [], {}, ())}


def put_facts(facts: Mapping[str, Any]) -> Edit:
    """Replace the facts of the whole scheme (``FACTS``)."""

    def edit(body: Body) -> Body:
        kept = {key: value for key, value in body.items() if key not in FACTS}
        return kept | _without_nothing(facts)

    return edit


def put_section(key: str, value: Any) -> Edit:
    """Replace bonus, penalty, veto or bands."""

    def edit(body: Body) -> Body:
        return body | {key: plain(value)}

    return edit


def put_block(code: str, name: str, points: Any, *, is_new: bool = False) -> Edit:
    """Change name and points of a block, or append one. The edit raises ``Gone`` or ``Taken``."""

    def edit(body: Body) -> Body:
        made = copy.deepcopy(body)
        facts = {"name": name, "points": plain(points)}
        if is_new:
            if any(block.get("code") == code for block in rows(made, "blocks")):
                raise Taken(code)
            made["blocks"] = [*rows(made, "blocks"), {"code": code, **facts, "indicators": []}]
        else:
            find_block(made, code).update(facts)
        return made

    return edit


def put_indicator(block: str, indicator: Mapping[str, Any], *, is_new: bool = False) -> Edit:
    """Replace an indicator (known by its code) in its place, or put it at the end of ``block``.

    The edit raises ``Gone`` or ``Taken``.
    """

    def edit(body: Body) -> Body:
        made = copy.deepcopy(body)
        fresh = {key: plain(value) for key, value in indicator.items() if value not in (None, "")}
        target = find_block(made, block)
        if is_new and any(one.get("code") == indicator["code"] for _block, one in indicators(made)):
            raise Taken(indicator["code"])
        if not is_new:
            source, old = find_indicator(made, str(indicator["code"]))
            if source is target:
                source["indicators"] = [fresh if one is old else one for one in source["indicators"]]
                return made
            source["indicators"].remove(old)
        target["indicators"] = [*rows(target, "indicators"), fresh]
        return made

    return edit


def remove(what: str, code: str) -> Edit:
    """Take out an indicator or a block without indicators (``what``). The edit raises ``Gone`` or ``NotEmpty``."""

    def edit(body: Body) -> Body:
        made = copy.deepcopy(body)
        siblings, one = _place(made, what, code)
        if rows(one, "indicators"):
            raise NotEmpty(code)
        siblings.remove(one)
        return made

    return edit


def move(what: str, code: str, step: int) -> Edit:
    """Move a block, or an indicator within its block, one place up (-1) or down (1); at the end it stays."""

    def edit(body: Body) -> Body:
        made = copy.deepcopy(body)
        siblings, one = _place(made, what, code)
        here = siblings.index(one)
        there = min(max(here + step, 0), len(siblings) - 1)
        siblings.insert(there, siblings.pop(here))
        return made

    return edit


def _place(body: Body, what: str, code: str) -> tuple[list[Any], dict[str, Any]]:
    if what == "block":
        return body["blocks"], find_block(body, code)
    block, indicator = find_indicator(body, code)
    return block["indicators"], indicator


# --- is a part sound by itself

_SOUND = {"code": "X", "name": "X", "year": 2026, "applies_to": "branch"}


def _around(points: Any, indicator: Mapping[str, Any] | None = None) -> Body:
    """A scheme that is sound except for what is put into it."""
    line = indicator or {
        "code": "X", "name": "X", "points": points, "kind": "rubric", "source": "manual",
        "params": {"levels": [{"name": "X", "s": points}]},
    }  # fmt: skip
    blocks = [{"code": "X", "name": "X", "points": points, "indicators": [line]}]
    return {**_SOUND, "full_mark": points, "blocks": blocks, "bands": [{"name": "X", "min": 0}]}


def indicator_problems(indicator: Mapping[str, Any], measures: Mapping[str, Gives]) -> list[Problem]:
    """What is wrong with an indicator by itself; paths begin at the indicator."""
    fresh = {key: plain(value) for key, value in indicator.items() if value not in (None, "")}
    points = fresh.get("points", 1)
    whole = _around(max(points, 1) if isinstance(points, int | float) else points, fresh)
    whole["blocks"][0]["points"] = points
    own = "blocks.0.indicators.0."
    found = problems_of(whole, measures)
    return [Problem(one.path.removeprefix(own), one.message) for one in found if one.path.startswith(own)]


def block_problems(code: str, name: str, points: Any) -> list[Problem]:
    """What is wrong with code, name or points of a block by themselves."""
    whole = _around(100)
    whole["blocks"][0] |= {"code": code, "name": name, "points": plain(points)}
    own = "blocks.0."
    found = [one for one in problems_of(whole) if one.path.startswith(own)]
    sums = Problem(f"{own}points", "所属指标分值合计")
    return [
        Problem(one.path.removeprefix(own), one.message)
        for one in found
        if not (one.path == sums.path and sums.message in one.message)
    ]


def section_problems(body: Mapping[str, Any], key: str, value: Any) -> list[Problem]:
    """What is wrong with bonus, penalty, veto or bands by itself."""
    whole = _around(body.get("full_mark", 100)) | {key: plain(value)}
    return [one for one in problems_of(whole) if one.path.split(".")[0] == key]


def facts_problems(facts: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with the facts of the whole scheme by themselves."""
    fresh = _without_nothing(facts)
    whole = _around(fresh.get("full_mark", 100)) | fresh
    return [one for one in problems_of(whole) if one.path.split(".")[0] in FACTS]


def part_of(body: Mapping[str, Any], path: str) -> tuple[str, str]:
    """Which part a problem is about: (``indicator``, code), (``block``, code), (a section, ""), else (``facts``, "")."""
    steps = path.split(".")
    if steps[0] in SECTIONS:
        return steps[0], ""
    try:
        block = rows(body, "blocks")[int(steps[1])]
        if len(steps) > 3 and steps[2] == "indicators":
            return "indicator", str(rows(block, "indicators")[int(steps[3])]["code"])
        return "block", str(block["code"])
    except (LookupError, ValueError, AttributeError, TypeError):
        return "facts", ""
