"""What the page of a Task offers to do: one entry per verb, from the form to the command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from common.formstyle import StyledForm
from tasks import forms, services, transitions

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Action:
    """One thing to do with a Task."""

    verb: str
    form: type[StyledForm]
    command: Callable[..., Any]
    button: _StrPromise
    done: _StrPromise
    icon: str
    css: str = "btn-primary"


ACTIONS = {
    action.verb: action
    for action in (
        Action(
            transitions.SUBMIT, forms.SubmitForm, services.submit_task, _("提交核查"), _("已提交，等待核查。"), "send"
        ),
        Action(
            transitions.REPORT,
            forms.ReportForm,
            services.report_progress,
            _("报进展"),
            _("进展已记入。"),
            "journal-text",
            "btn-outline-primary",
        ),
        Action(
            transitions.ACCEPT,
            forms.AcceptForm,
            services.accept_task,
            _("核查通过"),
            _("已核查通过，事项办结。"),
            "check-lg",
        ),
        Action(
            transitions.RETURN,
            forms.ReturnForm,
            services.return_task,
            _("退回"),
            _("已退回，承办人会收到提醒。"),
            "arrow-counterclockwise",
            "btn-outline-primary",
        ),
        Action(
            transitions.WAIVE,
            forms.WaiveForm,
            services.waive_task,
            _("免办"),
            _("已免办，理由和批准人已记入。"),
            "slash-circle",
            "btn-outline-secondary",
        ),
        Action(
            transitions.STOP,
            forms.StopForm,
            services.stop_task,
            _("中止"),
            _("已中止，理由和批准人已记入。"),
            "x-lg",
            "btn-outline-secondary",
        ),
    )
}
