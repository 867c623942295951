"""The plan of a project as one form: its fields, its milestones and its indicators as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import clock
from common.errors import InvalidInput
from common.formstyle import StyledForm, style
from orgs.forms.choosing import PeopleField, PersonField
from orgs.models import Organisation, Person
from orgs.selectors import candidates
from tasks import project_rights as rights
from tasks.models import Project, Rhythm, TaskForce
from tasks.pages.projects_forms import IndicatorRow, MilestoneRow, Rows, rows_of, words
from tasks.project_plans import IndicatorPlan, MilestonePlan
from tasks.services.project_changes import NewPlan, is_movable
from tasks.services.projects import ProjectDraft

if TYPE_CHECKING:
    from django.http import QueryDict

    from orgs.models import User
    from orgs.querysets import PersonQuerySet

MILESTONES, INDICATORS = "milestones", "indicators"
_RHYTHMS = [(value, label) for value, label in Rhythm.choices if value]


def people_for(user: User, project: Project | None) -> PersonQuerySet:
    """Whom one may name: people one sees, and who is named in the project already."""
    seen = candidates.candidates(user)
    if project is None:
        return seen
    named = {project.leader_id, *(person.pk for person in project.co_leaders.all())}
    return Person.objects.filter(Q(pk__in=seen.values("pk")) | Q(pk__in=named))


def forces_for(user: User, organisation: Organisation | None) -> Any:
    """Task forces that one sees and that still work; of the organisation or above once that is known."""
    rows = TaskForce.objects.visible_to(user).filter(closed_on__isnull=True)
    if organisation is not None:
        steps = range(Organisation.steplen, len(organisation.path) + 1, Organisation.steplen)
        rows = rows.filter(organisation__path__in=[organisation.path[:end] for end in steps])
    return rows


class PlanFields(StyledForm):
    """What may change while a project runs as well."""

    def __init__(self, *args: Any, user: User, project: Project | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = people_for(user, project)
        self.fields["leader"] = PersonField(label=_("领办人"), people=people)
        self.fields["co_leaders"] = PeopleField(label=_("共同领办人"), people=people, required=False)
        self.fields["task_force"] = forms.ModelChoiceField(
            label=_("专班"),
            queryset=forces_for(user, project.organisation if project else None),
            required=False,
            empty_label=_("不设专班"),
        )
        self.fields["rhythm"] = forms.ChoiceField(
            label=_("跟踪周期"),
            choices=_RHYTHMS,
            initial=Rhythm.MONTHLY,
            help_text=_("每个周期至少报一次进展，没报才会亮黄灯。"),
        )
        self.fields["ends_on"] = forms.DateField(label=_("结束日期"))
        style(self.fields)


class ProjectForm(PlanFields):
    """Everything about a project except its rows."""

    title = forms.CharField(label=_("项目名称"), max_length=200)
    problem = words(_("要破解的难题"), _("现在是什么样、影响谁。"), max_length=2000)
    root_causes = words(_("根源"), _("一行一条，最多10条。"), max_length=1100)
    target = forms.CharField(label=_("目标"), max_length=500, help_text=_("做到什么程度，最好能用指标说。"))
    starts_on = forms.DateField(label=_("开始日期"))
    second_reason = forms.CharField(
        label=_("同年第二个项目的理由"),
        max_length=300,
        required=False,
        help_text=_("一人一年领办一个；领办人当年已有项目时才填，由审核人批准。"),
    )

    def __init__(self, *args: Any, user: User, project: Project | None, **kwargs: Any) -> None:
        super().__init__(*args, user=user, project=project, **kwargs)
        self.fields["organisation"] = forms.ModelChoiceField(
            label=_("领办组织"),
            queryset=rights.draftable(user),
            disabled=project is not None,
            empty_label=None,
        )
        if project is not None:
            self.fields["organisation"].queryset = Organisation.objects.filter(pk=project.organisation_id)  # type: ignore[attr-defined]
        style(self.fields)


class ReplanForm(PlanFields):
    """The plan of a running project, with the reason for the change."""

    reason = words(_("调整原因"), _("写明为什么要调整；和改动一起记入项目记录。"), rows=2)


class PlanForms:
    """The main form and both sets of rows, read and refused together. ``indicators`` only before the project runs."""

    def __init__(
        self, user: User, *, project: Project | None = None, data: QueryDict | None = None, replan: bool = False
    ) -> None:
        self.user, self.project, self.replan = user, project, replan
        self.more = data.get("more") if data is not None else None
        typed = data if data is not None and self.more not in (MILESTONES, INDICATORS) else None
        kind = ReplanForm if replan else ProjectForm
        shown: QueryDict | None = data if typed is None else None
        initial = initial_of(project) | (_typed_fields(shown) if shown is not None else {})
        self.main: PlanFields = kind(typed, initial=initial, user=user, project=project)
        self.milestones = self._rows(MilestoneRow, MILESTONES, typed, shown)
        if replan and project is not None:
            self._fix_rows(project)
        self.indicators = None if replan else self._rows(IndicatorRow, INDICATORS, typed, shown)

    def _rows(self, form: type[forms.Form], prefix: str, typed: QueryDict | None, shown: QueryDict | None) -> Rows:
        given = _typed_rows(shown, prefix, form) if shown is not None else rows_in(self.project, prefix)
        first = {MILESTONES: 4, INDICATORS: 2}[prefix] if self.project is None and shown is None else 0
        empty = max(first, 1) if shown is None or self.more == prefix else 0
        return rows_of(form, prefix, data=typed, initial=given, empty=empty)

    def _fix_rows(self, project: Project) -> None:
        """What is due or done already is shown and cannot be typed over; the service checks it again."""
        milestones = project.milestones.select_related("task").order_by("number")
        for milestone, row in zip(milestones, self.milestones.forms, strict=False):
            if not is_movable(milestone, clock.today()):
                for field in row.fields.values():
                    field.widget.attrs["readonly"] = True

    @property
    def media(self) -> forms.Media:
        """Scripts and styles of the search fields."""
        return self.main.media

    def is_valid(self) -> bool:
        """Whether every part can be read; every part says what is wrong with it."""
        parts: list[Any] = [self.main, self.milestones, *([self.indicators] if self.indicators is not None else [])]
        found = [part.is_valid() for part in parts]  # all of them: every fault is shown at once
        return all(found)

    def draft(self) -> ProjectDraft:
        """What was typed about a draft."""
        data = dict(self.main.cleaned_data)
        data["root_causes"] = data["root_causes"].splitlines()
        return ProjectDraft(
            **data,
            milestones=self._plans(),
            indicators=[IndicatorPlan(**row.cleaned_data) for row in self.indicators.filled] if self.indicators else [],
        )

    def plan(self) -> tuple[NewPlan, str]:
        """What was typed about a running project, and the reason."""
        data = dict(self.main.cleaned_data)
        reason = data.pop("reason")
        return NewPlan(**data, milestones=self._plans()), reason

    def _plans(self) -> Sequence[MilestonePlan]:
        return [MilestonePlan(**row.cleaned_data) for row in self.milestones.filled]

    def add_invalid(self, error: InvalidInput) -> None:
        """Put what a service refused where it belongs: ``milestones.1.due_on`` is the second row that is filled in."""
        own: dict[str, str] = {}
        for where, message in error.errors.items():
            name, _dot, rest = where.partition(".")
            rows = {MILESTONES: self.milestones, INDICATORS: self.indicators}.get(name)
            if rows is None:
                own[where] = message
            elif not rest:
                rows.above.append(message)
            else:
                place, _dot, field = rest.partition(".")
                rows.filled[int(place)].add_error(field, message)
        if own or not error.errors:
            self.main.add_invalid(InvalidInput(error.message, errors=own))


def initial_of(project: Project | None) -> dict[str, Any]:
    """The fields of the form as the project has them."""
    if project is None:
        return {}
    names = ("organisation", "title", "leader", "task_force", "problem", "target", "starts_on", "ends_on", "rhythm")
    found = {name: getattr(project, name) for name in (*names, "second_reason")}
    return found | {"co_leaders": _written(project.co_leaders.all()), "root_causes": "\n".join(project.root_causes)}


def _written(people: Any) -> list[str]:
    return [candidates.written(person) for person in people]


def rows_in(project: Project | None, prefix: str) -> list[dict[str, Any]]:
    """The rows of the form as the project has them."""
    if project is None:
        return []
    if prefix == MILESTONES:
        return [dict(row) for row in project.milestones.order_by("number").values("title", "due_on", "weight")]
    return [
        {"name": row.name, "unit": row.unit, "base": row.base, "target": row.target} for row in project.indicators.all()
    ]


def _typed_fields(data: QueryDict) -> dict[str, Any]:
    """What was typed, to be shown again without being judged."""
    return {name: data.getlist(name) if name == "co_leaders" else data.get(name) for name in data}


def _typed_rows(data: QueryDict, prefix: str, form: type[forms.Form]) -> list[Mapping[str, Any]]:
    count = data.get(f"{prefix}-TOTAL_FORMS", "0")
    total = min(int(count), 40) if count.isdecimal() else 0
    names = list(form.base_fields)
    return [{name: data.get(f"{prefix}-{row}-{name}", "") for name in names} for row in range(total)]
