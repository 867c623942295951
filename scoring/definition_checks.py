"""What makes a scheme sound: the parameters of each kind of formula, sums, codes, measures, bands. Pure: no Django.

Messages are Chinese and say what to do; the kinds and their parameters are those of the reference (scoring_schemes.yaml,
``kinds``), with ``stepped`` besides.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any

from common.measures import Gives
from scoring.definition_fields import Node
from scoring.definition_parts import Band, Block, Definition, Indicator, Problem

ZERO, ONE, HUNDRED = Decimal(0), Decimal(1), Decimal(100)

# What a formula reads from a measure; a rubric reads none.
FITS = {
    "frequency": Gives.HELD,
    "deduct": Gives.EVENTS,
    "rate_linear": Gives.RATE,
    "stepped": Gives.RATE,
    "imported": Gives.VALUE,
    "checklist": Gives.ITEMS,
    "survey": Gives.VALUE,
}
KINDS = frozenset({*FITS, "rubric"})
KIND_WORDS = {
    "frequency": "按次数比例",
    "deduct": "逐次扣分",
    "rate_linear": "比率线性",
    "stepped": "比率分档",
    "imported": "取另一张表的得分折算",
    "checklist": "逐条得分",
    "survey": "匿名测评",
    "rubric": "按档次评分",
}
SOURCES = frozenset({"auto", "manual", "mixed", "ballot"})
EMPTY = frozenset({"not_applicable", "full_mark"})

# Parameters of a formula: name -> required. What a measure may be told besides is in MEASURE_PARAMS.
PARAMS: Mapping[str, Mapping[str, bool]] = {
    "frequency": {
        "required": True,
        "period": True,
        "counts": True,
        "cap_per_month": False,
        "cap_per_quarter": False,
        "na_when": False,
    },
    "deduct": {"event": False, "per_event": False, "event_weights": False, "floor": False},
    "rate_linear": {
        "numerator": True,
        "denominator": True,
        "full_at": True,
        "zero_at": True,
        "empty_denominator": True,
    },
    "stepped": {"numerator": True, "denominator": True, "steps": True, "empty_denominator": True},
    "rubric": {"levels": True},
    "imported": {"from": True, "from_full": True, "scheme": False},
    "checklist": {"items": True},
    "survey": {"groups": True, "min_ballots": True, "grade_map": False},
}
MEASURE_PARAMS = frozenset({"kind", "topic", "hours", "months", "office", "part"})
CONDITIONS = (
    re.compile(r"无\s*(?P<kind>[A-Z])\s*类扣分"),
    re.compile(r"(?P<name>\S+?)(?P<than>不低于|不高于)(?P<bound>[0-9]+(\.[0-9]+)?)"),
)


def read_params(node: Node, kind: str, points: Decimal | None, *, measured: bool) -> dict[str, Any]:
    """The parameters of one indicator in their types. ``measured``: parameters for a measure are allowed besides."""
    known = PARAMS.get(kind)
    if known is None:  # the unknown kind is reported by its own field
        return {}
    node.only({*known, *(MEASURE_PARAMS if measured else ())})
    found = _READ[kind](node, points if points is not None else Decimal(1_000_000))
    for key in ("kind", "topic", "office", "part"):
        if measured and node.has(key):
            found[key] = node.text(key)
    for key in ("hours", "months"):
        if measured and node.has(key):
            found[key] = node.number(key, 0)
    return found


def _given(found: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in found.items() if value is not None and value not in ("", (), {})}


def _frequency(node: Node, points: Decimal) -> dict[str, Any]:
    if node.has("cap_per_month") and node.has("cap_per_quarter"):
        node.fault("cap_per_quarter", "“cap_per_month”和“cap_per_quarter”只能填一个，请删去一个")
    return _given(
        {
            "required": node.whole("required", 1, 1000),
            "period": node.choice("period", {"year"}),
            "counts": node.text("counts"),
            "cap_per_month": node.whole("cap_per_month", 1, 100, required=False),
            "cap_per_quarter": node.whole("cap_per_quarter", 1, 100, required=False),
            "na_when": node.text("na_when", required=False),
        }
    )


def _deduct(node: Node, points: Decimal) -> dict[str, Any]:
    weighted = node.has("event_weights")
    if weighted == (node.has("per_event") or node.has("event")):
        node.fault("per_event", "“event”加“per_event”与“event_weights”二者填且只填一种，请补充或删去")
    return _given(
        {
            "event": node.text("event", required=not weighted),
            "per_event": node.number("per_event", 0, points, required=not weighted),
            "event_weights": node.numbers("event_weights", 0, points),
            "floor": node.number("floor", 0, points, required=False),
        }
    )


def _rate(node: Node) -> dict[str, Any]:
    return {
        "numerator": node.text("numerator"),
        "denominator": node.text("denominator"),
        "empty_denominator": node.choice("empty_denominator", EMPTY),
    }


def _rate_linear(node: Node, points: Decimal) -> dict[str, Any]:
    full, zero = node.number("full_at", 0, 1), node.number("zero_at", 0, 1)
    if full is not None and full == zero:
        node.fault("zero_at", "“full_at”与“zero_at”相同，无法折算，请改成不同的值")
    return _given({**_rate(node), "full_at": full, "zero_at": zero})


def _stepped(node: Node, points: Decimal) -> dict[str, Any]:
    steps = []
    for step in node.children("steps", "分档"):
        step.only({"min", "s"})
        steps.append((step.number("min", 0, 1), step.number("s", 0, points)))
    whole = [(low, score) for low, score in steps if low is not None and score is not None]
    if steps and len(whole) == len(steps):
        falls = all(one[0] > two[0] and one[1] >= two[1] for one, two in pairwise(whole))
        if not falls:
            node.fault("steps", "各档应从高到低排列，比率下限不能重复，分值不能倒挂，请调整")
        if whole[-1][0] != 0:
            node.fault("steps", "最低一档的“min”应为0，否则有的比率没有对应的档，请补充")
    return _given({**_rate(node), "steps": tuple({"min": low, "s": score} for low, score in whole)})


def _rubric(node: Node, points: Decimal) -> dict[str, Any]:
    levels: list[dict[str, Any]] = []
    for level in node.children("levels", "档次"):
        level.only({"name", "s"})
        levels.append({"name": level.text("name"), "s": level.number("s", 0, points)})
    repeated(node, "levels", (level["name"] for level in levels), "档次名称")
    if levels and all(level["s"] is not None and level["s"] < points for level in levels):
        node.fault("levels", f"没有一个档次能得满分{plain(points)}分，请调整档次分值")
    return {"levels": tuple(levels)}


def _imported(node: Node, points: Decimal) -> dict[str, Any]:
    scheme = node.code("scheme") if node.has("scheme") else ""
    return _given({"from": node.text("from"), "from_full": node.number("from_full", Decimal("0.01")), "scheme": scheme})


def _checklist(node: Node, points: Decimal) -> dict[str, Any]:
    items: list[dict[str, Any]] = []
    for item in node.children("items", "条目"):
        item.only({"code", "t", "p", "auto"})
        row: dict[str, Any] = {"code": item.code(), "t": item.text("t"), "p": item.number("p", 0, LARGE)}
        if item.flag("auto"):
            row["auto"] = True
        items.append(row)
    repeated(node, "items", (item["code"] for item in items), "条目编码")
    each = [item["p"] for item in items]
    if each and points < LARGE and None not in each and sum(each) != points:
        node.fault("items", f"各条分值合计{plain(sum(each))}，应等于指标分值{plain(points)}，请调整")
    return {"items": tuple(items)}


def _survey(node: Node, points: Decimal) -> dict[str, Any]:
    groups: list[dict[str, Any]] = []
    for group in node.children("groups", "人群"):
        group.only({"name", "w"})
        groups.append({"name": group.text("name"), "w": group.number("w", 0, 1)})
    repeated(node, "groups", (group["name"] for group in groups), "人群名称")
    weights = [group["w"] for group in groups]
    if weights and None not in weights and sum(weights) != ONE:
        node.fault("groups", f"各人群权重合计{plain(sum(weights))}，应为1，请调整")
    return _given(
        {
            "min_ballots": node.whole("min_ballots", 1, 100_000),
            "groups": tuple(groups),
            "grade_map": node.numbers("grade_map", 0, 100),
        }
    )


LARGE = Decimal(1_000_000)
_READ: Mapping[str, Callable[[Node, Decimal], dict[str, Any]]] = {
    "frequency": _frequency,
    "deduct": _deduct,
    "rate_linear": _rate_linear,
    "stepped": _stepped,
    "rubric": _rubric,
    "imported": _imported,
    "checklist": _checklist,
    "survey": _survey,
}


def repeated(node: Node, key: str, names: Iterable[str], noun: str) -> None:
    """Report names that occur more than once."""
    for name, times in Counter(name for name in names if name).items():
        if times > 1:
            node.fault(key, f"{noun}“{name}”重复{times}次，请改成不同的名称")


def plain(number: Decimal | int) -> str:
    """A number without an exponent and without useless zeros."""
    text = format(Decimal(number), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def check_whole(definition: Definition, problems: list[Problem], measures: Mapping[str, Gives] | None) -> None:
    """Checks across fields: sums, codes, measures, bands. Adds to ``problems``.

    A sum is not checked where a figure that goes into it is already reported.
    """
    top = Node({}, "", problems)
    repeated(top, "blocks", (block.code for block in definition.blocks), "板块编码")
    repeated(top, "blocks", (indicator.code for indicator in definition.indicators()), "指标编码")
    broken = {problem.path for problem in problems}
    for n, block in enumerate(definition.blocks):
        _check_block(Node({}, f"blocks.{n}", problems, f"板块{block.code}"), block, broken)
        for m, indicator in enumerate(block.indicators):
            here = Node({}, f"blocks.{n}.indicators.{m}", problems, f"指标{indicator.code}")
            _check_source(here, indicator, measures)
    if not _points_broken("", "blocks.", broken) and definition.blocks:
        found = sum((block.points for block in definition.blocks), ZERO)
        if found != definition.full_mark:
            words = f"各板块分值合计{plain(found)}，应等于满分{plain(definition.full_mark)}，请调整板块分值"
            top.fault("blocks", words)
    _check_bands(top, definition.bands, definition.full_mark)


def _points_broken(prefix: str, inside: str, broken: set[str]) -> bool:
    """Whether a figure of this sum is reported, or a row of it could not be read."""
    if f"{prefix}points" in broken or (not prefix and "full_mark" in broken):
        return True
    rows = re.compile(re.escape(f"{prefix}{inside}") + r"\d+(\.points)?")
    return any(rows.fullmatch(path) for path in broken)


def _check_block(node: Node, block: Block, broken: set[str]) -> None:
    if not block.indicators or _points_broken(f"{node.path}.", "indicators.", broken):
        return
    found = sum((indicator.points for indicator in block.indicators), ZERO)
    if found != block.points:
        node.fault("points", f"所属指标分值合计{plain(found)}，应等于板块分值{plain(block.points)}，请调整")


def _check_source(node: Node, indicator: Indicator, measures: Mapping[str, Gives] | None) -> None:
    """A line that counts needs somewhere to take its figure from, and of the right sort."""
    kind, fits = indicator.kind, FITS.get(indicator.kind)
    if kind not in KINDS:
        return
    if indicator.measure:
        if fits is None:
            node.fault("measure", f"“{KIND_WORDS[kind]}”由人评定，不从数据取数，请删去“measure”")
        elif measures is not None and indicator.measure not in measures:
            node.fault("measure", f"没有名为“{indicator.measure}”的取数项，请从取数目录中选择")
        elif measures is not None and measures[indicator.measure] != fits:
            node.fault(
                "measure", f"取数项“{indicator.measure}”给出的数据不能用于“{KIND_WORDS[kind]}”，请换取数项或评分方式"
            )
    elif indicator.exempt is None and _needs_measure(indicator):
        node.fault("measure", "自动取数的指标要写明取数项“measure”；数据来源尚未启用的，请填写免计理由和批准人“exempt”")


def _needs_measure(indicator: Indicator) -> bool:
    if indicator.kind == "rubric":
        return False
    if indicator.kind == "checklist":
        return any(item.get("auto") for item in indicator.params.get("items", ()))
    return indicator.kind != "deduct" or indicator.source == "auto"


def _check_bands(node: Node, bands: tuple[Band, ...], full_mark: Decimal) -> None:
    if not bands:
        return
    repeated(node, "bands", (band.name for band in bands), "等次名称")
    floors = [band.min for band in bands]
    if len(set(floors)) != len(floors):
        node.fault("bands", "有等次的最低分相同，范围重叠，请改成不同的最低分")
    elif floors != sorted(floors, reverse=True):
        node.fault("bands", "等次应从高到低排列，请调整顺序")
    if min(floors) != ZERO:
        node.fault("bands", "最低一个等次的最低分应为0，否则有的得分没有对应的等次，请补充")
    if max(floors) > full_mark:
        node.fault("bands", f"最高等次的最低分超过满分{plain(full_mark)}，没有单位能达到，请调低")
    if bands[-1].quota_max_ratio is not None or bands[-1].extra:
        node.fault("bands", f"最低等次“{bands[-1].name}”不能设名额或附加条件，请删去")
    for n, band in enumerate(bands):
        for m, words in enumerate(band.extra):
            if not any(condition.fullmatch(words) for condition in CONDITIONS):
                node.fault(
                    f"bands.{n}.extra.{m}", f"等次条件“{words}”无法识别，请写成“无 K 类扣分”或“某某率不低于0.90”"
                )
        if band.quota_scope and (band.quota_max_ratio is None or not _scope_fits(band, bands[:n])):
            wanted = f"“{bands[n - 1].name}与{band.name}合计”" if n else "空"
            node.fault(f"bands.{n}.quota_scope", f"名额范围“{band.quota_scope}”应写成{wanted}，并填写名额比例")


def _scope_fits(band: Band, better: tuple[Band, ...]) -> bool:
    """A shared quota is that of this band and all better ones together."""
    return bool(better) and band.quota_scope == "与".join([*(one.name for one in better), band.name]) + "合计"
