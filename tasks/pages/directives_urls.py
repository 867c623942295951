"""Addresses of directives, dual sign-offs, files of Tasks and year plans."""

from django.urls import path

from tasks.pages import directive_settings as settings
from tasks.pages import directives, directives_list, plans, signatures, task_files, waiting

urlpatterns = [
    path("directives/", directives_list.directive_list, name="directive_list"),
    path("directives/new/", directives.directive_new, name="directive_new"),
    path("directives/waiting/", waiting.waiting_list, name="waiting_list"),
    path("directives/settings/", settings.directive_settings, name="directive_settings"),
    path("directives/settings/types/new/", settings.type_new, name="directive_type_new"),
    path("directives/settings/types/<int:pk>/", settings.type_edit, name="directive_type_edit"),
    path("directives/settings/sets/new/", settings.unit_set_new, name="unit_set_new"),
    path("directives/settings/sets/<int:pk>/", settings.unit_set_edit, name="unit_set_edit"),
    path("directives/signatures/<int:pk>/", signatures.signature_detail, name="signature_detail"),
    path("directives/signatures/<int:pk>/sign/", signatures.signature_sign, name="signature_sign"),
    path("directives/signatures/<int:pk>/refuse/", signatures.signature_refuse, name="signature_refuse"),
    path("directives/<int:pk>/", directives.directive_detail, name="directive_detail"),
    path("directives/<int:pk>/edit/", directives.directive_edit, name="directive_edit"),
    path("directives/<int:pk>/files/", directives.directive_attach, name="directive_attach"),
    path("directives/<int:pk>/<slug:verb>/", directives.directive_act, name="directive_act"),
    path("tasks/<int:pk>/files/", task_files.task_attach, name="task_attach"),
    path("tasks/files/<int:pk>/", task_files.task_file, name="task_file"),
    path("tasks/files/<int:pk>/remove/", task_files.task_file_remove, name="task_file_remove"),
    path("plans/", plans.plan_list, name="plan_list"),
    path("plans/load/", plans.plan_load, name="plan_load"),
    path("plans/<slug:code>/<int:year>/", plans.plan_detail, name="plan_detail"),
    path("plans/<slug:code>/<int:year>/approve/", plans.plan_approve, name="plan_approve"),
]
