"""Responsibility lists (责任清单): what the holder of an office owes in a year, in frozen versions."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common import clock
from common.models import Audited
from orgs.querysets import OrganisationScoped


class Role(models.TextChoices):
    """Whose list it is: the secretary of an organisation of this level."""

    COMMITTEE = "committee", _("党委书记")
    GENERAL_BRANCH = "general_branch", _("党总支书记")
    BRANCH = "branch", _("党支部书记")


class Frequency(models.TextChoices):
    """How often an item is owed (responsibility_lists.yaml, freq)."""

    MONTHLY = "monthly", _("每月")
    QUARTERLY = "quarterly", _("每季度")
    HALF_YEARLY = "half_yearly", _("每半年")
    SEMESTER = "semester", _("每学期")
    YEARLY = "yearly", _("每年")


class ResponsibilityList(Audited):
    """One version of the list of a role for a year: written as a draft, frozen when published."""

    class State(models.TextChoices):
        """Draft → published; a later version replaces an earlier one."""

        DRAFT = "draft", _("草稿")
        PUBLISHED = "published", _("已发布")
        REPLACED = "replaced", _("已被新版替换")

    year = models.PositiveSmallIntegerField(_("年度"))
    role = models.CharField(_("责任人"), max_length=20, choices=Role.choices)
    version = models.PositiveSmallIntegerField(_("版本"), default=1)
    title = models.CharField(_("名称"), max_length=100)
    signed_with = models.CharField(_("签订对象"), max_length=50, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.DRAFT)
    previous = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("上一版")
    )
    published_on = models.DateField(_("发布日期"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("发布人"),
    )
    change_reason = models.CharField(_("修改说明"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("责任清单")
        verbose_name_plural = _("责任清单")
        ordering = ["-year", "id"]
        constraints = [
            models.UniqueConstraint(fields=["year", "role", "version"], name="list_version_once"),
            models.UniqueConstraint(fields=["year", "role"], condition=Q(state="draft"), name="one_draft_per_list"),
            models.UniqueConstraint(
                fields=["year", "role"], condition=Q(state="published"), name="one_published_per_list"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}（{self.year}）"


class ListItem(Audited):
    """One item of a list. ``code`` names it through all versions of a year."""

    class NotApplicable(models.TextChoices):
        """When the item is not owed by an organisation."""

        NEVER = "", _("都适用")
        NO_COMMITTEE = "no_committee", _("不设支委会")
        NO_GROUPS = "no_groups", _("未划分党小组")
        NO_COLLEGE = "no_college", _("没有二级学院")

    list = models.ForeignKey(
        ResponsibilityList, on_delete=models.CASCADE, related_name="items", verbose_name=_("责任清单")
    )
    code = models.CharField(_("条目编码"), max_length=20)
    number = models.PositiveSmallIntegerField(_("序号"))
    title = models.CharField(_("责任内容"), max_length=200)
    frequency = models.CharField(_("频次"), max_length=12, choices=Frequency.choices)
    times = models.PositiveSmallIntegerField(_("每期次数"), default=1)
    due_rule = models.JSONField(_("到期规则"), default=dict, help_text=_("rule 与参数，见 tasks/dues.py"))
    evidence_words = models.CharField(_("佐证"), max_length=200, blank=True)
    requirement = models.JSONField(
        _("自动办结的记录"), default=dict, blank=True, help_text=_("evidence、part、distinct；空表示由本人写说明")
    )
    adopts = models.BooleanField(
        _("认领已有事项"), default=False, help_text=_("平台已按同一要求开启事项时，不另开事项")
    )
    awaits_room = models.CharField(
        _("暂缺的业务"), max_length=50, blank=True, help_text=_("佐证所在业务尚未上线时写明，先以简短说明代替")
    )
    measure = models.CharField(_("完成标准"), max_length=200, blank=True)
    not_applicable = models.CharField(
        _("不适用情形"), max_length=20, choices=NotApplicable.choices, default=NotApplicable.NEVER, blank=True
    )
    article = models.CharField(_("依据"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("责任清单条目")
        verbose_name_plural = _("责任清单条目")
        ordering = ["list", "number"]
        constraints = [
            models.UniqueConstraint(fields=["list", "code"], name="item_code_once"),
            models.UniqueConstraint(fields=["list", "number"], name="item_number_once"),
            models.CheckConstraint(condition=Q(times__gte=1), name="item_times_positive"),
        ]

    def __str__(self) -> str:
        return self.title


class ItemTask(models.Model):
    """A Task that an item counts: its own, or one that a room owes anyway and the item adopted (DESIGN.md §1)."""

    item = models.ForeignKey(ListItem, on_delete=models.CASCADE, related_name="item_tasks", verbose_name=_("条目"))
    task = models.ForeignKey("tasks.Task", on_delete=models.CASCADE, related_name="item_tasks", verbose_name=_("事项"))
    organisation = models.ForeignKey(
        "orgs.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name=_("组织")
    )
    period_code = models.CharField(_("周期"), max_length=20)
    is_adopted = models.BooleanField(_("认领的事项"), default=False)
    linked_on = models.DateField(_("关联日期"), default=clock.today)

    objects = OrganisationScoped.as_manager()

    class Meta:
        verbose_name = _("条目的事项")
        verbose_name_plural = _("条目的事项")
        ordering = ["item", "organisation", "period_code"]
        constraints = [models.UniqueConstraint(fields=["item", "task"], name="item_counts_task_once")]
        indexes = [models.Index(fields=["organisation", "item"], name="itemtask_org_item")]


class ListHolding(models.Model):
    """Who answers for a list in an organisation, from when to when: the hand-over record of a year's list."""

    year = models.PositiveSmallIntegerField(_("年度"))
    role = models.CharField(_("责任人"), max_length=20, choices=Role.choices)
    organisation = models.ForeignKey(
        "orgs.Organisation", on_delete=models.PROTECT, related_name="list_holdings", verbose_name=_("组织")
    )
    person = models.ForeignKey("orgs.Person", on_delete=models.PROTECT, related_name="+", verbose_name=_("责任人"))
    since = models.DateField(_("起"))
    until = models.DateField(_("止"), null=True, blank=True)
    received_from = models.ForeignKey(
        "orgs.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("交出人")
    )
    open_items = models.JSONField(_("交接时未办结"), default=list, help_text=_("事项编号"))

    objects = OrganisationScoped.as_manager()

    class Meta:
        verbose_name = _("清单交接")
        verbose_name_plural = _("清单交接")
        ordering = ["organisation", "year", "since"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "role", "organisation"], condition=Q(until__isnull=True), name="one_holder_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="holding_ends_after_start"
            ),
        ]
