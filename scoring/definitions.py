"""Schemes of scoring as data: read with all their faults named at once, written, compared. Pure: no Django."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from common.measures import Gives
from scoring.definition_changes import Cycle, Difference, as_data, cycles, differences
from scoring.definition_checks import KINDS, SOURCES, check_whole, plain, read_params, repeated
from scoring.definition_fields import Node
from scoring.definition_parts import (
    Award,
    Band,
    Block,
    Bonus,
    Component,
    CompositeDefinition,
    Definition,
    DefinitionFault,
    Exemption,
    Indicator,
    Penalties,
    PenaltyItem,
    Problem,
    Veto,
    VetoItem,
)

APPLIES_TO = frozenset({"committee", "general_branch", "branch"})
TOP = (
    "schema_version", "code", "name", "year", "applies_to", "full_mark", "min_age_months", "blocks", "bonus", "penalty",
    "veto", "bands", "bands_basis", "tie_break", "grade_map", "dynamic", "process", "process_basis", "note",
)  # fmt: skip
INDICATOR = (
    "code", "name", "points", "kind", "source", "params", "measure", "reviewer", "cadence", "basis", "rule_id", "note", "exempt",
)  # fmt: skip
STEP_TEXTS = ("name", "by", "due", "basis")
STEP_LISTS = ("shows", "hides", "form", "outputs", "outcomes")
STEP_DAYS = ("days", "window_days")
ZERO, HUNDREDTH = Decimal(0), Decimal("0.01")
LARGEST_MARK = 1000  # a sheet keeps totals below 10,000


def read(data: Mapping[str, Any], measures: Mapping[str, Gives] | None = None) -> Definition:
    """The scheme in ``data`` (one scheme, as YAML gives it).

    Args: ``measures``: what each measure gives, by its code; ``None`` leaves the measures unchecked.
    Raises: ``DefinitionFault`` with every problem, and nothing else whatever ``data`` is.
    """
    problems: list[Problem] = []
    node = Node(data, "", problems)
    node.only(TOP)
    definition = Definition(
        code=node.code(),
        name=node.text("name"),
        year=node.whole("year", 2000, 2100) or 0,
        applies_to=node.choice("applies_to", APPLIES_TO),
        full_mark=node.number("full_mark", 1, LARGEST_MARK) or ZERO,
        min_age_months=node.whole("min_age_months", 0, 1200, required=False),
        blocks=tuple(_block(block) for block in node.children("blocks", "板块")),
        bonus=_bonus(node.child("bonus", "加分")) if node.has("bonus") else Bonus(),
        penalty=_penalties(node.child("penalty", "扣分")) if node.has("penalty") else Penalties(),
        veto=_veto(node.child("veto", "一票否决")) if node.has("veto") else Veto(),
        bands=tuple(_band(band) for band in node.children("bands", "等次")),
        tie_break=node.texts("tie_break"),
        grade_map=node.numbers("grade_map", 0, 100),
        dynamic=_dynamic(node.child("dynamic", "动态管理")),
        process=_process(node),
        bands_basis=node.text("bands_basis", required=False),
        process_basis=node.text("process_basis", required=False),
        note=node.text("note", required=False),
    )
    if node.usable:
        check_whole(definition, problems, measures)
    if problems:
        raise DefinitionFault(problems)
    return definition


def _block(node: Node) -> Block:
    node.only(("code", "name", "points", "indicators"))
    return Block(
        code=node.code(),
        name=node.text("name"),
        points=node.number("points", 0) or ZERO,
        indicators=tuple(_indicator(one) for one in node.children("indicators", "指标")),
    )


def _indicator(node: Node) -> Indicator:
    node.only(INDICATOR)
    kind, source = node.choice("kind", KINDS), node.choice("source", SOURCES)
    points = node.number("points", Decimal("0.01"))
    measure = node.text("measure", required=False, limit=100)
    if not node.has("params") and node.usable:
        node.fault("params", "缺少评分参数“params”，请填写")
    return Indicator(
        code=node.code(),
        name=node.text("name"),
        points=points or ZERO,
        kind=kind,
        source=source,
        params=read_params(node.child("params"), kind, points, measured=bool(measure)) if node.has("params") else {},
        measure=measure,
        reviewer=node.text("reviewer", required=False),
        cadence=node.text("cadence", required=False),
        basis=node.text("basis", required=False),
        rule_id=node.text("rule_id", required=False),
        note=node.text("note", required=False),
        exempt=_exemption(node.child("exempt")) if node.has("exempt") else None,
    )


def _exemption(node: Node) -> Exemption:
    node.only(("reason", "approved_by", "approved_on"))
    return Exemption(node.text("reason"), node.text("approved_by"), node.day("approved_on"))


def _bonus(node: Node) -> Bonus:
    node.only(("cap", "stacking", "table", "proof", "basis"))
    awards = []
    for row in node.children("table", "加分项"):
        row.only(("code", "name", "points"))
        awards.append(Award(row.code(), row.text("name"), _adjusted(row, "points", 0, LARGEST_MARK)))
    repeated(node, "table", (award.code for award in awards), "加分项编码")
    return Bonus(
        cap=_adjusted(node, "cap", 0, LARGEST_MARK),
        stacking=node.choice("stacking", {"highest_per_item", "sum"}),
        awards=tuple(awards),
        proof=node.texts("proof"),
        basis=node.text("basis", required=False),
    )


def _penalties(node: Node) -> Penalties:
    node.only(("cap", "table", "basis"))
    items = []
    for row in node.children("table", "扣分项"):
        row.only(("code", "name", "points", "per"))
        items.append(PenaltyItem(row.code(), row.text("name"), _negative(row, "points"), row.text("per", limit=10)))
    repeated(node, "table", (item.code for item in items), "扣分项编码")
    return Penalties(cap=_negative(node, "cap"), items=tuple(items), basis=node.text("basis", required=False))


def _negative(node: Node, key: str) -> Decimal:
    found = _adjusted(node, key, -LARGEST_MARK, LARGEST_MARK)
    if found > 0:
        node.fault(key, f"扣分的“{key}”应为负数，请在{plain(found)}前加负号")
    return found


def _adjusted(node: Node, key: str, low: int, high: int) -> Decimal:
    """Points of bonus or penalty: a sheet keeps their sum with two places, so they have no more themselves."""
    found = node.number(key, low, high) or ZERO
    if found != found.quantize(HUNDREDTH):
        node.fault(key, f"“{key}”最多两位小数，现为{plain(found)}，请改正")
    return found


def _veto(node: Node) -> Veto:
    node.only(("decided_by", "items", "basis"))
    items = []
    for row in node.children("items", "否决情形"):
        row.only(("code", "name"))
        items.append(VetoItem(row.code(), row.text("name")))
    repeated(node, "items", (item.code for item in items), "否决情形编码")
    return Veto(node.text("decided_by"), tuple(items), node.text("basis", required=False))


def _band(node: Node) -> Band:
    node.only(("name", "min", "quota_max_ratio", "quota_round", "quota_scope", "extra"))
    return Band(
        name=node.text("name", limit=40),
        min=node.number("min", 0) or ZERO,
        quota_max_ratio=node.number("quota_max_ratio", 0, 1, required=False),
        quota_round=node.choice("quota_round", {"floor", "half_up", "ceil"}, "floor"),
        quota_scope=node.text("quota_scope", required=False),
        extra=node.texts("extra"),
    )


def _dynamic(node: Node) -> dict[str, Any]:
    node.only(("review", "downgrade_on", "rectify_days"))
    found = {
        "review": node.text("review", required=False),
        "downgrade_on": node.texts("downgrade_on"),
        "rectify_days": node.whole("rectify_days", 0, 3650, required=False),
    }
    return {key: value for key, value in found.items() if value not in (None, "", ())}


def _process(node: Node) -> tuple[dict[str, Any], ...]:
    found = []
    for step in node.children("process", "流程", required=False):
        step.only(("step", *STEP_TEXTS, *STEP_LISTS, *STEP_DAYS))
        row: dict[str, Any] = {"step": step.whole("step", 1, 100), "name": step.text("name")}
        row |= {key: step.text(key) for key in STEP_TEXTS if step.has(key)}
        row |= {key: step.texts(key) for key in STEP_LISTS if step.has(key)}
        row |= {key: step.whole(key, 0, 366) for key in STEP_DAYS if step.has(key)}
        found.append(row)
    repeated(node, "process", (str(row["step"]) for row in found if row["step"]), "流程步骤")
    return tuple(found)


def read_composite(data: Mapping[str, Any]) -> CompositeDefinition:
    """The composite in ``data``. Raises ``DefinitionFault`` with every problem, and nothing else."""
    problems: list[Problem] = []
    node = Node(data, "", problems)
    node.only(("schema_version", "code", "name", "year", "components", "decimals", "note"))
    components = tuple(_component(one) for one in node.children("components", "组成部分"))
    repeated(node, "components", (one.code for one in components), "组成部分编码")
    known = not any(problem.path.endswith(".weight") for problem in problems)
    total = sum((one.weight for one in components), ZERO)
    if components and known and total != 1:
        node.fault("components", f"各部分权重合计{plain(total)}，应为1，请调整")
    definition = CompositeDefinition(
        code=node.code(),
        name=node.text("name"),
        year=node.whole("year", 2000, 2100) or 0,
        components=components,
        decimals=2 if not node.has("decimals") else node.whole("decimals", 0, 6) or 0,
        note=node.text("note", required=False),
    )
    if problems:
        raise DefinitionFault(problems)
    return definition


def _component(node: Node) -> Component:
    node.only(("code", "name", "weight", "full_mark", "source", "scheme", "owner", "basis"))
    source = node.choice("source", {"scheme", "import_xlsx"})
    return Component(
        code=node.code(),
        name=node.text("name"),
        weight=node.number("weight", 0, 1) or ZERO,
        full_mark=node.number("full_mark", 1) or ZERO,
        source=source,
        scheme=node.code("scheme") if source == "scheme" else node.text("scheme", required=False),
        owner=node.text("owner", required=source == "import_xlsx"),
        basis=node.text("basis", required=False),
    )


__all__ = [
    "Award", "Band", "Block", "Bonus", "Component", "CompositeDefinition", "Cycle", "Definition", "DefinitionFault", "Difference",
    "Exemption", "Indicator", "Penalties", "PenaltyItem", "Problem", "Veto", "VetoItem", "as_data", "cycles", "differences",
    "plain", "read", "read_composite",
]  # fmt: skip
