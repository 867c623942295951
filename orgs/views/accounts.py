"""Signing in and out, passwords, and one's own account."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.forms.accounts import AccountForm, ChangePasswordForm, LoginForm, NewPasswordForm, ResetForm
from orgs.requests import SignedInRequest
from orgs.selectors.account import current_offices
from orgs.services.preferences import change_preferences


class Login(auth.LoginView):
    """Sign in; somebody signed in already goes to the desk."""

    template_name = "orgs/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True


class Logout(auth.LogoutView):
    """Sign out; what is kept on the device goes too (app.js)."""

    next_page = settings.LOGIN_URL


class PasswordReset(auth.PasswordResetView):
    """Ask for a mail with a link; the answer is the same whether the address is known or not."""

    template_name = "orgs/password_reset.html"
    form_class = ResetForm
    success_url = reverse_lazy("orgs:password_reset_sent")


class PasswordResetSent(auth.PasswordResetDoneView):
    """Says where the mail went."""

    template_name = "orgs/password_reset_sent.html"


class PasswordSet(auth.PasswordResetConfirmView):
    """Set a first or a new password through the link of a mail; signs in."""

    template_name = "orgs/password_set.html"
    form_class = NewPasswordForm
    success_url = reverse_lazy("dashboards:desk")
    post_reset_login = True
    post_reset_login_backend = "orgs.backends.AccountBackend"


class PasswordChange(auth.PasswordChangeView):
    """Change the own password."""

    template_name = "components/form_page.html"
    form_class = ChangePasswordForm
    success_url = reverse_lazy("orgs:account")
    extra_context = {"title": gettext_lazy("修改密码"), "back": reverse_lazy("orgs:account")}


@login_required
def account(request: SignedInRequest) -> HttpResponse:
    """One's own account: offices, mail reminders, password."""
    form = AccountForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        change_preferences(actor=request.user, receives_mail=form.cleaned_data["receives_mail"])
        messages.success(request, _("已保存。"))
        return redirect("orgs:account")
    return render(request, "orgs/account.html", {"form": form, "offices": current_offices(request.user)})
