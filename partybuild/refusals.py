"""Refusals that Django and its lock-out would word themselves: in plain Chinese, on the platform's own page."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext as _
from django.views.defaults import bad_request

MINUTES = 60


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is out of date: another tab signed in, or cookies are off (``CSRF_FAILURE_VIEW``)."""
    message = _("页面放置太久，或在别的窗口重新登录过。请返回上一页刷新后再提交；仍不行请允许本站使用Cookie。")
    return render(request, "errors/refused.html", {"title": _("页面已过期"), "message": message}, status=403)


def locked_out(request: HttpRequest, credentials: dict[str, Any] | None = None, *_args: Any) -> HttpResponse:
    """Too many wrong passwords for one account from one address (``AXES_LOCKOUT_CALLABLE``)."""
    minutes = round(settings.AXES_COOLOFF_TIME * MINUTES)
    message = _("密码输错次数太多，这个账号暂时不能登录。请%(minutes)d分钟后再试，或用“忘记密码”重设。") % {
        "minutes": minutes
    }
    return render(request, "errors/refused.html", {"title": _("请稍后再试"), "message": message}, status=429)


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that cannot be read (``handler400``); scripts that send for a page get the words as JSON."""
    if request.headers.get("X-Requested-With") != "XMLHttpRequest":
        return bad_request(request, exception)
    is_large = isinstance(exception, TooManyFieldsSent | RequestDataTooBig)
    large = _("内容太多，没有保存。请把长文放进附件，或分成几次登记。")
    return JsonResponse({"message": large if is_large else _("内容读不出来，没有保存。请刷新页面再试。")}, status=400)


class WrongMethodMiddleware(MiddlewareMixin):
    """Answers in words where Django would send an empty page: an address opened that only takes a form, and so on."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Fill an empty answer 405; programs (htmx) and HEAD get it as it is."""
        if (
            response.status_code != 405
            or response.content
            or request.method == "HEAD"
            or request.headers.get("HX-Request")
        ):
            return response
        message = _("这个地址不能直接打开，或页面已经过期。请回到原来的页面，用页面上的按钮再操作一次。")
        page = render(request, "errors/refused.html", {"title": _("不能这样打开"), "message": message}, status=405)
        page["Allow"] = response.get("Allow", "")
        return page
