"""Forms beneath a Task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.formstyle import StyledForm
from orgs.models import Organisation
from tasks.selectors.assignment import Assignment
from tasks.services.changes import CAUSE_LENGTH

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from tasks.models import Task


def _words(
    label: _StrPromise, help_text: _StrPromise | str = "", rows: int = 3, required: bool = True
) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=CAUSE_LENGTH,
        required=required,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class TaskForm(StyledForm):
    """A form beneath a Task; ``fit`` leaves out what this Task does not ask for."""

    def __init__(
        self, *args: Any, task: Task | None = None, assignment: Assignment | None = None, **kwargs: Any
    ) -> None:
        self.task, self.assignment = task, assignment or Assignment()
        super().__init__(*args, **kwargs)
        self.fit()

    def fit(self) -> None:
        """Adapt the fields to the Task."""


class AcknowledgeForm(TaskForm):
    """Sign for it: nothing to type."""


class SubmitForm(TaskForm):
    """Say that it is done."""

    note = _words(_("完成情况"), _("写明做了什么、结果如何；提交后由核查人核查。"))
    early_reason = _words(
        _("提前提交的原因"), _("还有支部没有办结；等它们办结再提交，或写明为什么先提交。"), rows=2, required=False
    )

    def fit(self) -> None:
        """Only with branches that are still at it is there a reason to give."""
        if not self.assignment.open_children:
            self.fields.pop("early_reason")


class AskSigningForm(SubmitForm):
    """Ask both to sign what is then submitted."""

    def fit(self) -> None:
        """The words are those of the last sign-off, so that nobody types them again."""
        super().fit()
        signing = self.assignment.signing
        self.fields["note"].help_text = _("两人签署的就是这段话，都签后自动提交核查；改动后须重新签。")
        if signing is not None and signing.last is not None:
            self.fields["note"].initial = signing.last.text


class ReportForm(TaskForm):
    """Say how far it is."""

    note = _words(_("进展"), _("写明已做的和下一步。"))
    progress = forms.IntegerField(label=_("进度（%）"), min_value=0, max_value=100, required=False)
    difficulty = _words(_("困难（可不填）"), rows=2, required=False)
    help_needed = _words(_("需协调事项（可不填）"), _("需要上一级出面的事。"), rows=2, required=False)

    def fit(self) -> None:
        """What was passed on reports its progress itself."""
        if self.assignment.children:
            self.fields.pop("progress")
            self.fields["note"].help_text = _("进度由各支部汇总，这里只写说明。")
        elif self.task is not None:
            self.fields["progress"].initial = self.task.progress or None


class AcceptForm(TaskForm):
    """Accept: nothing to type."""


class ReturnForm(TaskForm):
    """Return with a reason."""

    reason = _words(_("退回原因"), _("写明要补什么、改什么；承办人会收到。"))


class ExtendForm(TaskForm):
    """Ask for more time."""

    new_due_on = forms.DateField(label=_("申请延至"))
    reason = _words(_("延期理由"), _("期限前申请，由上一级审批；批准后原期限仍会显示。"), rows=2)


class GrantForm(TaskForm):
    """Grant more time."""

    decision = _words(_("审批意见（可不填）"), rows=2, required=False)


class RefuseForm(TaskForm):
    """Refuse more time, with the reason."""

    decision = _words(_("不批准的理由"), rows=2)


class PassOnForm(TaskForm):
    """Hand the work down to own branches."""

    organisations = forms.MultipleChoiceField(
        label=_("转交给"),
        choices=(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": _("有一个单位不在可选范围内（可能刚撤销），请重新选择。")},
    )
    due_on = forms.DateField(label=_("支部完成时限"), required=False, help_text=_("不晚于本总支的期限。"))
    note = _words(_("对支部的要求（可不填）"), rows=2, required=False)

    def fit(self) -> None:
        """Branches that have not got it yet, and the own date."""
        branches = self.fields["organisations"]
        if isinstance(branches, forms.MultipleChoiceField):
            branches.choices = [(row.code, row.name) for row in self.assignment.branches]
        self.fields["due_on"].initial = self.task.due_on if self.task is not None else None

    def clean_organisations(self) -> list[Organisation]:
        """The branches ticked."""
        codes = set(self.cleaned_data["organisations"])
        return [row for row in self.assignment.branches if row.code in codes]


class WaiveForm(TaskForm):
    """Waive with a reason."""

    reason = _words(_("免办理由"), _("这件事为什么不适用于这个组织；您作为批准人记入事项记录。"))


class StopForm(TaskForm):
    """Stop with a reason."""

    reason = _words(_("中止理由"), _("为什么不再办理；您作为批准人记入事项记录。"))
