"""The form of a task force."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import clock
from common.formstyle import StyledForm, choose, style
from orgs.forms.choosing import PeopleField, PersonField
from orgs.models import Department, Organisation, Person
from orgs.selectors import candidates
from tasks import project_rights as rights
from tasks.models import Rhythm, TaskForce
from tasks.services.task_forces import ForcePlan

if TYPE_CHECKING:
    from orgs.models import User
    from orgs.querysets import PersonQuerySet

_PEOPLE = ("deputies", "members")


class ForceForm(StyledForm):
    """Everything about a task force."""

    name = forms.CharField(label=_("专班名称"), max_length=100)
    opened_on = forms.DateField(label=_("设立日期"))
    closing_condition = forms.CharField(
        label=_("撤销条件"), max_length=200, help_text=_("做到什么就撤销，例如“项目验收”。")
    )
    member_count = forms.IntegerField(
        label=_("总人数"), min_value=1, required=False, help_text=_("含组长、副组长；不填按写明的人数计。")
    )
    secretariat_department: forms.ModelChoiceField[Department] = forms.ModelChoiceField(
        label=_("办公室设在（部门）"), queryset=Department.objects.none(), required=False
    )
    secretariat_organisation: forms.ModelChoiceField[Organisation] = forms.ModelChoiceField(
        label=_("或设在（学院、党组织）"), queryset=Organisation.objects.none(), required=False
    )
    rhythm = forms.ChoiceField(label=_("例会"), choices=[(value, label) for value, label in Rhythm.choices if value])
    report_day = forms.IntegerField(label=_("每月报告日"), min_value=1, max_value=31, initial=25)

    def __init__(self, *args: Any, user: User, force: TaskForce | None, **kwargs: Any) -> None:
        initial = _initial(force) if force is not None else {"opened_on": clock.today()}
        super().__init__(*args, initial=initial, **kwargs)
        people = _people_for(user, force)
        self.fields["leader"] = PersonField(label=_("组长"), people=people)
        self.fields["deputies"] = PeopleField(label=_("副组长"), people=people, required=False)
        self.fields["members"] = PeopleField(label=_("成员"), people=people, required=False)
        organisation: forms.ModelChoiceField[Organisation] = forms.ModelChoiceField(
            label=_("设立组织"), queryset=rights.draftable(user), disabled=force is not None, empty_label=None
        )
        if force is not None:
            organisation.queryset = Organisation.objects.filter(pk=force.organisation_id)
        self.fields["organisation"] = organisation
        choose(self, "secretariat_department", Department.objects.all())
        choose(self, "secretariat_organisation", Organisation.objects.open_on().filter(level__in=rights.LEVELS))
        style(self.fields)
        self.order_fields(["name", "organisation", "leader", *_PEOPLE, "member_count"])

    def plan(self) -> ForcePlan:
        """What was typed."""
        return ForcePlan(**self.cleaned_data)


def _people_for(user: User, force: TaskForce | None) -> PersonQuerySet:
    """Whom one may name: people one sees, and who is in the task force already."""
    seen = candidates.candidates(user)
    if force is None:
        return seen
    there = Q(pk=force.leader_id) | Q(pk__in=force.deputies.values("pk")) | Q(pk__in=force.members.values("pk"))
    return Person.objects.filter(Q(pk__in=seen.values("pk")) | there)


def _initial(force: TaskForce) -> dict[str, Any]:
    names = ("name", "organisation", "leader", "opened_on", "closing_condition", "member_count", "rhythm", "report_day")
    found = {name: getattr(force, name) for name in names}
    found |= {name: getattr(force, name) for name in ("secretariat_department", "secretariat_organisation")}
    return found | {name: [candidates.written(one) for one in getattr(force, name).all()] for name in _PEOPLE}
