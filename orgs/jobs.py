"""Celery jobs of the room ``orgs``."""

from celery import shared_task
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from common.sentences import written as _
from orgs.models import User


@shared_task(name="orgs.send_password_link", autoretry_for=(OSError,), retry_backoff=30, max_retries=5)
def send_password_link(user_id: int) -> None:
    """Mail an account the link to set its password; the token is made here, so no broker ever holds it.

    Raises what the mail server raises (``OSError`` is retried with back-off). Side effect: one mail.
    """
    user = User.objects.select_related("person").filter(pk=user_id, is_active=True).first()
    if user is None or not user.email:
        return
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    path = reverse("orgs:password_set", args=[uid, default_token_generator.make_token(user)])
    body = render_to_string("mail/password_reset.txt", {"user": user, "link": f"{settings.SITE_URL}{path}"})
    send_mail(_("党建平台：设置密码"), body, settings.DEFAULT_FROM_EMAIL, [user.email])
