"""Directives (部署 / 交办): one text, many receivers, each with a Task of its own (forms.yaml, supervision_order)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common import clock
from common.models import Audited
from tasks.assigned import DirectiveQuerySet, SignatureQuerySet


class Rhythm(models.TextChoices):
    """How often progress is reported (反馈周期)."""

    NONE = "", _("办结时报告")
    WEEKLY = "weekly", _("每周")
    FORTNIGHTLY = "fortnightly", _("每两周")
    MONTHLY = "monthly", _("每月")
    QUARTERLY = "quarterly", _("每季度")


class DirectiveType(Audited):
    """A way of assigning: how soon to acknowledge and to report first. Data of the office."""

    code = models.SlugField(_("代码"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=50)
    acknowledge_hours = models.PositiveSmallIntegerField(_("签收时限（小时）"))
    first_report_days = models.PositiveSmallIntegerField(_("首次反馈（天）"))
    is_active = models.BooleanField(_("可选用"), default=True)

    class Meta:
        verbose_name = _("交办类型")
        verbose_name_plural = _("交办类型")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class UnitSet(Audited):
    """A name that stands for many units (各二级学院); unfolded when a directive is issued."""

    class Rule(models.TextChoices):
        """Who belongs to the set."""

        COLLEGES = "colleges", _("有二级学院的党总支")
        GENERAL_BRANCHES = "general_branches", _("各党总支")
        BRANCHES = "branches", _("各党支部")
        DEPARTMENTS = "departments", _("各部门")
        LISTED = "listed", _("逐个指定")

    name = models.CharField(_("名称"), max_length=50, unique=True)
    rule = models.CharField(_("组成"), max_length=20, choices=Rule.choices, default=Rule.LISTED)
    organisations = models.ManyToManyField("orgs.Organisation", blank=True, related_name="+", verbose_name=_("党组织"))
    departments = models.ManyToManyField("orgs.Department", blank=True, related_name="+", verbose_name=_("部门"))

    class Meta:
        verbose_name = _("单位集合")
        verbose_name_plural = _("单位集合")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class Plan(Audited):
    """A year's plan whose items are directives (十大育人 31 项任务)."""

    code = models.SlugField(_("代码"), max_length=30)
    year = models.PositiveSmallIntegerField(_("年度"))
    name = models.CharField(_("名称"), max_length=100)

    class Meta:
        verbose_name = _("年度计划")
        verbose_name_plural = _("年度计划")
        ordering = ["-year", "code"]
        constraints = [models.UniqueConstraint(fields=["code", "year"], name="plan_once_a_year")]

    def __str__(self) -> str:
        return self.name


