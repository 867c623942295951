"""The room of meetings and their records."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeetingsConfig(AppConfig):
    """Application configuration of the room ``meetings``."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "meetings"
    verbose_name = _("会议")

    def ready(self) -> None:
        """Answer for the messages of this room."""
        from meetings import messages
        from notices.services import register_check

        register_check(messages.SUBJECT, messages.still_true)
