"""Organisations and groups: create, rename, move, dissolve, extend a term."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from common import audit
from common.errors import Conflict, InvalidInput
from common.periods import ONE_DAY, add_months
from common.sentences import written as _
from orgs import access, plausible, rules
from orgs.models import Appointment, Group, Level, Membership, Organisation, Person, UnitKind, User

CORRECTABLE = frozenset({"kind", "founded_on", "term_start", "term_years", "approval_number", "note"})


def _locked(organisation: Organisation) -> Organisation:
    return Organisation.objects.select_for_update().get(pk=organisation.pk)


def _require_reason(reason: str) -> str:
    if not reason.strip():
        raise InvalidInput(errors={"reason": _("请填写原因或文号。")})
    return reason.strip()


def require_open(organisation: Organisation) -> None:
    """Raise ``Conflict`` when the organisation has been dissolved, also when it is only decided for a later day."""
    if organisation.dissolved_on is not None:
        raise Conflict(_("这个组织已在 %s 撤销。") % organisation.dissolved_on)


def check_place(level: str, parent: Organisation | None) -> None:
    """Raise ``InvalidInput`` unless an organisation of ``level`` may stand under ``parent`` (``None``: a root)."""
    if parent is None:
        if not rules.may_stand_under(level, None):
            raise InvalidInput(errors={"parent": _("只有党委可以没有上级，请选择上级组织。")})
        return
    if level not in Level.values:
        raise InvalidInput(errors={"level": _("请选择列表中的级别。")})
    if not rules.may_stand_under(level, parent.level):
        message = _("%(level)s不能设在%(parent)s之下。") % {
            "level": Level(level).label,
            "parent": Level(parent.level).label,
        }
        raise InvalidInput(errors={"parent": message})
    if not parent.is_open:
        raise InvalidInput(errors={"parent": _("上级组织已撤销，请选择别的上级。")})


@transaction.atomic
def create_organisation(
    *,
    actor: User,
    parent: Organisation,
    code: str,
    name: str,
    level: str,
    kind: str,
    founded_on: datetime.date,
    reason: str,
    approval_number: str = "",
    term_start: datetime.date | None = None,
    term_years: int | None = None,
) -> Organisation:
    """Found an organisation under ``parent``. A general branch needs the number of its approval.

    Raises ``NotAllowed`` without MANAGE_ORGANISATIONS on the parent, ``InvalidInput`` by field. Writes history.
    """
    access.require(actor, access.MANAGE_ORGANISATIONS, parent)
    reason = _require_reason(reason)
    parent = _locked(parent)
    check_place(level, parent)
    _check_new(code, name, level, kind, approval_number)
    plausible.require(founded_on=plausible.decided_fault(founded_on), term_start=plausible.happened_fault(term_start))
    node = Organisation(
        code=code.strip(),
        name=name.strip(),
        level=level,
        kind=kind,
        founded_on=founded_on,
        approval_number=approval_number.strip(),
        term_start=term_start,
        term_years=term_years,
    )
    node._history_user, node._change_reason = actor, reason[: audit.REASON_LENGTH]
    try:
        with transaction.atomic():
            Organisation.objects.add_child(parent, instance=node)
    except IntegrityError as error:
        raise InvalidInput(errors={"code": _("编码 %s 已被使用，请换一个。") % code}) from error
    return node


def _check_new(code: str, name: str, level: str, kind: str, approval_number: str) -> None:
    errors: dict[str, str] = {}
    if not code.strip():
        errors["code"] = _("请填写编码。")
    elif not rules.is_code(code.strip()):
        errors["code"] = _("编码只能用字母、数字、“-”和“_”。")
    if not name.strip():
        errors["name"] = _("请填写名称。")
    if kind not in UnitKind.values:
        errors["kind"] = _("请选择列表中的类别。")
    if level == Level.GENERAL_BRANCH and not approval_number.strip():
        errors["approval_number"] = _("设立党总支须经党委批准，请填写批准文号。")
    if errors:
        raise InvalidInput(errors=errors)


@transaction.atomic
def correct_organisation(*, actor: User, organisation: Organisation, reason: str, **details: Any) -> Organisation:
    """Correct what is written about an organisation; ``details`` are fields of ``CORRECTABLE``, others are refused.

    This is where a general branch under 50 members gets the number of its approval. Raises ``NotAllowed``,
    ``InvalidInput``. Writes history.
    """
    access.require(actor, access.MANAGE_ORGANISATIONS, organisation)
    node = _locked(organisation)
    if not CORRECTABLE.issuperset(details):
        raise InvalidInput(_("这里只能更正类别、日期、任期、批准文号和备注。"))
    for name, value in details.items():
        setattr(node, name, value.strip() if isinstance(value, str) else value)
    if node.kind not in UnitKind.values:
        raise InvalidInput(errors={"kind": _("请选择列表中的类别。")})
    plausible.require(
        founded_on=plausible.decided_fault(node.founded_on) if "founded_on" in details else "",
        term_start=plausible.happened_fault(node.term_start) if "term_start" in details else "",
    )
    if node.founded_on and node.dissolved_on and node.founded_on >= node.dissolved_on:
        raise InvalidInput(errors={"founded_on": _("这个组织已在 %s 撤销。") % node.dissolved_on})
    return audit.save(node, actor=actor, reason=_require_reason(reason))


@transaction.atomic
def rename_organisation(*, actor: User, organisation: Organisation, name: str, reason: str) -> Organisation:
    """Give an organisation another name; the old one stays in its history.

    Raises ``NotAllowed``, ``InvalidInput``; ``Conflict`` for a dissolved one.
    """
    access.require(actor, access.MANAGE_ORGANISATIONS, organisation)
    node = _locked(organisation)
    require_open(node)
    if not name.strip():
        raise InvalidInput(errors={"name": _("请填写名称。")})
    node.name = name.strip()
    return audit.save(node, actor=actor, reason=_require_reason(reason))


@transaction.atomic
def move_organisation(*, actor: User, organisation: Organisation, parent: Organisation, reason: str) -> Organisation:
    """Put an organisation (with all below it) under another parent.

    Raises ``NotAllowed`` without the right on both sides, ``InvalidInput`` for a cycle or a wrong level.
    """
    access.require(actor, access.MANAGE_ORGANISATIONS, organisation)
    access.require(actor, access.MANAGE_ORGANISATIONS, parent)
    reason = _require_reason(reason)
    both = Organisation.objects.select_for_update().filter(pk__in=[organisation.pk, parent.pk]).order_by("pk")
    nodes = {node.pk: node for node in both}  # locked in one order, so that two moves cannot block each other
    node, target = nodes[organisation.pk], nodes[parent.pk]
    if target.path.startswith(node.path):
        raise InvalidInput(errors={"parent": _("不能移到自己或自己的下级之下，请选择别的上级。")})
    require_open(node)
    check_place(node.level, target)
    was_root = node.depth == 1
    Organisation.objects.move(node, target, pos="last-child")
    moved = audit.save(_locked(organisation), actor=actor, reason=reason)
    access.forget(actor)  # their grants are kept by path, and paths have changed
    if was_root:  # its secretary had the rights of the topmost committee
        for person in Person.objects.filter(appointments__organisation=moved).distinct().order_by("pk"):
            access.refresh_grants(person)
    return moved


@transaction.atomic
def dissolve_organisation(
    *, actor: User, organisation: Organisation, dissolved_on: datetime.date, reason: str
) -> Organisation:
    """Dissolve an organisation; from ``dissolved_on`` it no longer exists. Its records stay.

    Raises ``NotAllowed``, ``InvalidInput``; ``Conflict`` while it has members or open organisations below.
    Side effect: offices still held end on the day before.
    """
    access.require(actor, access.MANAGE_ORGANISATIONS, organisation)
    node = _locked(organisation)
    reason = _require_reason(reason)
    require_open(node)
    if node.depth == 1:
        raise InvalidInput(errors={"organisation": _("顶层党委不能在这里撤销，请联系系统管理员。")})
    plausible.require(dissolved_on=plausible.decided_fault(dissolved_on))
    if node.founded_on and dissolved_on <= node.founded_on:
        raise InvalidInput(errors={"dissolved_on": _("撤销日期要晚于成立日期 %s。") % node.founded_on})
    lasting = Q(dissolved_on__isnull=True) | Q(dissolved_on__gt=dissolved_on)
    if Organisation.objects.get_children(node).filter(lasting).exists():
        raise Conflict(_("下面还有正在运行的组织，请先撤销或调整它们。"))
    if Person.objects.filter(organisation=node).exists():
        raise Conflict(_("组织里还有党员，请先办理转接。"))
    if Membership.objects.filter(organisation=node, ended_on__gte=dissolved_on).exists():
        raise InvalidInput(errors={"dissolved_on": _("那一天组织里还有党员，请核对撤销日期。")})
    node.dissolved_on = dissolved_on
    audit.save(node, actor=actor, reason=reason)
    _end_offices(node, dissolved_on, actor, reason)
    return node


def _end_offices(node: Organisation, dissolved_on: datetime.date, actor: User, reason: str) -> None:
    lasting = Q(ended_on__isnull=True) | Q(ended_on__gte=dissolved_on)
    for row in Appointment.objects.filter(lasting, organisation=node).select_related("person"):
        if row.started_on >= dissolved_on:
            raise InvalidInput(errors={"dissolved_on": _("%s的任职日期晚于撤销日期，请核对。") % row.person.name})
        row.ended_on = dissolved_on - ONE_DAY
        audit.save(row, actor=actor, reason=reason)
        access.refresh_grants(row.person)


@transaction.atomic
def extend_term(*, actor: User, organisation: Organisation, until: datetime.date, approval_number: str) -> Organisation:
    """Extend the term of office with the approval of the level above, at most one year.

    Source: 基层组织选举工作条例 2020, art. 3 (R-TERM-3). Raises ``NotAllowed``, ``InvalidInput``; ``Conflict`` for a
    dissolved organisation.
    """
    access.require(actor, access.MANAGE_ORGANISATIONS, organisation)
    node = _locked(organisation)
    require_open(node)
    node.term_extended_until = None
    end = node.term_end
    if end is None:
        raise InvalidInput(errors={"until": _("没有登记本届开始日期，请先登记换届。")})
    if not end < until <= add_months(end, 12):
        raise InvalidInput(
            errors={
                "until": _("延期一般不超过1年：请填 %(end)s 之后、%(last)s 之前的日期。")
                % {"end": end, "last": add_months(end, 12)}
            }
        )
    if not approval_number.strip():
        raise InvalidInput(errors={"approval_number": _("延期须经上级批准，请填写批准文号。")})
    node.term_extended_until = until
    return audit.save(node, actor=actor, reason=_("延期换届：%s") % approval_number.strip())


@transaction.atomic
def create_group(*, actor: User, organisation: Organisation, name: str, founded_on: datetime.date) -> Group:
    """Found a Party group in a branch. Raises ``NotAllowed``, ``InvalidInput`` (name taken, not a branch)."""
    access.require(actor, access.MANAGE_PEOPLE, organisation)
    if organisation.level != Level.BRANCH or not organisation.is_open:
        raise InvalidInput(errors={"organisation": _("党小组只设在正在运行的党支部里。")})
    if not name.strip() or Group.objects.filter(organisation=organisation, name=name.strip()).exists():
        raise InvalidInput(errors={"name": _("请填写本支部里没有用过的党小组名称。")})
    plausible.require(founded_on=plausible.decided_fault(founded_on))
    row = Group(organisation=organisation, name=name.strip(), founded_on=founded_on)
    try:
        with transaction.atomic():
            return audit.save(row, actor=actor, reason=_("设立党小组"))
    except IntegrityError as error:
        raise Conflict(_("刚刚有人设立了同名的党小组，请刷新后再看。")) from error


@transaction.atomic
def dissolve_group(*, actor: User, group: Group, dissolved_on: datetime.date, reason: str) -> Group:
    """Dissolve a Party group. Raises ``NotAllowed``; ``Conflict`` while it has members or a leader."""
    access.require(actor, access.MANAGE_PEOPLE, group.organisation)
    locked = Group.objects.select_for_update().get(pk=group.pk)
    if locked.dissolved_on is not None:
        raise Conflict(_("这个党小组已经撤销，不用再办。"))
    if Person.objects.filter(group=locked).exists():
        raise Conflict(_("党小组里还有党员，请先调整他们的党小组。"))
    lasting = Q(ended_on__isnull=True) | Q(ended_on__gte=dissolved_on)
    if Appointment.objects.filter(lasting, group=locked).exists():
        raise Conflict(_("党小组组长还在任，请先办理离任。"))
    plausible.require(dissolved_on=plausible.decided_fault(dissolved_on))
    if locked.founded_on and dissolved_on <= locked.founded_on:
        raise InvalidInput(errors={"dissolved_on": _("撤销日期要晚于设立日期 %s。") % locked.founded_on})
    locked.dissolved_on = dissolved_on
    return audit.save(locked, actor=actor, reason=_require_reason(reason))
