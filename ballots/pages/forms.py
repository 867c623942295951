"""Forms of a draft and of a running ballot; that of the vote is ``vote_form``."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ballots.counting import SMALLEST_POOL
from ballots.models import Allotment, Ballot, BallotGroup, BallotSubject, Scope, Source
from ballots.services import Allotted, BallotFacts, GroupFacts, PaperFacts
from ballots.services.drafts import GRADES, MOST_BALLOTS
from ballots.services.groups import MOST_SLIPS
from common import clock
from common.formstyle import StyledForm, choose, style
from common.periods import add_months
from orgs import access
from orgs.forms.choosing import PeopleField, PersonField
from orgs.models import Organisation
from orgs.selectors import candidates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orgs.models import User

NO_UNIT = 0


def _written(grades: Any) -> str:
    return "\n".join(f"{word} {points}" for word, points in grades)


class BallotForm(StyledForm):
    """What a ballot is about. ``organisation`` is asked once, when it is made."""

    title = forms.CharField(label=gettext_lazy("名称"), max_length=100)
    purpose = forms.CharField(
        label=gettext_lazy("给投票人的说明"), max_length=1000, required=False, widget=forms.Textarea({"rows": 3})
    )
    subject_key = forms.CharField(
        label=gettext_lazy("用于考核指标"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("方案代码和指标编号，如 GB-2026:7.1；不用于考核的留空。"),
    )
    opens_on = forms.DateField(label=gettext_lazy("开始日期"))
    closes_on = forms.DateField(label=gettext_lazy("截止日期"), help_text=gettext_lazy("当天仍可投票。"))
    min_ballots = forms.IntegerField(
        label=gettext_lazy("最少有效票"),
        min_value=SMALLEST_POOL,
        max_value=MOST_BALLOTS,
        initial=7,
        help_text=gettext_lazy("一个单位收到的票少于这个数，就没有结果。"),
    )
    grades = forms.CharField(
        label=gettext_lazy("等次和分值"),
        max_length=300,
        widget=forms.Textarea({"rows": 4}),
        help_text=gettext_lazy("一行一个，从好到差：名称、空格、分值。"),
    )

    def __init__(self, *args: Any, user: User, ballot: Ballot | None, **kwargs: Any) -> None:
        super().__init__(*args, initial=_initial(ballot), **kwargs)
        if ballot is None:
            mine = Organisation.objects.filter(access.within(user, access.CONFIGURE, "")).open_on()
            organisation: forms.ModelChoiceField[Organisation] = forms.ModelChoiceField(
                label=_("组织方"), queryset=mine, empty_label=None
            )
            self.fields["organisation"] = organisation
            style(self.fields)
            choose(self, "organisation", mine)
            self.order_fields(["title", "organisation"])

    def clean_grades(self) -> list[tuple[str, Decimal]]:
        """Pairs of word and points."""
        pairs = []
        for line in str(self.cleaned_data["grades"]).splitlines():
            word, _blank, points = line.strip().rpartition(" ")
            if not line.strip():
                continue
            try:
                value = Decimal(points)
            except InvalidOperation:
                value = Decimal("NaN")
            if not word or not value.is_finite():
                raise forms.ValidationError(_("看不懂“%(line)s”：请写成“好 95”。") % {"line": line.strip()})
            pairs.append((word.strip(), value))
        return pairs

    def facts(self) -> BallotFacts:
        """What was typed."""
        return BallotFacts(**{name: value for name, value in self.cleaned_data.items() if name != "organisation"})


def _initial(ballot: Ballot | None) -> dict[str, Any]:
    if ballot is None:
        today = clock.today()
        return {"opens_on": today, "closes_on": add_months(today, 1), "grades": _written(GRADES)}
    names = ("title", "purpose", "subject_key", "opens_on", "closes_on", "min_ballots")
    return {**{name: getattr(ballot, name) for name in names}, "grades": _written(ballot.grades)}


class SubjectsForm(StyledForm):
    """Which units are judged."""

    organisations: forms.ModelMultipleChoiceField[Organisation] = forms.ModelMultipleChoiceField(
        label=gettext_lazy("被测评单位"),
        queryset=Organisation.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("请至少选一个单位。")},
    )

    def __init__(self, *args: Any, ballot: Ballot, **kwargs: Any) -> None:
        chosen = list(ballot.subjects.values_list("organisation_id", flat=True))
        super().__init__(*args, initial={"organisations": chosen}, **kwargs)
        choose(self, "organisations", Organisation.objects.under(ballot.organisation).open_on())


class GroupForm(StyledForm):
    """One group of people who vote."""

    name = forms.CharField(label=gettext_lazy("人群"), max_length=50)
    weight = forms.DecimalField(
        label=gettext_lazy("权重"),
        min_value=Decimal("0.0001"),
        max_value=Decimal(1),
        decimal_places=4,
        max_digits=5,
        help_text=gettext_lazy("如 0.5；各人群相加为 1。"),
    )
    scope = forms.ChoiceField(label=gettext_lazy("评哪些单位"), choices=Scope.choices, initial=Scope.OTHERS)
    source = forms.ChoiceField(
        label=gettext_lazy("谁有票"),
        choices=Source.choices,
        required=False,
        help_text=gettext_lazy("名单在开放投票那天按任职和组织关系确定；一人符合几个人群的，计入次序在前的。"),
    )

    def __init__(self, *args: Any, user: User, group: BallotGroup | None, **kwargs: Any) -> None:
        initial: dict[str, Any] = {}
        if group is not None:
            initial = {name: getattr(group, name) for name in ("name", "weight", "scope", "source")}
            rows = group.electors.select_related("person").order_by("person__number")
            initial["people"] = [candidates.written(row.person) for row in rows]
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["people"] = PeopleField(
            label=_("另外逐个选的人"), people=candidates.candidates(user), required=False
        )
        style(self.fields)

    def facts(self) -> GroupFacts:
        """What was typed about the group itself."""
        return GroupFacts(**{name: self.cleaned_data[name] for name in ("name", "weight", "scope", "source")})


class AllotmentsForm(StyledForm):
    """How many vote by code and on paper, for no particular unit and for each of the judged ones."""

    def __init__(self, *args: Any, group: BallotGroup, subjects: Sequence[BallotSubject], **kwargs: Any) -> None:
        there = {row.unit_id or NO_UNIT: row for row in group.allotments.all()}
        self.units: list[tuple[int, str, Organisation | None]] = [
            (subject.organisation_id, subject.organisation.name, subject.organisation) for subject in subjects
        ]
        if group.scope != Scope.OWN:
            self.units.insert(0, (NO_UNIT, _("不分单位"), None))
        super().__init__(*args, **kwargs)
        for pk, name, _unit in self.units:
            row = there.get(pk)
            for kind, label in (("codes", _("投票码")), ("papers", _("纸质票"))):
                self.fields[f"{kind}_{pk}"] = forms.IntegerField(
                    label=f"{name}：{label}",
                    min_value=0,
                    max_value=MOST_SLIPS,
                    required=False,
                    initial=getattr(row, kind, 0),
                )
        style(self.fields)

    def rows(self) -> Iterator[tuple[str, forms.BoundField, forms.BoundField]]:
        """Name of the unit and its two fields, for the page."""
        for pk, name, _unit in self.units:
            yield name, self[f"codes_{pk}"], self[f"papers_{pk}"]

    def allotted(self) -> list[Allotted]:
        """What was typed."""
        data = self.cleaned_data
        return [
            Allotted(unit=unit, codes=data[f"codes_{pk}"] or 0, papers=data[f"papers_{pk}"] or 0)
            for pk, _name, unit in self.units
        ]


class ReasonForm(StyledForm):
    """A reason that is kept."""

    reason = forms.CharField(label=gettext_lazy("原因"), max_length=300)


class NothingForm(StyledForm):
    """A button."""


class ReprintForm(StyledForm):
    """Printing codes: a reason when they were printed before."""

    reason = forms.CharField(label=gettext_lazy("重印原因"), max_length=300, required=False)


class PaperForm(StyledForm):
    """What two people counted."""

    papers = forms.IntegerField(label=gettext_lazy("收回票数"), min_value=1)

    def __init__(
        self,
        *args: Any,
        user: User,
        allotment: Allotment,
        subjects: Sequence[BallotSubject],
        words: list[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        people = candidates.candidates(user)
        self.subjects, self.words = subjects, words
        self.fields["papers"].help_text = _("发出%(count)d张") % {"count": allotment.papers}
        self.fields["counter"] = PersonField(label=_("计票人"), people=people)
        self.fields["witness"] = PersonField(label=_("监票人"), people=people)
        for subject in subjects:
            for place, word in enumerate(words):
                self.fields[f"s{subject.pk}_{place}"] = forms.IntegerField(
                    label=word, min_value=0, max_value=MOST_SLIPS
                )
        style(self.fields)

    def rows(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        """Name of the unit and a field for each grade, for the page."""
        for subject in self.subjects:
            yield subject.organisation.name, [self[f"s{subject.pk}_{place}"] for place in range(len(self.words))]

    def add_invalid(self, error: Any) -> None:
        """Faults of a unit's counts go to its first field."""
        for name in [name for name in getattr(error, "errors", {}) if name not in self.fields]:
            error.errors[f"{name}_0"] = error.errors.pop(name)
        super().add_invalid(error)

    def facts(self) -> PaperFacts:
        """What was typed."""
        data = self.cleaned_data
        counts = {
            subject.pk: [data[f"s{subject.pk}_{place}"] for place in range(len(self.words))]
            for subject in self.subjects
        }
        return PaperFacts(papers=data["papers"], counter=data["counter"], witness=data["witness"], counts=counts)
