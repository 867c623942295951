"""The platform on a phone without a network: what makes it installable, its service worker and its one offline page.

None of the three says anything of an account but its language: what a browser keeps of them is nobody's.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage, staticfiles_storage
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

THEME_COLOUR = "#a3171d"  # of static/partybuild/icon.svg


def static_version() -> str:
    """The hash of the manifest of all static files; ``plain`` where their names carry no hash (in tests)."""
    return getattr(staticfiles_storage, "manifest_hash", "") or "plain"


def names_are_hashed() -> bool:
    """Whether a static file of a given name never changes, so that a browser may keep it."""
    return isinstance(staticfiles_storage, ManifestStaticFilesStorage) and not settings.DEBUG


@require_safe
@cache_control(max_age=3600)
def manifest(request: HttpRequest) -> HttpResponse:
    """What the phone needs to put the platform on its home screen, as a W3C web application manifest."""
    icons = [{"src": static("partybuild/icon.svg"), "type": "image/svg+xml", "sizes": "any", "purpose": "any"}]
    icons += [
        {"src": static(f"partybuild/icon-{size}.png"), "type": "image/png", "sizes": f"{size}x{size}", "purpose": "any"}
        for size in (192, 512)
    ]
    whole = static("partybuild/icon-maskable-512.png")  # to the edges, so that a phone may cut it to any shape
    icons.append({"src": whole, "type": "image/png", "sizes": "512x512", "purpose": "maskable"})
    content = {
        "id": "/",
        "name": _("党建平台"),
        "short_name": _("党建平台"),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "lang": getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE),
        "theme_color": THEME_COLOUR,
        "background_color": "#ffffff",
        "icons": icons,
    }
    return JsonResponse(content, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})


@require_safe
@never_cache
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker. From the root, or it could not answer for the whole platform; never kept, or it could not change."""
    shell = [static("tabler.min.css"), static("partybuild/app.css"), static("partybuild/icon.svg")]
    facts = {
        "version": static_version(),
        "hashed": names_are_hashed(),
        "static": settings.STATIC_URL,
        "page": reverse("offline"),
        "shell": shell,
    }
    text = render_to_string("offline/worker.js", {"facts": facts})
    return HttpResponse(text, content_type="text/javascript; charset=utf-8", headers={"Service-Worker-Allowed": "/"})


@require_safe
@cache_control(max_age=0, must_revalidate=True)
def offline(request: HttpRequest) -> HttpResponse:
    """What a browser shows without a network; rendered without the request, so that nobody's name can stand on it."""
    return HttpResponse(render_to_string("offline/page.html"))
