"""The tree of Party organisations, its groups, and the administrative units beside it."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords
from treebeard.mp_tree import MP_Node

from common import clock, periods
from common.models import Audited, HistoryStamped
from orgs.querysets import DepartmentQuerySet, OrganisationManager, OrganisationScoped


class Level(models.TextChoices):
    """Levels of Party organisations, top down."""

    COMMITTEE = "committee", _("党委")
    GENERAL_BRANCH = "general_branch", _("党总支")
    BRANCH = "branch", _("党支部")


class UnitKind(models.TextChoices):
    """What sort of people or unit an organisation covers."""

    COMMITTEE = "committee", _("党委")
    OFFICES = "offices", _("机关")
    COLLEGE = "college", _("二级学院")
    DIRECT = "direct", _("直属")
    STAFF = "staff", _("教工")
    STUDENT = "student", _("学生")
    MIXED = "mixed", _("混合")
    RETIRED = "retired", _("离退休")


class Organisation(HistoryStamped, MP_Node):
    """One Party organisation; its place in the tree is treebeard's materialised path."""

    code = models.CharField(_("编码"), max_length=32, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    level = models.CharField(_("级别"), max_length=20, choices=Level.choices)
    kind = models.CharField(_("类别"), max_length=20, choices=UnitKind.choices)
    founded_on = models.DateField(_("成立日期"), null=True, blank=True)
    dissolved_on = models.DateField(_("撤销日期"), null=True, blank=True)
    term_start = models.DateField(_("本届开始日期"), null=True, blank=True)
    term_years = models.PositiveSmallIntegerField(_("任期（年）"), null=True, blank=True)
    term_extended_until = models.DateField(_("经批准延期至"), null=True, blank=True)
    approval_number = models.CharField(_("批准文号"), max_length=100, blank=True)
    note = models.CharField(_("备注"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("创建时间"), default=clock.now, editable=False)

    history = HistoricalRecords(excluded_fields=["numchild"])
    objects = OrganisationManager()

    class Meta:
        verbose_name = _("党组织")
        verbose_name_plural = _("党组织")
        ordering = ["path"]
        permissions = [
            ("record", _("登记会议和材料")),
            ("record_group", _("登记本党小组会议")),
            ("confirm", _("核定会议记录")),
            ("review", _("核查下级记录和事项")),
            ("manage_people", _("管理党员名册")),
            ("manage_organisations", _("管理组织、任职和账号")),
            ("configure", _("维护规则和设置")),
            ("view_private", _("查看本支部私密信息")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether the organisation is not dissolved as of today."""
        return self.dissolved_on is None or self.dissolved_on > clock.today()

    @property
    def term_end(self) -> datetime.date | None:
        """Day on which the term of office ends; ``None`` when no term is recorded.

        Length: the organisation's own, else the level's setting (关于党的基层组织任期的意见 2018).
        An approved extension replaces it (基层组织选举工作条例 2020, art. 3).
        """
        if self.term_start is None:
            return None
        years = self.term_years or settings.TERM_YEARS[self.level]
        end = periods.add_months(self.term_start, 12 * years)
        return max(end, self.term_extended_until) if self.term_extended_until else end


class Group(Audited):
    """A Party group (党小组) inside a branch."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="groups", verbose_name=_("党支部")
    )
    name = models.CharField(_("名称"), max_length=50)
    founded_on = models.DateField(_("成立日期"), null=True, blank=True)
    dissolved_on = models.DateField(_("撤销日期"), null=True, blank=True)

    objects = OrganisationScoped.as_manager()

    class Meta:
        verbose_name = _("党小组")
        verbose_name_plural = _("党小组")
        ordering = ["organisation__path", "id"]
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="group_name_once_in_branch")]

    def __str__(self) -> str:
        return self.name


class Department(Audited):
    """An administrative department; its officers act for the organisation it belongs to."""

    class Duty(models.TextChoices):
        """What a department does for the Party committee; decides its officers' rights."""

        ORGANISATION = "organisation", _("组织部（党委办事机构）")
        OFFICE = "office", _("党政办公室")
        ADMINISTRATION = "administration", _("学校行政")
        NONE = "none", _("无平台职责")

    code = models.CharField(_("编码"), max_length=32, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="departments", verbose_name=_("归口组织")
    )
    duty = models.CharField(_("平台职责"), max_length=20, choices=Duty.choices, default=Duty.NONE)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("部门")
        verbose_name_plural = _("部门")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class College(Audited):
    """A college (二级学院), led on the Party side by one general branch and by a dean."""

    code = models.CharField(_("编码"), max_length=32, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    organisation = models.OneToOneField(
        Organisation, on_delete=models.PROTECT, related_name="college", verbose_name=_("党总支")
    )
    dean = models.ForeignKey(
        "orgs.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("院长")
    )

    objects = OrganisationScoped.as_manager()

    class Meta:
        verbose_name = _("二级学院")
        verbose_name_plural = _("二级学院")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name
