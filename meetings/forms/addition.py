"""Adding a section to a gathering that is planned or being typed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.formstyle import NOTHING_CHOSEN, StyledForm
from meetings.selectors.additions import Addition


class AdditionForm(StyledForm):
    """Which kind of meeting, of which of the user's organisations."""

    section = forms.ChoiceField(
        label=_("再加一种会议"),
        help_text=_("时间、地点和内容与这次会议相同，到会名单另列；已经填的都会保留。"),
    )

    def __init__(self, *args: Any, choices: Sequence[Addition], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choices = {choice.key: choice for choice in choices}
        grouped = [
            (name, [(one.key, one.label) for one in found])
            for name, found in groupby(choices, key=lambda one: one.organisation.name)
        ]
        field: Any = self.fields["section"]
        flat = grouped[0][1] if len(grouped) == 1 else grouped
        field.choices = [("", NOTHING_CHOSEN), *flat]

    def clean_section(self) -> Addition:
        """The section chosen."""
        return self.choices[self.cleaned_data["section"]]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to choose."""
        return not self.choices
