"""Files of a gathering."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Sum

from common import clock, uploads
from common.errors import InvalidInput
from common.files import MEGABYTE, accepted_type, digest_of
from common.sentences import written as _
from meetings import options
from meetings.models import Attachment, Gathering, MeetingKind
from meetings.rights import lock, require_open, require_record, sections_of
from orgs.models import Organisation

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from orgs.models import User


@transaction.atomic
def add_attachment(
    *, actor: User, gathering: Gathering, organisation: Organisation, upload: UploadedFile
) -> Attachment:
    """Attach a file: image, PDF or Office document, its type found from its content.

    Limits: ``settings.UPLOAD_MAX_BYTES`` a file, ``settings.UPLOAD_QUOTA_BYTES_PER_ORGANISATION`` an organisation.
    Raises: ``NotAllowed``, ``InvalidInput`` on ``upload``; ``Conflict`` once the organisation's sections are confirmed
    and no amendment was started. The same file (by content) twice in one gathering returns the first.
    """
    _require_editable(actor, gathering, organisation)
    # Two uploads at once must not pass the quota together.
    Organisation.objects.select_for_update().filter(pk=organisation.pk).first()
    kind = accepted_type(upload)
    digest = digest_of(upload)
    same = Attachment.objects.filter(gathering=gathering, organisation=organisation, sha256=digest).first()
    if same is not None:
        return same
    _require_room(organisation, upload.size or 0)
    attachment = Attachment(
        gathering=gathering,
        organisation=organisation,
        name=uploads.clean_name(upload.name or "", kind),
        content_type=kind.content_type,
        size=upload.size or 0,
        sha256=digest,
        uploaded_by=actor,
        uploaded_at=clock.now(),
    )
    attachment.file.save(attachment.name, upload, save=False)
    attachment.save()
    return attachment


@transaction.atomic
def delete_attachment(*, actor: User, attachment: Attachment) -> None:
    """Remove a file, before the confirmation or during an amendment.

    Raises: ``NotAllowed``, ``Conflict``. Side effects: the stored file is deleted after the commit.
    """
    _require_editable(actor, attachment.gathering, attachment.organisation)
    storage, name = attachment.file.storage, attachment.file.name
    attachment.delete()
    if name:
        transaction.on_commit(lambda: storage.delete(name))


def _require_editable(actor: User, gathering: Gathering, organisation: Organisation) -> None:
    gathering = lock(gathering)
    sections = sections_of(gathering, organisation)
    require_record(actor, organisation, [section.group_id for section in sections])
    require_open(gathering, organisation)
    if any(section.kind.form == MeetingKind.Form.TALK for section in sections):
        raise InvalidInput(errors={"upload": _("谈心谈话只记时间和对象，不上传附件。")})


def _require_room(organisation: Organisation, size: int) -> None:
    quota = options.upload_quota_bytes()
    used = Attachment.objects.filter(organisation=organisation).aggregate(total=Sum("size"))["total"] or 0
    if used + size > quota:
        words = _("本组织的附件已用{used:.0f}MB，上限{quota:.0f}MB，放不下这个文件。请删除不需要的附件或联系组织部。")
        text = words.format(used=used / MEGABYTE, quota=quota / MEGABYTE)
        raise InvalidInput(errors={"upload": text})
