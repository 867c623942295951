"""Who may vote, and who has; never what."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ballots.models.ballot import Ballot, BallotGroup
from common.models import Audited


class Elector(models.Model):
    """A person with an account who may vote, in one group of a ballot. Before the opening: the people picked.

    ``unit``: the judged unit that the person belongs to, where the group judges only its own.
    """

    ballot = models.ForeignKey(Ballot, on_delete=models.CASCADE, related_name="electors", verbose_name=_("测评"))
    group = models.ForeignKey(BallotGroup, on_delete=models.CASCADE, related_name="electors", verbose_name=_("人群"))
    person = models.ForeignKey(
        "orgs.Person", on_delete=models.PROTECT, related_name="ballots_entitled", verbose_name=_("投票人")
    )
    unit = models.ForeignKey(
        "orgs.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("单位")
    )

    class Meta:
        verbose_name = _("投票人")
        verbose_name_plural = _("投票人")
        ordering = ["group__position", "person__number"]
        constraints = [models.UniqueConstraint(fields=["ballot", "person"], name="ballot_elector_once")]

    def __str__(self) -> str:
        return f"{self.ballot_id}:{self.person_id}"


class Allotment(Audited):
    """How many people without an account vote in a group, by code or on paper; ``unit``: to which unit they belong."""

    group = models.ForeignKey(BallotGroup, on_delete=models.CASCADE, related_name="allotments", verbose_name=_("人群"))
    unit = models.ForeignKey(
        "orgs.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("单位")
    )
    codes = models.PositiveSmallIntegerField(_("投票码"), default=0)
    papers = models.PositiveSmallIntegerField(_("纸质票"), default=0)
    printed_on = models.DateField(_("投票码打印日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("无账号人员的票数")
        verbose_name_plural = _("无账号人员的票数")
        ordering = ["group__position", "unit__path", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "unit"], condition=Q(unit__isnull=False), name="ballot_allotment_of_unit_once"
            ),
            models.UniqueConstraint(fields=["group"], condition=Q(unit__isnull=True), name="ballot_allotment_once"),
        ]

    def __str__(self) -> str:
        return f"{self.group_id}:{self.unit_id}"


class Code(models.Model):
    """A code that votes once. Kept are its first signs, to find it, and a salted digest; the code itself nowhere."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    allotment = models.ForeignKey(Allotment, on_delete=models.CASCADE, related_name="printed", verbose_name=_("票数"))
    locator = models.CharField(_("投票码前段"), max_length=4, unique=True)
    salt = models.CharField(_("盐"), max_length=32)
    digest = models.CharField(_("摘要"), max_length=64)

    class Meta:
        verbose_name = _("投票码")
        verbose_name_plural = _("投票码")
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.id)


class HasVoted(models.Model):
    """That a person, or a code, has voted: the ballot cannot be given twice. No time, no choice, no serial number."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ballot = models.ForeignKey(Ballot, on_delete=models.CASCADE, related_name="voted", verbose_name=_("测评"))
    person = models.ForeignKey(
        "orgs.Person", null=True, on_delete=models.PROTECT, related_name="ballots_voted", verbose_name=_("投票人")
    )
    code = models.OneToOneField(
        Code, null=True, on_delete=models.PROTECT, related_name="voted", verbose_name=_("投票码")
    )

    class Meta:
        verbose_name = _("已投票")
        verbose_name_plural = _("已投票")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["ballot", "person"], name="ballot_voted_once"),
            models.CheckConstraint(
                condition=Q(person__isnull=True, code__isnull=False) | Q(person__isnull=False, code__isnull=True),
                name="ballot_voted_by_person_or_code",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
