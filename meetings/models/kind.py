"""Kinds of meetings: shipped as data, edited by the committee office."""

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.models import Audited
from orgs.models import Level


class Cadence(models.TextChoices):
    """How often the kind is owed."""

    NONE = "none", _("不定期")
    MONTHLY = "monthly", _("每月")
    QUARTERLY = "quarterly", _("每季度")
    HALF_YEARLY = "half_yearly", _("每半年")
    SEMESTER = "semester", _("每学期")
    YEARLY = "yearly", _("每年")


class DueRule(models.TextChoices):
    """When in its period it is due."""

    PERIOD_END = "period_end", _("周期末")
    NTH_WEEKDAY = "nth_weekday", _("每月固定日（第几个周几）")


class Expected(models.TextChoices):
    """Who is expected."""

    MEMBERS = "members", _("本支部全体党员")
    COMMITTEE = "committee", _("本级委员会成员")
    GROUP = "group", _("本党小组党员")
    OFFICERS_AND_SECRETARIES = "officers_and_secretaries", _("总支委员和所辖支部书记")
    OFFICERS_AND_HEADS = "officers_and_heads", _("本级委员和行政负责人")
    CHOSEN = "chosen", _("登记时选定")


class Voters(models.TextChoices):
    """Who has a vote."""

    FORMAL = "formal", _("有表决权的正式党员")
    COMMITTEE = "committee", _("委员")
    ALL = "all", _("全体应到人员")
    NONE = "none", _("不表决")


class PassBase(models.TextChoices):
    """Of whom the votes for a resolution are a share."""

    EXPECTED = "expected", _("应到会有表决权人数")
    PRESENT = "present", _("到会有表决权人数")


class MeetingKind(Audited):
    """One kind of meeting at one level, with its rules and their article."""

    class Form(models.TextChoices):
        """Which extra part the record form has."""

        MEETING = "meeting", _("会议")
        LECTURE = "lecture", _("党课（主讲人）")
        APPRAISAL = "appraisal", _("民主评议（计票）")
        TALK = "talk", _("谈心谈话（只记时间和对象）")

    class AppliesWhen(models.TextChoices):
        """Which organisations owe it."""

        ALWAYS = "always", _("全部")
        HAS_COMMITTEE = "has_committee", _("设支委会的")
        HAS_GROUPS = "has_groups", _("划分党小组的（每组一次）")
        HAS_COLLEGE = "has_college", _("二级学院的")

    code = models.SlugField(_("代码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=50)
    level = models.CharField(_("适用级别"), max_length=20, choices=Level.choices)
    form = models.CharField(_("表单"), max_length=20, choices=Form.choices, default=Form.MEETING)
    cadence = models.CharField(_("频次"), max_length=20, choices=Cadence.choices)
    times = models.PositiveSmallIntegerField(_("每周期次数"), default=1, validators=[MinValueValidator(1)])
    due_rule = models.CharField(_("到期规则"), max_length=20, choices=DueRule.choices, default=DueRule.PERIOD_END)
    due_weekday = models.PositiveSmallIntegerField(_("周几（1—7）"), null=True, blank=True)
    due_nth = models.PositiveSmallIntegerField(_("当月第几个"), null=True, blank=True)
    applies_when = models.CharField(
        _("适用条件"), max_length=20, choices=AppliesWhen.choices, default=AppliesWhen.ALWAYS
    )
    expected = models.CharField(_("应到人员"), max_length=30, choices=Expected.choices)
    voters = models.CharField(_("表决人员"), max_length=20, choices=Voters.choices)
    quorum_numerator = models.PositiveSmallIntegerField(_("法定人数分子"), null=True, blank=True)
    quorum_denominator = models.PositiveSmallIntegerField(_("法定人数分母"), null=True, blank=True)
    pass_numerator = models.PositiveSmallIntegerField(_("通过票数分子"), default=1)
    pass_denominator = models.PositiveSmallIntegerField(_("通过票数分母"), default=2)
    pass_base = models.CharField(
        _("通过票数的基数"), max_length=10, choices=PassBase.choices, default=PassBase.EXPECTED
    )
    chair_office = models.CharField(_("主持人职务"), max_length=40, blank=True, help_text=_("留空表示不限"))
    chair_may_delegate = models.BooleanField(_("可委托主持"), default=True)
    article = models.CharField(_("依据"), max_length=200, blank=True)
    article_verified = models.BooleanField(_("条文已核"), default=False)
    is_active = models.BooleanField(_("启用"), default=True)
    position = models.PositiveSmallIntegerField(_("排序"), default=0)

    class Meta:
        verbose_name = _("会议类型")
        verbose_name_plural = _("会议类型")
        ordering = ["level", "position", "id"]

    def __str__(self) -> str:
        return self.name
