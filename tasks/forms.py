"""Forms beneath a Task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from common.formstyle import StyledForm
from tasks.services.changes import CAUSE_LENGTH

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


def _words(label: _StrPromise, help_text: _StrPromise) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=CAUSE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class SubmitForm(StyledForm):
    """Say that it is done."""

    note = _words(_("完成情况"), _("写明做了什么、结果如何；提交后由核查人核查。"))


class ReportForm(StyledForm):
    """Say how far it is."""

    note = _words(_("进展"), _("写明已做的、困难和下一步。"))
    progress = forms.IntegerField(label=_("进度（%）"), min_value=0, max_value=100, required=False)


class AcceptForm(StyledForm):
    """Accept: nothing to type."""


class ReturnForm(StyledForm):
    """Return with a reason."""

    reason = _words(_("退回原因"), _("写明要补什么、改什么；承办人会收到。"))


class WaiveForm(StyledForm):
    """Waive with a reason."""

    reason = _words(_("免办理由"), _("这件事为什么不适用于这个组织；您作为批准人记入事项记录。"))


class StopForm(StyledForm):
    """Stop with a reason."""

    reason = _words(_("中止理由"), _("为什么不再办理；您作为批准人记入事项记录。"))
