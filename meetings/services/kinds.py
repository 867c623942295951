"""Kinds of meetings: shipped as data, edited by the committee office."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from common import audit
from common.errors import InvalidInput
from common.sentences import written as _
from meetings.kinds import shipped_kinds
from meetings.models import DueRule, Expected, MeetingKind, Section, Voters
from orgs import access
from orgs.models import Level, Office, Organisation

if TYPE_CHECKING:
    from orgs.models import User

_FIXED = ("code", "level", "form", "expected")


@transaction.atomic
def load_kinds() -> int:
    """Create the shipped kinds whose code is missing; never changes one that exists. Returns how many were made."""
    present = set(MeetingKind.objects.values_list("code", flat=True))
    missing = [MeetingKind(**values) for values in shipped_kinds() if values["code"] not in present]
    for kind in missing:
        audit.save(kind, actor=None, reason="随平台提供")
    return len(missing)


@transaction.atomic
def save_kind(*, actor: User, kind: MeetingKind, reason: str) -> MeetingKind:
    """Save an edited (or new) kind: ``kind`` carries the wanted values. It holds for meetings confirmed from now on.

    Raises: ``NotAllowed`` without CONFIGURE at the root; ``InvalidInput`` by field name (``cadence``, ``due_weekday``,
    ``quorum_numerator``, ..., ``reason``).
    """
    root = Organisation.objects.filter(depth=1).first()
    if root is None:
        raise InvalidInput(_("请先导入组织。"))
    access.require(actor, access.CONFIGURE, root)
    errors = _faults(kind)
    if not reason.strip():
        errors["reason"] = _("请写明修改原因。")
    if errors:
        raise InvalidInput(errors=errors)
    return audit.save(kind, actor=actor, reason=reason.strip())


def _faults(kind: MeetingKind) -> dict[str, str]:
    """What is wrong with the values, by field name."""
    errors: dict[str, str] = {}
    try:
        kind.full_clean()
    except ValidationError as fault:
        errors = {name: " ".join(texts) for name, texts in fault.message_dict.items()}
    for check in (_due, _quorum, _pass, _roll, _chair, _used):
        for name, text in check(kind).items():
            errors.setdefault(name, text)
    return errors


def _due(kind: MeetingKind) -> dict[str, str]:
    errors = {}
    if kind.due_rule == DueRule.NTH_WEEKDAY:
        if kind.due_weekday not in range(1, 8):
            errors["due_weekday"] = _("请填写周几（1—7）。")
        if kind.due_nth not in range(1, 6):
            errors["due_nth"] = _("请填写当月第几个（1—5）。")
    return errors


def _quorum(kind: MeetingKind) -> dict[str, str]:
    top, bottom = kind.quorum_numerator, kind.quorum_denominator
    if (top is None) != (bottom is None):
        return {"quorum_denominator": _("法定人数的分子和分母须同时填写，或都留空。")}
    if top is not None and bottom is not None and not 0 < top <= bottom:
        return {"quorum_numerator": _("法定人数须大于0且不超过1。")}
    if top is not None and kind.voters == Voters.NONE:
        return {"voters": _("有法定人数的会议须有表决人员。")}
    return {}


def _pass(kind: MeetingKind) -> dict[str, str]:
    top, bottom = kind.pass_numerator, kind.pass_denominator
    if top is not None and bottom is not None and not 0 < top < bottom:
        return {"pass_numerator": _("通过票数须超过的份额要大于0、小于1，如过半数填1和2。")}
    return {}


def _roll(kind: MeetingKind) -> dict[str, str]:
    errors = {}
    if (kind.expected == Expected.GROUP) != (kind.applies_when == MeetingKind.AppliesWhen.HAS_GROUPS):
        errors["applies_when"] = _("“划分党小组的”与“本党小组党员”须一起选择。")
    if (kind.form == MeetingKind.Form.TALK) != (kind.expected == Expected.CHOSEN):
        errors["expected"] = _("“登记时选定”只用于谈心谈话，谈心谈话须登记时选定。")
    of_branch = kind.expected in (Expected.MEMBERS, Expected.GROUP) or kind.voters == Voters.FORMAL
    if of_branch and kind.level != Level.BRANCH:
        errors["level"] = _("以党员为应到或表决人员的类型只适用于党支部。")
    return errors


def _chair(kind: MeetingKind) -> dict[str, str]:
    if kind.chair_office and kind.chair_office not in Office.values:
        return {"chair_office": _("请从列表中选择主持人职务。")}
    if kind.chair_office == Office.GROUP_LEADER and kind.expected != Expected.GROUP:
        return {"chair_office": _("党小组组长只主持党小组会。")}
    return {}


def _used(kind: MeetingKind) -> dict[str, str]:
    """What records already rest on does not change; a new kind is made instead."""
    if kind.pk is None:
        return {}
    before = MeetingKind.objects.get(pk=kind.pk)
    changed = [name for name in _FIXED if getattr(before, name) != getattr(kind, name)]
    if not changed or not Section.objects.filter(kind=kind).exists():
        return {}
    return {name: _("已有会议记录使用，不能修改；可停用后另建一种。") for name in changed}
