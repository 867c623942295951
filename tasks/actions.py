"""What the page of a Task offers to do: one entry per verb, from the form to the command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict
from tasks import forms, services, transitions
from tasks.models import Extension, Task
from tasks.services.dual_signing import ask_signing
from tasks.services.passing_on import pass_on_task

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from orgs.models import User
    from tasks.selectors.assignment import Assignment

ASK_SIGNING, PASS_ON, GRANT, REFUSE = "ask_signing", "pass_on", "grant", "refuse_extension"
RELEASE = (transitions.WAIVE, transitions.STOP)


@dataclass(frozen=True)
class Action:
    """One thing to do with a Task; ``folded``: behind its name until it is opened."""

    verb: str
    form: type[forms.TaskForm]
    command: Callable[..., Any]
    button: _StrPromise
    done: _StrPromise
    icon: str
    css: str = "btn-primary"
    hint: _StrPromise | str = ""
    folded: bool = False

    def bind(self, task: Task, assignment: Assignment, data: Any = None) -> forms.TaskForm:
        """Its form for ``task``; with ``data`` as it was sent."""
        return self.form(data, prefix=self.verb, task=task, assignment=assignment)


def _asked(task: Task) -> Extension:
    asked = task.extensions.filter(state=Extension.State.ASKED).first()
    if asked is None:
        raise Conflict(now("这个延期申请刚刚已有结果，请刷新查看。"))
    return asked


def _grant(task: Task, actor: User, decision: str) -> Extension:
    return services.grant_extension(extension=_asked(task), actor=actor, decision=decision)


def _refuse(task: Task, actor: User, decision: str) -> Extension:
    return services.refuse_extension(extension=_asked(task), actor=actor, decision=decision)


_PRIMARY, _OUTLINE, _QUIET = "btn-primary", "btn-outline-primary", "btn-outline-secondary"

ACTIONS = {
    action.verb: action
    for action in (
        Action(
            transitions.ACKNOWLEDGE,
            forms.AcknowledgeForm,
            services.acknowledge_task,
            _("签收"),
            _("已签收，请按期报进展、按时提交。"),
            "check-lg",
            hint=_("签收表示已经看到并开始办理。"),
        ),
        Action(
            transitions.REPORT,
            forms.ReportForm,
            services.report_progress,
            _("报进展"),
            _("进展已记入。"),
            "journal-text",
            _OUTLINE,
        ),
        Action(
            transitions.SUBMIT,
            forms.SubmitForm,
            services.submit_task,
            _("提交核查"),
            _("已提交，等待核查。"),
            "send",
        ),
        Action(
            ASK_SIGNING,
            forms.AskSigningForm,
            ask_signing,
            _("提请双签"),
            _("已请两人签署，都签后自动提交核查。"),
            "pencil",
        ),
        Action(
            transitions.ACCEPT,
            forms.AcceptForm,
            services.accept_task,
            _("核查通过"),
            _("已核查通过，事项办结。"),
            "check-lg",
            hint=_("核查通过后事项办结，以提交日为完成日期。"),
        ),
        Action(
            transitions.RETURN,
            forms.ReturnForm,
            services.return_task,
            _("退回"),
            _("已退回，承办人会收到提醒。"),
            "arrow-counterclockwise",
            _OUTLINE,
        ),
        Action(GRANT, forms.GrantForm, _grant, _("批准延期"), _("已批准延期，原期限仍会显示。"), "check-lg"),
        Action(
            REFUSE,
            forms.RefuseForm,
            _refuse,
            _("不批准延期"),
            _("已答复，期限不变。"),
            "x-lg",
            _OUTLINE,
            folded=True,
        ),
        Action(
            PASS_ON,
            forms.PassOnForm,
            pass_on_task,
            _("转交支部"),
            _("已转交，支部会收到待签收的提醒；支部的进度自动汇总到这里。"),
            "diagram-3",
            _OUTLINE,
            folded=True,
        ),
        Action(
            transitions.EXTEND,
            forms.ExtendForm,
            services.ask_extension,
            _("申请延期"),
            _("已申请，等上一级审批。"),
            "hourglass-split",
            _OUTLINE,
            folded=True,
        ),
        Action(
            transitions.WAIVE,
            forms.WaiveForm,
            services.waive_task,
            _("免办"),
            _("已免办，理由和批准人已记入。"),
            "slash-circle",
            _QUIET,
        ),
        Action(
            transitions.STOP,
            forms.StopForm,
            services.stop_task,
            _("中止"),
            _("已中止，理由和批准人已记入。"),
            "x-lg",
            _QUIET,
        ),
    )
}
