"""Writing the parts of a draft: each is sound by itself, whatever the whole still lacks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from common.errors import InvalidInput
from common.sentences import written as _
from scoring import bodies, registry
from scoring.models import SchemeVersion
from scoring.services.versions import change_draft

if TYPE_CHECKING:
    from orgs.models import User
    from scoring.definition_parts import Problem

STEPS = {"up": -1, "down": 1}


def save_facts(*, actor: User, version: SchemeVersion, seen: str, facts: Mapping[str, Any]) -> SchemeVersion:
    """Name, full mark, least age, rule for ties and note of a draft. Raises as ``change_draft``, and ``InvalidInput``."""
    _require_sound(bodies.facts_problems(facts))
    edit = bodies.put_facts(facts)
    return change_draft(actor=actor, version=version, seen=seen, edit=edit, words=_("修改方案基本内容"))


def save_block(
    *, actor: User, version: SchemeVersion, seen: str, code: str, name: str, points: Any, is_new: bool = False
) -> SchemeVersion:
    """A block's name and points, or a new block. Raises as ``change_draft``, and ``InvalidInput`` by field."""
    if is_new:
        _require_sound(bodies.block_problems(code, name, points))
    edit = bodies.put_block(code, name, points, is_new=is_new)
    words = _("修改板块%(code)s") % {"code": code}
    return change_draft(actor=actor, version=version, seen=seen, edit=edit, words=words)


def save_indicator(
    *,
    actor: User,
    version: SchemeVersion,
    seen: str,
    block: str,
    indicator: Mapping[str, Any],
    is_new: bool = False,
) -> SchemeVersion:
    """An indicator as ``definitions.read`` takes it, in its block. Raises as ``change_draft``, and ``InvalidInput``."""
    _require_sound(bodies.indicator_problems(indicator, registry.given()))
    edit = bodies.put_indicator(block, indicator, is_new=is_new)
    words = _("修改指标%(code)s") % {"code": indicator["code"]}
    return change_draft(actor=actor, version=version, seen=seen, edit=edit, words=words)


def save_section(*, actor: User, version: SchemeVersion, seen: str, section: str, value: Any) -> SchemeVersion:
    """Bonus, penalty, veto or bands as a whole. Raises as ``change_draft``, and ``InvalidInput`` by field."""
    _require_sound(bodies.section_problems(version.body, section, value), section)
    edit = bodies.put_section(section, value)
    return change_draft(actor=actor, version=version, seen=seen, edit=edit, words=_("修改加扣分、否决或等次"))


def arrange(*, actor: User, version: SchemeVersion, seen: str, what: str, code: str, verb: str) -> SchemeVersion:
    """Move a block or an indicator (``what``) up or down, or remove it. Raises as ``change_draft``."""
    if what not in ("block", "indicator") or verb not in (*STEPS, "remove"):
        raise InvalidInput(_("不认识这个操作，请返回草稿重试。"))
    edit = bodies.remove(what, code) if verb == "remove" else bodies.move(what, code, STEPS[verb])
    words = (_("删去%(code)s") if verb == "remove" else _("移动%(code)s")) % {"code": code}
    return change_draft(actor=actor, version=version, seen=seen, edit=edit, words=words)


def _require_sound(problems: list[Problem], section: str = "") -> None:
    """Raise ``InvalidInput`` with the problems of one part, by the field that they are about."""
    errors: dict[str, str] = {}
    for problem in problems:
        path = problem.path.removeprefix(f"{section}.") if section else problem.path.removeprefix("params.")
        field = path.split(".")[0]
        words = problem.message.split("：", 1)[-1]
        errors[field] = f"{errors[field]}；{words}" if field in errors else words
    if errors:
        raise InvalidInput(errors=errors)
