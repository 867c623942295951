"""System checks of the house: what would make a real installation unsafe is said before it starts."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.http.request import validate_host


@register(Tags.security)
def demo_stays_at_home(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Demo mode listens on this machine only."""
    hosts = set(settings.ALLOWED_HOSTS) - {"127.0.0.1", "localhost", "[::1]", "testserver"}
    if settings.DEMO and (settings.BIND != "127.0.0.1" or hosts):
        return [Error("Demo mode must be bound to 127.0.0.1.", id="partybuild.E001")]
    return []


@register(Tags.security)
def uploads_stay_private(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Uploads lie outside every folder that is served as static files."""
    served = [settings.STATIC_ROOT, *settings.STATICFILES_DIRS]
    if any(settings.MEDIA_ROOT.is_relative_to(folder) for folder in served):
        return [Error("MEDIA_ROOT lies inside a folder that is served to everybody.", id="partybuild.E002")]
    return []


@register(Tags.security)
def mails_lead_here(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """The address written into mails is one that this platform answers to."""
    host = urlsplit(settings.SITE_URL).hostname or ""
    if validate_host(host, settings.ALLOWED_HOSTS):
        return []
    return [Error(f"SITE_URL leads to {host!r}, which is not in ALLOWED_HOSTS.", id="partybuild.E003")]


@register(Tags.security, deploy=True)
def real_queue(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Several machines need a queue that they share."""
    if not settings.DEMO and not settings.REDIS_URL:
        return [
            Warning(
                "No REDIS_URL: the queue is a folder, which serves one machine only.",
                hint="Set REDIS_URL before starting more than one web or worker container.",
                id="partybuild.W001",
            )
        ]
    return []
