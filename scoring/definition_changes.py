"""Writing schemes, comparing versions, and finding circles between schemes. Pure: no Django."""

from __future__ import annotations

import datetime
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, fields
from decimal import Decimal
from typing import Any

from scoring.definition_parts import Bonus, CompositeDefinition, Definition, Penalties

# Names of dataclass fields that YAML calls otherwise.
CALLED = {(Bonus, "awards"): "table", (Penalties, "items"): "table"}
WORDS = {
    "code": "编码", "name": "名称", "points": "分值", "kind": "评分方式", "source": "数据来源", "measure": "取数项",
    "reviewer": "评分单位", "cadence": "评分周期", "basis": "依据类别", "rule_id": "依据条款", "note": "说明",
    "exempt": "免计", "reason": "理由", "approved_by": "批准单位", "approved_on": "批准日期", "params": "参数",
    "blocks": "板块", "indicators": "指标", "bonus": "加分", "penalty": "扣分", "veto": "一票否决", "bands": "等次",
    "table": "项目", "items": "条目", "cap": "上限", "min": "最低分", "quota_max_ratio": "名额比例",
    "quota_round": "名额取整", "quota_scope": "名额范围", "extra": "附加条件", "tie_break": "同分规则",
    "full_mark": "满分", "year": "年度", "applies_to": "适用单位", "min_age_months": "最少成立月数",
    "grade_map": "等次折分", "dynamic": "动态管理", "process": "流程", "levels": "档次", "groups": "人群",
    "cap_per_month": "每月封顶", "cap_per_quarter": "每季封顶", "min_ballots": "最少有效票", "components": "组成部分", "weight": "权重",
    "w": "权重", "s": "得分", "p": "分值", "t": "内容", "auto": "自动取数", "required": "应做次数",
    "full_at": "满分线", "zero_at": "零分线", "floor": "得分下限", "per_event": "每次扣分", "event_weights": "分类扣分",
    "decided_by": "认定机构", "proof": "佐证", "stacking": "累加规则", "due": "时间", "by": "责任单位", "steps": "分档",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """One change between two versions: where, and in words from what to what."""

    path: str
    words: str


@dataclass(frozen=True, slots=True)
class Cycle:
    """Schemes whose scores need each other: their codes in order, and the circle in words."""

    codes: tuple[str, ...]
    words: str


def as_data(definition: Definition | CompositeDefinition) -> dict[str, Any]:
    """The scheme as mappings, lists, texts and numbers, for YAML and JSON. ``definitions.read`` gives the same scheme back."""
    found = _data(definition)
    return found if isinstance(found, dict) else {}


def _data(value: Any) -> Any:
    """Empty fields are left out; numbers stay exact (as text where a float would not be)."""
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _data(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_data(inner) for inner in value]
    if not hasattr(value, "__dataclass_fields__"):
        return value
    found = {}
    for one in fields(value):
        inner = getattr(value, one.name)
        default = one.default_factory() if one.default_factory is not MISSING else one.default
        if inner != default or (isinstance(inner, str | Decimal) and inner != ""):
            found[CALLED.get((type(value), one.name), one.name)] = _data(inner)
    return found


def _number(value: Decimal) -> int | float | str:
    if value == value.to_integral_value():
        return int(value)
    near = float(value)
    return near if Decimal(str(near)) == value else format(value, "f")


def differences(old: Definition | CompositeDefinition, new: Definition | CompositeDefinition) -> list[Difference]:
    """What changed from ``old`` to ``new``, in the order of the scheme. Rows are matched by code, else by name."""
    found: list[Difference] = []
    _compare(as_data(old), as_data(new), "", "", found)
    return found


def _compare(old: Any, new: Any, path: str, label: str, found: list[Difference]) -> None:
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(key for key in new if key not in old)]:
            below = f"{path}.{key}" if path else str(key)
            _pair(old.get(key), new.get(key), below, _joined(label, WORDS.get(key, str(key))), found)
    elif isinstance(old, list) and isinstance(new, list) and (keys := _keys(old, new)):
        _compare_rows(dict(zip(keys[0], old, strict=True)), dict(zip(keys[1], new, strict=True)), path, label, found)
    else:
        found.append(Difference(path, f"{label}：由{_said(old)}改为{_said(new)}"))


