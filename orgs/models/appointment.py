"""Offices that people hold, with their terms; the source of every right."""

import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import clock
from common.models import Audited
from orgs.querysets import AppointmentQuerySet


class Office(models.TextChoices):
    """Offices in Party organisations and departments."""

    SECRETARY = "secretary", _("书记")
    DEPUTY = "deputy", _("副书记")
    DISCIPLINE_SECRETARY = "discipline_secretary", _("纪委书记")
    ORGANISATION_COMMISSIONER = "organisation_commissioner", _("组织委员")
    PUBLICITY_COMMISSIONER = "publicity_commissioner", _("宣传委员")
    DISCIPLINE_COMMISSIONER = "discipline_commissioner", _("纪检委员")
    MEMBER = "member", _("委员")
    GROUP_LEADER = "group_leader", _("党小组组长")
    HEAD = "head", _("负责人")
    STAFF = "staff", _("工作人员")
    PRINCIPAL = "principal", _("校长")


ORGANISATION_OFFICES = (
    Office.SECRETARY,
    Office.DEPUTY,
    Office.DISCIPLINE_SECRETARY,
    Office.ORGANISATION_COMMISSIONER,
    Office.PUBLICITY_COMMISSIONER,
    Office.DISCIPLINE_COMMISSIONER,
    Office.MEMBER,
    Office.GROUP_LEADER,
)
DEPARTMENT_OFFICES = (Office.HEAD, Office.STAFF, Office.PRINCIPAL)
COMMITTEE_OFFICES = tuple(office for office in ORGANISATION_OFFICES if office != Office.GROUP_LEADER)


class Appointment(Audited):
    """A person holds an office in an organisation or a department; ``ended_on`` is the last day in office."""

    person = models.ForeignKey(
        "orgs.Person", on_delete=models.PROTECT, related_name="appointments", verbose_name=_("人员")
    )
    organisation = models.ForeignKey(
        "orgs.Organisation",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="appointments",
        verbose_name=_("党组织"),
    )
    group = models.ForeignKey(
        "orgs.Group",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="appointments",
        verbose_name=_("党小组"),
    )
    department = models.ForeignKey(
        "orgs.Department",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="appointments",
        verbose_name=_("部门"),
    )
    office = models.CharField(_("职务"), max_length=40, choices=Office.choices)
    started_on = models.DateField(_("任职日期"))
    ended_on = models.DateField(_("离任日期"), null=True, blank=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("任职")
        verbose_name_plural = _("任职")
        ordering = ["organisation__path", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation__isnull=False, department__isnull=True)
                | Q(organisation__isnull=True, department__isnull=False),
                name="appointment_in_one_place",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=models.F("started_on")),
                name="appointment_ends_after_start",
            ),
            models.CheckConstraint(
                condition=~Q(office="group_leader") | Q(group__isnull=False), name="group_leader_has_group"
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(office="secretary", ended_on__isnull=True),
                name="one_secretary_in_office",
            ),
            models.UniqueConstraint(
                fields=["group"],
                condition=Q(office="group_leader", ended_on__isnull=True),
                name="one_leader_per_group",
            ),
            models.UniqueConstraint(
                fields=["person", "organisation", "office"],
                condition=Q(ended_on__isnull=True, group__isnull=True, organisation__isnull=False),
                name="one_open_row_per_office",
            ),
            models.UniqueConstraint(
                fields=["person", "department", "office"],
                condition=Q(ended_on__isnull=True, department__isnull=False),
                name="one_open_row_per_department_office",
            ),
        ]

    def __str__(self) -> str:
        return self.get_office_display()

    def in_force(self, day: datetime.date | None = None) -> bool:
        """Whether the office is held on ``day`` (default today); both ends count."""
        day = day or clock.today()
        return self.started_on <= day and (self.ended_on is None or self.ended_on >= day)
