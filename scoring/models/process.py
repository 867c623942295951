"""The yearly process: what the unit says of itself, objections, and corrections with their trace."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import clock
from common.models import Audited
from scoring.models.scheme import Scheme
from scoring.querysets import OfSheet


class SelfStatement(Audited):
    """单位自评: words only, no material twice; at most 3,000 characters, a quarter of them on what is lacking."""

    class State(models.TextChoices):
        """draft → submitted."""

        DRAFT = "draft", _("草稿")
        SUBMITTED = "submitted", _("已提交")

    scheme = models.ForeignKey(Scheme, on_delete=models.CASCADE, related_name="statements", verbose_name=_("方案"))
    organisation = models.ForeignKey(
        "orgs.Organisation", on_delete=models.PROTECT, related_name="statements", verbose_name=_("自评组织")
    )
    achieved = models.TextField(_("主要工作"), blank=True)
    lacking = models.TextField(_("存在问题和改进"), blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(_("保存次数"), default=1)
    submitted_by = models.ForeignKey(
        "orgs.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("提交人")
    )
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True)

    objects = OfSheet.as_manager()

    class Meta:
        verbose_name = _("单位自评")
        verbose_name_plural = _("单位自评")
        ordering = ["scheme", "organisation__path"]
        constraints = [models.UniqueConstraint(fields=["scheme", "organisation"], name="one_statement_each")]

    def __str__(self) -> str:
        return f"{self.scheme_id}@{self.organisation_id}"


class Objection(Audited):
    """An objection to one indicator of a published sheet, answered by somebody who did not mark it."""

    class State(models.TextChoices):
        """filed → upheld / corrected; or returned for a new mark, then upheld / corrected; or withdrawn."""

        FILED = "filed", _("待复核")
        UPHELD = "upheld", _("维持原得分")
        CORRECTED = "corrected", _("更正")
        RETURNED = "returned", _("退回重评")
        WITHDRAWN = "withdrawn", _("已撤回")

    scheme = models.ForeignKey(Scheme, on_delete=models.CASCADE, related_name="objections", verbose_name=_("方案"))
    organisation = models.ForeignKey(
        "orgs.Organisation", on_delete=models.PROTECT, related_name="objections", verbose_name=_("申诉组织")
    )
    code = models.CharField(_("指标编号"), max_length=20)
    current = models.DecimalField(_("现得分"), max_digits=6, decimal_places=2, null=True, blank=True)
    asked = models.DecimalField(_("申请得分"), max_digits=6, decimal_places=2)
    reason = models.CharField(_("理由"), max_length=1000)
    evidence = models.CharField(_("新证据"), max_length=500, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.FILED)
    filed_by = models.ForeignKey("orgs.Person", on_delete=models.PROTECT, related_name="+", verbose_name=_("申诉人"))
    filed_on = models.DateField(_("申诉日期"), default=clock.today)
    answer_by = models.DateField(_("答复期限"), null=True, blank=True)
    reviewer = models.ForeignKey(
        "orgs.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("复核人")
    )
    answer = models.CharField(_("复核答复"), max_length=1000, blank=True)
    answered_on = models.DateField(_("答复日期"), null=True, blank=True)
    remarked_by = models.ForeignKey(
        "orgs.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("重评人")
    )
    remarked_on = models.DateField(_("重评日期"), null=True, blank=True)
    remark = models.CharField(_("重评结果"), max_length=1000, blank=True)

    objects = OfSheet.as_manager()

    class Meta:
        verbose_name = _("申诉")
        verbose_name_plural = _("申诉")
        ordering = ["scheme", "organisation__path", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "organisation", "code"], condition=Q(state="filed"), name="one_open_objection_each"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code}@{self.organisation_id}"


class Correction(Audited):
    """A figure corrected after an objection: replaces what the records give, and says so on the sheet."""

    scheme = models.ForeignKey(Scheme, on_delete=models.CASCADE, related_name="corrections", verbose_name=_("方案"))
    organisation = models.ForeignKey(
        "orgs.Organisation", on_delete=models.PROTECT, related_name="corrections", verbose_name=_("被考核组织")
    )
    code = models.CharField(_("指标编号"), max_length=20)
    old = models.DecimalField(_("原得分"), max_digits=12, decimal_places=6, null=True, blank=True)
    new = models.DecimalField(_("更正得分"), max_digits=6, decimal_places=2)
    reason = models.CharField(_("更正理由"), max_length=1000)
    objection = models.OneToOneField(
        Objection, on_delete=models.PROTECT, related_name="correction", verbose_name=_("所依据的申诉")
    )
    corrected_by = models.ForeignKey(
        "orgs.Person", on_delete=models.PROTECT, related_name="+", verbose_name=_("更正人")
    )
    corrected_on = models.DateField(_("更正日期"), default=clock.today)

    objects = OfSheet.as_manager()

    class Meta:
        verbose_name = _("更正")
        verbose_name_plural = _("更正")
        ordering = ["scheme", "organisation__path", "id"]

    def __str__(self) -> str:
        return f"{self.code}@{self.organisation_id}"


class TieVote(Audited):
    """The committee's vote on units that the rules cannot tell apart (tie_break: 党委会票决). ``place``: 1 goes first.

    ``number`` is the same for all units of one vote; ``total`` is the one they were tied at, and the vote holds for it only.
    """

    scheme = models.ForeignKey(Scheme, on_delete=models.CASCADE, related_name="tie_votes", verbose_name=_("方案"))
    organisation = models.ForeignKey(
        "orgs.Organisation", on_delete=models.PROTECT, related_name="tie_votes", verbose_name=_("被考核组织")
    )
    number = models.PositiveSmallIntegerField(_("第几次票决"))
    total = models.DecimalField(_("并列得分"), max_digits=6, decimal_places=2)
    place = models.PositiveSmallIntegerField(_("票决次序"))
    among = models.PositiveSmallIntegerField(_("并列单位数"))
    decision = models.CharField(_("票决依据"), max_length=200)
    decided_on = models.DateField(_("票决日期"))
    entered_by = models.ForeignKey("orgs.Person", on_delete=models.PROTECT, related_name="+", verbose_name=_("登记人"))

    objects = OfSheet.as_manager()

    class Meta:
        verbose_name = _("并列票决")
        verbose_name_plural = _("并列票决")
        ordering = ["scheme", "place", "organisation__path"]
        constraints = [models.UniqueConstraint(fields=["scheme", "organisation"], name="one_tie_vote_each")]

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.place}/{self.among}"
