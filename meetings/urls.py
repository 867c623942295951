"""Addresses of the room ``meetings``."""

from django.urls import path

from meetings.views import additions, attachments, detail, drafts, kinds, lists, plan, record

app_name = "meetings"

urlpatterns = [
    path("meetings/", lists.section_list, name="section_list"),
    path("meetings/new/", plan.plan, name="plan"),
    path("meetings/people/", lists.people_search, name="people_search"),
    path("meetings/<int:pk>/", detail.gathering_detail, name="gathering_detail"),
    path("meetings/<int:pk>/record/", record.record, name="record"),
    path("meetings/<int:pk>/draft/", drafts.autosave, name="autosave"),
    path("meetings/<int:pk>/amend/", detail.amend, name="amend"),
    path("meetings/<int:pk>/sections/new/", additions.section_add, name="section_add"),
    path("meetings/<int:pk>/attachments/", attachments.attachment_add, name="attachment_add"),
    path("meetings/sections/<int:pk>/return/", detail.section_return, name="section_return"),
    path("meetings/sections/<int:pk>/cancel/", detail.section_cancel, name="section_cancel"),
    path("meetings/sections/<int:pk>/versions/<int:number>/", detail.section_version, name="section_version"),
    path("attachments/<int:pk>/", attachments.attachment, name="attachment"),
    path("attachments/<int:pk>/delete/", attachments.attachment_delete, name="attachment_delete"),
    path("organisations/<str:code>/record-book/<int:year>/", lists.record_book, name="record_book"),
    path("settings/kinds/", kinds.kind_list, name="kind_list"),
    path("settings/kinds/new/", kinds.kind_new, name="kind_new"),
    path("settings/kinds/<slug:code>/", kinds.kind_edit, name="kind_edit"),
]
