"""Forms of slips."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from common.formstyle import StyledForm


class AnswerForm(StyledForm):
    """What a receiver answers."""

    answer = forms.CharField(
        label=_("答复"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("写明原因、下一步措施和完成时间；由承办单位答复时，同时记为本期进展，不用另报。"),
    )
