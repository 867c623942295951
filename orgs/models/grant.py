"""Guardian's permission rows on organisations, with the days they hold."""

from django.db import models
from guardian.models import UserObjectPermissionBase


class OrganisationUserPermission(UserObjectPermissionBase):
    """One right of one account on one organisation; written only by ``orgs.access.refresh_grants``.

    The days come from the offices that give the right, so that an office that ended yesterday gives nothing
    today even before the nightly step has removed the row.
    """

    content_object = models.ForeignKey("orgs.Organisation", on_delete=models.CASCADE)
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False
