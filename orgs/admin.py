"""Looking at the room's rows as a technical administrator; changes go through the pages, which keep rules and history."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from orgs.models import Appointment, College, Department, Group, Membership, Organisation, Person, User, VotingExclusion


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows to look at and search; nothing is added, changed or deleted here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never; viewing is another permission."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


@admin.register(Organisation)
class OrganisationAdmin(ReadOnlyAdmin):
    """Organisations in tree order."""

    list_display = ("code", "name", "level", "kind", "depth", "term_start", "dissolved_on")
    list_filter = ("level", "kind")
    search_fields = ("code", "name")


@admin.register(Person)
class PersonAdmin(ReadOnlyAdmin):
    """People; health stays out of lists."""

    list_display = ("number", "name", "organisation", "status", "kind")
    list_filter = ("status", "kind")
    list_select_related = ("organisation",)
    search_fields = ("number", "name")
    exclude = ("excused_reason",)


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    """Accounts; no password is shown."""

    list_display = ("username", "person", "email", "is_active", "is_superuser", "last_login")
    list_select_related = ("person",)
    search_fields = ("username", "person__name")
    exclude = ("password",)


@admin.register(Appointment)
class AppointmentAdmin(ReadOnlyAdmin):
    """Offices, past and present."""

    list_display = ("person", "office", "organisation", "department", "started_on", "ended_on")
    list_filter = ("office",)
    list_select_related = ("person", "organisation", "department")
    search_fields = ("person__name", "person__number", "organisation__code")


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    """Where people belonged when."""

    list_display = ("person", "organisation", "group", "started_on", "ended_on")
    list_select_related = ("person", "organisation", "group")
    search_fields = ("person__name", "person__number", "organisation__code")


@admin.register(VotingExclusion)
class VotingExclusionAdmin(ReadOnlyAdmin):
    """Who is out of the voting base; the ground is the branch's matter."""

    list_display = ("person", "started_on", "ended_on")
    list_select_related = ("person",)
    exclude = ("ground",)


@admin.register(Group)
class GroupAdmin(ReadOnlyAdmin):
    """Party groups."""

    list_display = ("name", "organisation", "founded_on", "dissolved_on")
    list_select_related = ("organisation",)


@admin.register(Department)
class DepartmentAdmin(ReadOnlyAdmin):
    """Departments and what they do for the committee."""

    list_display = ("code", "name", "organisation", "duty")
    list_select_related = ("organisation",)


@admin.register(College)
class CollegeAdmin(ReadOnlyAdmin):
    """Colleges."""

    list_display = ("code", "name", "organisation", "dean")
    list_select_related = ("organisation", "dean")
