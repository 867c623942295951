"""Forms about organisations, offices and groups."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from common import clock
from common.formstyle import CodeInput, StyledForm, choose, style
from orgs import rules
from orgs.forms.choosing import choose_group, people_field, person_field, share_choices
from orgs.models import Department, Group, Level, Office, Organisation, Person, UnitKind
from orgs.models.appointment import COMMITTEE_OFFICES, DEPARTMENT_OFFICES, ORGANISATION_OFFICES
from orgs.querysets import OrganisationQuerySet, PersonQuerySet

Choices = list[tuple[str, Any]]


def _reason(*, required: bool = True) -> forms.CharField:
    return forms.CharField(label=_("原因或文号"), max_length=100, required=required)


class AppointForm(StyledForm):
    """Appoint a person to an office."""

    office = forms.ChoiceField(label=_("职务"))
    group: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("党小组"), queryset=Group.objects.none(), required=False, help_text=_("只有党小组组长要选")
    )
    started_on = forms.DateField(label=_("任职日期"))
    reason = _reason(required=False)

    def __init__(
        self, *args: Any, people: PersonQuerySet, organisation: Organisation, only_leader: bool, **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        self.fields["person"] = person_field(_("人员"), people, searched=organisation.level != Level.BRANCH)
        choose_group(self, organisation)
        if organisation.level != Level.BRANCH:
            del self.fields["group"]
        offices = [Office.GROUP_LEADER] if only_leader else list(ORGANISATION_OFFICES)
        offices = [office for office in offices if rules.office_fits(office, organisation.level)]
        self.fields["office"] = forms.ChoiceField(
            label=_("职务"),
            choices=[(office.value, office.label) for office in offices],
            widget=self.fields["office"].widget,
        )
        self.fields["started_on"].initial = clock.today
        style(self.fields)
        self.order_fields(["person"])


class DepartmentAppointForm(StyledForm):
    """Appoint a person to an office in a department."""

    office = forms.ChoiceField(label=_("职务"))
    started_on = forms.DateField(label=_("任职日期"))
    reason = _reason(required=False)

    def __init__(self, *args: Any, people: PersonQuerySet, duty: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["person"] = person_field(_("人员"), people, searched=True)
        office = cast(forms.ChoiceField, self.fields["office"])
        head_of_school = duty == Department.Duty.ADMINISTRATION
        office.choices = [
            (one.value, one.label) for one in DEPARTMENT_OFFICES if one != Office.PRINCIPAL or head_of_school
        ]
        self.fields["started_on"].initial = clock.today
        style(self.fields)
        self.order_fields(["person"])


class EndForm(StyledForm):
    """End an office."""

    ended_on = forms.DateField(label=_("离任日期"), help_text=_("在任的最后一天"))
    reason = _reason()


class HandOverForm(StyledForm):
    """Hand an office to a successor."""

    on = forms.DateField(label=_("接任日期"), help_text=_("前任的最后一天自动记为前一天"))
    reason = _reason()

    def __init__(self, *args: Any, people: PersonQuerySet, searched: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["successor"] = person_field(_("接任人"), people, searched=searched)
        style(self.fields)
        self.order_fields(["successor"])


class ReElectForm(StyledForm):
    """A new term with its committee."""

    SEVERAL = (Office.DEPUTY, Office.MEMBER)

    term_start = forms.DateField(
        label=_("新一届开始日期"),
        help_text=_("上一届的任职在前一天结束。任期：党委5年，党总支、党支部3年（关于党的基层组织任期的意见2018 一）"),
    )
    reason = _reason()

    def __init__(self, *args: Any, people: PersonQuerySet, level: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.offices = [
            office for office in COMMITTEE_OFFICES if office != Office.DISCIPLINE_SECRETARY or level == Level.COMMITTEE
        ]
        searched = level != Level.BRANCH
        for office in self.offices:
            several, required = office in self.SEVERAL, office == Office.SECRETARY
            self.fields[office.value] = (
                people_field(office.label, people, searched=searched)
                if several
                else person_field(office.label, people, searched=searched, required=required)
            )
        if not searched:
            share_choices([self.fields[office.value] for office in self.offices], people)
        style(self.fields)
        self.order_fields(["term_start", *(office.value for office in self.offices), "reason"])

    def holders(self) -> list[tuple[Person, str]]:
        """The elected with their offices."""
        found: list[tuple[Person, str]] = []
        for office in self.offices:
            chosen = self.cleaned_data.get(office.value)
            people = list(chosen or []) if office in self.SEVERAL else [chosen] if chosen else []
            found += [(person, office.value) for person in people]
        return found


class OrganisationForm(StyledForm):
    """Found an organisation under another."""

    code = forms.CharField(label=_("编码"), max_length=32, widget=CodeInput)
    name = forms.CharField(label=_("名称"), max_length=100)
    level = forms.ChoiceField(label=_("级别"), choices=Level.choices)
    kind = forms.ChoiceField(label=_("类别"), choices=UnitKind.choices)
    founded_on = forms.DateField(label=_("成立日期"))
    term_start = forms.DateField(label=_("本届开始日期"), required=False)
    term_years = forms.IntegerField(
        label=_("任期（年）"),
        required=False,
        min_value=1,
        max_value=10,
        help_text=_("留空按级别默认：党委5年，党总支、党支部3年（关于党的基层组织任期的意见2018 一）"),
    )
    approval_number = forms.CharField(label=_("批准文号"), max_length=100, required=False, help_text=_("设党总支必填"))
    reason = _reason()


class RenameForm(StyledForm):
    """Another name."""

    name = forms.CharField(label=_("新名称"), max_length=100)
    reason = _reason()


class MoveForm(StyledForm):
    """Another parent."""

    parent: forms.ModelChoiceField = forms.ModelChoiceField(label=_("新的上级"), queryset=Organisation.objects.none())
    reason = _reason()

    def __init__(self, *args: Any, parents: OrganisationQuerySet, **kwargs: Any):
        super().__init__(*args, **kwargs)
        choose(self, "parent", parents)


class DissolveForm(StyledForm):
    """The end of an organisation or a group."""

    dissolved_on = forms.DateField(label=_("撤销日期"), help_text=_("从这一天起不再运行，记录仍然保留"))
    reason = _reason()


class ExtendTermForm(StyledForm):
    """Extension of a term with approval."""

    until = forms.DateField(label=_("延期至"), help_text=_("一般不超过1年（基层组织选举工作条例2020 第3条）"))
    approval_number = forms.CharField(label=_("批准文号"), max_length=100)


class GroupForm(StyledForm):
    """A new Party group."""

    name = forms.CharField(label=_("名称"), max_length=50, help_text=_("如：第一党小组"))
    founded_on = forms.DateField(label=_("设立日期"))


class CorrectOrganisationForm(StyledForm):
    """What the office corrects about an organisation."""

    kind = forms.ChoiceField(label=_("类别"), choices=UnitKind.choices)
    founded_on = forms.DateField(label=_("成立日期"), required=False)
    term_start = forms.DateField(label=_("本届开始日期"), required=False)
    term_years = forms.IntegerField(label=_("任期（年）"), required=False, min_value=1, max_value=10)
    approval_number = forms.CharField(
        label=_("批准文号"), max_length=100, required=False, help_text=_("党员不足50人的党总支要填写党委批准的文号")
    )
    note = forms.CharField(label=_("备注"), max_length=500, required=False)
    reason = _reason()


class CorrectAppointmentForm(StyledForm):
    """Days of an office that were entered wrongly."""

    started_on = forms.DateField(label=_("任职日期"))
    ended_on = forms.DateField(label=_("离任日期"), required=False)
    reason = _reason()
