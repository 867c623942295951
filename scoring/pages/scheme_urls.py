"""Addresses of schemes and their versions."""

from django.urls import path

from scoring.pages import schemes, versions

urlpatterns = [
    path("schemes/", schemes.scheme_list, name="scheme_list"),
    path("schemes/import/", schemes.scheme_import, name="scheme_import"),
    path("schemes/<int:pk>/", schemes.scheme_detail, name="scheme_detail"),
    path("schemes/<int:pk>/draft/", schemes.version_start, name="version_start"),
    path("schemes/<int:pk>/reviewers/", schemes.scheme_reviewers, name="scheme_reviewers"),
    path("schemes/reviewers/<int:pk>/remove/", schemes.reviewer_remove, name="reviewer_remove"),
    path("schemes/versions/<int:pk>/", versions.version_detail, name="version_detail"),
    path("schemes/versions/<int:pk>/yaml/", versions.version_export, name="version_export"),
    path("schemes/versions/<int:pk>/changes/", versions.version_changes, name="version_changes"),
    path("schemes/versions/<int:pk>/facts/", versions.version_facts, name="version_facts"),
    path("schemes/versions/<int:pk>/blocks/new/", versions.version_block, name="block_new"),
    path("schemes/versions/<int:pk>/blocks/<str:code>/", versions.version_block, name="block_edit"),
    path("schemes/versions/<int:pk>/indicators/new/", versions.version_indicator, name="indicator_new"),
    path("schemes/versions/<int:pk>/indicators/<str:code>/", versions.version_indicator, name="indicator_edit"),
    path("schemes/versions/<int:pk>/arrange/", versions.version_arrange, name="version_arrange"),
    path("schemes/versions/<int:pk>/publish/", versions.version_publish, name="version_publish"),
    path("schemes/versions/<int:pk>/delete/", versions.version_delete, name="version_delete"),
    path("schemes/versions/<int:pk>/<slug:section>/", versions.version_section, name="version_section"),
]
