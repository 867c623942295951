"""What people add to the figures: marks of reviewers, bonus, penalty, veto, exemptions of one unit."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import clock
from common.models import Audited
from scoring.models.scheme import Scheme
from scoring.querysets import OfSheet


class ReviewerSeat(Audited):
    """Who marks an indicator under a scheme, by name."""

    scheme = models.ForeignKey(Scheme, on_delete=models.CASCADE, related_name="reviewers", verbose_name=_("方案"))
    code = models.CharField(_("指标编号"), max_length=20)
    person = models.ForeignKey(
        "orgs.Person", on_delete=models.PROTECT, related_name="reviewer_seats", verbose_name=_("评分人")
    )

    objects = OfSheet.as_manager("scheme__organisation")

    class Meta:
        verbose_name = _("评分人")
        verbose_name_plural = _("评分人")
        ordering = ["scheme", "code", "id"]
        constraints = [models.UniqueConstraint(fields=["scheme", "code", "person"], name="reviewer_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.person_id}"


class Mark(Audited):
    """One reviewer's finding on one indicator of one organisation: a level, items, or events; always with a reason."""

    scheme = models.ForeignKey(Scheme, on_delete=models.CASCADE, related_name="marks", verbose_name=_("方案"))
    organisation = models.ForeignKey(
        "orgs.Organisation", on_delete=models.PROTECT, related_name="marks", verbose_name=_("被考核组织")
    )
    code = models.CharField(_("指标编号"), max_length=20)
    level = models.CharField(_("档次"), max_length=40, blank=True)
    checked = models.JSONField(_("逐条核对"), default=dict, blank=True, help_text=_("条目代码 → 是否做到"))
    events = models.JSONField(_("查实事项"), null=True, blank=True, help_text=_("事项 → 次数；空对象表示已查、没有"))
    reason = models.CharField(_("理由"), max_length=500)
    reviewer = models.ForeignKey(
        "orgs.Person", on_delete=models.PROTECT, related_name="marks_given", verbose_name=_("评分人")
    )
    marked_on = models.DateField(_("评分日期"), default=clock.today)

    objects = OfSheet.as_manager()

    class Meta:
        verbose_name = _("人工评分")
        verbose_name_plural = _("人工评分")
        ordering = ["scheme", "code", "organisation__path"]
        constraints = [models.UniqueConstraint(fields=["scheme", "organisation", "code"], name="one_mark_each")]

    def __str__(self) -> str:
        return f"{self.code}@{self.organisation_id}"


class BonusClaim(Audited):
    """A bonus asked for with its proof. Of one achievement only the highest award counts."""

    class State(models.TextChoices):
        """What became of it."""

        CLAIMED = "claimed", _("待核定")
        ACCEPTED = "accepted", _("已核定")
        REFUSED = "refused", _("未认定")
        WITHDRAWN = "withdrawn", _("已撤回")

    scheme = models.ForeignKey(Scheme, on_delete=models.CASCADE, related_name="bonus_claims", verbose_name=_("方案"))
    organisation = models.ForeignKey(
        "orgs.Organisation", on_delete=models.PROTECT, related_name="bonus_claims", verbose_name=_("申报组织")
    )
    code = models.CharField(_("加分项"), max_length=20)
    achievement = models.CharField(_("成果名称"), max_length=100, help_text=_("同一成果逐级获奖请填同一名称，只取最高"))
    document_number = models.CharField(_("文件编号"), max_length=100)
    issuer = models.CharField(_("发文单位"), max_length=100)
    issued_on = models.DateField(_("公布日期"))
    note = models.CharField(_("说明"), max_length=500, blank=True)
    file = models.FileField(_("扫描件"), upload_to="scoring/%Y/", max_length=200, blank=True)
    file_name = models.CharField(_("文件名"), max_length=200, blank=True)
    content_type = models.CharField(_("类型"), max_length=100, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.CLAIMED)
    claimed_by = models.ForeignKey("orgs.Person", on_delete=models.PROTECT, related_name="+", verbose_name=_("申报人"))
    decided_by = models.ForeignKey(
        "orgs.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("核定人")
    )
    decision = models.CharField(_("核定意见"), max_length=500, blank=True)

    objects = OfSheet.as_manager()

    class Meta:
        verbose_name = _("加分申报")
        verbose_name_plural = _("加分申报")
        ordering = ["scheme", "organisation__path", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "organisation", "code", "document_number"],
                condition=Q(state__in=("claimed", "accepted")),
                name="bonus_claimed_once",
            )
        ]

    def __str__(self) -> str:
        return self.achievement


