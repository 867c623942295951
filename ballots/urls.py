"""Addresses of the room ``ballots``."""

from django.urls import path

from ballots.pages import drafts, lists, running, voting

app_name = "ballots"
urlpatterns = [
    path("ballots/", lists.ballot_list, name="ballot_list"),
    path("ballots/new/", drafts.ballot_new, name="ballot_new"),
    path("ballots/<int:pk>/", running.ballot_detail, name="ballot_detail"),
    path("ballots/<int:pk>/edit/", drafts.ballot_edit, name="ballot_edit"),
    path("ballots/<int:pk>/subjects/", drafts.subjects_edit, name="subjects_edit"),
    path("ballots/<int:pk>/electors/", drafts.electors, name="electors"),
    path("ballots/<int:pk>/groups/new/", drafts.group_new, name="group_new"),
    path("ballots/<int:pk>/groups/<int:group>/", drafts.group_edit, name="group_edit"),
    path("ballots/<int:pk>/groups/<int:group>/remove/", drafts.group_remove, name="group_remove"),
    path("ballots/<int:pk>/groups/<int:group>/allotments/", drafts.allotments_edit, name="allotments_edit"),
    path("ballots/<int:pk>/codes/", running.codes, name="codes"),
    path("ballots/<int:pk>/codes/<int:allotment>/", running.codes_print, name="codes_print"),
    path("ballots/<int:pk>/papers/", running.papers, name="papers"),
    path("ballots/<int:pk>/papers/<int:allotment>/", running.paper_enter, name="paper_enter"),
    path("ballots/<int:pk>/papers/cancel/<int:paper>/", running.paper_cancel, name="paper_cancel"),
    path("ballots/<int:pk>/vote/", voting.vote, name="vote"),
    path("ballots/<int:pk>/<slug:verb>/", running.ballot_act, name="ballot_act"),
    path("ballot-code/", voting.vote_by_code, name="vote_by_code"),
    path("ballot-code/done/", voting.code_done, name="code_done"),
]
