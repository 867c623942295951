"""Uploaded files as the rooms take them: which are accepted, and what tells two apart."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from common import uploads
from common.errors import InvalidInput

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

MEGABYTE = 1024 * 1024


def accepted_type(upload: UploadedFile) -> uploads.FileType:
    """The type of the upload, found from its content.

    Raises ``InvalidInput`` on ``upload`` with what may be uploaded: empty, above ``settings.UPLOAD_MAX_BYTES``, or
    neither picture, PDF nor Office document, or one with something that runs.
    """
    limit = settings.UPLOAD_MAX_BYTES
    if not upload.size:
        raise InvalidInput(errors={"upload": _("文件是空的，请重新选择。")})
    if upload.size > limit:
        words = _("文件有{size:.1f}MB，超过每个文件{limit:g}MB的上限，请压缩后再传。")
        raise InvalidInput(errors={"upload": words.format(size=upload.size / MEGABYTE, limit=limit / MEGABYTE)})
    kind = uploads.sniff(upload)  # type: ignore[arg-type]
    if kind is None:
        words = _(
            "只能上传图片（JPG、PNG、WebP、HEIC）、PDF和Office文档，其中不能有宏、脚本或嵌入的程序。请去掉后另存再传。"
        )
        raise InvalidInput(errors={"upload": words})
    return kind


def digest_of(upload: UploadedFile) -> str:
    """SHA-256 of the content, in hexadecimal. Rewinds the upload."""
    found = hashlib.sha256()
    upload.seek(0)
    for chunk in upload.chunks():
        found.update(chunk)
    upload.seek(0)
    return found.hexdigest()
