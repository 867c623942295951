"""Base models, and the calendar facts that the office maintains."""

from __future__ import annotations

import datetime
import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from common import clock


class HistoryStamped(models.Model):
    """History rows carry the platform's clock, not the machine's."""

    class Meta:
        abstract = True

    @property
    def _history_date(self) -> datetime.datetime:
        return clock.now()


class Audited(HistoryStamped):
    """A model of which every change is kept with user and reason (write through ``common.audit``)."""

    created_at = models.DateTimeField(_("创建时间"), default=clock.now, editable=False)
    history = HistoricalRecords(inherit=True)

    class Meta:
        abstract = True


class DemoState(models.Model):
    """The mark of a demo database, and the day it takes for today; one row."""

    today = models.DateField(_("演示日期"), null=True, blank=True)
    seeded_at = models.DateTimeField(_("生成时间"), default=clock.now)

    class Meta:
        verbose_name = _("演示状态")
        verbose_name_plural = _("演示状态")

    def __str__(self) -> str:
        return str(self.today)


class AcademicTerm(Audited):
    """An academic term (学期)."""

    code = models.CharField(_("学期代码"), max_length=20, unique=True, help_text=_("如 2025-2026-2"))
    start = models.DateField(_("开学日期"))
    end = models.DateField(_("结束日期"))

    class Meta:
        verbose_name = _("学期")
        verbose_name_plural = _("学期")
        ordering = ["start"]
        constraints = [models.CheckConstraint(condition=Q(end__gt=F("start")), name="term_ends_after_start")]

    def __str__(self) -> str:
        return self.code


class CalendarDay(Audited):
    """A day on which the office corrects the published working-day calendar."""

    date = models.DateField(_("日期"), unique=True)
    is_workday = models.BooleanField(_("是工作日"))
    name = models.CharField(_("名称"), max_length=50, blank=True)
    source = models.CharField(_("依据"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("工作日历")
        verbose_name_plural = _("工作日历")
        ordering = ["date"]

    def __str__(self) -> str:
        return str(self.date)


class SavedFilter(models.Model):
    """What one person often looks for in one list, under a name of their own; nobody else sees it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_filters", verbose_name=_("账号")
    )
    page = models.CharField(_("列表"), max_length=40)
    name = models.CharField(_("名称"), max_length=30)
    query = models.CharField(_("条件"), max_length=1000, help_text=_("网址中问号后面的部分"))

    class Meta:
        verbose_name = _("已存筛选")
        verbose_name_plural = _("已存筛选")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["user", "page", "name"], name="filter_named_once")]

    def __str__(self) -> str:
        return self.name


class BulkRun(models.Model):
    """One bulk action on rows of a list: what was chosen, and once it is confirmed what became of each row.

    A working paper, not the log: what happens to a row is written by the service of its room.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="bulk_runs", verbose_name=_("账号")
    )
    page = models.CharField(_("列表"), max_length=40)
    verb = models.CharField(_("操作"), max_length=40)
    back = models.CharField(_("返回网址"), max_length=1500)
    data = models.JSONField(_("填写内容"), default=dict)
    created_at = models.DateTimeField(_("创建时间"), default=clock.now, editable=False)
    started_at = models.DateTimeField(_("开始时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("批量操作")
        verbose_name_plural = _("批量操作")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.page} {self.verb}"


class BulkRow(models.Model):
    """One row of a bulk action. ``stamp`` is what the row looked like when it was previewed."""

    class State(models.TextChoices):
        """waiting → done or refused; refused at once when the preview says that it cannot be."""

        WAITING = "waiting", _("待办理")
        DONE = "done", _("已办理")
        REFUSED = "refused", _("没有办理")

    run = models.ForeignKey(BulkRun, on_delete=models.CASCADE, related_name="rows", verbose_name=_("批量操作"))
    position = models.PositiveSmallIntegerField(_("序号"))
    row_id = models.BigIntegerField(_("行"))
    name = models.CharField(_("名称"), max_length=300)
    url = models.CharField(_("链接"), max_length=300, blank=True)
    stamp = models.CharField(_("预览时的样子"), max_length=64)
    state = models.CharField(_("结果"), max_length=10, choices=State.choices, default=State.WAITING)
    message = models.CharField(_("说明"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("批量操作的一行")
        verbose_name_plural = _("批量操作的行")
        ordering = ["run", "position"]
        constraints = [models.UniqueConstraint(fields=["run", "row_id"], name="bulk_row_once")]

    def __str__(self) -> str:
        return self.name
