"""The switch of theme and type size: one of the two at a time."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from orgs.models import Theme, TypeSize


class LookForm(forms.Form):
    """Which button was pressed."""

    theme = forms.ChoiceField(choices=Theme.choices, required=False)
    type_size = forms.ChoiceField(choices=TypeSize.choices, required=False)

    def clean(self) -> dict[str, str]:
        """One of the two there must be."""
        cleaned: dict[str, str] = super().clean() or {}
        if not any(cleaned.values()):
            raise ValidationError(_("没有这种外观，请从菜单里选择。"))
        return cleaned
