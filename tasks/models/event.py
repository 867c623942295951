"""The log of every change of a Task: append-only; pages as of a past date read it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common import clock
from tasks.models.task import Light, State, Task


class Verb(models.TextChoices):
    """What happened."""

    OPENED = "opened", _("开启")
    EVIDENCE = "evidence", _("有了佐证")
    DONE = "done", _("办结")
    SUBMITTED = "submitted", _("提交")
    ACCEPTED = "accepted", _("核查通过")
    RETURNED = "returned", pgettext_lazy("state", "退回")
    REOPENED = "reopened", _("重新打开")
    WAIVED = "waived", _("免办")
    STOPPED = "stopped", _("中止")
    LIGHT = "light", _("变灯")
    REPORTED = "reported", _("报进展")
    REASSIGNED = "reassigned", _("换承办人")
    ACKNOWLEDGED = "acknowledged", _("签收")
    PASSED_ON = "passed_on", _("转交下级")
    EXTENSION_ASKED = "ext_asked", _("申请延期")
    EXTENDED = "extended", _("批准延期")
    EXTENSION_REFUSED = "ext_refused", _("未批准延期")
    RESCHEDULED = "rescheduled", _("调整期限")
    SLIP = "slip", _("发督办单")
    ANSWERED = "answered", _("答复督办单")
    CHANGED = "changed", _("按清单调整")


class TaskEvent(models.Model):
    """One change: who, when, from, to, cause. Holds the state and the light *after* it."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="events", verbose_name=_("事项"))
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
    verb = models.CharField(_("动作"), max_length=12, choices=Verb.choices)
    from_state = models.CharField(_("原状态"), max_length=10, choices=State.choices, blank=True)
    to_state = models.CharField(_("新状态"), max_length=10, choices=State.choices)
    from_light = models.CharField(_("原灯色"), max_length=10, choices=Light.choices, blank=True)
    to_light = models.CharField(_("新灯色"), max_length=10, choices=Light.choices)
    cause = models.CharField(_("原因"), max_length=500, blank=True)
    progress = models.PositiveSmallIntegerField(_("进度"), null=True, blank=True)
    difficulty = models.CharField(_("困难"), max_length=500, blank=True)
    help_needed = models.CharField(_("需协调事项"), max_length=500, blank=True)
    due_on = models.DateField(_("此后的到期日"), null=True, blank=True, help_text=_("只在改期时记"))

    class Meta:
        verbose_name = _("事项记录")
        verbose_name_plural = _("事项记录")
        ordering = ["id"]
        indexes = [models.Index(fields=["task", "day", "id"], name="event_as_of")]

    def __str__(self) -> str:
        return f"{self.task_id}:{self.verb}"