class PenaltyEntry(Audited):
    """Points taken for something that happened, with the document that says so."""

    scheme = models.ForeignKey(Scheme, on_delete=models.CASCADE, related_name="penalties", verbose_name=_("方案"))
    organisation = models.ForeignKey(
        "orgs.Organisation", on_delete=models.PROTECT, related_name="penalties", verbose_name=_("被考核组织")
    )
    code = models.CharField(_("扣分项"), max_length=20)
    times = models.PositiveSmallIntegerField(_("次数"), default=1)
    happened_on = models.DateField(_("发生日期"))
    reason = models.CharField(_("事由和依据"), max_length=500)
    registered_by = models.ForeignKey(
        "orgs.Person", on_delete=models.PROTECT, related_name="+", verbose_name=_("登记人")
    )
    withdrawn_reason = models.CharField(_("撤销原因"), max_length=500, blank=True)
    is_withdrawn = models.BooleanField(_("已撤销"), default=False)

    objects = OfSheet.as_manager()

    class Meta:
        verbose_name = _("扣分")
        verbose_name_plural = _("扣分")
        ordering = ["scheme", "organisation__path", "id"]
        constraints = [models.CheckConstraint(condition=Q(times__gte=1), name="penalty_at_least_once")]

    def __str__(self) -> str:
        return f"{self.code}@{self.organisation_id}"


class VetoEntry(Audited):
    """A veto: only with the decision of the committee that the scheme names."""

    scheme = models.ForeignKey(Scheme, on_delete=models.CASCADE, related_name="vetoes", verbose_name=_("方案"))
    organisation = models.ForeignKey(
        "orgs.Organisation", on_delete=models.PROTECT, related_name="vetoes", verbose_name=_("被考核组织")
    )
    code = models.CharField(_("否决项"), max_length=20)
    reason = models.CharField(_("事由"), max_length=500)
    decision = models.ForeignKey(
        "meetings.Section", on_delete=models.PROTECT, related_name="+", verbose_name=_("作出认定的会议")
    )
    registered_by = models.ForeignKey(
        "orgs.Person", on_delete=models.PROTECT, related_name="+", verbose_name=_("登记人")
    )
    is_withdrawn = models.BooleanField(_("已撤销"), default=False)
    withdrawn_reason = models.CharField(_("撤销原因"), max_length=500, blank=True)

    objects = OfSheet.as_manager()

    class Meta:
        verbose_name = _("一票否决")
        verbose_name_plural = _("一票否决")
        ordering = ["scheme", "organisation__path", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "organisation", "code"], condition=Q(is_withdrawn=False), name="vetoed_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code}@{self.organisation_id}"


class UnitExemption(Audited):
    """One organisation need not be marked on one indicator: asked with a reason, approved by somebody above."""

    class State(models.TextChoices):
        """What became of it."""

        ASKED = "asked", _("待审批")
        APPROVED = "approved", _("已批准")
        REFUSED = "refused", _("未批准")

    scheme = models.ForeignKey(Scheme, on_delete=models.CASCADE, related_name="exemptions", verbose_name=_("方案"))
    organisation = models.ForeignKey(
        "orgs.Organisation", on_delete=models.PROTECT, related_name="exemptions", verbose_name=_("被考核组织")
    )
    code = models.CharField(_("指标编号"), max_length=20)
    reason = models.CharField(_("理由"), max_length=500)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.ASKED)
    asked_by = models.ForeignKey("orgs.Person", on_delete=models.PROTECT, related_name="+", verbose_name=_("申请人"))
    decided_by = models.ForeignKey(
        "orgs.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("审批人")
    )
    decided_on = models.DateField(_("审批日期"), null=True, blank=True)
    decision = models.CharField(_("审批意见"), max_length=500, blank=True)

    objects = OfSheet.as_manager()

    class Meta:
        verbose_name = _("免计申请")
        verbose_name_plural = _("免计申请")
        ordering = ["scheme", "organisation__path", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "organisation", "code"],
                condition=Q(state__in=("asked", "approved")),
                name="exempted_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.code}@{self.organisation_id}"
