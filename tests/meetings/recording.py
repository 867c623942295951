"""The record form as a browser without JavaScript sends it."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from meetings.models import Gathering

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa7\x9a\xa0\xa0\x00\x00\x00\x00IEND\xaeB`\x82"
)


class _Fields(HTMLParser):
    """What a browser without JavaScript would send for the record form as it is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self._inside = False
        self._template = 0
        self._name: str | None = None
        self._text = ""
        self._selected: str | None = None
        self._first: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = found.get("id") == "record-form"
        if tag == "template":
            self._template += 1
        if not self._inside or self._template or "form" in found:
            return
        name = found.get("name")
        if tag == "input" and name:
            ticked = found.get("type") not in ("radio", "checkbox") or "checked" in found
            if ticked and found.get("type") != "file":
                self.values.setdefault(name, []).append(found.get("value", "on"))
        elif tag in ("textarea", "select") and name:
            self._name, self._text, self._selected, self._first = name, "", None, None
        elif tag == "option" and self._name:
            self._first = found.get("value", "") if self._first is None else self._first
            if "selected" in found:
                self._selected = found.get("value", "")

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        if tag == "template":
            self._template -= 1
        if self._name and tag in ("textarea", "select"):
            value = self._text if tag == "textarea" else self._selected or self._first or ""
            self.values.setdefault(self._name, []).append(value)
            self._name = None


def fields(page: HttpResponse) -> dict[str, list[str]]:
    """The values of the form on the page."""
    parser = _Fields()
    parser.feed(page.content.decode())
    return parser.values


def url(gathering: Gathering, code: str = "ZB101") -> str:
    return f"/meetings/{gathering.pk}/record/?organisation={code}"


def draft_url(gathering: Gathering) -> str:
    return f"/meetings/{gathering.pk}/draft/"


def only(gathering: Gathering) -> str:
    """Prefix of the fields of the one section."""
    return f"sections.{gathering.sections.get().pk}"


def send(client: Client, gathering: Gathering, action: str = "confirm", **changed: Any) -> HttpResponse:
    """Open the form, change some fields (``__`` for a dot after the section), press a button."""
    values: dict[str, Any] = {**fields(client.get(url(gathering))), "shared.end": "16:00"}
    for name, value in changed.items():
        if name in ("late_reason", "reason", "version"):
            values[name] = value
        elif name.startswith("shared__"):
            values[name.replace("__", ".")] = value
        else:
            values[f"{only(gathering)}.{name.replace('__', '.')}"] = value
    return client.post(url(gathering), {**values, "action": action})


def autosave(client: Client, gathering: Gathering, version: int, **changed: str) -> HttpResponse:
    values: dict[str, Any] = {"organisation": "ZB101", "version": str(version)}
    for name, value in changed.items():
        name = name.replace("__", ".")
        values[name if name.startswith("shared") else f"{only(gathering)}.{name}"] = value
    return client.post(draft_url(gathering), values)


def upload(client: Client, gathering: Gathering, name: str, content: bytes, **headers: str) -> HttpResponse:
    file = SimpleUploadedFile(name, content, content_type="image/png")
    return client.post(f"/meetings/{gathering.pk}/attachments/?organisation=ZB101", {"upload": file}, headers=headers)
