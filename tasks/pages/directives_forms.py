"""Forms of directives: the text with its receivers picked on the tree, types and sets of units."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from django import forms
from django.db.models import BooleanField, Value
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import clock
from common.formstyle import StyledForm, StyledModelForm, choose
from common.partial import partial
from orgs.models import Appointment, Department, Organisation, Person
from orgs.models.appointment import COMMITTEE_OFFICES, Office
from tasks.models import Directive, DirectiveType, DirectiveUnit, Rhythm, UnitSet
from tasks.services.changes import CAUSE_LENGTH
from tasks.services.directive_units import Picks, below, picks_of
from tasks.services.directives import DirectiveText

_TEXT = (
    "title",
    "standard",
    "source",
    "type",
    "starts_on",
    "due_on",
    "text",
    "source_note",
    "rhythm",
    "leader",
    "is_important",
)


@dataclass
class Option:
    """One box to tick; ``children`` are the branches of a general branch."""

    value: str
    label: str
    note: str = ""
    checked: bool = False
    children: list[Option] = field(default_factory=list)

    @property
    def has_checked_child(self) -> bool:
        """Whether the list of branches begins open."""
        return any(child.checked for child in self.children)


@dataclass
class Picker:
    """The receivers to choose from, for one part."""

    name: str
    sets: list[Option]
    departments: list[Option]
    organisations: list[Option]

    @property
    def has_checked_department(self) -> bool:
        """Whether the list of departments begins open."""
        return any(option.checked for option in self.departments)


def _sets_and_departments(issuer: Organisation) -> tuple[list[UnitSet], list[Department]]:
    """All sets, and the departments of an issuer at the root, with their names. One query for both."""
    sets = UnitSet.objects.order_by().values_list(Value(True, BooleanField()), "pk", "rule", "name")
    departments = Department.objects.filter(organisation=issuer) if issuer.depth == 1 else Department.objects.none()
    owned = departments.order_by().values_list(Value(False, BooleanField()), "pk", "code", "name")
    found = sorted(sets.union(owned, all=True))
    return (
        [partial(UnitSet, pk, rule=rule, name=name) for is_set, pk, rule, name in found if is_set],
        sorted(
            (partial(Department, pk, code=code, name=name) for is_set, pk, code, name in found if not is_set),
            key=attrgetter("code"),
        ),
    )


class Receivers:
    """Everything that an issuer may tick, read once: two queries."""

    def __init__(self, issuer: Organisation) -> None:
        self.organisations = {f"org:{row.code}": row for row in below(issuer).select_related("college")}
        sets, departments = _sets_and_departments(issuer)
        self.departments = {f"dept:{row.code}": row for row in departments}
        self.sets = {f"set:{row.pk}": row for row in sets}
        if issuer.depth > 1:
            own = (UnitSet.Rule.BRANCHES, UnitSet.Rule.LISTED)
            self.sets = {key: row for key, row in self.sets.items() if row.rule in own}

    def choices(self) -> list[tuple[str, str]]:
        """All keys with their names, for checking what was sent."""
        rows: dict[str, Any] = {**self.sets, **self.organisations, **self.departments}
        return [(key, str(row)) for key, row in rows.items()]

    def picks(self, keys: Iterable[str], names: Iterable[str] = ()) -> Picks:
        """What was ticked."""
        wanted = list(keys)
        return Picks(
            sets=[self.sets[key] for key in wanted if key in self.sets],
            organisations=[self.organisations[key] for key in wanted if key in self.organisations],
            departments=[self.departments[key] for key in wanted if key in self.departments],
            names=list(names),
        )

    def keys(self, picks: Picks) -> list[str]:
        """The keys of what a draft has."""
        return [
            *(f"set:{row.pk}" for row in picks.sets),
            *(f"org:{row.code}" for row in picks.organisations),
            *(f"dept:{row.code}" for row in picks.departments),
        ]

    def picker(self, name: str, checked: set[str]) -> Picker:
        """The boxes of one part, branches beneath their general branch."""
        tops: list[Option] = []
        last: Option | None = None
        last_path = "-"
        for key, row in self.organisations.items():
            option = Option(key, row.name, row.code, key in checked)
            if last is not None and row.path.startswith(last_path):
                last.children.append(option)
            else:
                tops.append(option)
                last, last_path = option, row.path
        return Picker(
            name,
            [Option(key, row.name, "", key in checked) for key, row in self.sets.items()],
            [Option(key, row.name, "", key in checked) for key, row in self.departments.items()],
            tops,
        )


class DirectiveForm(StyledForm):
    """The text of a directive and to whom it goes."""

    title = forms.CharField(label=gettext_lazy("事项"), max_length=200)
    text = forms.CharField(
        label=gettext_lazy("交办内容"), max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )
    standard = forms.CharField(
        label=gettext_lazy("完成标准"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("做到什么算完成；核查时按这一条核对。"),
    )
    source = forms.ChoiceField(
        label=gettext_lazy("立项来源"), choices=[("", gettext_lazy("请选择")), *Directive.Source.choices]
    )
    source_note = forms.CharField(
        label=gettext_lazy("来源说明"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("会议名称、文号等，可不填。"),
    )
    type = forms.ModelChoiceField(label=gettext_lazy("交办类型"), queryset=DirectiveType.objects.none())
    rhythm = forms.ChoiceField(label=gettext_lazy("反馈周期"), choices=Rhythm.choices, required=False)
    starts_on = forms.DateField(label=gettext_lazy("交办日期"))
    due_on = forms.DateField(label=gettext_lazy("完成时限"))
    leader: forms.ModelChoiceField = forms.ModelChoiceField(
        label=gettext_lazy("分管领导"),
        queryset=Person.objects.none(),
        required=False,
        empty_label=gettext_lazy("不指定"),
    )
    is_important = forms.BooleanField(
        label=gettext_lazy("重要事项：牵头单位提交前，书记和行政负责人（院长、校长）双签"), required=False
    )
    lead = forms.MultipleChoiceField(label=gettext_lazy("牵头单位"), required=False)
    support = forms.MultipleChoiceField(label=gettext_lazy("协办单位"), required=False)
    partners = forms.CharField(
        label=gettext_lazy("其他协办单位"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("上面没有的单位，一行写一个；只列名，不开待办。"),
    )

    def __init__(
        self, data: Any = None, *, issuer: Organisation, directive: Directive | None = None, **kwargs: Any
    ) -> None:
        self.receivers = Receivers(issuer)
        kwargs["initial"] = self._initial(directive)
        super().__init__(data, **kwargs)
        active = DirectiveType.objects.filter(is_active=True)
        choose(self, "type", active | DirectiveType.objects.filter(pk=directive.type_id) if directive else active)
        choose(self, "leader", leaders_of(issuer))
        for name in ("lead", "support"):
            part = self.fields[name]
            if isinstance(part, forms.MultipleChoiceField):
                part.choices = self.receivers.choices()
                part.error_messages["invalid_choice"] = _("有一个单位不在可选范围内（可能刚撤销），请重新选择。")
        if issuer.depth > 1:
            self.fields.pop("is_important")  # branches have no administrative head who could sign

    def _initial(self, directive: Directive | None) -> dict[str, Any]:
        if directive is None:
            return {"starts_on": clock.today(), "rhythm": Rhythm.MONTHLY}
        lead, support = picks_of(directive.units.select_related("organisation", "department"))
        return {
            **{name: getattr(directive, name) for name in _TEXT},
            "lead": self.receivers.keys(lead),
            "support": self.receivers.keys(support),
            "partners": "\n".join(support.names),
        }

    def pickers(self) -> list[Picker]:
        """The boxes of both parts, ticked as they were sent or as the draft has them."""
        return [self.receivers.picker(name, {str(key) for key in self[name].value() or []}) for name in _PARTS]

    @property
    def facts(self) -> list[Any]:
        """The fields before the receivers."""
        return [self[name] for name in ("title", "text", "standard", "source", "source_note")]

    @property
    def terms(self) -> list[Any]:
        """The fields after the receivers."""
        names = ("type", "starts_on", "due_on", "rhythm", "leader", "is_important")
        return [self[name] for name in names if name in self.fields]

    def command(self, directive: Directive | None) -> dict[str, Any]:
        """What the services take: text, lead, support. What a plan wrote stays with its directive."""
        data = self.cleaned_data
        kept = ("category", "plan_number", "output", "measure")
        text = DirectiveText(
            **{name: data.get(name) for name in _TEXT if name != "is_important"},  # type: ignore[arg-type]
            is_important=bool(data.get("is_important")),
            **({name: getattr(directive, name) for name in kept} if directive else {}),
        )
        names = [line.strip() for line in data["partners"].splitlines() if line.strip()]
        return {
            "text": text,
            "lead": self.receivers.picks(data["lead"]),
            "support": self.receivers.picks(data["support"], names),
        }


_PARTS = (DirectiveUnit.Part.LEAD.value, DirectiveUnit.Part.SUPPORT.value)


def leaders_of(issuer: Organisation) -> Any:
    """Who leads the college: the committee's officers and the principal; the issuer's own officers too."""
    held = Appointment.objects.in_force()
    at_top = held.filter(organisation__depth=1, office__in=COMMITTEE_OFFICES) | held.filter(office=Office.PRINCIPAL)
    own = held.filter(organisation=issuer, office__in=COMMITTEE_OFFICES)
    return Person.objects.filter(pk__in=(at_top | own).values("person_id")).order_by("number")


class ConfirmForm(StyledForm):
    """Nothing to type."""


class DirectiveReasonForm(StyledForm):
    """A reason."""

    reason = forms.CharField(
        label=gettext_lazy("原因"), max_length=CAUSE_LENGTH, widget=forms.Textarea(attrs={"rows": 3})
    )


class TypeForm(StyledModelForm):
    """A type of assigning, with the reason of the change."""

    reason = forms.CharField(label=gettext_lazy("修改原因"), max_length=100)

    class Meta:
        model = DirectiveType
        fields = ["name", "acknowledge_hours", "first_report_days", "is_active"]


class NewTypeForm(TypeForm):
    """A new type has a code too."""

    class Meta(TypeForm.Meta):
        fields = ["code", *TypeForm.Meta.fields]


class UnitSetForm(StyledForm):
    """A set of units, with the reason of the change."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=50)
    rule = forms.ChoiceField(
        label=gettext_lazy("组成"),
        choices=UnitSet.Rule.choices,
        help_text=gettext_lazy("除“逐个指定”外，成员随组织变化自动更新。"),
    )
    organisations = forms.ModelMultipleChoiceField(
        label=gettext_lazy("党组织"),
        queryset=Organisation.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("只在“逐个指定”时有用。"),
    )
    departments: forms.ModelMultipleChoiceField = forms.ModelMultipleChoiceField(
        label=gettext_lazy("部门"),
        queryset=Department.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reason = forms.CharField(label=gettext_lazy("修改原因"), max_length=100)

    def __init__(self, data: Any = None, *, unit_set: UnitSet | None = None, **kwargs: Any) -> None:
        self.unit_set = unit_set or UnitSet()
        if unit_set is not None:
            kwargs["initial"] = {
                "name": unit_set.name,
                "rule": unit_set.rule,
                "organisations": list(unit_set.organisations.values_list("pk", flat=True)),
                "departments": list(unit_set.departments.values_list("pk", flat=True)),
            }
        super().__init__(data, **kwargs)
        choose(self, "organisations", Organisation.objects.open_on().filter(depth__gt=1))
        choose(self, "departments", Department.objects.order_by("code"))
        for name in ("organisations", "departments"):
            field: Any = self.fields[name]
            field.choices = list(iter(field.choices))  # read once, without counting first

    def command(self) -> dict[str, Any]:
        """What the service takes."""
        data = self.cleaned_data
        self.unit_set.name, self.unit_set.rule = data["name"], data["rule"]
        return {
            "unit_set": self.unit_set,
            "organisations": data["organisations"],
            "departments": data["departments"],
            "reason": data["reason"],
        }
