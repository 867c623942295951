"""The live page of the design system: every component in every state, in both themes and type sizes. Reads no data."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from common.formstyle import StyledForm
from orgs import access
from orgs.looks import Look, look_of
from orgs.models import Theme, TypeSize
from orgs.requests import SignedInRequest

INK_TOKENS = ("ink", "ink-2", "ink-3", "accent-ink", "gold", "info", "grey", "green", "yellow", "orange", "red")
FILL_TOKENS = ("accent", "grey-fill", "green-fill", "yellow-fill", "orange-fill", "red-fill", "done-fill", "calm-fill")
PAPER_TOKENS = ("bg", "surface", "well", "hover", "accent-bg", "gold-bg", "line", "line-strong", "control", "focus")


class SampleForm(StyledForm):
    """One field of each kind."""

    title = forms.CharField(label=gettext_lazy("名称"), help_text=gettext_lazy("写清楚事由，列表里先看到它。"))
    day = forms.DateField(label=gettext_lazy("日期"))
    kind = forms.ChoiceField(
        label=gettext_lazy("类别"),
        choices=[("", "---------"), ("a", gettext_lazy("支部党员大会")), ("b", gettext_lazy("党课"))],
    )
    note = forms.CharField(label=gettext_lazy("说明"), widget=forms.Textarea(attrs={"rows": 2}), required=False)
    closed = forms.CharField(
        label=gettext_lazy("不能改的"), initial=gettext_lazy("由系统算出"), disabled=True, required=False
    )
    agreed = forms.BooleanField(label=gettext_lazy("提醒我"), required=False)


@dataclass(frozen=True)
class Pane:
    """One theme with forms of its own, so that no id stands on the page twice."""

    theme: str
    title: str
    form: SampleForm
    broken: SampleForm


def _allow(request: SignedInRequest) -> None:
    """A demo's page for everybody signed in; elsewhere for the office."""
    if not (settings.DEMO or settings.DEBUG):
        access.require_anywhere(request.user, access.CONFIGURE)


@login_required
@require_GET
def design(request: SignedInRequest) -> HttpResponse:
    """Every component of ``templates/components`` in every state; ``?type=large`` in the larger type."""
    _allow(request)
    wanted = request.GET.get("type", "")
    size = wanted if wanted in TypeSize.values else look_of(request).type_size
    panes = [
        Pane(theme, str(Theme(theme).label), SampleForm(prefix=theme), SampleForm({}, prefix=f"{theme}-broken"))
        for theme in (Theme.LIGHT.value, Theme.DARK.value)
    ]
    context = {"panes": panes, "look": Look(look_of(request).theme, size), **_samples(), **_tokens()}
    return render(request, "design/page.html", context)


@login_required
@require_GET
def design_form(request: SignedInRequest) -> HttpResponse:
    """A page that is nothing but a form (``components/form_page.html``)."""
    _allow(request)
    context = {"form": SampleForm(), "title": _("只有一张表单的页面"), "intro": _("说明为什么要填，填了会怎样。")}
    return render(request, "components/form_page.html", {**context, "back": "/design/"})


def _tokens() -> dict[str, Any]:
    return {"inks": INK_TOKENS, "fills": FILL_TOKENS, "papers": PAPER_TOKENS}


def _samples() -> dict[str, Any]:
    """What fills the components: invented, and said to be."""
    day = datetime.date(2026, 6, 15)
    number = _Number
    return {
        "lights": ["grey", "green", "yellow", "orange", "red"],
        "cells": [
            ("grey", _("6/30前")),
            ("green", "6/12"),
            ("ahead", "6/12"),
            ("yellow", _("剩5天")),
            ("orange", _("剩2天")),
            ("red", _("逾15天")),
            ("none", "—"),
        ],
        "columns": [
            {"title": _("党组织")},
            {"title": _("按期"), "is_number": True},
            {"title": _("得分"), "is_number": True},
        ],
        "rows": [
            {"cells": [_("示例第一党支部"), number("12"), number("96.50")], "url": "#table"},
            {"cells": [_("示例第二党支部"), number("9"), number("88.00")], "url": "#table"},
        ],
        "lines": [
            {"when": day, "title": _("已办结"), "who": _("示例书记"), "text": _("材料齐全。")},
            {"when": day - datetime.timedelta(days=3), "title": _("提交"), "who": _("示例委员")},
        ],
        "said": [
            Message(constants.SUCCESS, _("已保存。")),
            Message(constants.WARNING, _("还差一步：请核定。")),
            Message(constants.ERROR, _("没有保存：日期不能早于成立日期。")),
            Message(constants.INFO, _("今晚8点发提醒。")),
        ],
        "acts": [
            {"action": SimpleNamespace(verb="none", css="", icon="send", button=_("报进展")), "form": forms.Form()}
        ],
        "numbered": Paginator(range(95), 20).page(2),
    }


class _Number(str):
    """A text that stands in a column of figures."""

    is_number = True
