"""Is the process alive, and can it work? Two addresses for whatever watches the platform."""

from functools import cache

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import Error as DatabaseError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@cache
def newest_migrations() -> frozenset[tuple[str, str]]:
    """The last migration of every application as this code has it; it cannot change while the process lives."""
    return frozenset(MigrationLoader(None).graph.leaf_nodes())


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers and has every migration; otherwise 503 with the reason in one line. Two queries."""
    try:
        missing = newest_migrations() - MigrationRecorder(connection).applied_migrations().keys()
    except DatabaseError:
        return HttpResponse("database unreachable\n", content_type="text/plain", status=503)
    if missing:
        rooms = ", ".join(sorted(app for app, _ in missing))
        return HttpResponse(f"migrations missing: {rooms}\n", content_type="text/plain", status=503)
    return HttpResponse("ready\n", content_type="text/plain")
