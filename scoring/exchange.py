"""Schemes as YAML files: hostile ones are refused in words, one's own come back unchanged. Pure: no Django."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import yaml

from scoring.definition_parts import DefinitionFault, Problem

LARGEST_FILE = 256 * 1024  # bytes; the shipped scheme of the general branches has 15 KB
DEEPEST = 12  # levels of nesting; a scheme needs 8
_TOO_LARGE = "文件超过256KB，不是一份考核方案，请核对后重新选择"


_Fastest: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Reader(_Fastest):
    """The safe loader, which also refuses a field that is given twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """A mapping whose keys are all different."""
        seen = set()
        for key, _value in node.value:
            if not isinstance(key.value, str):
                continue
            if key.value in seen:
                line = key.start_mark.line + 1
                raise DefinitionFault([Problem(f"第{line}行", f"字段“{key.value[:30]}”写了两次，请删去一个")])
            seen.add(key.value)
        return cast(dict[Any, Any], super().construct_mapping(node, deep=deep))


def parse(raw: bytes) -> Mapping[str, Any]:
    """What a YAML file holds, as mappings, lists, texts, numbers and days.

    Raises ``DefinitionFault`` with one problem, and nothing else whatever the bytes are: too large, not UTF-8, not
    YAML, references (which can make a small file endless), nested too deep, a value that no type takes.
    """
    if len(raw) > LARGEST_FILE:
        raise DefinitionFault([Problem("文件", _TOO_LARGE)])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DefinitionFault([Problem("文件", "不是UTF-8编码的文本，请另存为UTF-8后再导入")]) from None
    try:
        _refuse_tricks(text)
        found = yaml.load(text, Loader=_Reader)  # noqa: S506 - a subclass of the safe loader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"第{mark.line + 1}行" if mark else "文件"
        raise DefinitionFault([Problem(where, "不符合YAML格式，请检查缩进、冒号和引号")]) from None
    except yaml.YAMLError:
        raise DefinitionFault([Problem("文件", "含有YAML不允许的字符，请用文本编辑器核对")]) from None
    except (ValueError, TypeError, OverflowError, RecursionError):
        raise DefinitionFault([Problem("文件", "有的数字或日期无法识别（如2月30日），请核对")]) from None
    if not isinstance(found, Mapping):
        raise DefinitionFault([Problem("文件", "内容不是一份考核方案，应由“code: …”“blocks: …”等字段组成")])
    return found


def _refuse_tricks(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_Fastest):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise DefinitionFault([Problem(_line(event), "不能用“&”“*”引用别处的内容，请把内容写全")])
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            raise DefinitionFault([Problem(_line(event), "层次太深，不是一份考核方案，请核对")])


def _line(event: yaml.Event) -> str:
    return f"第{event.start_mark.line + 1}行" if event.start_mark else "文件"


def written(body: Mapping[str, Any]) -> str:
    """The YAML text of a scheme; ``parse`` and ``definitions.read`` give the same scheme back."""
    return yaml.safe_dump(dict(body), allow_unicode=True, sort_keys=False, width=120)
