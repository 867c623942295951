"""The lines of a desk, written out here: somebody may owe fifty things, and an include for each would be slow."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from html import escape
from typing import NamedTuple

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common.sentences import spoken
from common.templatetags.look import icon, light
from dashboards.templatetags.cells import task_address
from tasks.models import State
from tasks.selectors.desk import DeskTask

register = template.Library()


class _Phrases(NamedTuple):
    """The words of a line in one language; ``%s`` is filled with what is escaped already."""

    look: str
    record: str
    sign: str
    act: str
    number: str
    returned: str


@lru_cache(maxsize=8)
def _phrases(_language: str) -> _Phrases:
    return _Phrases(
        look=f"{icon('eye')}{escape(_('查看'))}",
        record=f"{icon('pencil')}{escape(_('登记'))}",
        sign=f"{icon('check-lg')}{escape(_('签收'))}",
        act=f"{icon('check-lg')}{escape(_('办理'))}",
        number=f"<span>{escape(_('责任清单第%s条'))}</span>",
        returned=f'<span class="text-danger">{icon("arrow-counterclockwise")} {escape(_("退回：%s"))}</span>',
    )


@register.simple_tag
def owed_lines(
    tasks: Iterable[DeskTask], home: int | str | None = None, primary: bool = False, token: str = ""
) -> SafeString:
    """What somebody owes, a line each, with one tap to do it.

    Args: ``home`` is the id of the reader's own branch, whose name is not repeated; ``primary`` makes the taps stand
    out; with ``token`` (against forged requests) what waits to be signed for is signed with that tap. The Tasks come from ``tasks.selectors.desk_of``. What people typed is escaped.
    """
    said = _phrases(get_language() or "")
    return mark_safe("".join([_line(task, home, primary, said, str(token)) for task in tasks]))  # noqa: S308


def _line(task: DeskTask, home: int | str | None, primary: bool, said: _Phrases, token: str) -> str:
    title, address = escape(task.title), task_address(task.pk)
    button = "btn-primary" if primary else "btn-outline-primary"
    return (
        f'<div class="owed"><div><div class="owed-title"><a class="text-reset" href="{address}">{title}</a></div>'
        f'<div class="owed-meta">{_meta(task, home, said)}</div></div>'
        f"{_tap(task, title, address, button, said, token)}</div>\n"
    )


def _tap(task: DeskTask, title: str, address: str, button: str, said: _Phrases, token: str) -> str:
    """What one tap does: sign for it at once, else lead to where it is done."""
    if token and task.state == State.PENDING:
        return (
            f'<form method="post" action="{address}acknowledge/" data-once>'
            f'<input type="hidden" name="csrfmiddlewaretoken" value="{escape(token)}">'
            f'<button class="btn {button}">{said.sign}<span class="visually-hidden">{title}</span></button></form>'
        )
    return (
        f'<a class="btn {button}" href="{escape(task.act_url) or address}">{_action(task, said)}'
        f'<span class="visually-hidden">{title}</span></a>'
    )


def _meta(task: DeskTask, home: int | str | None, said: _Phrases) -> str:
    """Light and cause; whose it is unless it is home; its number on the responsibility list; why it came back."""
    parts = [light(task.light), f"<span>{escape(spoken(task.light_cause))}</span>"]
    if task.organisation_id != home:
        parts.append(f"<span>{escape(task.organisation.name)}</span>")
    if number := task.list_number:
        parts.append(said.number % number)
    if task.return_cause:
        parts.append(said.returned % escape(task.return_cause))
    return "\n".join(parts)


def _action(task: DeskTask, said: _Phrases) -> str:
    """What the tap does: record the meeting that proves it, look at what will prove it, or report by hand."""
    if not task.requirement.get("evidence"):
        return said.act
    return said.record if task.act_url else said.look
