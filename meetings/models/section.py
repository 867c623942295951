"""Sections of a gathering (kind × organisation): roll, votes, what was agreed, and every confirmed version."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common import clock
from common.models import Audited
from meetings.models.gathering import Gathering
from meetings.models.kind import MeetingKind
from meetings.querysets import SectionQuerySet


class Section(Audited):
    """One kind of meeting of one organisation within a gathering; the unit that is confirmed and counted."""

    class State(models.TextChoices):
        """planned → draft → confirmed → returned (→ confirmed again) / cancelled."""

        PLANNED = "planned", _("计划")
        DRAFT = "draft", _("草稿")
        CONFIRMED = "confirmed", _("已确认")
        RETURNED = "returned", pgettext_lazy("state", "退回")
        CANCELLED = "cancelled", _("取消")

    gathering = models.ForeignKey(
        Gathering, on_delete=models.CASCADE, related_name="sections", verbose_name=_("会议记录")
    )
    kind = models.ForeignKey(MeetingKind, on_delete=models.PROTECT, related_name="sections", verbose_name=_("类型"))
    organisation = models.ForeignKey(
        "orgs.Organisation", on_delete=models.PROTECT, related_name="sections", verbose_name=_("组织")
    )
    group = models.ForeignKey(
        "orgs.Group", null=True, blank=True, on_delete=models.PROTECT, related_name="sections", verbose_name=_("党小组")
    )
    held_on = models.DateField(_("日期"))
    period_code = models.CharField(_("计入周期"), max_length=20, blank=True, help_text=_("补开时为原周期"))
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.PLANNED)
    chair = models.ForeignKey(
        "orgs.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("主持人")
    )
    delegation_note = models.CharField(_("委托说明"), max_length=200, blank=True)
    recorder = models.ForeignKey(
        "orgs.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("记录人")
    )
    study_hours = models.DecimalField(_("学时"), max_digits=4, decimal_places=1, default=0)
    topics = models.JSONField(_("专题标记"), default=list, blank=True)
    late_reason = models.CharField(_("补录原因"), max_length=300, blank=True)
    is_late_entry = models.BooleanField(_("补录"), default=False)
    ready_at = models.DateTimeField(_("提请核定时间"), null=True, blank=True)
    ready_by = models.ForeignKey(
        "orgs.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("提请人")
    )
    confirmed_at = models.DateTimeField(_("核定时间"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        "orgs.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("核定人")
    )
    return_reason = models.CharField(_("退回原因"), max_length=500, blank=True)
    cancel_reason = models.CharField(_("取消原因"), max_length=500, blank=True)
    version = models.PositiveIntegerField(_("记录版本"), default=0)
    expected_count = models.PositiveIntegerField(_("应到"), default=0)
    present_count = models.PositiveIntegerField(_("实到"), default=0)
    leave_count = models.PositiveIntegerField(_("请假"), default=0)
    absent_count = models.PositiveIntegerField(_("缺席"), default=0)
    voting_base = models.PositiveIntegerField(_("表决基数"), default=0)
    present_voters = models.PositiveIntegerField(_("到会有表决权人数"), default=0)
    quorum_needed = models.PositiveIntegerField(_("法定人数"), null=True, blank=True)
    is_quorate = models.BooleanField(_("达到法定人数"), null=True, blank=True)
    rule_text = models.CharField(_("判定说明"), max_length=300, blank=True)

    objects = SectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("议程段")
        verbose_name_plural = _("议程段")
        ordering = ["-held_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["gathering", "kind", "organisation"],
                condition=Q(group__isnull=True),
                name="section_once_in_gathering",
            ),
            models.UniqueConstraint(
                fields=["gathering", "kind", "organisation", "group"],
                condition=Q(group__isnull=False),
                name="group_section_once_in_gathering",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "held_on"], name="section_org_day"),
            models.Index(fields=["kind", "organisation", "period_code"], name="section_kind_period"),
            models.Index(fields=["state", "held_on"], name="section_state_day"),
        ]

    def __str__(self) -> str:
        return f"{self.kind_id}@{self.organisation_id} {self.held_on}"


class Attendance(models.Model):
    """One person's place on the roll of a section; of a talk, one who took part. Guests are not on the roll."""

    class Mark(models.TextChoices):
        """Everyone has one before the record is confirmed."""

        PRESENT = "present", _("到会")
        LEAVE = "leave", _("请假")
        ABSENT = "absent", _("缺席")

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="attendance", verbose_name=_("议程段"))
    person = models.ForeignKey(
        "orgs.Person", on_delete=models.PROTECT, related_name="attendance", verbose_name=_("人员")
    )
    may_vote = models.BooleanField(_("有表决权"), default=False)
    is_excused = models.BooleanField(_("不作硬性要求"), default=False)
    mark = models.CharField(_("到会情况"), max_length=10, choices=Mark.choices)
    leave_reason = models.CharField(_("请假原因"), max_length=100, blank=True)
    leave_approver = models.ForeignKey(
        "orgs.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("批准人")
    )

    class Meta:
        verbose_name = _("到会")
        verbose_name_plural = _("到会")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["section", "person"], name="once_on_the_roll")]

    def __str__(self) -> str:
        return f"{self.person_id}:{self.mark}"


