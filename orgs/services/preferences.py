"""What a person decides about their own account."""

from django.db import transaction

from orgs.models import User


@transaction.atomic
def change_preferences(*, actor: User, receives_mail: bool) -> User:
    """Turn the nightly mail of one's own account on or off; messages stay readable in the bell either way."""
    User.objects.filter(pk=actor.pk).update(receives_mail=receives_mail)
    actor.receives_mail = receives_mail
    return actor
