"""The account a person signs in with; it outlives every change of branch or office."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class Theme(models.TextChoices):
    """Light or dark pages; ``auto`` follows the device."""

    AUTO = "auto", _("跟随设备")
    LIGHT = "light", _("浅色")
    DARK = "dark", _("深色")


class TypeSize(models.TextChoices):
    """How large words and buttons are."""

    NORMAL = "normal", _("标准字号")
    LARGE = "large", _("大字号")


class Language(models.TextChoices):
    """The language of the pages, each in its own words; empty: that of the device's cookie, else Chinese."""

    CHINESE = "zh-hans", "简体中文"
    ENGLISH = "en", "English"


class User(AbstractUser):
    """Account; ``person`` is empty for technical accounts only."""

    person = models.OneToOneField(
        "orgs.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="user", verbose_name=_("人员")
    )
    receives_mail = models.BooleanField(_("接收提醒邮件"), default=True)
    invited_at = models.DateTimeField(_("最近邀请时间"), null=True, blank=True)
    theme = models.CharField(_("外观"), max_length=10, choices=Theme.choices, default=Theme.AUTO)
    type_size = models.CharField(_("字号"), max_length=10, choices=TypeSize.choices, default=TypeSize.NORMAL)
    language = models.CharField(_("语言"), max_length=10, choices=Language.choices, blank=True, default="")
    tour_seen_at = models.DateTimeField(_("看过或跳过新手引导的时间"), null=True, blank=True)

    class Meta(AbstractUser.Meta):
        verbose_name = _("账号")  # type: ignore[assignment]
        verbose_name_plural = _("账号")  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """The person's name, or the user name of a technical account. One query unless ``person`` is loaded."""
        return self.person.name if self.person_id and self.person else self.get_username()
