"""Forms of a dual sign-off."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from common.formstyle import StyledForm
from tasks.services.changes import CAUSE_LENGTH


class SignForm(StyledForm):
    """Sign, with an opinion if there is one."""

    opinion = forms.CharField(
        label=_("意见（可不填）"), max_length=CAUSE_LENGTH, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class RefuseForm(StyledForm):
    """Refuse, with the reason."""

    reason = forms.CharField(
        label=_("不同意的理由"),
        max_length=CAUSE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("写明要改什么；已签的一方同时作废，改好后重新提请。"),
    )
