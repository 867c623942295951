"""The sheet of one organisation under one scheme, as last calculated: every figure with what made it."""

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common import clock
from scoring.models.scheme import Scheme, SchemeVersion
from scoring.querysets import OfSheet, SheetQuerySet


class LineStatus(models.TextChoices):
    """What became of an indicator (``scoring.formulas.Status``)."""

    SCORED = "scored", _("已计分")
    NOT_APPLICABLE = "not_applicable", _("不适用")
    EXEMPT = "exempt", _("免计")
    MISSING = "missing", _("缺数据")
    NOT_DUE = "not_due", _("未到期")


class Sheet(models.Model):
    """One organisation's sheet. ``total`` is empty while a source is missing; ``so_far`` counts what is there."""

    scheme = models.ForeignKey(Scheme, on_delete=models.CASCADE, related_name="sheets", verbose_name=_("方案"))
    organisation = models.ForeignKey(
        "orgs.Organisation", on_delete=models.PROTECT, related_name="sheets", verbose_name=_("被考核组织")
    )
    version = models.ForeignKey(
        SchemeVersion, on_delete=models.PROTECT, related_name="sheets", verbose_name=_("规则版本")
    )
    as_of = models.DateField(_("取数日期"))
    computed_at = models.DateTimeField(_("计算时间"))
    base = models.DecimalField(_("基础分"), max_digits=12, decimal_places=6, null=True, blank=True)
    bonus = models.DecimalField(_("加分"), max_digits=6, decimal_places=2, default=0)
    penalty = models.DecimalField(_("扣分"), max_digits=6, decimal_places=2, default=0)
    total = models.DecimalField(_("总分"), max_digits=6, decimal_places=2, null=True, blank=True)
    so_far = models.DecimalField(_("已有数据得分"), max_digits=6, decimal_places=2, null=True, blank=True)
    missing = models.PositiveSmallIntegerField(_("缺数据指标数"), default=0)
    is_vetoed = models.BooleanField(_("一票否决"), default=False)
    is_rated = models.BooleanField(_("参评"), default=True, help_text=_("成立不满规定月数的不参评"))
    band = models.CharField(_("等次"), max_length=20, blank=True)
    limited_by_quota = models.BooleanField(_("因名额限制"), default=False)
    band_words = models.CharField(_("等次说明"), max_length=300, blank=True)
    adjustments = models.JSONField(_("加扣分明细"), default=list, blank=True)
    digest = models.CharField(_("内容摘要"), max_length=64, blank=True)
    frozen_at = models.DateTimeField(_("冻结时间"), null=True, blank=True)
    published_total = models.DecimalField(_("公示总分"), max_digits=6, decimal_places=2, null=True, blank=True)
    published_band = models.CharField(_("公示等次"), max_length=20, blank=True)

    objects = SheetQuerySet.as_manager()

    class Meta:
        verbose_name = _("评分表")
        verbose_name_plural = _("评分表")
        ordering = ["scheme", "organisation__path"]
        constraints = [models.UniqueConstraint(fields=["scheme", "organisation"], name="one_sheet_each")]
        indexes = [models.Index(fields=["organisation", "scheme"], name="sheet_org_scheme")]

    def __str__(self) -> str:
        return f"{self.scheme_id}@{self.organisation_id}"

    @property
    def unrated_words(self) -> str:
        """Why the organisation is not rated; empty if it is. Reads the organisation."""
        gone = self.organisation.dissolved_on
        if self.is_rated:
            return ""
        if gone is not None and gone.year <= self.as_of.year and gone <= clock.today():
            return gettext("已于%s撤销，不参评") % gone.isoformat()
        return gettext("成立不满规定月数，不参评")


class SheetLine(models.Model):
    """One indicator of a sheet: result, formula in words and figures, and the rows behind it."""

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="lines", verbose_name=_("评分表"))
    position = models.PositiveSmallIntegerField(_("序号"))
    code = models.CharField(_("指标编号"), max_length=20)
    status = models.CharField(_("状态"), max_length=16, choices=LineStatus.choices)
    score = models.DecimalField(_("得分"), max_digits=12, decimal_places=6, null=True, blank=True)
    exact = models.CharField(
        _("未舍入得分"), max_length=40, blank=True, help_text=_("更正时按它重新合计，总分不受保留位数影响")
    )
    factor = models.DecimalField(
        _("折算系数"), max_digits=12, decimal_places=6, default=1, help_text=_("本指标1分在总分里是多少分")
    )
    words = models.CharField(_("算法说明"), max_length=1000, blank=True)
    inputs = models.JSONField(_("取数"), default=dict, blank=True)
    rows = models.JSONField(_("明细"), default=list, blank=True)
    corrected = models.BooleanField(_("经复核更正"), default=False)

    objects = OfSheet.as_manager("sheet__organisation")

    class Meta:
        verbose_name = _("指标得分")
        verbose_name_plural = _("指标得分")
        ordering = ["sheet", "position"]
        constraints = [models.UniqueConstraint(fields=["sheet", "code"], name="indicator_once_on_a_sheet")]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.code}"

    @property
    def unrounded(self) -> Decimal | None:
        """The score as it was computed; lines kept before this was stored have six places."""
        return Decimal(self.exact) if self.exact and self.score is not None else self.score


class SheetPoint(models.Model):
    """How a sheet stood at the end of a month; of the running month, as last calculated."""

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="points", verbose_name=_("评分表"))
    month = models.DateField(_("月份"), help_text=_("当月第一天"))
    total = models.DecimalField(_("得分"), max_digits=6, decimal_places=2, null=True, blank=True)
    lines = models.JSONField(_("逐项得分"), default=dict, help_text=_("指标编号 → 得分"))

    objects = OfSheet.as_manager("sheet__organisation")

    class Meta:
        verbose_name = _("月度得分")
        verbose_name_plural = _("月度得分")
        ordering = ["sheet", "month"]
        constraints = [models.UniqueConstraint(fields=["sheet", "month"], name="one_point_a_month")]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.month:%Y-%m}"


class Difference(models.Model):
    """A record changed after publication: what the frozen figure was and what it would be now. Changes nothing."""

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="differences", verbose_name=_("评分表"))
    code = models.CharField(_("指标编号"), max_length=20)
    frozen = models.DecimalField(_("公示得分"), max_digits=12, decimal_places=6, null=True, blank=True)
    current = models.DecimalField(_("现算得分"), max_digits=12, decimal_places=6, null=True, blank=True)
    words = models.CharField(_("现在的算法说明"), max_length=1000, blank=True)
    found_at = models.DateTimeField(_("发现时间"))

    objects = OfSheet.as_manager("sheet__organisation")

    class Meta:
        verbose_name = _("公示后差异")
        verbose_name_plural = _("公示后差异")
        ordering = ["sheet", "code"]
        constraints = [models.UniqueConstraint(fields=["sheet", "code"], name="one_difference_an_indicator")]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.code}"


class PeerMedian(models.Model):
    """How the sheets of a scheme stand in the middle: organisations are compared with it, never with one another."""

    scheme = models.OneToOneField(Scheme, on_delete=models.CASCADE, related_name="median", verbose_name=_("方案"))
    sheets = models.PositiveIntegerField(_("评分表数"))
    total = models.DecimalField(_("总分中位数"), max_digits=6, decimal_places=2, null=True, blank=True)
    lines = models.JSONField(_("逐项中位数"), default=dict)
    computed_at = models.DateTimeField(_("计算时间"))

    class Meta:
        verbose_name = _("中位数")
        verbose_name_plural = _("中位数")

    def __str__(self) -> str:
        return f"{self.scheme_id}: {self.total}"
