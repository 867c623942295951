"""People, where they belonged when, and who is out of the voting base."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from common import clock
from common.models import Audited
from orgs.querysets import OrganisationScoped, PersonQuerySet


class PersonKind(models.TextChoices):
    """What a person is at the college."""

    STAFF = "staff", _("教工")
    STUDENT = "student", _("学生")
    RETIRED = "retired", _("离退休")
    OTHER = "other", _("其他")


class MemberStatus(models.TextChoices):
    """Party membership."""

    FORMAL = "formal", _("正式党员")
    PROBATIONARY = "probationary", _("预备党员")


class Person(Audited):
    """A Party member. ``organisation`` and ``group`` are the current ones; ``Membership`` keeps the past."""

    class Gender(models.TextChoices):
        """As written in the roster."""

        MALE = "male", _("男")
        FEMALE = "female", _("女")

    number = models.CharField(_("工号/学号"), max_length=32, unique=True)
    name = models.CharField(_("姓名"), max_length=50)
    gender = models.CharField(_("性别"), max_length=10, choices=Gender.choices, blank=True)
    kind = models.CharField(_("人员类别"), max_length=20, choices=PersonKind.choices)
    status = models.CharField(_("党员状态"), max_length=20, choices=MemberStatus.choices)
    organisation = models.ForeignKey(
        "orgs.Organisation",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="people",
        verbose_name=_("所在支部"),
    )
    group = models.ForeignKey(
        "orgs.Group", null=True, blank=True, on_delete=models.PROTECT, related_name="people", verbose_name=_("党小组")
    )
    joined_on = models.DateField(_("入党日期"), null=True, blank=True)
    formal_on = models.DateField(_("转正日期"), null=True, blank=True)
    born_on = models.DateField(_("出生日期"), null=True, blank=True)
    email = models.EmailField(_("邮箱"), null=True, blank=True, unique=True)
    mobile = models.CharField(_("手机"), max_length=20, blank=True)
    excused_reason = models.CharField(_("不作硬性要求"), max_length=50, blank=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("党员")
        verbose_name_plural = _("党员")
        ordering = ["organisation__path", "number"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_excused(self) -> bool:
        """Whether no hard attendance requirement applies (党员教育管理工作条例 2019, art. 23)."""
        return bool(self.excused_reason)


class Membership(models.Model):
    """Where a person belonged from when to when; written only by the services beside ``Person.organisation``.

    ``started_on`` empty: since before the platform's records. ``ended_on`` is the last day.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("党员"))
    organisation = models.ForeignKey(
        "orgs.Organisation", on_delete=models.PROTECT, related_name="memberships", verbose_name=_("党支部")
    )
    group = models.ForeignKey(
        "orgs.Group", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("党小组")
    )
    started_on = models.DateField(_("开始日期"), null=True, blank=True)
    ended_on = models.DateField(_("结束日期"), null=True, blank=True)
    cause = models.CharField(_("事由"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("创建时间"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("组织关系")
        verbose_name_plural = _("组织关系")
        ordering = ["person_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(ended_on__isnull=True), name="one_open_membership_per_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id}@{self.organisation_id}"


class VotingExclusion(Audited):
    """A formal member who does not count in the voting base for a time."""

    class Ground(models.TextChoices):
        """Grounds; the first two follow from 基层组织选举工作条例 2020 art. 5, the rest need approval (R-VOTE-3)."""

        OBSERVATION = "observation", _("留党察看期内（无表决权）")
        DETAINED = "detained", _("被依法留置或逮捕（由党组织按权限中止）")
        ILLNESS = "illness", _("因病不能表达意志")
        ABROAD = "abroad", _("自费出国半年以上")
        BEDRIDDEN = "bedridden", _("年老体弱卧床或长期不能自理")
        NOT_TRANSFERRED = "not_transferred", _("应转未转组织关系且外出半年以上")
        RETIRED_AWAY = "retired_away", _("回原籍长住的离退休人员，未转组织关系")

    NEEDS_APPROVAL = frozenset(
        {Ground.ILLNESS, Ground.ABROAD, Ground.BEDRIDDEN, Ground.NOT_TRANSFERRED, Ground.RETIRED_AWAY}
    )

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="voting_exclusions", verbose_name=_("党员")
    )
    ground = models.CharField(_("事由"), max_length=20, choices=Ground.choices)
    started_on = models.DateField(_("开始日期"))
    ended_on = models.DateField(_("结束日期"), null=True, blank=True)
    superior_approval = models.CharField(_("上级同意的文号"), max_length=100, blank=True)
    meeting_on = models.DateField(_("党员大会通过日期"), null=True, blank=True)

    objects = OrganisationScoped.as_manager(organisation_field="person__organisation")

    class Meta:
        verbose_name = _("不计入表决基数")
        verbose_name_plural = _("不计入表决基数")
        ordering = ["-started_on"]

    def __str__(self) -> str:
        return f"{self.person_id}:{self.ground}"
