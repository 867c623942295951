"""People as a list."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from html import escape
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import F, OrderBy, Q, QuerySet
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from common.tables import Choice, Column, Days, Search, Table, day_text, named, respond
from orgs import access
from orgs.models import Appointment, MemberStatus, Person, PersonKind, User
from orgs.requests import SignedInRequest
from orgs.tables import Subtree, oversees_several

_NO_PASSWORD = Q(user__password__startswith=UNUSABLE_PASSWORD_PREFIX)
ACCOUNTS = {
    "ready": (_("可以登录"), Q(user__is_active=True) & ~_NO_PASSWORD),
    "invited": (_("还没有设密码"), Q(user__is_active=True) & _NO_PASSWORD),
    "disabled": (_("已停用"), Q(user__is_active=False)),
    "none": (_("没有账号"), Q(user__isnull=True)),
}

kind_word, status_word = named(PersonKind.choices), named(MemberStatus.choices)


def keeps_accounts(user: User) -> bool:
    """Whether accounts are the user's business."""
    return access.has_anywhere(user, access.MANAGE_ORGANISATIONS)


def _account(person: Person) -> str:
    user = getattr(person, "user", None)
    if user is None:
        state = "none"
    elif not user.is_active:
        state = "disabled"
    else:
        state = "ready" if user.has_usable_password() else "invited"
    return str(ACCOUNTS[state][0])


@cache
def _address() -> str:
    return reverse("orgs:person_detail", args=["0"]).removesuffix("0/")


def _name(person: Person) -> SafeString:
    return SafeString(f'<a href="{_address()}{escape(person.number)}/">{escape(person.name)}</a>')


def _unit(person: Person) -> str:
    return person.organisation.name if person.organisation is not None else now("（已转出）")


def _offices(person: Person) -> str:
    return "、".join(person.offices_held)  # type: ignore[attr-defined]


def _with_account(rows: QuerySet[Any], value: str, _table: Table[Any]) -> QuerySet[Any]:
    return rows.filter(ACCOUNTS[value][1])


def _with_office(rows: QuerySet[Any], value: str, _table: Table[Any]) -> QuerySet[Any]:
    held = Appointment.objects.in_force().values("person_id")
    return rows.filter(pk__in=held) if value == "1" else rows.exclude(pk__in=held)


class PersonTable(Table[Person]):
    """The people one sees. Contact, health and reasons of any kind are not in it (DESIGN.md §5)."""

    key = "people"
    title = _("党员名单")
    order = (OrderBy(F("organisation__path"), nulls_last=True), "number")
    columns = (
        Column("name", _("姓名"), lambda person: person.name, html=_name, sort=("name",), css="tb-short", is_main=True),
        Column("number", _("工号/学号"), lambda person: person.number, sort=("number",), css="tb-short"),
        Column("unit", _("党支部"), _unit, sort=("organisation__path",), seen_by=oversees_several),
        Column("group", _("党小组"), lambda person: person.group.name if person.group else "", sort=("group__name",)),
        Column("offices", _("现任职务"), _offices),
        Column("kind", _("人员类别"), lambda person: kind_word(person.kind), sort=("kind",), css="tb-short"),
        Column("status", _("党员状态"), lambda person: status_word(person.status), sort=("status",), css="tb-short"),
        Column("joined", _("入党日期"), lambda person: day_text(person.joined_on), sort=("joined_on",), css="tb-short"),
        Column("formal", _("转正日期"), lambda person: day_text(person.formal_on), sort=("formal_on",), css="tb-short"),
        Column("account", _("账号"), _account, css="tb-short", seen_by=keeps_accounts),
    )
    filters = (
        Subtree("unit", _("组织"), "organisation"),
        Choice("kind", _("人员类别"), PersonKind.choices, column="kind"),
        Choice("status", _("党员状态"), MemberStatus.choices, column="status"),
        Choice("office", _("现任职务"), [("1", _("有职务")), ("0", _("没有职务"))], by=_with_office),
        Days("joined", _("入党日期"), "joined_on"),
        Choice(
            "account",
            _("账号"),
            [(key, words) for key, (words, _which) in ACCOUNTS.items()],
            by=_with_account,
            seen_by=keeps_accounts,
        ),
    )
    search = Search("name", "number", spoken=("name",), prompt=_("姓名、拼音首字母或工号/学号"))

    def related(self, rows: QuerySet[Person]) -> QuerySet[Person]:
        """With branch, group and account."""
        return rows.select_related("organisation", "group", "user").only(*_SHOWN)

    def prepare(self, rows: list[Person]) -> None:
        """The offices in force that the reader may see. One query."""
        held: dict[int, list[str]] = defaultdict(list)
        offices = Appointment.objects.visible_to(self.user).in_force().filter(person__in=[row.pk for row in rows])
        for office in offices.select_related("organisation", "department", "group").order_by("started_on", "pk"):
            place = office.group or office.department or office.organisation
            held[office.person_id].append(f"{place} {office.get_office_display()}")
        for row in rows:
            row.offices_held = held[row.pk]  # type: ignore[attr-defined]

    def name_of(self, row: Person) -> str:
        """Name and number; names repeat."""
        return f"{row.name}（{row.number}）"

    def url_of(self, row: Person) -> str:
        """The person's page."""
        return reverse("orgs:person_detail", args=[row.number])


_SHOWN = (
    "number", "name", "kind", "status", "joined_on", "formal_on", "organisation__name", "group__name",
    "user__is_active", "user__password", "user__person",
)  # fmt: skip


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def person_list(request: SignedInRequest) -> HttpResponseBase:
    """The people one sees: of the organisations one oversees; a plain member finds only themselves."""
    table = PersonTable.of(request, Person.objects.visible_to(request.user))
    return respond(request, table, "orgs/person_list.html")