def _compare_rows(old: dict[str, Any], new: dict[str, Any], path: str, label: str, found: list[Difference]) -> None:
    for key in [*old, *(key for key in new if key not in old)]:
        row = old.get(key) or new[key]
        name = f"{label}{key}" + (f"（{row['name']}）" if row.get("name", key) != key else "")
        _pair(old.get(key), new.get(key), f"{path}.{key}", name, found)
    common = [key for key in old if key in new]
    if common != [key for key in new if key in old]:
        found.append(Difference(path, f"{label}：顺序有调整"))


def _pair(old: Any, new: Any, path: str, label: str, found: list[Difference]) -> None:
    if old is None and new is not None:
        found.append(Difference(path, f"新增{label}：{_said(new)}"))
    elif new is None and old is not None:
        found.append(Difference(path, f"删除{label}：原为{_said(old)}"))
    else:
        _compare(old, new, path, label, found)


def _keys(old: list[Any], new: list[Any]) -> tuple[list[str], list[str]] | None:
    """What tells the rows of both lists apart; ``None`` if they are no rows."""
    for name in ("code", "name", "step"):
        both = [*old, *new]
        if both and all(isinstance(row, dict) and name in row for row in both):
            first, second = [str(row[name]) for row in old], [str(row[name]) for row in new]
            if len(set(first)) == len(first) and len(set(second)) == len(second):
                return first, second
    return None


def _joined(label: str, word: str) -> str:
    """A row of indicators names itself; parameters are named by their own words."""
    if not label or word == "指标":
        return word
    return label if word == "参数" else f"{label}的{word}"


def _said(value: Any) -> str:
    if isinstance(value, dict):
        name = value.get("name") or value.get("t") or value.get("reason")
        points = value.get("points", value.get("p"))
        if name:
            return f"“{name}”" + (f"（{points}分）" if points is not None else "")
        return "、".join(f"{WORDS.get(key, key)}{_said(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return "、".join(_said(inner) for inner in value) or "空"
    return f"“{value}”" if isinstance(value, str) else str(value)


def cycles(definitions: Iterable[Definition]) -> list[Cycle]:
    """Circles among schemes that import each other's scores (``params.scheme``), each once, from its lowest code on."""
    known = {definition.code: definition for definition in definitions}
    needs = {code: _imports(definition) for code, definition in known.items()}
    found: dict[frozenset[str], Cycle] = {}
    for code in sorted(known):
        way = _way_back(code, needs)
        if way and frozenset(way) not in found:
            first = way.index(min(way))
            way = [*way[first:], *way[:first]]
            names = [f"{known[one].name}（{one}）" for one in [*way, way[0]]]
            words = f"考核方案互相取分，形成循环：{' → '.join(names)}，请去掉其中一处取分"
            found[frozenset(way)] = Cycle(tuple(way), words)
    return list(found.values())


def _imports(definition: Definition) -> list[str]:
    of = [one for one in definition.indicators() if one.kind == "imported" and one.exempt is None]
    return sorted({str(one.params["scheme"]) for one in of if one.params.get("scheme")})


def _way_back(start: str, needs: Mapping[str, list[str]]) -> list[str]:
    """The shortest way from ``start`` back to itself; empty if there is none."""
    waiting, came = deque([start]), {start: ""}
    while waiting:
        here = waiting.popleft()
        for there in needs.get(here, []):
            if there == start:
                way = [here]
                while came[way[0]]:
                    way.insert(0, came[way[0]])
                return way
            if there not in came and there in needs:
                came[there] = here
                waiting.append(there)
    return []
