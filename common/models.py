"""Base models, and the calendar facts that the office maintains."""

from __future__ import annotations

import datetime

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
