"""The room of messages owed to people."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    """Application configuration of the room ``notices``."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "notices"
    verbose_name = _("提醒")
