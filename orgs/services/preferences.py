"""What a person decides about their own account."""

from django.db import transaction

from common.errors import InvalidInput
from common.sentences import written as _
from orgs.models import Language, Theme, TypeSize, User


@transaction.atomic
def change_preferences(*, actor: User, receives_mail: bool) -> User:
    """Turn the nightly mail of one's own account on or off; messages stay readable in the bell either way."""
    User.objects.filter(pk=actor.pk).update(receives_mail=receives_mail)
    actor.receives_mail = receives_mail
    return actor


@transaction.atomic
def change_look(*, actor: User, theme: str, type_size: str) -> User:
    """Keep on one's own account how pages look.

    Args:
        actor: the account.
        theme: a value of ``Theme``.
        type_size: a value of ``TypeSize``.

    Raises:
        InvalidInput: a value that there is none of.
    """
    if theme not in Theme.values or type_size not in TypeSize.values:
        raise InvalidInput(_("没有这种外观，请从菜单里选择。"))
    User.objects.filter(pk=actor.pk).update(theme=theme, type_size=type_size)
    actor.theme, actor.type_size = theme, type_size
    return actor


@transaction.atomic
def change_language(*, actor: User, language: str) -> User:
    """Keep on one's own account the language of pages and mails.

    Args:
        actor: the account.
        language: a value of ``Language``.

    Raises:
        InvalidInput: a language that the platform does not have.
    """
    if language not in Language.values:
        raise InvalidInput(_("没有这种语言，请从菜单里选择。"))
    User.objects.filter(pk=actor.pk).update(language=language)
    actor.language = language
    return actor