class PlanCategory(models.Model):
    """A category of a plan (课程育人)."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="categories", verbose_name=_("年度计划"))
    code = models.CharField(_("代码"), max_length=20)
    name = models.CharField(_("名称"), max_length=50)
    lead = models.CharField(_("牵头单位"), max_length=100, blank=True)
    position = models.PositiveSmallIntegerField(_("顺序"))

    class Meta:
        verbose_name = _("计划类别")
        verbose_name_plural = _("计划类别")
        ordering = ["plan", "position"]
        constraints = [models.UniqueConstraint(fields=["plan", "code"], name="category_once_in_plan")]

    def __str__(self) -> str:
        return self.name


class Directive(Audited):
    """One assignment: drafted, approved by somebody else, then issued to its units."""

    class State(models.TextChoices):
        """forms.yaml, directive_states."""

        DRAFT = "draft", _("草拟")
        AWAITING = "awaiting", _("待审批")
        ISSUED = "issued", _("已下发")
        DONE = "done", _("已办结")
        STOPPED = "stopped", _("已中止")

    class Source(models.TextChoices):
        """Where it comes from (立项来源)."""

        MEETING = "meeting", _("会议决定")
        SUPERIOR = "superior_document", _("上级文件")
        INSTRUCTION = "instruction", _("领导批示")
        YEAR_PLAN = "year_plan", _("年度要点")
        INSPECTION = "inspection", _("检查反馈")

    number = models.CharField(_("督办编号"), max_length=30, unique=True)
    title = models.CharField(_("事项"), max_length=200)
    text = models.TextField(_("交办内容"), max_length=5000, blank=True)
    source = models.CharField(_("立项来源"), max_length=20, choices=Source.choices)
    source_note = models.CharField(_("来源说明"), max_length=200, blank=True, help_text=_("会议名称、文号等"))
    standard = models.CharField(_("完成标准"), max_length=500)
    type = models.ForeignKey(DirectiveType, on_delete=models.PROTECT, related_name="+", verbose_name=_("交办类型"))
    rhythm = models.CharField(_("反馈周期"), max_length=12, choices=Rhythm.choices, default=Rhythm.MONTHLY, blank=True)
    organisation = models.ForeignKey(
        "orgs.Organisation", on_delete=models.PROTECT, related_name="directives", verbose_name=_("交办组织")
    )
    leader = models.ForeignKey(
        "orgs.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("分管领导")
    )
    starts_on = models.DateField(_("交办日期"))
    due_on = models.DateField(_("完成时限"))
    is_important = models.BooleanField(_("重要事项（双签）"), default=False)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(_("正文版本"), default=1)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("起草人")
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("审批人"),
    )
    issued_at = models.DateTimeField(_("下发时间"), null=True, blank=True)
    closed_on = models.DateField(_("办结日期"), null=True, blank=True)
    return_cause = models.CharField(_("退回原因"), max_length=500, blank=True)
    category = models.ForeignKey(
        PlanCategory, null=True, blank=True, on_delete=models.PROTECT, related_name="directives", verbose_name=_("类别")
    )
    plan_number = models.PositiveSmallIntegerField(_("计划序号"), null=True, blank=True)
    output = models.CharField(_("成果"), max_length=200, blank=True)
    measure = models.CharField(_("衡量"), max_length=200, blank=True)

    objects = DirectiveQuerySet.as_manager()

    class Meta:
        verbose_name = _("交办事项")
        verbose_name_plural = _("交办事项")
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(due_on__gte=F("starts_on")), name="directive_due_after_start"),
        ]
        indexes = [models.Index(fields=["organisation", "state", "due_on"], name="directive_org_state")]

    def __str__(self) -> str:
        return self.title


class DirectiveUnit(models.Model):
    """A unit that a directive is addressed to, and the Task that it owes for it.

    ``parent`` is set when a general branch passed the directive on to a branch. A partner that the platform does not
    know as a unit has only a ``name`` and owes no Task.
    """

    class Part(models.TextChoices):
        """Lead units carry it out and are measured; supporting units sign for it and close with the lead."""

        LEAD = "lead", _("牵头")
        SUPPORT = "support", _("协办")

    directive = models.ForeignKey(Directive, on_delete=models.CASCADE, related_name="units", verbose_name=_("交办事项"))
    part = models.CharField(_("分工"), max_length=10, choices=Part.choices, default=Part.LEAD)
    organisation = models.ForeignKey(
        "orgs.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("党组织")
    )
    department = models.ForeignKey(
        "orgs.Department", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("部门")
    )
    name = models.CharField(_("单位名称"), max_length=100)
    alias = models.CharField(_("来自集合"), max_length=50, blank=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="passed_on", verbose_name=_("转交自")
    )
    task = models.OneToOneField(
        "tasks.Task",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="directive_unit",
        verbose_name=_("事项"),
    )
    acknowledge_by = models.DateTimeField(_("签收时限"), null=True, blank=True)
    first_report_by = models.DateField(_("首次反馈"), null=True, blank=True)
    acknowledged_at = models.DateTimeField(_("签收时间"), null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        "orgs.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("签收人")
    )

    class Meta:
        verbose_name = _("承办单位")
        verbose_name_plural = _("承办单位")
        ordering = ["part", "organisation__path", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["directive", "organisation"],
                condition=Q(organisation__isnull=False),
                name="organisation_once_in_directive",
            ),
            models.UniqueConstraint(
                fields=["directive", "department"],
                condition=Q(department__isnull=False),
                name="department_once_in_directive",
            ),
            models.CheckConstraint(
                condition=Q(organisation__isnull=True) | Q(department__isnull=True), name="unit_is_one_thing"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DualSignature(models.Model):
    """Dual sign-off (双签) of what a unit submits for an important directive: both or nothing (forms.yaml, dual_sign)."""

    class State(models.TextChoices):
        """forms.yaml, dual_sign.states; ``void``: the text was changed, so both sign anew."""

        AWAITING = "awaiting", _("待双签")
        SECRETARY = "secretary", _("书记已签")
        HEAD = "head", _("行政负责人已签")
        BOTH = "both", _("已双签")
        REFUSED = "refused", _("一方不同意")
        VOID = "void", _("已作废")

    unit = models.ForeignKey(
        DirectiveUnit, on_delete=models.CASCADE, related_name="signatures", verbose_name=_("承办单位")
    )
    text = models.TextField(_("所签内容"), max_length=5000)
    directive_version = models.PositiveIntegerField(_("交办正文版本"))
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.AWAITING)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("提请人")
    )
    asked_at = models.DateTimeField(_("提请时间"), default=clock.now)
    secretary = models.ForeignKey("orgs.Person", on_delete=models.PROTECT, related_name="+", verbose_name=_("书记"))
    secretary_opinion = models.CharField(_("书记意见"), max_length=500, blank=True)
    secretary_at = models.DateTimeField(_("书记签署时间"), null=True, blank=True)
    head = models.ForeignKey("orgs.Person", on_delete=models.PROTECT, related_name="+", verbose_name=_("行政负责人"))
    head_opinion = models.CharField(_("行政负责人意见"), max_length=500, blank=True)
    head_at = models.DateTimeField(_("行政负责人签署时间"), null=True, blank=True)
    end_cause = models.CharField(_("不同意或作废的原因"), max_length=500, blank=True)

    objects = SignatureQuerySet.as_manager()

    class Meta:
        verbose_name = _("双签")
        verbose_name_plural = _("双签")
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit"],
                condition=Q(state__in=("awaiting", "secretary", "head")),
                name="one_signing_at_a_time",
            ),
            models.CheckConstraint(condition=~Q(secretary=F("head")), name="two_different_signers"),
        ]
