"""Addresses of the yearly process."""

from django.urls import path

from scoring.pages import objections, process, publication, statements, votes

urlpatterns = [
    path("schemes/<int:pk>/process/", process.process, name="process"),
    path("schemes/<int:pk>/process/step/", process.process_step, name="process_step"),
    path("schemes/<int:pk>/process/back/", process.process_back, name="process_back"),
    path("schemes/<int:pk>/process/final/", process.process_final, name="process_final"),
    path("schemes/<int:pk>/votes/", votes.tie_votes, name="tie_votes"),
    path("schemes/<int:pk>/missing/", process.missing, name="missing"),
    path("schemes/<int:pk>/statements/", statements.statement_list, name="statement_list"),
    path("schemes/<int:pk>/statements/remind/", statements.statements_remind, name="statements_remind"),
    path("schemes/<int:pk>/statements/of/<str:code>/", statements.statement, name="statement"),
    path("schemes/<int:pk>/statements/of/<str:code>/edit/", statements.statement_edit, name="statement_edit"),
    path("schemes/<int:pk>/statements/of/<str:code>/reopen/", statements.statement_reopen, name="statement_reopen"),
    path("schemes/<int:pk>/publish/", publication.publish, name="publish"),
    path("schemes/<int:pk>/publication/", publication.publication, name="publication"),
    path("schemes/<int:pk>/differences/", publication.differences, name="differences"),
    path("schemes/<int:pk>/objections/", objections.objection_list, name="objection_list"),
    path("publication/<int:pk>/", publication.publication_unit, name="publication_unit"),
    path("publication/<int:pk>/object/", objections.objection_new, name="objection_new"),
    path("objections/<int:pk>/", objections.objection_detail, name="objection_detail"),
    path("objections/<int:pk>/answer/", objections.objection_answer, name="objection_answer"),
    path("objections/<int:pk>/withdraw/", objections.objection_withdraw, name="objection_withdraw"),
    path("objections/<int:pk>/remark/", objections.objection_remark, name="objection_remark"),
]
