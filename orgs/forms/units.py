"""Forms about departments and colleges."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.formstyle import StyledForm, style
from orgs.forms.choosing import PersonField
from orgs.models import Department
from orgs.querysets import PersonQuerySet


class DepartmentForm(StyledForm):
    """Name and duty of a department."""

    name = forms.CharField(label=_("名称"), max_length=100)
    duty = forms.ChoiceField(
        label=_("平台职责"),
        choices=Department.Duty.choices,
        help_text=_(
            "决定负责人和工作人员的权限：组织部维护组织、任职、账号和规则；党政办公室查看全校并核查；学校行政只查看；其他部门没有平台权限。"
        ),
    )
    reason = forms.CharField(label=_("原因或文号"), max_length=100)


class CollegeForm(StyledForm):
    """Name and dean of a college."""

    name = forms.CharField(label=_("名称"), max_length=100)
    reason = forms.CharField(label=_("原因或文号"), max_length=100)

    def __init__(self, *args: Any, people: PersonQuerySet, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["dean"] = PersonField(
            label=_("院长（行政负责人）"),
            people=people,
            required=False,
            help_text=_("只能选在册党员；院长不是党员或还没有任命的，留空。"),
        )
        style(self.fields)
        self.order_fields(["name", "dean"])
