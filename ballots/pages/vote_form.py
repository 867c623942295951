"""The form of a vote. What it holds shows in no error report: its methods and ``Marks`` keep it to themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables

from ballots.marks import Marks
from ballots.models import BallotSubject
from ballots.selectors.tickets import Ticket
from common.formstyle import CodeInput, StyledForm, style

ABSTAIN = "x"


class CodeForm(StyledForm):
    """A single-use code."""

    code = forms.CharField(
        label=gettext_lazy("投票码"),
        max_length=40,
        help_text=gettext_lazy("纸条上的16位，横线和大小写不用管。"),
        error_messages={"required": gettext_lazy("请输入纸条上的投票码。")},
        widget=CodeInput({"autocapitalize": "characters", "enterkeyhint": "go"}),
    )


class VoteForm(StyledForm):
    """A grade or 弃权 for every unit that the voter is asked about, and the confirmation."""

    def __init__(self, *args: Any, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ticket = ticket
        choices = [*((str(place), word) for place, word in enumerate(ticket.ballot.words)), (ABSTAIN, _("弃权"))]
        for subject in ticket.subjects:
            self.fields[f"s{subject.pk}"] = forms.ChoiceField(
                label=subject.organisation.name,
                choices=choices,
                widget=forms.RadioSelect,
                error_messages={"required": _("请选一个等次，或者选弃权。")},
            )
        self.fields["sure"] = forms.BooleanField(
            label=_("我已核对，提交后不能再改"), error_messages={"required": _("请核对后勾选这里再提交。")}
        )
        style(self.fields)

    def units(self) -> Iterator[tuple[BallotSubject, forms.BoundField]]:
        """Each unit with its choice, for the page."""
        for subject in self.ticket.subjects:
            yield subject, self[f"s{subject.pk}"]

    @sensitive_variables()
    def marks(self) -> Marks:
        """What was chosen."""
        data = self.cleaned_data
        return Marks(
            {
                subject.pk: None if data[f"s{subject.pk}"] == ABSTAIN else int(data[f"s{subject.pk}"])
                for subject in self.ticket.subjects
            }
        )
