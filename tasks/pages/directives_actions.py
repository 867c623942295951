"""What the page of a directive offers to do: one entry per verb, from the form to the command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from common.formstyle import StyledForm
from tasks import directive_states as states
from tasks.pages.directives_forms import ConfirmForm, DirectiveReasonForm
from tasks.services import directives, issuing

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class DirectiveAction:
    """One thing to do with a directive."""

    verb: str
    form: type[StyledForm]
    command: Callable[..., Any]
    button: _StrPromise
    done: _StrPromise
    icon: str
    hint: _StrPromise
    css: str = "btn-primary"


DIRECTIVE_ACTIONS = {
    action.verb: action
    for action in (
        DirectiveAction(
            states.SUBMIT,
            ConfirmForm,
            directives.submit_directive,
            _("提交审批"),
            _("已提交，等另一位负责人审批。"),
            "send",
            _("提交后由本组织或上级的另一位负责人审批，审批前不能再改。"),
        ),
        DirectiveAction(
            states.APPROVE,
            ConfirmForm,
            issuing.approve_directive,
            _("审批通过并下发"),
            _("已下发，承办单位会收到待签收的提醒。"),
            "check-lg",
            _("通过后立即下发：每个单位开一项待签收的任务。"),
        ),
        DirectiveAction(
            states.RETURN,
            DirectiveReasonForm,
            directives.return_directive,
            _("退回修改"),
            _("已退回起草人。"),
            "arrow-counterclockwise",
            _("写明要改什么，起草人会看到。"),
            "btn-outline-primary",
        ),
        DirectiveAction(
            states.DISCARD,
            DirectiveReasonForm,
            directives.discard_directive,
            _("撤销草拟"),
            _("草拟已撤销，编号不再使用。"),
            "trash",
            _("不再下发；编号保留，不给别的事项用。"),
            "btn-outline-secondary",
        ),
        DirectiveAction(
            states.STOP,
            DirectiveReasonForm,
            issuing.stop_directive,
            _("中止"),
            _("已中止，还没有办结的任务一并中止。"),
            "x-lg",
            _("还没有办结的任务一并中止，已办结的不变；您作为批准人记入。"),
            "btn-outline-secondary",
        ),
    )
}
