"""The Task: this organisation (this person) owes this, by this date, and this is the proof."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common import clock
from tasks.querysets import TaskQuerySet

AGREED_ITEM = "agreed_item"  # source of what a meeting agreed, with owner and date
LIST_ITEM = "list_item"  # of a responsibility list, where no room owes it anyway
DIRECTIVE = "directive"
MILESTONE = "milestone"
FOLLOW_UP = "follow_up"  # a report that a rhythm calls for; closed by reporting on what it follows


class State(models.TextChoices):
    """Life cycle (DESIGN.md §1)."""

    PENDING = "pending", _("待签收")
    ACTIVE = "active", _("办理中")
    SUBMITTED = "submitted", _("待核查")
    RETURNED = "returned", pgettext_lazy("state", "退回")
    DONE = "done", _("已办结")
    WAIVED = "waived", _("免办")
    STOPPED = "stopped", _("中止")


OPEN_STATES = (State.PENDING, State.ACTIVE, State.SUBMITTED, State.RETURNED)


class Light(models.TextChoices):
    """Colours; never shown without icon and word."""

    GREY = "grey", _("未到期")
    GREEN = "green", _("正常")
    YELLOW = "yellow", _("临近")
    ORANGE = "orange", _("紧迫")
    RED = "red", _("逾期")


class Profile(models.TextChoices):
    """Which rule of lights applies; the figures are settings (``LIGHT_PROFILES``)."""

    CADENCE = "cadence", _("周期事项")
    SUPERVISION = "supervision", _("督办事项")
    SUPPORT = "support", _("协办事项")


class Task(models.Model):
    """Something owed. ``natural_key`` (what, organisation, person or office, period) makes it one."""

    natural_key = models.CharField(_("自然键"), max_length=200, unique=True)
    source = models.CharField(_("来源"), max_length=40, help_text=_("如 cadence、agreed_item"))
    kind = models.CharField(_("事项类别"), max_length=40, help_text=_("如 members_meeting"))
    title = models.CharField(_("标题"), max_length=200)
    organisation = models.ForeignKey(
        "orgs.Organisation", on_delete=models.PROTECT, related_name="tasks", verbose_name=_("承办组织")
    )
    group = models.ForeignKey(
        "orgs.Group", null=True, blank=True, on_delete=models.PROTECT, related_name="tasks", verbose_name=_("党小组")
    )
    person = models.ForeignKey(
        "orgs.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="tasks", verbose_name=_("承办人")
    )
    department = models.ForeignKey(
        "orgs.Department",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tasks",
        verbose_name=_("承办部门"),
        help_text=_("由部门负责人承办时填写；承办组织是部门归口的组织"),
    )
    office = models.CharField(_("承办职务"), max_length=40, default="secretary", blank=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children", verbose_name=_("上级事项")
    )
    period_code = models.CharField(_("周期"), max_length=20, blank=True)
    window_start = models.DateField(_("开始日期"))
    due_on = models.DateField(_("到期日"))
    original_due_on = models.DateField(_("原到期日"))
    profile = models.CharField(_("亮灯规则"), max_length=20, choices=Profile.choices, default=Profile.CADENCE)
    requirement = models.JSONField(
        _("要求"), default=dict, blank=True, help_text=_("evidence, part (held/chaired/lectured/attended), count")
    )
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.ACTIVE)
    light = models.CharField(_("灯色"), max_length=10, choices=Light.choices, default=Light.GREY)
    light_cause = models.CharField(_("亮灯原因"), max_length=200, blank=True)
    progress = models.PositiveSmallIntegerField(_("进度"), default=0)
    acknowledge_by = models.DateTimeField(_("签收时限"), null=True, blank=True)
    last_report_on = models.DateField(_("最近报进展日期"), null=True, blank=True)
    answered_on = models.DateField(_("最近回应日期"), null=True, blank=True, help_text=_("批准延期或答复督办单的日期"))
    note = models.CharField(_("说明"), max_length=500, blank=True)
    return_cause = models.CharField(_("退回原因"), max_length=500, blank=True)
    act_url = models.CharField(_("办理链接"), max_length=300, blank=True)
    evidence_url = models.CharField(_("佐证链接"), max_length=300, blank=True)
    evidence_label = models.CharField(_("佐证"), max_length=200, blank=True)
    closed_on = models.DateField(_("完成日期"), null=True, blank=True)
    is_late = models.BooleanField(_("逾期完成"), default=False)
    submitted_by = models.ForeignKey(
        "orgs.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("提交人")
    )
    created_at = models.DateTimeField(_("创建时间"), default=clock.now, editable=False)

    objects = TaskQuerySet.as_manager()

    days_overdue = 0  # set by selectors that show it; no column

    class Meta:
        verbose_name = _("事项")
        verbose_name_plural = _("事项")
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(due_on__gte=F("window_start")), name="task_due_after_start"),
        ]
        indexes = [
            models.Index(fields=["organisation", "due_on"], name="task_org_due"),
            models.Index(fields=["due_on", "state"], name="task_due_state"),
            models.Index(fields=["kind", "organisation", "window_start"], name="task_kind_org_window"),
            models.Index(fields=["person", "state"], name="task_person_state"),
            models.Index(fields=["-closed_on", "due_on", "id"], name="task_list_order"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether something is still owed."""
        return self.state in OPEN_STATES
