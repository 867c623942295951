"""Authentication backends: accounts with their person in one query, and rights inherited down the tree."""

from typing import Any

from django.contrib.auth.backends import ModelBackend

from orgs import access
from orgs.models import Organisation, User


class AccountBackend(ModelBackend):
    """Django's accounts, loaded with person and branch, since every page asks for both."""

    def get_user(self, user_id: int) -> User | None:
        """The active account of a session, or ``None``. One query."""
        user = User.objects.select_related("person__organisation").filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None


class OrganisationBackend:
    """Object permissions on organisations; guardian itself does not inherit along a path."""

    def authenticate(self, request: Any, **credentials: Any) -> None:
        """Never signs anybody in; it only answers questions about rights."""
        return None

    def has_perm(self, user_obj: User, perm: str, obj: Any = None) -> bool:
        """Whether ``user_obj`` has ``orgs.<right>`` on an organisation, by a grant there or (if it flows) above."""
        if not isinstance(obj, Organisation) or not isinstance(user_obj, User) or not user_obj.is_active:
            return False
        return access.may(user_obj, perm.removeprefix("orgs."), obj)
