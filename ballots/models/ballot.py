"""A ballot, the groups of people who vote, and the units that are judged."""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ballots import states
from ballots.counting import SMALLEST_POOL
from ballots.querysets import BallotQuerySet
from common.models import Audited


class Scope(models.TextChoices):
    """Which units the people of a group judge (survey_ballot_rules: peer groups do not judge their own)."""

    OTHERS = "others", _("不评本单位（互评）")
    OWN = "own", _("只评本单位")
    ALL = "all", _("评全部单位")


class Source(models.TextChoices):
    """Which rule fills a group when the ballot opens, beside the people picked one by one."""

    PICKED = "", _("只有逐个选的人")
    COMMITTEE = "committee", _("组织方的委员（含书记、副书记）")
    DEPARTMENT_HEADS = "department_heads", _("组织方各部门的负责人")
    SECRETARIES = "secretaries", _("被测评单位的书记")
    MEMBERS = "members", _("被测评单位的党员")


class Ballot(Audited):
    """One anonymous ballot of an organisation about one or several units.

    ``subject_key`` says what it is for to whoever asks (``GB-2026:7.1``); this room never reads it. ``grades`` are
    pairs of word and points, the best first; a list, since a database does not keep the order of a map.
    """

    class State(models.TextChoices):
        """draft → open → closed (waits for paper) → counted; cancelled from each but counted."""

        DRAFT = states.DRAFT, _("草稿")
        OPEN = states.OPEN, _("投票中")
        CLOSED = states.CLOSED, _("已截止，待计票")
        COUNTED = states.COUNTED, _("已计票")
        CANCELLED = states.CANCELLED, _("已作废")

    title = models.CharField(_("名称"), max_length=100)
    purpose = models.TextField(_("说明"), max_length=1000, blank=True)
    subject_key = models.CharField(_("考核指标"), max_length=60, blank=True)
    organisation = models.ForeignKey(
        "orgs.Organisation", on_delete=models.PROTECT, related_name="ballots", verbose_name=_("组织方")
    )
    opens_on = models.DateField(_("开始日期"))
    closes_on = models.DateField(_("截止日期"))
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.DRAFT)
    min_ballots = models.PositiveSmallIntegerField(
        _("最少有效票"), default=7, validators=[MinValueValidator(SMALLEST_POOL)]
    )
    grades = models.JSONField(_("等次"), default=list)
    created_by = models.ForeignKey("orgs.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("创建人"))
    reason = models.CharField(_("作废原因"), max_length=300, blank=True)

    objects = BallotQuerySet.as_manager()

    class Meta:
        verbose_name = _("测评")
        verbose_name_plural = _("测评")
        ordering = ["-opens_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_on__gte=models.F("opens_on")), name="ballot_closes_after_opening"
            ),
            models.CheckConstraint(condition=Q(min_ballots__gte=SMALLEST_POOL), name="ballot_minimum"),
            models.UniqueConstraint(
                fields=["subject_key", "organisation"],
                condition=~Q(subject_key="") & ~Q(state=states.CANCELLED),
                name="ballot_subject_key_once",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def words(self) -> list[str]:
        """The grades, the best first."""
        return [str(word) for word, _points in self.grades]

    @property
    def points(self) -> list[Decimal]:
        """What each grade is worth."""
        return [Decimal(str(points)) for _word, points in self.grades]


class BallotGroup(Audited):
    """People whose votes count together with one weight; ``position`` decides which neighbours are merged."""

    ballot = models.ForeignKey(Ballot, on_delete=models.CASCADE, related_name="groups", verbose_name=_("测评"))
    position = models.PositiveSmallIntegerField(_("次序"))
    name = models.CharField(_("人群"), max_length=50)
    weight = models.DecimalField(_("权重"), max_digits=5, decimal_places=4)
    scope = models.CharField(_("评哪些单位"), max_length=10, choices=Scope.choices, default=Scope.OTHERS)
    source = models.CharField(_("谁有票"), max_length=20, choices=Source.choices, blank=True, default=Source.PICKED)

    class Meta:
        verbose_name = _("投票人群")
        verbose_name_plural = _("投票人群")
        ordering = ["ballot_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["ballot", "name"], name="ballot_group_named_once"),
            models.CheckConstraint(condition=Q(weight__gt=0, weight__lte=1), name="ballot_group_weight"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def recuses(self) -> bool:
        """Whether its people do not judge their own unit."""
        return self.scope == Scope.OTHERS


class BallotSubject(Audited):
    """A unit that is judged; once counted with the number of ballots and, if there are enough, the weighted mean.

    ``mean``: 0 to 100 and unrounded as far as the column goes; whoever makes a score of it rounds.
    """

    ballot = models.ForeignKey(Ballot, on_delete=models.CASCADE, related_name="subjects", verbose_name=_("测评"))
    organisation = models.ForeignKey(
        "orgs.Organisation", on_delete=models.PROTECT, related_name="ballots_about", verbose_name=_("被测评单位")
    )
    ballots = models.PositiveIntegerField(_("有效票"), null=True, blank=True)
    mean = models.DecimalField(_("加权平均"), max_digits=13, decimal_places=10, null=True, blank=True)

    class Meta:
        verbose_name = _("被测评单位")
        verbose_name_plural = _("被测评单位")
        ordering = ["ballot_id", "organisation__path"]
        constraints = [models.UniqueConstraint(fields=["ballot", "organisation"], name="ballot_subject_once")]

    def __str__(self) -> str:
        return f"{self.ballot_id}:{self.organisation_id}"
