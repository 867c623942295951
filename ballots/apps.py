"""The room of anonymous ballots."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BallotsConfig(AppConfig):
    """Application configuration of the room ``ballots``."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "ballots"
    verbose_name = _("匿名测评")

    def ready(self) -> None:
        """Let the outbox ask this room whether a message still holds."""
        from ballots import truth
        from ballots.services.messages import PREFIX
        from notices.services import register_check

        register_check(PREFIX, truth.ballots_still_wait)
