"""What follows a Task that is supervised: extensions, slips (督办单), and the files that prove it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common import clock
from orgs.querysets import OrganisationScoped
from tasks.assigned import SlipQuerySet
from tasks.models.task import Light, Task


class Extension(models.Model):
    """A request for a later due date: asked before the due date, decided by the level above."""

    class State(models.TextChoices):
        """What became of it."""

        ASKED = "asked", _("待审批")
        GRANTED = "granted", _("已批准")
        REFUSED = "refused", _("未批准")
        WITHDRAWN = "withdrawn", _("已撤回")

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="extensions", verbose_name=_("事项"))
    old_due_on = models.DateField(_("原期限"))
    new_due_on = models.DateField(_("申请期限"))
    reason = models.CharField(_("理由"), max_length=500)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.ASKED)
    asked_by = models.ForeignKey("orgs.Person", on_delete=models.PROTECT, related_name="+", verbose_name=_("申请人"))
    asked_on = models.DateField(_("申请日期"), default=clock.today)
    decided_by = models.ForeignKey(
        "orgs.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("审批人")
    )
    decided_on = models.DateField(_("审批日期"), null=True, blank=True)
    decision = models.CharField(_("审批意见"), max_length=500, blank=True)

    objects = OrganisationScoped.as_manager("task__organisation")

    class Meta:
        verbose_name = _("延期申请")
        verbose_name_plural = _("延期申请")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["task"], condition=Q(state="asked"), name="one_extension_asked"),
            models.CheckConstraint(condition=Q(new_due_on__gt=F("old_due_on")), name="extension_is_later"),
        ]


class Slip(models.Model):
    """A slip (预警通知单 / 督办单 / 问责单) to one person, with its cause; the answer is recorded on it.

    ``cause_key`` names the cause (due date and rhythm): no second slip of a level for the same one. ``climb`` counts
    the levels it climbed: 0 is who is addressed first.
    """

    number = models.CharField(_("单号"), max_length=40)
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="slips", verbose_name=_("事项"))
    level = models.CharField(_("灯色"), max_length=10, choices=Light.choices)
    cause = models.CharField(_("原因"), max_length=300)
    cause_key = models.CharField(_("原因标识"), max_length=60)
    climb = models.PositiveSmallIntegerField(_("上报级数"), default=0)
    issued_on = models.DateField(_("发出日期"), default=clock.today)
    receiver = models.ForeignKey(
        "orgs.Person", on_delete=models.PROTECT, related_name="slips", verbose_name=_("接收人")
    )
    receiver_as = models.CharField(_("接收身份"), max_length=60)
    answer = models.CharField(_("答复"), max_length=500, blank=True)
    answered_on = models.DateField(_("答复日期"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("答复人"),
    )
    closed_on = models.DateField(_("了结日期"), null=True, blank=True)
    closed_cause = models.CharField(_("了结原因"), max_length=100, blank=True)

    objects = SlipQuerySet.as_manager()

    class Meta:
        verbose_name = _("督办单")
        verbose_name_plural = _("督办单")
        ordering = ["-issued_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["task", "level", "cause_key", "climb", "receiver"], name="slip_once_for_a_cause"
            )
        ]
        indexes = [models.Index(fields=["receiver", "answered_on"], name="slip_receiver")]

    def __str__(self) -> str:
        return self.number


def upload_path(_file: "TaskFile", _name: str) -> str:
    """A random name; the original name is a column, never a path."""
    return f"tasks/{uuid.uuid4().hex}"


class TaskFile(models.Model):
    """A file that proves a Task or belongs to the text of a directive or project; served to who may see that."""

    task = models.ForeignKey(
        Task, null=True, blank=True, on_delete=models.CASCADE, related_name="files", verbose_name=_("事项")
    )
    directive = models.ForeignKey(
        "tasks.Directive", null=True, blank=True, on_delete=models.CASCADE, related_name="files", verbose_name=_("交办")
    )
    project = models.ForeignKey(
        "tasks.Project", null=True, blank=True, on_delete=models.CASCADE, related_name="files", verbose_name=_("项目")
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

    class Meta:
        verbose_name = _("附件")
        verbose_name_plural = _("附件")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(task__isnull=False, directive__isnull=True, project__isnull=True)
                | Q(task__isnull=True, directive__isnull=False, project__isnull=True)
                | Q(task__isnull=True, directive__isnull=True, project__isnull=False),
                name="file_belongs_to_one_thing",
            )
        ]

    def __str__(self) -> str:
        return self.name
