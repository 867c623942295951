"""Files of a project: agreements, lists, photographs, minutes of the task force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from common.errors import Conflict, NotAllowed
from common.sentences import written as _
from tasks import project_rights as rights
from tasks import project_states as states
from tasks.models import Project, TaskFile
from tasks.services.files import remove_file, store_file
from tasks.services.project_log import locked

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from orgs.models import User


@transaction.atomic
def attach_to_project(*, project: Project, actor: User, upload: UploadedFile) -> TaskFile:
    """Attach a file to a project until it is over.

    Raises ``NotAllowed`` (neither drafts nor carries it out), ``InvalidInput`` on ``upload``, ``Conflict`` (over).
    """
    project = locked(project)
    _require_open(project, actor)
    return store_file(upload=upload, actor=actor, organisation=project.organisation, project=project)


@transaction.atomic
def remove_project_file(*, project: Project, kept: TaskFile, actor: User) -> None:
    """Remove a file of the project that one uploaded oneself. Raises ``NotAllowed``, ``Conflict`` (over)."""
    project = locked(project)
    if kept.project_id != project.pk:
        raise NotAllowed(_("这个文件是里程碑的佐证，请在里程碑的事项页删除。"))
    _require_open(project, actor)
    remove_file(kept=kept, actor=actor)


def _require_open(project: Project, actor: User) -> None:
    rights.require_edit(actor, project)
    if project.state not in states.OPEN:
        raise Conflict(_("这个项目已经%(state)s，材料不能再变。") % {"state": project.get_state_display()})
