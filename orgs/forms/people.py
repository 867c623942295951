"""Forms about people."""

from typing import Any, ClassVar, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from common.formstyle import CodeInput, PhoneInput, StyledForm, choose
from orgs.forms.choosing import choose_group
from orgs.models import Group, MemberStatus, Organisation, Person, PersonKind, VotingExclusion
from orgs.querysets import OrganisationQuerySet


def _reason(label: Any = None) -> forms.CharField:
    return forms.CharField(label=label or _("事由"), max_length=100)


class TransferForm(StyledForm):
    """To another branch of the college."""

    organisation = forms.ModelChoiceField(label=_("转入支部"), queryset=Organisation.objects.none())
    on = forms.DateField(
        label=_("转入日期"), help_text=_("接收支部的第一天；接收前由原支部负责管理（党员教育管理工作条例2019 第25条）")
    )
    reason = _reason()

    def __init__(self, *args: Any, branches: OrganisationQuerySet, **kwargs: Any):
        super().__init__(*args, **kwargs)
        choose(self, "organisation", branches)


class TransferOutForm(StyledForm):
    """Out of the college."""

    on = forms.DateField(label=_("转出日期"), help_text=_("在本校的最后一天"))
    reason = _reason(_("去向和事由"))


class TransferInForm(StyledForm):
    """From outside into a branch."""

    number = forms.CharField(label=_("工号/学号"), max_length=32, widget=CodeInput)
    name = forms.CharField(label=_("姓名"), max_length=50)
    kind = forms.ChoiceField(label=_("人员类别"), choices=PersonKind.choices)
    status = forms.ChoiceField(label=_("党员状态"), choices=MemberStatus.choices)
    joined_on = forms.DateField(label=_("入党日期"), required=False)
    formal_on = forms.DateField(label=_("转正日期"), required=False)
    email = forms.EmailField(label=_("邮箱"), required=False)
    group: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("党小组"), queryset=Group.objects.none(), required=False
    )
    on = forms.DateField(label=_("转入日期"))
    reason = _reason(_("来源和事由"))

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any):
        super().__init__(*args, **kwargs)
        choose_group(self, organisation)


class AdmitForm(StyledForm):
    """To full membership."""

    formal_on = forms.DateField(label=_("转正日期"))
    reason = _reason(_("依据（如党总支批复）"))


class ChangeGroupForm(StyledForm):
    """Into another Party group."""

    group: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("党小组"), queryset=Group.objects.none(), required=False
    )
    on = forms.DateField(label=_("起始日期"))

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any):
        super().__init__(*args, **kwargs)
        choose_group(self, organisation)


class ExcusedForm(StyledForm):
    """No hard requirement; who may not see the ``present`` reason may keep it unseen."""

    KEEP = "keep"

    SITUATIONS: ClassVar[list[tuple[str, Any]]] = [
        ("", _("不适用（正常要求）")),
        *((words, words) for words in ("年老体弱", "行动不便", "身患重病", "失能")),
    ]

    excused_reason = forms.ChoiceField(
        label=_("不作硬性要求的情形"),
        required=False,
        choices=SITUATIONS,
        help_text=_("依据：党员教育管理工作条例2019 第23条。不计入到会率，仍计入表决基数。"),
    )

    def __init__(self, *args: Any, present: str = "", may_see: bool = True, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.present = present
        field = cast(forms.ChoiceField, self.fields["excused_reason"])
        if present and not may_see:
            field.choices = [(self.KEEP, _("保持现状（已登记，原因仅本支部可见）")), *self.SITUATIONS]
        elif present not in dict(self.SITUATIONS):
            field.choices = [*self.SITUATIONS, (present, present)]
        field.initial = present if may_see or not present else self.KEEP

    def reason(self) -> str:
        """The reason chosen; empty: the usual requirements apply."""
        chosen: str = self.cleaned_data["excused_reason"]
        return self.present if chosen == self.KEEP else chosen


class VotingExclusionForm(StyledForm):
    """Out of the voting base."""

    ground = forms.ChoiceField(
        label=_("情形"),
        choices=VotingExclusion.Ground.choices,
        help_text=_("前两种的依据：基层组织选举工作条例2020 第5条。其余须上级同意并经党员大会通过。"),
    )
    started_on = forms.DateField(label=_("开始日期"))
    ended_on = forms.DateField(label=_("结束日期"), required=False)
    superior_approval = forms.CharField(label=_("上级同意的文号"), max_length=100, required=False)
    meeting_on = forms.DateField(label=_("党员大会通过日期"), required=False)


class RosterForm(StyledForm):
    """A roster file."""

    file = forms.FileField(
        label=_("花名册（.xlsx）"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
        help_text=_("不超过 20 MB。先检查不写入；检查通过后再导入。"),
    )


class DetailsForm(StyledForm):
    """Name, dates and contact of a person."""

    name = forms.CharField(label=_("姓名"), max_length=50)
    gender = forms.ChoiceField(label=_("性别"), choices=[("", "—"), *Person.Gender.choices], required=False)
    kind = forms.ChoiceField(label=_("人员类别"), choices=PersonKind.choices)
    joined_on = forms.DateField(label=_("入党日期"), required=False)
    formal_on = forms.DateField(label=_("转正日期"), required=False)
    born_on = forms.DateField(label=_("出生日期"), required=False)
    email = forms.EmailField(label=_("邮箱"), required=False)
    mobile = forms.CharField(label=_("手机"), max_length=20, required=False, widget=PhoneInput)
    reason = _reason(_("更正的原因"))


class EndExclusionForm(StyledForm):
    """Back into the voting base."""

    ended_on = forms.DateField(label=_("结束日期"), help_text=_("不计入表决基数的最后一天"))
