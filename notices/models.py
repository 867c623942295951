"""The outbox: one row per message owed to a person, and the stamps of the nightly steps."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import clock
from notices.querysets import NoticeQuerySet


class Notice(models.Model):
    """A message owed to a person; sent within the person's digest, or alone when ``is_urgent``."""

    class Kind(models.TextChoices):
        """What the message says; the digest groups by it, in this order."""

        INVITATION = "invitation", _("账号邀请")
        SLIP = "slip", _("督办单")
        OVERDUE = "overdue", _("已逾期")
        RETURNED = "returned", _("被退回")
        TO_SIGN = "to_sign", _("待签收或待双签")
        DUE_TODAY = "due_today", _("今天到期")
        DUE_SOON = "due_soon", _("即将到期")
        TO_REVIEW = "to_review", _("等我核定或核查")
        INFO = "info", _("告知")

    class State(models.TextChoices):
        """pending → claimed → sent, or dropped (no longer true), or failed (attempts used up)."""

        PENDING = "pending", _("待发送")
        CLAIMED = "claimed", _("发送中")
        SENT = "sent", _("已发送")
        DROPPED = "dropped", _("已失效，未发")
        FAILED = "failed", _("发送失败")

    person = models.ForeignKey(
        "orgs.Person", on_delete=models.PROTECT, related_name="notices", verbose_name=_("收件人")
    )
    kind = models.CharField(_("类型"), max_length=20, choices=Kind.choices)
    subject = models.CharField(_("对象"), max_length=100, help_text=_("如 task:123"))
    day = models.DateField(_("日期"))
    title = models.CharField(_("内容"), max_length=300)
    detail = models.CharField(_("说明"), max_length=300, blank=True)
    url = models.CharField(_("链接"), max_length=300, blank=True)
    is_urgent = models.BooleanField(_("单独立即发送"), default=False)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.PENDING)
    claim = models.CharField(_("领取标记"), max_length=100, blank=True)
    claimed_at = models.DateTimeField(_("领取时间"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    next_attempt_at = models.DateTimeField(_("下次尝试时间"), null=True, blank=True)
    last_error = models.CharField(_("最近错误"), max_length=500, blank=True)
    message_id = models.CharField(_("邮件标识"), max_length=200, blank=True)
    sent_at = models.DateTimeField(_("发送时间"), null=True, blank=True)
    read_at = models.DateTimeField(_("阅读时间"), null=True, blank=True)
    created_at = models.DateTimeField(_("创建时间"), default=clock.now, editable=False)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("消息")
        verbose_name_plural = _("消息")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "subject", "kind", "day"], name="message_owed_once_a_day")
        ]
        indexes = [
            models.Index(
                fields=["person", "next_attempt_at"],
                condition=Q(state__in=["pending", "claimed"]),
                name="notice_to_send",
            ),
            models.Index(fields=["claim"], condition=Q(state="claimed"), name="notice_claim"),
            models.Index(fields=["person", "-id"], name="notice_bell"),
        ]

    def __str__(self) -> str:
        return self.title


class NightlyStep(models.Model):
    """Stamp of one nightly step of one day: restartable, and visible to the office.

    The row of step ``WHOLE`` stands for the night itself; its claim says which process is running that night.
    """

    WHOLE = "night"
    REMINDERS = "reminders"
    MAIL = "mail"

    day = models.DateField(_("日期"))
    step = models.CharField(_("步骤"), max_length=50)
    started_at = models.DateTimeField(_("开始时间"))
    finished_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    counts = models.JSONField(_("计数"), default=dict)
    error = models.TextField(_("错误"), blank=True)
    claim = models.CharField(_("领取标记"), max_length=100, blank=True)
    claimed_at = models.DateTimeField(_("领取时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("夜间作业")
        verbose_name_plural = _("夜间作业")
        ordering = ["-day", "id"]
        constraints = [models.UniqueConstraint(fields=["day", "step"], name="nightly_step_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.step}"

    @property
    def label(self) -> str:
        """What the step does, in words."""
        return str(_STEP_LABELS.get(self.step, self.step))


_STEP_LABELS = {
    NightlyStep.WHOLE: _("整夜"),
    "grants": _("核对任职权限"),
    "open_tasks": _("开启本期事项"),
    "lists": _("更新责任清单"),
    "list_records": _("计入较早的记录"),
    "study_hours": _("计入学时"),
    "directives": _("了结交办"),
    "follow_ups": _("开启定期跟踪"),
    "lights": _("更新亮灯"),
    "slips": _("发督办单"),
    "ballots": _("测评截止和提醒"),
    "scores": _("重算评分"),
    NightlyStep.REMINDERS: _("写出提醒"),
    NightlyStep.MAIL: _("发送邮件"),
}
