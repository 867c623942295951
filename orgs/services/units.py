"""Administrative units beside the tree: departments and colleges."""

from __future__ import annotations

from django.db import transaction

from common import audit
from common.errors import InvalidInput
from common.sentences import written as _
from orgs import access
from orgs.models import College, Department, Person, User


@transaction.atomic
def correct_department(*, actor: User, department: Department, name: str, duty: str, reason: str) -> Department:
    """Give a department its name and what it does for the Party committee; the duty decides its officers' rights.

    Raises ``NotAllowed`` without MANAGE_ORGANISATIONS on its organisation; ``InvalidInput`` by field, also when the
    actor would take the right to do this from themselves. Side effects: history, grants of everybody in office there.
    """
    access.require(actor, access.MANAGE_ORGANISATIONS, department.organisation)
    row = Department.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=department.pk)
    errors = _faults(name, reason)
    if duty not in Department.Duty.values:
        errors["duty"] = _("请选择列表中的职责。")
    if errors:
        raise InvalidInput(errors=errors)
    is_moved, row.name, row.duty = row.duty != duty, name.strip(), duty
    audit.save(row, actor=actor, reason=reason.strip())
    if is_moved:
        _refresh_officers(row)
        as_it_is_now = User.objects.get(pk=actor.pk)  # the actor at hand keeps the grants of before
        if not access.may(as_it_is_now, access.MANAGE_ORGANISATIONS, row.organisation):
            raise InvalidInput(
                errors={"duty": _("这样改，您自己就不能再办理组织工作了，请由党委书记或系统管理员办理。")}
            )
    return row


def _refresh_officers(department: Department) -> None:
    """In one order of people, so that two changes cannot block each other."""
    for person in Person.objects.filter(appointments__department=department).order_by("pk").distinct():
        access.refresh_grants(person)


@transaction.atomic
def correct_college(*, actor: User, college: College, name: str, dean: Person | None, reason: str) -> College:
    """Give a college its name and its dean, the administrative head who signs beside the general branch's secretary.

    Raises ``NotAllowed`` without MANAGE_ORGANISATIONS on its general branch; ``InvalidInput`` by field. Writes history.
    """
    access.require(actor, access.MANAGE_ORGANISATIONS, college.organisation)
    row = College.objects.select_for_update(of=("self",)).get(pk=college.pk)
    errors = _faults(name, reason)
    if dean is not None and dean.organisation_id is None and dean.pk != row.dean_id:
        errors["dean"] = _("%s已转出，现在不在任何支部。") % dean.name
    if errors:
        raise InvalidInput(errors=errors)
    row.name, row.dean = name.strip(), dean
    return audit.save(row, actor=actor, reason=reason.strip())


def _faults(name: str, reason: str) -> dict[str, str]:
    errors = {}
    if not name.strip():
        errors["name"] = _("请填写名称。")
    if not reason.strip():
        errors["reason"] = _("请填写原因或文号。")
    return errors
