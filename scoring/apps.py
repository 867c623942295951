"""The room of schemes, sheets and the composite."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ScoringConfig(AppConfig):
    """Application configuration of the room ``scoring``."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "scoring"
    verbose_name = _("考核评分")

    def ready(self) -> None:
        """Let the outbox ask this room whether a message still holds."""
        from notices.services import register_check
        from scoring.messages import CHECKS

        for prefix, check in CHECKS.items():
            register_check(prefix, check)
