"""The room of organisations, people, offices and rights."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrgsConfig(AppConfig):
    """Application configuration of the room ``orgs``."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "orgs"
    verbose_name = _("组织与人员")
