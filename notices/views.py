"""Pages of the room ``notices``: the bell, the deliveries of the office, invitations, the demo's mails."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.tables import respond
from notices import mailbox, selectors, services
from notices.delivery_table import DeliveryTable
from notices.invitees import Invitees, invitees
from notices.models import Notice
from orgs import access
from orgs.models import Organisation, Person, User

# A mail is a stranger's HTML: no scripts, no forms, an origin of its own; its links open like any other.
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-top-navigation-by-user-activation"


@login_required
@require_safe
def bell(request: HttpRequest) -> HttpResponse:
    """One's own messages, newest first."""
    page, items = selectors.bell_page(cast(User, request.user), request.GET.get("page"))
    return render(request, "notices/bell.html", {"page": page, "items": items})


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all of one's own messages as read."""
    services.mark_read(actor=cast(User, request.user))
    return redirect("notices:bell")


@login_required
@require_safe
def open_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a message as read and go where it points; addresses of other sites are never followed."""
    notice = get_object_or_404(Notice.objects.visible_to(cast(User, request.user)), pk=pk)
    services.mark_read(actor=cast(User, request.user), notice_ids=[pk])
    is_ours = notice.url.startswith("/") and url_has_allowed_host_and_scheme(notice.url, allowed_hosts=None)
    return redirect(notice.url if is_ours else "notices:bell")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delivery_list(request: HttpRequest) -> HttpResponseBase:
    """What was mailed, what waits, what failed; and how the nights went."""
    user = cast(User, request.user)
    access.require_anywhere(user, access.CONFIGURE)
    table = DeliveryTable.of(request, selectors.deliveries(user))
    counts = selectors.delivery_counts(user)
    context = {
        "states": [(value, label, counts[value]) for value, label in Notice.State.choices if counts[value]],
        "failed": counts[Notice.State.FAILED],
    }
    if not table.is_narrowed:
        context |= {"nights": selectors.recent_nights(), "last_good": selectors.last_good_night()}
    return respond(request, table, "notices/delivery_list.html", context)


@login_required
@require_POST
def resend(request: HttpRequest) -> HttpResponse:
    """Send one failed message again (``notice``), or all of them."""
    user = cast(User, request.user)
    access.require_anywhere(user, access.CONFIGURE)
    given = request.POST.get("notice", "")
    if given:
        one = get_object_or_404(Notice.objects.deliveries_for(user), pk=int(given) if given.isdecimal() else 0)
        ids = [one.pk]
    else:
        ids = selectors.failed_ids(user)
    count = services.resend(notice_ids=ids, actor=user)
    if count:
        messages.success(request, _("已重新排队 %(count)d 条，几分钟内发送；结果见本页。") % {"count": count})
    if skipped := len(ids) - count:
        words = _("%(count)d 条没有重发：后来已有新的邀请，或者状态已经变化。请刷新后再看。")
        messages.info(request, words % {"count": skipped})
    elif not count:
        messages.info(request, _("没有发送失败的消息需要重发，状态可能已经变化。"))
    return redirect("notices:delivery_list")


@login_required
@require_POST
def invite(request: HttpRequest, number: str) -> HttpResponse:
    """Mail a person the link to set their password."""
    user = cast(User, request.user)
    people = Person.objects.visible_to(user).select_related("organisation", "user")
    person = get_object_or_404(people, number=number)
    services.invite(person=person, actor=user)
    messages.success(request, _("邀请邮件将在几分钟内发给%(name)s。") % {"name": person.name})
    return redirect("orgs:person_detail", number=person.number)


@login_required
@require_http_methods(["GET", "POST"])
def invite_all(request: HttpRequest, code: str) -> HttpResponse:
    """Show whom an invitation of a whole organisation reaches, and send it."""
    user = cast(User, request.user)
    organisation = get_object_or_404(Organisation.objects.visible_to(user), code=code)
    access.require(user, access.MANAGE_ORGANISATIONS, organisation)
    if request.method == "POST":
        done = services.invite_all(organisation=organisation, actor=user)
        messages.success(request, _said(done)) if done.invited else messages.info(request, _said(done))
        return redirect("notices:invite_all", code)
    return render(request, "notices/invite_all.html", {"organisation": organisation, "found": invitees(organisation)})


def _said(done: Invitees) -> str:
    """What happened, in numbers: mails are queued here, their delivery is another page's."""
    if not done.invited:
        return _("没有需要发送的邀请。")
    words = [_("已排入%(count)d封邀请邮件，几分钟内发出，结果见“提醒投递”。") % {"count": len(done.invited)}]
    if done.without_mail:
        words.append(_("%(count)d人没有登记邮箱，没有发。") % {"count": len(done.without_mail)})
    if done.invited_today:
        words.append(_("%(count)d人今天已邀请过，没有重复发。") % {"count": len(done.invited_today)})
    return "".join(words)


@login_required
@require_safe
def demo_mail_list(request: HttpRequest) -> HttpResponse:
    """The demo's mails, the last one first."""
    _only_in_the_demo()
    page = Paginator(mailbox.names(), selectors.PER_PAGE).get_page(request.GET.get("page"))
    mails = [mail for name in page.object_list if (mail := mailbox.read(name))]
    return render(request, "notices/demo_mail_list.html", {"page": page, "mails": mails})


@login_required
@require_safe
def demo_mail_detail(request: HttpRequest, name: str) -> HttpResponse:
    """One mail of the demo: head and text; the HTML part has a page of its own."""
    return render(request, "notices/demo_mail_detail.html", {"mail": _demo_mail(name)})


@login_required
@require_safe
def demo_mail_html(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML part of a mail of the demo, shut in by a policy of its own."""
    response = HttpResponse(_demo_mail(name).html)
    response["Content-Security-Policy"] = MAIL_POLICY
    return response


def _only_in_the_demo() -> None:
    if not settings.DEMO:
        raise Http404


def _demo_mail(name: str) -> mailbox.StoredMail:
    _only_in_the_demo()
    mail = mailbox.read(name)
    if mail is None:
        raise Http404
    return mail
