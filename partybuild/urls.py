"""The address table: health, administration, and every room's own addresses."""

from importlib.util import find_spec

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from partybuild import design, languages, offline, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("manifest.webmanifest", offline.manifest, name="manifest"),
    path("sw.js", offline.worker, name="worker"),
    path("offline/", offline.offline, name="offline"),
    path("design/", design.design, name="design"),
    path("design/form/", design.design_form, name="design_form"),
    path("admin/", admin.site.urls),
    path("i18n/setlang/", languages.set_language, name="set_language"),
    # A room writes its addresses in full; one without pages has no ``urls`` module.
    *(path("", include(f"{room}.urls")) for room in settings.ROOMS if find_spec(f"{room}.urls")),
]

handler400 = "partybuild.refusals.refused"
