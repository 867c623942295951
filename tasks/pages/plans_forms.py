"""The form that loads a year plan: who of the college's leaders answers for which category."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.formstyle import StyledForm
from orgs.models import Organisation, Person
from tasks.pages.directives_forms import leaders_of
from tasks.services.plans import ShippedCategory

_NOBODY = gettext_lazy("不指定")


class PlanLoadForm(StyledForm):
    """One choice for each category of the shipped plan; the leaders are read once for all of them."""

    def __init__(
        self, data: Any = None, *, root: Organisation, categories: list[ShippedCategory], **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self._leaders: dict[str, Person] = {str(person.pk): person for person in leaders_of(root)}
        choices = [("", _NOBODY), *((pk, person.name) for pk, person in self._leaders.items())]
        for category in categories:
            self.fields[category.code] = forms.ChoiceField(
                label=category.name,
                choices=choices,
                required=False,
                widget=forms.Select(attrs={"class": "form-select"}),
                help_text=_("牵头：%(lead)s") % {"lead": category.lead} if category.lead else "",
            )

    def leaders(self) -> dict[str, Person]:
        """Who was chosen, by the code of the category."""
        chosen = {code: self._leaders.get(pk) for code, pk in self.cleaned_data.items()}
        return {code: person for code, person in chosen.items() if person is not None}