class Guest(models.Model):
    """Somebody present who is not on the roll (列席): a known person or just a name and post."""

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="guests", verbose_name=_("议程段"))
    person = models.ForeignKey(
        "orgs.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("人员")
    )
    name = models.CharField(_("姓名"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("列席人员")
        verbose_name_plural = _("列席人员")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(person__isnull=False) | ~Q(name=""), name="guest_is_somebody")
        ]

    def __str__(self) -> str:
        return self.name


class Resolution(models.Model):
    """A resolution with its votes; result and base are computed when the record is confirmed."""

    class Method(models.TextChoices):
        """How the vote was taken."""

        HANDS = "hands", _("举手")
        BALLOT = "ballot", _("无记名投票")

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="resolutions", verbose_name=_("议程段"))
    text = models.TextField(_("决议"))
    is_election = models.BooleanField(_("选举"), default=False)
    method = models.CharField(_("表决方式"), max_length=10, choices=Method.choices, default=Method.HANDS)
    yes = models.PositiveIntegerField(_("赞成"), default=0)
    no = models.PositiveIntegerField(_("反对"), default=0)
    abstain = models.PositiveIntegerField(_("弃权"), default=0)
    passed = models.BooleanField(_("通过"), default=False)
    rule_text = models.CharField(_("判定说明"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("决议")
        verbose_name_plural = _("决议")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text[:30]


class AgreedItem(models.Model):
    """Something agreed, with owner and date; it becomes a Task when the record is confirmed."""

    section = models.ForeignKey(
        Section, on_delete=models.CASCADE, related_name="agreed_items", verbose_name=_("议程段")
    )
    text = models.CharField(_("议定事项"), max_length=200)
    owner = models.ForeignKey("orgs.Person", on_delete=models.PROTECT, related_name="+", verbose_name=_("负责人"))
    due_on = models.DateField(_("期限"))
    task = models.OneToOneField(
        "tasks.Task", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("事项")
    )

    class Meta:
        verbose_name = _("议定事项")
        verbose_name_plural = _("议定事项")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text


class AppraisalResult(models.Model):
    """Counted result of the democratic appraisal of one member; close to the person (DESIGN.md §5)."""

    class Grade(models.TextChoices):
        """Grades (R-APPRAISE-1); probationary members take part without a grade."""

        EXCELLENT = "excellent", _("优秀")
        QUALIFIED = "qualified", _("合格")
        BASICALLY = "basically", _("基本合格")
        UNQUALIFIED = "unqualified", _("不合格")
        NONE = "none", _("不评等次")

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="appraisals", verbose_name=_("议程段"))
    person = models.ForeignKey(
        "orgs.Person", on_delete=models.PROTECT, related_name="appraisals", verbose_name=_("党员")
    )
    excellent = models.PositiveIntegerField(_("优秀票"), default=0)
    qualified = models.PositiveIntegerField(_("合格票"), default=0)
    basically = models.PositiveIntegerField(_("基本合格票"), default=0)
    unqualified = models.PositiveIntegerField(_("不合格票"), default=0)
    grade = models.CharField(_("评定等次"), max_length=15, choices=Grade.choices)

    class Meta:
        verbose_name = _("评议结果")
        verbose_name_plural = _("评议结果")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["section", "person"], name="appraised_once")]

    def __str__(self) -> str:
        return f"{self.person_id}:{self.grade}"


class SectionVersion(models.Model):
    """A confirmed version of a section, whole, as it stood; never changed."""

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="versions", verbose_name=_("议程段"))
    number = models.PositiveIntegerField(_("版本"))
    data = models.JSONField(_("内容"))
    reason = models.CharField(_("修改原因"), max_length=300, blank=True)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("核定人")
    )
    saved_at = models.DateTimeField(_("核定时间"), default=clock.now)

    class Meta:
        verbose_name = _("记录版本")
        verbose_name_plural = _("记录版本")
        ordering = ["section_id", "number"]
        constraints = [models.UniqueConstraint(fields=["section", "number"], name="version_number_once")]

    def __str__(self) -> str:
        return f"{self.section_id} v{self.number}"
