"""Reading untrusted YAML field by field: everything wrong is collected, nothing raises. Pure: no Django."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from scoring.definition_parts import Problem

LARGEST = 1_000_000
DECIMALS = 10
TEXT_LIMIT = 500
ROWS_LIMIT = 200
CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,39}")
NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def shown(value: object) -> str:
    """``value`` short enough for a message, whatever it is."""
    if isinstance(value, str):
        return f"“{value[:30]}”"
    if isinstance(value, Mapping):
        return "一组字段"
    if isinstance(value, list | tuple):
        return "一个列表"
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > LARGEST:
        return "一个过大的数"
    return "空" if value is None else str(value)[:30]


def exact(value: object) -> Decimal | None:
    """``value`` as a number without loss; ``None`` if it is none (a truth value, NaN, words) or out of range."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return Decimal(value) if abs(value) <= LARGEST else None
    if isinstance(value, float | Decimal):
        found = Decimal(str(value))
    elif isinstance(value, str) and NUMBER.fullmatch(value):
        found = Decimal(value)
    else:
        return None
    if not found.is_finite() or abs(found) > LARGEST:
        return None
    if found == 0:
        return Decimal(0)
    # Every sum of such numbers is exact in 28 digits.
    exponent = found.as_tuple().exponent
    return found if isinstance(exponent, int) and exponent >= -DECIMALS else None


def _called(value: object, n: int) -> str:
    """How messages name the row ``n`` of a list: by its code, else its name, else its number."""
    names = [value.get("code"), value.get("name")] if isinstance(value, Mapping) else []
    return next((name[:40] for name in names if isinstance(name, str) and name), f"第{n + 1}项")


