"""Forms for signing in and for one's own account."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, PasswordResetForm, SetPasswordForm
from django.utils.translation import gettext_lazy as _

from common.formstyle import StyledMixin, StyledModelForm
from orgs.jobs import send_password_link
from orgs.models import User


class LoginForm(StyledMixin, AuthenticationForm):
    """Staff or student number and password."""

    error_messages = {
        "invalid_login": _("工号/学号或密码不对，请重新输入；忘记密码可点“忘记密码”。"),
        "inactive": _("这个账号已停用，请联系党委组织部。"),
    }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("工号/学号")
        self.fields["password"].label = _("密码")


class ResetForm(StyledMixin, PasswordResetForm):
    """E-mail address of an account."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("邮箱")

    def get_users(self, email: str) -> Iterable[User]:
        """Active accounts of the address, those without a password of their own yet included."""
        return User.objects.filter(email__iexact=email, is_active=True)

    def save(self, *args: Any, **options: Any) -> None:
        """Hand the mail to the worker; no mail leaves within a request."""
        for user in self.get_users(self.cleaned_data["email"]):
            send_password_link.delay(user.pk)


class NewPasswordForm(StyledMixin, SetPasswordForm):
    """A first or a new password."""


class ChangePasswordForm(StyledMixin, PasswordChangeForm):
    """The old and a new password."""


class AccountForm(StyledModelForm):
    """What a person decides about their account."""

    class Meta:
        model = User
        fields = ["receives_mail"]
        labels = {"receives_mail": _("每晚用邮件提醒我（没有应办事项时不发）")}
        widgets = {"receives_mail": forms.CheckboxInput}
