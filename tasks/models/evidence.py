"""Records offered as proof; one record may satisfy several Tasks, one Task may need several records."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from common import clock
from tasks.models.task import Task


class TaskEvidence(models.Model):
    """A record that counts towards a Task; deleted when the record is withdrawn (the event log keeps it)."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="evidence", verbose_name=_("事项"))
    record = models.CharField(_("记录"), max_length=60, help_text=_("如 section:12"))
    organisation = models.ForeignKey(
        "orgs.Organisation",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("记录所属组织"),
        help_text=_("要求覆盖不同组织时按它计数"),
    )
    occurred_on = models.DateField(_("发生日期"))
    url = models.CharField(_("链接"), max_length=300)
    label = models.CharField(_("名称"), max_length=200)
    created_at = models.DateTimeField(_("创建时间"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("佐证")
        verbose_name_plural = _("佐证")
        ordering = ["occurred_on", "id"]
        constraints = [models.UniqueConstraint(fields=["task", "record"], name="evidence_counts_once")]
        indexes = [models.Index(fields=["record"], name="evidence_record")]

    def __str__(self) -> str:
        return self.label
