"""Files that prove a Task, or belong to a directive or a project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from common import uploads
from common.errors import InvalidInput
from common.files import MEGABYTE, accepted_type, digest_of
from common.sentences import written as _
from orgs.models import Organisation
from tasks import rights
from tasks.models import Directive, Project, Task, TaskFile
from tasks.services.signings import void_signings

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from orgs.models import User


@transaction.atomic
def attach_to_task(*, task: Task, actor: User, upload: UploadedFile) -> TaskFile:
    """Attach a file that proves ``task``, while it is open.

    Raises ``NotAllowed``, ``InvalidInput`` on ``upload`` (type, size, quota), ``Conflict`` (closed). The same file
    twice is kept once. Side effects: a dual sign-off under way is void, its proof has changed.
    """
    rights.require_act(actor, task)
    rights.require_open(task)
    void_signings(task_ids=[task.pk], cause=_("材料有增加，须重新双签"))
    return store_file(upload=upload, actor=actor, organisation=task.organisation, task=task)


def store_file(
    *,
    upload: UploadedFile,
    actor: User,
    organisation: Organisation,
    task: Task | None = None,
    directive: Directive | None = None,
    project: Project | None = None,
) -> TaskFile:
    """Keep an upload for exactly one of ``task``, ``directive``, ``project``; the caller has asked for the right.

    Limits: ``UPLOAD_MAX_BYTES`` a file, ``UPLOAD_QUOTA_BYTES_PER_ORGANISATION`` an organisation (this room's files).
    Raises ``InvalidInput`` on ``upload``. Must run in a transaction.
    """
    # Two uploads at once must not pass the quota together.
    Organisation.objects.select_for_update().filter(pk=organisation.pk).first()
    kind = accepted_type(upload)
    digest = digest_of(upload)
    place = {"task": task, "directive": directive, "project": project}
    same = TaskFile.objects.filter(sha256=digest, **{name: value for name, value in place.items() if value}).first()
    if same is not None:
        return same
    _require_room(organisation, upload.size or 0)
    kept = TaskFile(
        **place,
        organisation=organisation,
        name=uploads.clean_name(upload.name or "", kind),
        content_type=kind.content_type,
        size=upload.size or 0,
        sha256=digest,
        uploaded_by=actor,
    )
    kept.file.save(kept.name, upload, save=False)
    kept.save()
    return kept


@transaction.atomic
def remove_file(*, kept: TaskFile, actor: User) -> None:
    """Remove a file that one uploaded oneself, while the Task is open. Raises ``NotAllowed``, ``Conflict``."""
    rights.require_file_removal(actor, kept)
    if kept.task_id is not None:
        void_signings(task_ids=[kept.task_id], cause=_("材料有删除，须重新双签"))
    storage, name = kept.file.storage, kept.file.name
    kept.delete()
    if name:
        transaction.on_commit(lambda: storage.delete(name))


def _require_room(organisation: Organisation, size: int) -> None:
    quota = settings.UPLOAD_QUOTA_BYTES_PER_ORGANISATION
    used = TaskFile.objects.filter(organisation=organisation).aggregate(total=Sum("size"))["total"] or 0
    if used + size > quota:
        words = _("本组织的附件已用{used:.0f}MB，上限{quota:.0f}MB，放不下这个文件。请删除不需要的附件或联系组织部。")
        text = words.format(used=used / MEGABYTE, quota=quota / MEGABYTE)
        raise InvalidInput(errors={"upload": text})
