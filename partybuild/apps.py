"""Application configuration of the house itself: management commands and system checks."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartybuildConfig(AppConfig):
    """Registers the system checks when Django is ready."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "partybuild"
    verbose_name = _("平台")

    def ready(self) -> None:
        """Import the checks, which register themselves."""
        from partybuild import checks  # noqa: F401
