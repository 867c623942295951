"""The room of everything that is owed."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TasksConfig(AppConfig):
    """Application configuration of the room ``tasks``."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "tasks"
    verbose_name = _("事项")

    def ready(self) -> None:
        """Let the outbox ask this room whether a reminder still holds."""
        from notices.services import register_check
        from tasks import truth

        register_check(truth.PREFIX, truth.still_true)
        register_check(truth.SLIP_PREFIX, truth.slips_still_wait)
        register_check(truth.SIGNATURE_PREFIX, truth.signings_still_wait)
        register_check(truth.DIRECTIVE_PREFIX, truth.directives_still_wait)
        register_check(truth.EXTENSION_PREFIX, truth.extensions_still_wait)
