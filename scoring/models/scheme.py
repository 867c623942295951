"""A scheme of one year, its versions, and its way through the year."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import clock
from common.models import Audited
from orgs.models import Level
from scoring.querysets import SchemeQuerySet


class Stage(models.TextChoices):
    """Where the year stands (``scoring.stages`` is the table)."""

    DRAFT = "draft", _("方案拟定")
    RUNNING = "running", _("平时预览")
    STATEMENT = "statement", _("单位自评")
    REVIEW = "review", _("专项评价")
    CHECK = "check", _("四眼复核")
    APPROVAL = "approval", _("党委会审定")
    PUBLISHED = "published", _("公示")
    FINAL = "final", _("终稿")


class Scheme(Audited):
    """The yearly assessment of one level (GB-2026): a stable name for its versions, sheets and marks."""

    organisation = models.ForeignKey(
        "orgs.Organisation", on_delete=models.PROTECT, related_name="schemes", verbose_name=_("考核组织")
    )
    code = models.CharField(_("编码"), max_length=40)
    name = models.CharField(_("名称"), max_length=100)
    year = models.PositiveSmallIntegerField(_("年度"))
    applies_to = models.CharField(_("适用级别"), max_length=20, choices=Level.choices)
    stage = models.CharField(_("阶段"), max_length=12, choices=Stage.choices, default=Stage.DRAFT)
    stage_since = models.DateTimeField(_("阶段开始时间"), default=clock.now)
    approved_on = models.DateField(_("党委会审定日期"), null=True, blank=True)
    approval = models.CharField(_("审定依据"), max_length=200, blank=True, help_text=_("会议名称或文号"))
    published_on = models.DateField(_("公示开始日期"), null=True, blank=True)
    objections_until = models.DateField(_("异议截止日期"), null=True, blank=True)
    final_on = models.DateField(_("定稿日期"), null=True, blank=True)
    is_example = models.BooleanField(_("示例"), default=False)

    objects = SchemeQuerySet.as_manager()

    class Meta:
        verbose_name = _("考核方案")
        verbose_name_plural = _("考核方案")
        ordering = ["-year", "code"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "code"], name="scheme_code_once"),
            models.UniqueConstraint(fields=["organisation", "year", "applies_to"], name="one_scheme_a_year_and_level"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_frozen(self) -> bool:
        """Whether the figures stand and a change in the records is only reported."""
        return self.stage in (Stage.PUBLISHED, Stage.FINAL)


class SchemeVersion(Audited):
    """One version of the rules: what ``scoring.definitions`` reads. Published once, it never changes."""

    class State(models.TextChoices):
        """draft → published → superseded."""

        DRAFT = "draft", _("草稿")
        PUBLISHED = "published", _("生效")
        SUPERSEDED = "superseded", _("已被替代")

    scheme = models.ForeignKey(Scheme, on_delete=models.CASCADE, related_name="versions", verbose_name=_("方案"))
    number = models.PositiveSmallIntegerField(_("版本"))
    body = models.JSONField(_("内容"))
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.DRAFT)
    note = models.CharField(_("修改说明"), max_length=500, blank=True)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("拟稿人")
    )
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("发布人"),
    )
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("方案版本")
        verbose_name_plural = _("方案版本")
        ordering = ["scheme", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "number"], name="version_numbered_once"),
            models.UniqueConstraint(fields=["scheme"], condition=Q(state="draft"), name="one_draft_of_a_scheme"),
            models.UniqueConstraint(fields=["scheme"], condition=Q(state="published"), name="one_version_in_force"),
        ]

    def __str__(self) -> str:
        return f"{self.scheme_id} v{self.number}"


class StageEvent(models.Model):
    """One step of a scheme through its year; written, never changed."""

    scheme = models.ForeignKey(Scheme, on_delete=models.CASCADE, related_name="events", verbose_name=_("方案"))
    at = models.DateTimeField(_("时间"), default=clock.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("操作人")
    )
    old = models.CharField(_("原阶段"), max_length=12, choices=Stage.choices)
    new = models.CharField(_("新阶段"), max_length=12, choices=Stage.choices)
    note = models.CharField(_("说明"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("流程记录")
        verbose_name_plural = _("流程记录")
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.scheme_id} {self.old} → {self.new}"
