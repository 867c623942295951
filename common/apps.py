"""The room of shared ground."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommonConfig(AppConfig):
    """Application configuration of the room ``common``."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "common"
    verbose_name = _("公共")
