"""What can be decided on many Tasks at once: the same rules and services as on the page of one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from common import clock
from common.formstyle import StyledForm
from common.tables import BulkAction, day_text
from orgs import access
from tasks import rights, services, transitions
from tasks.models import Task
from tasks.services.changes import CAUSE_LENGTH, require_state

if TYPE_CHECKING:
    from orgs.models import User


class ReasonForm(StyledForm):
    """One reason for all of them."""

    reason = forms.CharField(
        label=_("理由"),
        help_text=_("对每一条都写入这个理由，承办人看得到。"),
        max_length=CAUSE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def _fresh(user: User) -> QuerySet[Task]:
    """The Tasks as they are, with what rights and services ask."""
    return Task.objects.visible_to(user).select_related("organisation", "group", "person", "department", "submitted_by")


def _look(task: Task) -> Iterable[object]:
    """What is decided upon: where it stands, by when, and what was said."""
    return (task.state, task.due_on, task.submitted_by_id, task.last_report_on, task.note, task.title)


def _foresee(verb: str, words: Callable[[Task], str]) -> Callable[[Any, Any], str]:
    def foresee(user: User, task: Task) -> str:
        rights.require(user, task, verb)
        require_state(task, verb)
        return words(task)

    return foresee


def _accepted(task: Task) -> str:
    day = day_text(task.last_report_on or clock.today())
    by = task.submitted_by.name if task.submitted_by is not None else now("（未记录）")
    words = {"day": day, "by": by, "note": task.note}
    return now("将办结，完成日期%(day)s。%(by)s提交：%(note)s") % words


def _returned(task: Task) -> str:
    return now("将退回承办人重新办理。提交说明：%(note)s") % {"note": task.note}


def _waived(task: Task) -> str:
    return now("将免办，不再要求完成；现在%(state)s") % {"state": task.get_state_display()}


def _stopped(task: Task) -> str:
    return now("将中止，不再办理；现在%(state)s") % {"state": task.get_state_display()}


def _decides_somewhere(user: Any) -> bool:
    """Who reviews below, or as a secretary what the own meetings agreed; the service asks for each Task."""
    return access.has_anywhere(user, access.REVIEW) or access.has_anywhere(user, access.CONFIRM)


def _action(
    verb: str, words: Callable[[Task], str], act: Callable[..., object], label: Any, done: Any, **more: Any
) -> BulkAction:
    def run(task: Task, **data: Any) -> object:
        return act(task=task, **data)

    return BulkAction(
        verb=verb,
        label=label,
        foresee=_foresee(verb, words),
        act=run,
        fresh=_fresh,
        look=_look,
        offered=_decides_somewhere,
        done=done,
        **more,
    )


ACTIONS = (
    _action(transitions.ACCEPT, _accepted, services.accept_task, _("核查通过"), _("已核查通过，事项办结。")),
    _action(
        transitions.RETURN,
        _returned,
        services.return_task,
        _("退回"),
        _("已退回，承办人会收到提醒。"),
        icon="arrow-counterclockwise",
        form=ReasonForm,
    ),
    _action(
        transitions.WAIVE,
        _waived,
        services.waive_task,
        _("免办"),
        _("已免办，理由和批准人已记入。"),
        icon="slash-circle",
        form=ReasonForm,
    ),
    _action(
        transitions.STOP,
        _stopped,
        services.stop_task,
        _("中止"),
        _("已中止，理由和批准人已记入。"),
        icon="x-lg",
        form=ReasonForm,
    ),
)
