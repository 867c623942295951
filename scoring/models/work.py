"""What the jobs of the score have to do: organisations waiting to be calculated, and how far changes were read."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Recalculation(models.Model):
    """An organisation whose sheets are out of date. Deleted when they are not any more."""

    organisation = models.OneToOneField(
        "orgs.Organisation", on_delete=models.CASCADE, related_name="+", verbose_name=_("组织")
    )
    asked_at = models.DateTimeField(_("最近变动时间"), db_index=True)
    claimed_at = models.DateTimeField(_("开始时间"), null=True, blank=True)
    claim = models.CharField(_("领取标记"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("待重算")
        verbose_name_plural = _("待重算")
        ordering = ["asked_at"]

    def __str__(self) -> str:
        return str(self.organisation_id)


class Watermark(models.Model):
    """Until when the changes of the rooms have been read; one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    read_until = models.DateTimeField(_("已读到"))

    class Meta:
        verbose_name = _("变动读取进度")
        verbose_name_plural = _("变动读取进度")

    def __str__(self) -> str:
        return str(self.read_until)
