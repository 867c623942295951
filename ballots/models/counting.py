"""The counters of an open ballot, sealed; paper results; and what is left when it has been counted."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ballots.models.ballot import BallotGroup, BallotSubject
from ballots.models.voters import Allotment
from common.models import Audited


class Urn(models.Model):
    """The seal of one group's counters. It changes with every vote, and with it every counter of the group.

    A vote locks this row; counting locks them all. Not audited, and gone once the ballot is counted.
    """

    group = models.OneToOneField(BallotGroup, on_delete=models.CASCADE, related_name="urn", verbose_name=_("人群"))
    seal = models.CharField(_("封签"), max_length=32)

    class Meta:
        verbose_name = _("票箱")
        verbose_name_plural = _("票箱")

    def __str__(self) -> str:
        return str(self.group_id)


class Tally(models.Model):
    """One counter: how often a grade was given to a unit by a group. All of them are made when the ballot opens.

    ``grade``: place in ``Ballot.grades``; the one after the last is 弃权. ``sealed``: the count plus a pad that only the
    server's secret gives (``ballots.sealing``). Never a row per vote, never a time.
    """

    group = models.ForeignKey(BallotGroup, on_delete=models.CASCADE, related_name="tallies", verbose_name=_("人群"))
    subject = models.ForeignKey(BallotSubject, on_delete=models.CASCADE, related_name="tallies", verbose_name=_("单位"))
    grade = models.PositiveSmallIntegerField(_("等次"))
    sealed = models.BigIntegerField(_("封存的计数"))

    class Meta:
        verbose_name = _("计数")
        verbose_name_plural = _("计数")
        ordering = ["group_id", "subject_id", "grade"]
        constraints = [models.UniqueConstraint(fields=["group", "subject", "grade"], name="ballot_tally_once")]

    def __str__(self) -> str:
        return f"{self.group_id}:{self.subject_id}:{self.grade}"


class PaperResult(Audited):
    """That the paper of some people was counted: by whom, before whom, how many. The counts are in ``PaperCount``."""

    class State(models.TextChoices):
        """valid → cancelled (with a reason; then it may be counted anew)."""

        VALID = "valid", _("有效")
        CANCELLED = "cancelled", _("已撤销")

    allotment = models.ForeignKey(
        Allotment, on_delete=models.CASCADE, related_name="paper_results", verbose_name=_("票数")
    )
    papers = models.PositiveSmallIntegerField(_("收回票数"))
    counter = models.ForeignKey("orgs.Person", on_delete=models.PROTECT, related_name="+", verbose_name=_("计票人"))
    witness = models.ForeignKey("orgs.Person", on_delete=models.PROTECT, related_name="+", verbose_name=_("监票人"))
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.VALID)
    reason = models.CharField(_("撤销原因"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("纸质票结果")
        verbose_name_plural = _("纸质票结果")
        ordering = ["allotment_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["allotment"], condition=Q(state="valid"), name="ballot_paper_once"),
            models.CheckConstraint(condition=~Q(counter=F("witness")), name="ballot_paper_by_two"),
        ]

    def __str__(self) -> str:
        return f"{self.allotment_id}:{self.state}"


class PaperCount(models.Model):
    """The sealed counts of a paper result, unit by unit and grade by grade; gone once counted or cancelled."""

    paper = models.OneToOneField(
        PaperResult, on_delete=models.CASCADE, related_name="count", verbose_name=_("纸质票结果")
    )
    seal = models.CharField(_("封签"), max_length=32)
    sealed = models.JSONField(_("封存的计数"))

    class Meta:
        verbose_name = _("纸质票计数")
        verbose_name_plural = _("纸质票计数")

    def __str__(self) -> str:
        return str(self.paper_id)


class GroupResult(models.Model):
    """What a group, or several small ones together, gave a unit: five ballots at least. Written once, by counting."""

    subject = models.ForeignKey(BallotSubject, on_delete=models.CASCADE, related_name="results", verbose_name=_("单位"))
    position = models.PositiveSmallIntegerField(_("次序"))
    name = models.CharField(_("人群"), max_length=500)
    weight = models.DecimalField(_("权重"), max_digits=5, decimal_places=4)
    mean = models.DecimalField(_("平均"), max_digits=13, decimal_places=10)
    ballots = models.PositiveIntegerField(_("票数"))
    counts = models.JSONField(_("各等次票数"))
    is_merged = models.BooleanField(_("几个人群合并"))

    class Meta:
        verbose_name = _("人群结果")
        verbose_name_plural = _("人群结果")
        ordering = ["subject_id", "position"]
        constraints = [models.UniqueConstraint(fields=["subject", "position"], name="ballot_result_once")]

    def __str__(self) -> str:
        return f"{self.subject_id}:{self.position}"
