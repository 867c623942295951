"""The composite of the colleges: Party building with its 30 %, and the business score that is imported."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.models import Audited
from scoring.models.scheme import Scheme
from scoring.querysets import CompositeQuerySet


class Composite(Audited):
    """One year's composite of all colleges: which scheme gives the Party part, and the weights."""

    class State(models.TextChoices):
        """preview → published."""

        PREVIEW = "preview", _("预览")
        PUBLISHED = "published", _("已公布")

    organisation = models.ForeignKey(
        "orgs.Organisation", on_delete=models.PROTECT, related_name="composites", verbose_name=_("考核组织")
    )
    code = models.CharField(_("编码"), max_length=40)
    name = models.CharField(_("名称"), max_length=100)
    year = models.PositiveSmallIntegerField(_("年度"))
    scheme = models.ForeignKey(
        Scheme, on_delete=models.PROTECT, related_name="composites", verbose_name=_("党建得分取自")
    )
    party_weight = models.DecimalField(_("党建权重"), max_digits=4, decimal_places=3)
    business_weight = models.DecimalField(_("事业发展权重"), max_digits=4, decimal_places=3)
    business_owner = models.CharField(_("事业发展得分提供部门"), max_length=100, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.PREVIEW)
    published_on = models.DateField(_("公布日期"), null=True, blank=True)
    is_example = models.BooleanField(_("示例"), default=False)

    objects = CompositeQuerySet.as_manager()

    class Meta:
        verbose_name = _("综合绩效")
        verbose_name_plural = _("综合绩效")
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "year"], name="one_composite_a_year"),
            models.CheckConstraint(
                condition=Q(party_weight__gte=0) & Q(business_weight__gte=0), name="weights_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BusinessScore(Audited):
    """事业发展得分 of one college, as imported."""

    composite = models.ForeignKey(
        Composite, on_delete=models.CASCADE, related_name="business_scores", verbose_name=_("综合绩效")
    )
    college = models.ForeignKey(
        "orgs.College", on_delete=models.PROTECT, related_name="business_scores", verbose_name=_("二级学院")
    )
    score = models.DecimalField(_("得分"), max_digits=6, decimal_places=2)
    full_mark = models.DecimalField(_("满分"), max_digits=6, decimal_places=2)
    provider = models.CharField(_("提供部门"), max_length=100)
    note = models.CharField(_("备注"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("事业发展得分")
        verbose_name_plural = _("事业发展得分")
        ordering = ["composite", "college__code"]
        constraints = [
            models.UniqueConstraint(fields=["composite", "college"], name="one_business_score_each"),
            models.CheckConstraint(condition=Q(full_mark__gt=0) & Q(score__gte=0), name="business_score_in_range"),
        ]

    def __str__(self) -> str:
        return f"{self.college_id}: {self.score}"


class CompositeLine(models.Model):
    """One college's composite as published; before that it is calculated when it is looked at."""

    composite = models.ForeignKey(Composite, on_delete=models.CASCADE, related_name="lines", verbose_name=_("综合绩效"))
    college = models.ForeignKey("orgs.College", on_delete=models.PROTECT, related_name="+", verbose_name=_("二级学院"))
    party = models.DecimalField(_("党建得分"), max_digits=6, decimal_places=2)
    business = models.DecimalField(_("事业发展得分"), max_digits=6, decimal_places=2)
    total = models.DecimalField(_("综合得分"), max_digits=6, decimal_places=2)

    class Meta:
        verbose_name = _("综合得分")
        verbose_name_plural = _("综合得分")
        ordering = ["composite", "college__code"]
        constraints = [models.UniqueConstraint(fields=["composite", "college"], name="one_composite_line_each")]

    def __str__(self) -> str:
        return f"{self.college_id}: {self.total}"
