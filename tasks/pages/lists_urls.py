"""Addresses of the responsibility lists."""

from django.urls import path

from tasks.pages import list_drafts as drafts
from tasks.pages import lists

urlpatterns = [
    path("lists/", lists.list_index, name="list_index"),
    path("lists/mine/", lists.list_mine, name="list_mine"),
    path("lists/new/", drafts.list_new, name="list_new"),
    path("lists/of/<str:code>/<int:year>/", lists.list_holder, name="list_holder"),
    path("lists/<int:pk>/", lists.list_detail, name="list_detail"),
    path("lists/<int:pk>/changes/", lists.list_changes, name="list_changes"),
    path("lists/<int:pk>/edit/", drafts.list_edit, name="list_edit"),
    path("lists/<int:pk>/publish/", drafts.list_publish, name="list_publish"),
    path("lists/<int:pk>/delete/", drafts.list_delete, name="list_delete"),
    path("lists/<int:pk>/version/", drafts.list_version, name="list_version"),
    path("lists/<int:pk>/items/new/", drafts.item_new, name="list_item_new"),
    path("lists/items/<int:pk>/", drafts.item_edit, name="list_item_edit"),
    path("lists/items/<int:pk>/remove/", drafts.item_remove, name="list_item_remove"),
]
