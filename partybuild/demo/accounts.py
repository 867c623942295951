"""One account per role to look around with; they exist only in a demo."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.models import QuerySet

from orgs.models import Appointment, Department, Office, User

PASSWORD = "demo-partybuild"  # noqa: S105 - printed on purpose, valid in a demo only
BRANCH = "ZB203"
GENERAL_BRANCH = "ZZ2"


@dataclass(frozen=True)
class DemoAccount:
    """A role with the account that plays it."""

    role: str
    user: User


def demo_accounts() -> list[DemoAccount]:
    """The demo's accounts in order of the organisation, highest first. Raises outside the demo."""
    if not settings.DEMO:
        raise ImproperlyConfigured("Demo accounts exist only with DEMO=1.")
    offices = Appointment.objects.in_force().select_related("person__user", "organisation", "department")
    in_branch = offices.filter(organisation__code=BRANCH)
    wanted: list[tuple[str, QuerySet[Appointment]]] = [
        ("党委书记", offices.filter(organisation__depth=1, office=Office.SECRETARY)),
        ("组织部工作人员", offices.filter(department__duty=Department.Duty.ORGANISATION, office=Office.STAFF)),
        ("党总支书记", offices.filter(organisation__code=GENERAL_BRANCH, office=Office.SECRETARY)),
        ("党支部书记", in_branch.filter(office=Office.SECRETARY)),
        ("支部组织委员", in_branch.filter(office=Office.ORGANISATION_COMMISSIONER)),
        ("党小组组长", in_branch.filter(office=Office.GROUP_LEADER)),
    ]
    found = [DemoAccount(role, row.person.user) for role, rows in wanted if (row := rows.order_by("id").first())]
    member = plain_member()
    return [*found, DemoAccount("普通党员", member)] if member else found


def plain_member() -> User | None:
    """A formal member of the demo's branch without any office."""
    members = User.objects.select_related("person").filter(
        person__organisation__code=BRANCH, person__status="formal", person__appointments__isnull=True
    )
    return members.order_by("person__number").first()


def give_passwords() -> None:
    """Let the demo's accounts sign in with ``PASSWORD``."""
    for account in demo_accounts():
        account.user.set_password(PASSWORD)
        account.user.save(update_fields=["password"])
