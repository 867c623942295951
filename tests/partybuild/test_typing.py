"""What a phone offers while somebody types: the right keyboard, the camera, and nobody else's data filled in."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path

import pytest
from django import forms
from django.conf import settings

from common.formstyle import CodeInput, PhoneInput, StyledMixin, style
from common.uploads import ACCEPT

ROOMS = ("common", "orgs", "notices", "tasks", "ballots", "meetings", "scoring", "dashboards", "partybuild")
OWN_DATA = {"username", "email", "current-password", "new-password"}
TEMPLATES = Path(settings.BASE_DIR) / "templates"
INPUT = re.compile(r"<input\b(?:[^>{]|\{%.*?%\}|\{\{.*?\}\}|\{)*>", re.DOTALL)


def forms_of_the_house() -> Iterator[tuple[str, dict[str, forms.Field]]]:
    """Every form class of every room with its fields as a page would show them."""
    for room in ROOMS:
        package = importlib.import_module(room)
        for found in pkgutil.walk_packages(package.__path__, f"{room}."):
            if not re.search(r"\.(migrations|management|demo)\b", found.name):
                importlib.import_module(found.name)
    waiting: list[type] = [StyledMixin]
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        fields = getattr(form, "base_fields", {})
        if fields and form.__module__.startswith(tuple(f"{room}." for room in ROOMS)):
            fields = deepcopy(fields)
            style(fields)
            yield f"{form.__module__}.{form.__name__}", fields


@cache
def all_fields() -> list[tuple[str, forms.Field]]:
    """``room.module.Form.field`` and the field of all forms."""
    return [(f"{form}.{name}", field) for form, fields in forms_of_the_house() for name, field in fields.items()]


def test_there_are_forms_to_look_at() -> None:
    assert len(all_fields()) > 300


def test_figures_are_typed_on_the_keyboard_of_figures() -> None:
    wrong = [
        name
        for name, field in all_fields()
        if isinstance(field.widget, forms.NumberInput)
        and (least := getattr(field, "min_value", None)) is not None
        and least >= 0
        and field.widget.attrs.get("inputmode") != ("numeric" if isinstance(field, forms.IntegerField) else "decimal")
    ]
    assert wrong == []


def test_a_browser_fills_in_nothing_but_what_is_the_users_own() -> None:
    typed = (forms.TextInput, forms.EmailInput, PhoneInput, CodeInput)
    wrong = {
        name: field.widget.attrs.get("autocomplete")
        for name, field in all_fields()
        if type(field.widget) in typed and field.widget.attrs.get("autocomplete") not in {"off", *OWN_DATA}
    }
    assert wrong == {}
    own = {name for name, field in all_fields() if field.widget.attrs.get("autocomplete") in OWN_DATA}
    assert {name.split(".")[-2] for name in own} == {"LoginForm", "ResetForm", "NewPasswordForm", "ChangePasswordForm"}


@pytest.mark.parametrize("name", ["mobile", "number"])
def test_a_telephone_number_and_a_code_of_a_person(name: str) -> None:
    widgets = {
        type(field.widget) for path, field in all_fields() if path.endswith(f"orgs.forms.people.{_form(path)}.{name}")
    }
    assert widgets == {PhoneInput if name == "mobile" else CodeInput}


def _form(path: str) -> str:
    return path.split(".")[-2]


def test_every_file_field_says_what_it_takes_and_evidence_may_be_photographed() -> None:
    silent = [
        name
        for name, field in all_fields()
        if isinstance(field.widget, forms.FileInput) and not field.widget.attrs.get("accept")
    ]
    assert silent == []
    assert ACCEPT.split(",")[0] == "image/*"
    assert {".pdf", ".docx", ".xlsx", ".wps"} < set(ACCEPT.split(","))


def inputs() -> Iterator[tuple[str, str]]:
    """The hand-written inputs of all templates."""
    for path in sorted(TEMPLATES.rglob("*.html")):
        for found in INPUT.findall(path.read_text(encoding="utf-8")):
            yield str(path.relative_to(TEMPLATES)), found


def test_written_inputs_too() -> None:
    files = [(path, found) for path, found in inputs() if 'type="file"' in found]
    assert len(files) == 3
    assert [path for path, found in files if 'accept="{% accepted_files %}"' not in found] == []
    searches = [(path, found) for path, found in inputs() if 'type="search"' in found]
    assert len(searches) >= 4
    assert [path for path, found in searches if "enterkeyhint=" not in found or 'autocomplete="off"' not in found] == []


# The language switch changes nothing twice; the meeting's upload form is sent by its script, one file after the other.
SENT_MORE_THAN_ONCE = {"components/language_switch.html", "meetings/record.html"}
POSTED = re.compile(r'<form\b[^>]*method="post"(?:[^>{]|\{%.*?%\}|\{\{.*?\}\}|\{)*>', re.DOTALL)


def test_a_double_click_sends_no_form_twice() -> None:
    careless = {
        str(path.relative_to(TEMPLATES))
        for path in TEMPLATES.rglob("*.html")
        for form in POSTED.findall(path.read_text(encoding="utf-8"))
        if not re.search(r"\bdata-(once|look-form|logout)\b", form)
    }
    assert careless == SENT_MORE_THAN_ONCE
