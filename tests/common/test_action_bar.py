"""The bar in reach of the thumb: which acts it shows, and which of them one tap does."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django import forms
from django.template import Context, Template

from common.templatetags.look import next_steps


class Empty(forms.Form):
    """Nothing to fill in but what is hidden."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class Words(forms.Form):
    """One text."""

    note = forms.CharField()


def act(verb: str, form: forms.Form, css: str = "btn-primary", **more: Any) -> dict[str, Any]:
    return {"action": SimpleNamespace(verb=verb, css=css, icon="send", button=verb), "form": form, **more}


def test_only_what_is_harmless_and_needs_no_words_is_done_at_once() -> None:
    acts = [act("acknowledge", Empty()), act("submit", Words()), act("approve", Empty())]
    assert [(item["action"].verb, item["at_once"]) for item in next_steps(acts)] == [
        ("acknowledge", True),
        ("submit", False),
        ("approve", False),
    ]


def test_three_at_most_none_folded_none_that_ends_something() -> None:
    acts = [
        act("refuse", Words(), folded=True),
        act("stop", Words(), "btn-outline-secondary"),
        act("report", Words(), folded=False),
        *(act(f"more{number}", Words()) for number in range(3)),
    ]
    assert [item["action"].verb for item in next_steps(acts)] == ["report", "more0", "more1"]


def drawn(acts: list[dict[str, Any]], **more: str) -> str:
    template = Template('{% include "components/action_bar.html" %}')
    return " ".join(template.render(Context({"acts": acts, **more})).split())


def test_one_leads_to_its_form_the_other_sends_it() -> None:
    html = drawn([act("submit", Empty()), act("approve", Empty(), "btn-outline-primary")])
    assert '<button class="btn btn-primary" form="act-submit" data-act>' in html
    assert '<a class="btn btn-outline-primary" href="#act-approve" data-act>' in html
    assert html.count("btn ") == 2


def test_nothing_to_do_is_no_bar() -> None:
    assert drawn([]).strip() == ""
    assert drawn([], url="/meetings/", label="去办理", icon_name="pencil").count("<a ") == 1
