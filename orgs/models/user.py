"""The account a person signs in with; it outlives every change of branch or office."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """Account; ``person`` is empty for technical accounts only."""

    person = models.OneToOneField(
        "orgs.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="user", verbose_name=_("人员")
    )
    receives_mail = models.BooleanField(_("接收提醒邮件"), default=True)
    invited_at = models.DateTimeField(_("最近邀请时间"), null=True, blank=True)

    class Meta(AbstractUser.Meta):
        verbose_name = _("账号")  # type: ignore[assignment]
        verbose_name_plural = _("账号")  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """The person's name, or the user name of a technical account. One query unless ``person`` is loaded."""
        return self.person.name if self.person_id and self.person else self.get_username()