class Node:
    """One mapping of the data at ``path``. Its methods give the value of a field in the right type, or a stand-in.

    ``label`` (指标1.1) begins the messages. What is wrong is added to ``problems``, shared by all nodes of one reading.
    """

    def __init__(self, data: object, path: str, problems: list[Problem], label: str = "") -> None:
        self.path, self.problems, self.label = path, problems, label
        self.usable = isinstance(data, Mapping)
        self.data: Mapping[Any, Any] = data if isinstance(data, Mapping) else {}
        if not self.usable:
            problems.append(Problem(path, f"{self._prefix()}应写成“字段: 值”的形式，现为{shown(data)}，请改写"))

    def at(self, key: object) -> str:
        """The path of a field."""
        return f"{self.path}.{key}" if self.path else str(key)

    def fault(self, key: object, message: str) -> None:
        """Add a problem of the field ``key``."""
        self.problems.append(Problem(self.at(key), self._prefix() + message))

    def only(self, allowed: Collection[str]) -> None:
        """Report fields that nobody knows."""
        for key in self.data:
            if not isinstance(key, str) or key not in allowed:
                self.fault(shown(key).strip("“”"), f"不认识的字段{shown(key)}，请删除或改正拼写")

    def has(self, key: str) -> bool:
        """Whether the field is given."""
        return self.data.get(key) is not None

    def text(self, key: str, *, required: bool = True, limit: int = TEXT_LIMIT) -> str:
        """A text without surrounding blanks."""
        if not self.has(key):
            if required and self.usable:
                self.fault(key, f"缺少“{key}”，请填写")
            return ""
        return self._text(self.data[key], key, required=required, limit=limit)

    def code(self, key: str = "code") -> str:
        """A code: letters, digits, point, hyphen, underscore."""
        found = self.text(key, limit=40)
        if found and not CODE.fullmatch(found):
            self.fault(key, f"编码{shown(found)}只能由字母、数字、点、横线组成，请改正")
        return found

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """A list of texts."""
        return tuple(
            self._text(value, f"{key}.{n}", required=True) for n, value in enumerate(self._rows(key, required))
        )

    def number(
        self, key: str, low: Decimal | int, high: Decimal | int = LARGEST, *, required: bool = True
    ) -> Decimal | None:
        """A number between ``low`` and ``high``, both included; ``None`` if it is not given or not one."""
        if not self.has(key):
            if required and self.usable:
                self.fault(key, f"缺少“{key}”，请填写数字")
            return None
        return self._number(self.data[key], key, low, high)

    def whole(self, key: str, low: int, high: int = LARGEST, *, required: bool = True) -> int | None:
        """A whole number between ``low`` and ``high``."""
        found = self.number(key, low, high, required=required)
        if found is None:
            return None
        if found != found.to_integral_value():
            self.fault(key, f"“{key}”应为整数，现为{shown(self.data[key])}")
            return None
        return int(found)

    def numbers(
        self, key: str, low: Decimal | int, high: Decimal | int, *, required: bool = False
    ) -> dict[str, Decimal]:
        """A mapping of names to numbers."""
        if not self.has(key):
            if required and self.usable:
                self.fault(key, f"缺少“{key}”，请填写")
            return {}
        node = self.child(key)
        found: dict[str, Decimal] = {}
        for name in node.data:
            clean = self._text(name, f"{key}.{shown(name).strip('“”')}", required=True, limit=40)
            value = self._number(node.data[name], f"{key}.{clean}", low, high)
            if clean and value is not None:
                found[clean] = value
        return found

    def choice(self, key: str, allowed: Collection[str], default: str | None = None) -> str:
        """One of the allowed words; without ``default`` it must be given."""
        if not self.has(key) and default is not None:
            return default
        found = self.text(key)
        if found and found not in allowed:
            self.fault(key, f"“{key}”不能是{shown(found)}，请从{'、'.join(sorted(allowed))}中选择")
        return found

    def flag(self, key: str) -> bool:
        """Yes or no; not given is no."""
        value = self.data.get(key)
        if value is not None and not isinstance(value, bool):
            self.fault(key, f"“{key}”只能是true或false，现为{shown(value)}")
        return value is True

    def day(self, key: str) -> datetime.date:
        """A day, as a YAML date or written 2026-03-15."""
        value = self.data.get(key)
        if isinstance(value, datetime.datetime):
            value = value.date()
        if isinstance(value, datetime.date):
            return value
        if isinstance(value, str) and DAY.fullmatch(value):
            try:
                return datetime.date.fromisoformat(value)
            except ValueError:
                pass  # the 30th of February: reported below with everything else that is no day
        if self.usable:
            self.fault(key, f"“{key}”应为日期（如2026-03-15），现为{shown(value)}")
        return datetime.date.min

    def child(self, key: str, label: str = "") -> Node:
        """The mapping in a field, empty if it is not given."""
        return Node(self.data[key] if self.has(key) else {}, self.at(key), self.problems, label or self.label)

    def children(self, key: str, noun: str, *, required: bool = True) -> list[Node]:
        """The mappings of a list; each is named by ``noun`` and its code or name in messages."""
        nodes = []
        for n, value in enumerate(self._rows(key, required)):
            nodes.append(Node(value, self.at(f"{key}.{n}"), self.problems, noun + _called(value, n)))
        return nodes

    def _rows(self, key: str, required: bool) -> list[Any]:
        value = self.data.get(key)
        if value is None or value == []:
            if required and self.usable:
                self.fault(key, f"“{key}”至少要有一项，请补充")
            return []
        if not isinstance(value, list | tuple):
            self.fault(key, f"“{key}”应为列表，现为{shown(value)}，请改写")
            return []
        if len(value) > ROWS_LIMIT:
            self.fault(key, f"“{key}”有{len(value)}项，最多{ROWS_LIMIT}项，请删减")
        return list(value[:ROWS_LIMIT])

    def _text(self, value: object, key: str, *, required: bool, limit: int = TEXT_LIMIT) -> str:
        if isinstance(value, datetime.date):
            value = value.isoformat()
        if not isinstance(value, str):
            self.fault(key, f"“{key}”应为文字，现为{shown(value)}；数字编码请加引号")
            return ""
        found = value.strip()
        if required and not found:
            self.fault(key, f"“{key}”不能为空，请填写")
        if len(found) > limit:
            self.fault(key, f"“{key}”有{len(found)}字，最多{limit}字，请删减")
        if any(unicodedata.category(sign) in {"Cc", "Cs"} and sign not in "\n\t" for sign in found[: limit + 1]):
            self.fault(key, f"“{key}”含有看不见的控制字符，请重新输入")
        return found

    def _number(self, value: object, key: str, low: Decimal | int, high: Decimal | int) -> Decimal | None:
        found = exact(value)
        if found is None:
            self.fault(key, f"“{key}”应为数字（不超过{LARGEST}，小数不超过{DECIMALS}位），现为{shown(value)}")
        elif not low <= found <= high:
            self.fault(key, f"“{key}”应在{low}到{high}之间，现为{shown(value)}")
            return None
        return found

    def _prefix(self) -> str:
        return f"{self.label}：" if self.label else ""
