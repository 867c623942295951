"""Accounts of people; invitations and mails are the room ``notices``'."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from common import audit
from common.errors import Conflict, InvalidInput
from common.sentences import written as _
from orgs import access
from orgs.models import Person, User


def _require(actor: User, person: Person) -> None:
    if person.organisation is not None:
        access.require(actor, access.MANAGE_ORGANISATIONS, person.organisation)
    else:
        access.require_anywhere(actor, access.MANAGE_ORGANISATIONS)


@transaction.atomic
def create_account(*, actor: User, person: Person) -> User:
    """Make an account without a usable password; an invitation lets the person set one.

    The user name is the staff or student number. Raises ``NotAllowed``; ``Conflict`` when there is one already.
    Side effect: grants of the offices held.
    """
    _require(actor, person)
    if User.objects.filter(person=person).exists():
        raise Conflict(_("%s已经有账号，不用再建。") % person.name)
    user = User(username=person.number, email=person.email or "", person=person)
    user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise Conflict(_("用户名“%s”已被占用，请联系系统管理员。") % person.number) from error
    access.refresh_grants(person)
    _note(person, actor, _("建立账号"))
    return user


@transaction.atomic
def disable_account(*, actor: User, person: Person, reason: str = "") -> User:
    """Close an account: nobody signs in with it, mails stop; records stay.

    Raises ``NotAllowed``, ``InvalidInput`` (oneself), ``Conflict`` (no account, or closed already).
    """
    _require(actor, person)
    if person.pk == actor.person_id:
        raise InvalidInput(_("不能停用自己的账号，请让另一位管理员办理。"))
    return _switch(person, actor, active=False, reason=f"{_('停用账号')} {reason}".strip())


@transaction.atomic
def enable_account(*, actor: User, person: Person, reason: str = "") -> User:
    """Open a closed account again. Raises ``NotAllowed``, ``Conflict``."""
    _require(actor, person)
    return _switch(person, actor, active=True, reason=f"{_('恢复账号')} {reason}".strip())


def _switch(person: Person, actor: User, *, active: bool, reason: str) -> User:
    if User.objects.filter(person=person, is_active=not active).update(is_active=active) != 1:
        raise Conflict(_("账号状态已经变化，请刷新后再看。"))
    _note(person, actor, reason)
    return User.objects.get(person=person)


def _note(person: Person, actor: User, reason: str) -> None:
    """Keep who did it and why in the person's history, since accounts have none of their own."""
    audit.save(Person.objects.get(pk=person.pk), actor=actor, reason=reason)
