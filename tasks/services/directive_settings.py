"""What assigning is done with: types and sets of units, shipped as data and kept by the committee office."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from django.core.exceptions import ValidationError
from django.db import transaction

from common import audit
from common.errors import InvalidInput
from common.sentences import written as _
from orgs import access
from orgs.models import Department, Organisation
from tasks.models import DirectiveType, UnitSet

if TYPE_CHECKING:
    from orgs.models import User

SHIPPED = Path(__file__).resolve().parent.parent / "data" / "directive_types.yaml"
LONGEST_CLOCK = 30 * 24  # hours; a month to sign for something is no clock


@transaction.atomic
def load_directive_types(path: Path = SHIPPED) -> int:
    """Create the shipped types and sets that are missing; never changes one that exists. Returns how many were made."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    codes = set(DirectiveType.objects.values_list("code", flat=True))
    names = set(UnitSet.objects.values_list("name", flat=True))
    missing: list[DirectiveType | UnitSet] = [DirectiveType(**row) for row in data["types"] if row["code"] not in codes]
    missing += [UnitSet(**row) for row in data["unit_sets"] if row["name"] not in names]
    for row in missing:
        audit.save(row, actor=None, reason="随平台提供")
    return len(missing)


@transaction.atomic
def save_type(*, actor: User, type: DirectiveType, reason: str) -> DirectiveType:
    """Save an edited (or new) type: ``type`` carries the wanted values. It holds for what is issued from now on.

    Raises ``NotAllowed`` without CONFIGURE at the root; ``InvalidInput`` by field. Side effects: history.
    """
    _require_configure(actor)
    errors = _faults(type)
    if type.acknowledge_hours is not None and not 1 <= type.acknowledge_hours <= LONGEST_CLOCK:
        errors["acknowledge_hours"] = _("签收时限是1到%(most)d小时。") % {"most": LONGEST_CLOCK}
    if type.first_report_days is not None and type.first_report_days < 1:
        errors["first_report_days"] = _("首次反馈至少1天。")
    _raise(errors, reason)
    return audit.save(type, actor=actor, reason=reason.strip())


@transaction.atomic
def save_unit_set(
    *,
    actor: User,
    unit_set: UnitSet,
    organisations: Iterable[Organisation],
    departments: Iterable[Department],
    reason: str,
) -> UnitSet:
    """Save an edited (or new) set with its members; members count only for a listed set.

    Raises ``NotAllowed`` without CONFIGURE at the root; ``InvalidInput`` by field (``organisations``: a listed set
    without members). Side effects: history; drafts that use the set get its new members when they are issued.
    """
    _require_configure(actor)
    is_listed = unit_set.rule == UnitSet.Rule.LISTED
    places, units = (list(organisations), list(departments)) if is_listed else ([], [])
    errors = _faults(unit_set)
    if is_listed and not places and not units:
        errors["organisations"] = _("逐个指定的集合至少要有一个党组织或部门。")
    _raise(errors, reason)
    saved = audit.save(unit_set, actor=actor, reason=reason.strip())
    saved.organisations.set(places)
    saved.departments.set(units)
    return saved


def _require_configure(actor: User) -> None:
    root = Organisation.objects.filter(depth=1).first()
    if root is None:
        raise InvalidInput(_("请先导入组织。"))
    access.require(actor, access.CONFIGURE, root)


def _faults(row: DirectiveType | UnitSet) -> dict[str, Any]:
    try:
        row.full_clean()
    except ValidationError as fault:
        return {name: " ".join(texts) for name, texts in fault.message_dict.items()}
    return {}


def _raise(errors: dict[str, Any], reason: str) -> None:
    if not reason.strip():
        errors["reason"] = _("请写明修改原因。")
    if errors:
        raise InvalidInput(errors=errors)
