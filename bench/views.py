"""What Django itself needs for a page of Tasks: the floor, and the same in the platform's frame."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tasks.models import Task


def processor_time(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware around all others: says how much processor time the page took, whoever else used the machine."""

    def timed(request: HttpRequest) -> HttpResponse:
        started = time.thread_time()
        response = get_response(request)
        response["X-Processor-Milliseconds"] = f"{1000 * (time.thread_time() - started):.3f}"
        response["X-Process"] = str(os.getpid())
        return response

    return timed


def _page(request: HttpRequest, template: str) -> HttpResponse:
    """The Tasks whose ids are given, in one query, through a plain loop."""
    ids = [int(part) for part in request.GET["ids"].split(",")]
    tasks = Task.objects.filter(pk__in=ids).select_related("organisation", "group").order_by("due_on", "id")
    return render(request, template, {"tasks": tasks})


@login_required
def rows(request: HttpRequest) -> HttpResponse:
    """As ``bare_rows``, in the same frame as every page (its own two queries included); for information."""
    return _page(request, "bench/rows.html")


@login_required
def bare_rows(request: HttpRequest) -> HttpResponse:
    """The floor: session, account, sign-in check, one query, no frame at all."""
    return _page(request, "bench/bare.html")
