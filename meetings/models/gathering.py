"""A gathering: what happened once, in one place and time; its sections are what it counts as."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common import clock
from common.models import Audited
from meetings.querysets import GatheringQuerySet


class Gathering(Audited):
    """One afternoon, typed once: shared facts of one or several sections (kind × organisation)."""

    organisation = models.ForeignKey(
        "orgs.Organisation", on_delete=models.PROTECT, related_name="gatherings", verbose_name=_("召集组织")
    )
    title = models.CharField(_("主题"), max_length=200)
    starts_at = models.DateTimeField(_("开始时间"))
    ends_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    place = models.CharField(_("地点或线上会议号"), max_length=200, blank=True)
    lecturer = models.ForeignKey(
        "orgs.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("主讲人")
    )
    lecturer_name = models.CharField(_("校外主讲人"), max_length=100, blank=True)
    agenda = models.TextField(_("议题"), blank=True)
    minutes = models.TextField(_("发言要点"), blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("创建人")
    )

    objects = GatheringQuerySet.as_manager()

    class Meta:
        verbose_name = _("会议记录")
        verbose_name_plural = _("会议记录")
        ordering = ["-starts_at", "-id"]
        indexes = [models.Index(fields=["organisation", "starts_at"], name="gathering_org_time")]

    def __str__(self) -> str:
        return self.title


class Draft(models.Model):
    """What one organisation is typing for a gathering, exactly as typed.

    ``version`` grows with every save, so that the same draft on two devices shows its conflict. Secretaries of
    different organisations sharing a gathering each have their own draft; the calling one's holds the shared facts.
    """

    gathering = models.ForeignKey(
        Gathering, on_delete=models.CASCADE, related_name="drafts", verbose_name=_("会议记录")
    )
    organisation = models.ForeignKey(
        "orgs.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name=_("组织")
    )
    data = models.JSONField(_("表单内容"), default=dict)
    version = models.PositiveIntegerField(_("版本"), default=1)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("保存人")
    )
    saved_at = models.DateTimeField(_("保存时间"), default=clock.now)

    class Meta:
        verbose_name = _("草稿")
        verbose_name_plural = _("草稿")
        constraints = [models.UniqueConstraint(fields=["gathering", "organisation"], name="one_draft_per_organisation")]

    def __str__(self) -> str:
        return f"{self.gathering_id} v{self.version}"
