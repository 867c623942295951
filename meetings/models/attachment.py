"""Files attached to a gathering; they lie under no public URL."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common import clock
from meetings.models.gathering import Gathering
from meetings.querysets import AttachmentQuerySet


def upload_path(attachment: "Attachment", filename: str) -> str:
    """A random name below the organisation's folder; the original name is a column, never a path."""
    return f"meetings/{attachment.gathering.organisation_id}/{uuid.uuid4().hex}"


class Attachment(models.Model):
    """An uploaded file; its type was found from its content."""

    gathering = models.ForeignKey(
        Gathering, on_delete=models.CASCADE, related_name="attachments", verbose_name=_("会议记录")
    )
    organisation = models.ForeignKey(
        "orgs.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name=_("占用配额的组织")
    )
    file = models.FileField(_("文件"), upload_to=upload_path, max_length=200)
    name = models.CharField(_("文件名"), max_length=200)
    content_type = models.CharField(_("类型"), max_length=100)
    size = models.PositiveBigIntegerField(_("大小（字节）"))
    sha256 = models.CharField(_("摘要"), max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("上传人")
    )
    uploaded_at = models.DateTimeField(_("上传时间"), default=clock.now)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("附件")
        verbose_name_plural = _("附件")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
