"""One reason, asked before something is returned or cancelled."""

from __future__ import annotations

from typing import Any

from django import forms

from common.formstyle import StyledForm


class ReasonForm(StyledForm):
    """A reason in words."""

    reason = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, label: str, length: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label
        self.fields["reason"].widget.attrs["maxlength"] = length
