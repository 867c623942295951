"""Breakthrough projects (破难攻坚项目) and their task forces (breakthrough_projects.yaml)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common import clock
from common.models import Audited
from tasks.assigned import ProjectQuerySet, TaskForceQuerySet
from tasks.models.directive import Rhythm


class TaskForce(Audited):
    """A task force (专班): who works on projects beside the line organisation, and when it is over."""

    code = models.CharField(_("编号"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    organisation = models.ForeignKey(
        "orgs.Organisation", on_delete=models.PROTECT, related_name="task_forces", verbose_name=_("设立组织")
    )
    leader = models.ForeignKey("orgs.Person", on_delete=models.PROTECT, related_name="+", verbose_name=_("组长"))
    deputies = models.ManyToManyField("orgs.Person", blank=True, related_name="+", verbose_name=_("副组长"))
    members = models.ManyToManyField("orgs.Person", blank=True, related_name="+", verbose_name=_("成员"))
    member_count = models.PositiveSmallIntegerField(_("成员数"), null=True, blank=True)
    secretariat_department = models.ForeignKey(
        "orgs.Department",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("办公室设在（部门）"),
    )
    secretariat_organisation = models.ForeignKey(
        "orgs.Organisation",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("办公室设在（学院或党组织）"),
    )
    rhythm = models.CharField(_("例会"), max_length=12, choices=Rhythm.choices, default=Rhythm.MONTHLY)
    report_day = models.PositiveSmallIntegerField(_("每月报告日"), default=25)
    opened_on = models.DateField(_("设立日期"))
    closing_condition = models.CharField(_("撤销条件"), max_length=200)
    closed_on = models.DateField(_("撤销日期"), null=True, blank=True)
    closed_cause = models.CharField(_("撤销说明"), max_length=300, blank=True)

    objects = TaskForceQuerySet.as_manager()

    class Meta:
        verbose_name = _("项目专班")
        verbose_name_plural = _("项目专班")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(secretariat_department__isnull=True) | Q(secretariat_organisation__isnull=True),
                name="secretariat_in_one_place",
            ),
            models.CheckConstraint(condition=Q(report_day__gte=1, report_day__lte=31), name="report_day_of_month"),
        ]

    def __str__(self) -> str:
        return self.name


class Project(Audited):
    """A breakthrough project that somebody takes the lead of."""

    class Level(models.TextChoices):
        """Who runs it."""

        COMMITTEE = "committee", _("党委级")
        GENERAL_BRANCH = "general_branch", _("党总支级")

    class State(models.TextChoices):
        """breakthrough_projects.yaml: draft → reviewing → active ⇄ extension → acceptance → closed; stopped."""

        DRAFT = "draft", _("草拟")
        REVIEWING = "reviewing", _("审核")
        ACTIVE = "active", _("推进")
        EXTENSION = "extension", _("申请延期")
        ACCEPTANCE = "acceptance", _("验收")
        CLOSED = "closed", _("销号")
        STOPPED = "stopped", _("中止")

    code = models.CharField(_("编号"), max_length=30, unique=True)
    title = models.CharField(_("项目名称"), max_length=200)
    year = models.PositiveSmallIntegerField(_("年度"))
    level = models.CharField(_("级别"), max_length=20, choices=Level.choices)
    organisation = models.ForeignKey(
        "orgs.Organisation", on_delete=models.PROTECT, related_name="projects", verbose_name=_("领办组织")
    )
    leader = models.ForeignKey(
        "orgs.Person", on_delete=models.PROTECT, related_name="led_projects", verbose_name=_("领办人")
    )
    leader_post = models.CharField(_("领办人职务"), max_length=50, blank=True)
    co_leaders = models.ManyToManyField("orgs.Person", blank=True, related_name="+", verbose_name=_("共同领办人"))
    task_force = models.ForeignKey(
        TaskForce, null=True, blank=True, on_delete=models.PROTECT, related_name="projects", verbose_name=_("专班")
    )
    problem = models.TextField(_("难题"), max_length=2000)
    root_causes = models.JSONField(_("根源"), default=list)
    target = models.CharField(_("目标"), max_length=500)
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("结束日期"))
    rhythm = models.CharField(_("跟踪周期"), max_length=12, choices=Rhythm.choices, default=Rhythm.MONTHLY)
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.DRAFT)
    second_reason = models.CharField(
        _("同年第二个项目的理由"),
        max_length=300,
        blank=True,
        help_text=_("一人一年领办一个；确需第二个的写明理由，由审核人批准"),
    )
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("起草人")
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("审核人"),
    )
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("验收申请人"),
    )
    result = models.TextField(_("成效说明"), max_length=2000, blank=True)
    closed_on = models.DateField(_("销号或中止日期"), null=True, blank=True)
    return_cause = models.CharField(_("退回原因"), max_length=500, blank=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("破难攻坚项目")
        verbose_name_plural = _("破难攻坚项目")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="project_ends_after_start")
        ]
        indexes = [models.Index(fields=["organisation", "state"], name="project_org_state")]

    def __str__(self) -> str:
        return self.title


class ProjectEvent(models.Model):
    """The log of a project: append-only; pages as of a past date read it."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="events", verbose_name=_("项目"))
    at = models.DateTimeField(_("时间"), default=clock.now)
    day = models.DateField(_("日期"), default=clock.today)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("操作人"),
    )
    verb = models.CharField(_("动作"), max_length=20)
    from_state = models.CharField(_("原状态"), max_length=12, choices=Project.State.choices, blank=True)
    to_state = models.CharField(_("新状态"), max_length=12, choices=Project.State.choices)
    cause = models.CharField(_("说明"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("项目记录")
        verbose_name_plural = _("项目记录")
        ordering = ["id"]
        indexes = [models.Index(fields=["project", "day", "id"], name="project_event_as_of")]


class Indicator(models.Model):
    """A figure that a project moves: base → current → target."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="indicators", verbose_name=_("项目"))
    position = models.PositiveSmallIntegerField(_("顺序"))
    name = models.CharField(_("指标"), max_length=100)
    unit = models.CharField(_("单位"), max_length=20, blank=True, help_text=_("“比率”按百分数显示"))
    base = models.DecimalField(_("基数"), max_digits=12, decimal_places=4)
    target = models.DecimalField(_("目标值"), max_digits=12, decimal_places=4)
    current = models.DecimalField(_("当前值"), max_digits=12, decimal_places=4, null=True, blank=True)
    read_on = models.DateField(_("取数日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("指标")
        verbose_name_plural = _("指标")
        ordering = ["project", "position"]
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="indicator_once_in_project")]

    def __str__(self) -> str:
        return self.name


class IndicatorReading(models.Model):
    """A value of an indicator on a day; append-only."""

    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="readings", verbose_name=_("指标"))
    value = models.DecimalField(_("值"), max_digits=12, decimal_places=4)
    day = models.DateField(_("日期"), default=clock.today)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("填报人")
    )
    note = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("指标取数")
        verbose_name_plural = _("指标取数")
        ordering = ["indicator", "day", "id"]


class Milestone(models.Model):
    """A step of a project with its weight (of 100); the Task is what is owed for it once the project runs.

    Its window runs from the due date of the step before (the first: from the project's start) to its own due date.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="milestones", verbose_name=_("项目"))
    number = models.PositiveSmallIntegerField(_("序号"))
    title = models.CharField(_("里程碑"), max_length=200)
    due_on = models.DateField(_("到期日"))
    weight = models.PositiveSmallIntegerField(_("权重"))
    task = models.OneToOneField(
        "tasks.Task", null=True, blank=True, on_delete=models.PROTECT, related_name="milestone", verbose_name=_("事项")
    )

    class Meta:
        verbose_name = _("里程碑")
        verbose_name_plural = _("里程碑")
        ordering = ["project", "number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="milestone_number_once"),
            models.CheckConstraint(condition=Q(weight__gte=1, weight__lte=100), name="milestone_weight_in_range"),
        ]

    def __str__(self) -> str:
        return self.title
