"""The one way a project changes: claim its old state, write the new one with its history row, append the event.

Here too what happens to a project when one of its milestones' Tasks changes from the page of the Task.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from common import audit
from common.errors import Conflict, InvalidInput
from common.sentences import written as _
from tasks import project_states as states
from tasks.models import MILESTONE, Extension, Milestone, Project, ProjectEvent, Task

if TYPE_CHECKING:
    from orgs.models import User

CAUSE_LENGTH = 500


def locked(project: Project) -> Project:
    """The project as it is now, locked, with its organisation and leader. One query."""
    rows = Project.objects.select_for_update(of=("self",)).select_related("organisation", "leader", "task_force")
    return rows.get(pk=project.pk)


def require_state(project: Project, verb: str) -> str:
    """The state after ``verb``, or ``Conflict`` with a reason in plain words."""
    target = states.next_state(verb, project.state)
    if target is None:
        raise Conflict(refusal(verb, project))
    return target


def refusal(verb: str, project: Project) -> str:
    """Why ``verb`` is refused in the project's state, and what to do."""
    facts = {"state": project.get_state_display()}
    if project.state in (states.CLOSED, states.STOPPED):
        return _("这个项目已经%(state)s，不能再操作。请刷新页面查看结果。") % facts
    if project.state == states.DRAFT:
        return _("这个项目还在草拟，请先提交审核。")
    if project.state == states.REVIEWING:
        return _("这个项目正在等待审核，请等审核结果。")
    if project.state == states.ACCEPTANCE:
        return _("这个项目已申请验收，请等验收结果。")
    if project.state == states.EXTENSION:
        return _("这个项目有延期申请待审批，请等审批结果。")
    if verb in (states.ACCEPT, states.REJECT):
        return _("这个项目还没有申请验收，请先由领办人申请。")
    if verb == states.SETTLE_EXTENSION:
        return _("这个项目没有待审批的延期申请。")
    return _("这个项目已经审核通过，正在推进。请刷新页面；要改里程碑，请上一级用“调整计划”。")


def move_project(project: Project, *, verb: str, actor: User | None, cause: str = "", **fields: Any) -> Project:
    """Move ``project`` by ``verb`` and write ``fields`` with it. Three queries.

    Raises ``Conflict`` when the table does not allow it, or when somebody else was quicker. Side effects: the row with
    its history, one ``ProjectEvent``, and ``project`` itself shows what was written.
    """
    before = project.state
    target = require_state(project, verb)
    if Project.objects.filter(pk=project.pk, state=before).update(state=target) != 1:
        project.refresh_from_db()
        raise Conflict(refusal(verb, project))
    project.state = target
    for name, value in fields.items():
        setattr(project, name, value)
    audit.save(project, actor=actor, reason=cause or verb, update_fields=["state", *fields])
    note_event(project, verb=verb, before=before, actor=actor, cause=cause)
    return project


def note_event(project: Project, *, verb: str, before: str, actor: User | None, cause: str = "") -> None:
    """Append to the log of a project; its state is the one after the change."""
    ProjectEvent.objects.create(
        project=project,
        actor=actor,
        verb=verb,
        from_state=before,
        to_state=project.state,
        cause=cause[:CAUSE_LENGTH],
    )


def _project_of(task: Task) -> Project | None:
    """The project, locked, whose milestone ``task`` is; no query for other Tasks."""
    if task.source != MILESTONE:
        return None
    return Project.objects.select_for_update(of=("self",)).filter(milestones__task=task).first()


def extension_asked(task: Task, *, actor: User, new_due_on: datetime.date, cause: str) -> None:
    """More time was asked for a milestone: its project is in extension until that is decided.

    Raises ``InvalidInput`` on ``new_due_on`` when the date passes the next milestone or the end of the project. Nothing
    for other Tasks. Side effects: the project's state and event.
    """
    project = _project_of(task)
    if project is None:
        return
    milestone = Milestone.objects.get(task=task)
    message = _late_words(project, milestone, new_due_on)
    if message:
        raise InvalidInput(message, errors={"new_due_on": message})
    words = _("里程碑%(number)d申请延至%(day)s：%(cause)s")
    facts = {"number": milestone.number, "day": new_due_on, "cause": cause}
    move_project(project, verb=states.ASK_EXTENSION, actor=actor, cause=words % facts)


def _late_words(project: Project, milestone: Milestone, new_due_on: datetime.date) -> str:
    """Why a milestone cannot be due on a day, or nothing."""
    after = project.milestones.filter(number__gt=milestone.number).order_by("number").first()
    if after is not None and new_due_on >= after.due_on:
        words = _("新的期限要早于下一个里程碑“%(title)s”的期限%(day)s；确需更晚的，请上一级先调整后面的里程碑。")
        return words % {"title": after.title, "day": after.due_on}
    if new_due_on > project.ends_on:
        words = _("新的期限晚于项目的结束日期%(day)s；确需更晚的，请上一级先用“调整计划”改结束日期。")
        return words % {"day": project.ends_on}
    return ""


def extension_settled(task: Task, *, actor: User | None, cause: str) -> None:
    """A request for a milestone was decided or fell away: without another one waiting, the project goes on.

    Nothing for other Tasks. Side effects: the project's state and event.
    """
    project = _project_of(task)
    if project is None:
        return
    asked = Extension.objects.filter(task__milestone__project=project, state=Extension.State.ASKED)
    if project.state == states.EXTENSION and not asked.exists():
        move_project(project, verb=states.SETTLE_EXTENSION, actor=actor, cause=cause)
    else:
        note_event(project, verb=states.SETTLE_EXTENSION, before=project.state, actor=actor, cause=cause)
