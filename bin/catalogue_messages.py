"""What there is to translate: the messages of every room, as Django looks them up when a page is drawn."""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from babel.messages.extract import extract_python
from django.utils.translation.template import templatize

BASE = Path(__file__).resolve().parent.parent
ROOMS = ("common", "shared", "orgs", "notices", "tasks", "ballots", "meetings", "scoring", "dashboards", "partybuild")
HOMES = {"tour": "dashboards"}  # a folder of templates that bears no room's name and is not shared
MARKER = "N_"
TEMPLATES = BASE / "templates"
CHINESE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
NO_SENTENCE = re.compile(r"[零一二三四五六七八九十两日上下]+|.*\\.*", re.DOTALL)  # figures to count with, patterns
# Chinese that nobody reads as a sentence: readings of family names, the demo's made-up life, what commands print.
SILENT = ("common/readings.py", "partybuild/demo/", "partybuild/settings.py", "/management/")

# Function of django.utils.translation or common.sentences -> the places of context, message and plural among its arguments.
Places = tuple[int | None, int, int | None]
FUNCTIONS: dict[str, Places] = {
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
    "written": (None, 0, None),
}
TEMPLATE_KEYWORDS = ("_", *FUNCTIONS)


@dataclass
class Message:
    """One entry of the catalogue; ``files`` are the paths that use it, without line numbers, which change daily."""

    text: str
    plural: str = ""
    context: str = ""
    files: set[str] = field(default_factory=set)

    @property
    def key(self) -> str:
        """How the translators' files name it: the message, after its context if it has one."""
        return f"{self.context}|{self.text}" if self.context else self.text


def room_of(path: Path) -> str:
    """The room that owns a file."""
    parts = path.relative_to(BASE).parts
    folder = parts[1] if parts[0] == "templates" and len(parts) > 2 else parts[0]
    folder = HOMES.get(folder, folder)
    return folder if folder in ROOMS else "shared"


def sources() -> Iterator[Path]:
    """Every Python file of the rooms and every template."""
    for room in ROOMS:
        for path in sorted((BASE / room).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path
    for pattern in ("*.html", "*.txt", "*.js"):
        yield from sorted(TEMPLATES.rglob(pattern))


def _names(tree: ast.AST) -> dict[str, Places]:
    """The names under which a module knows the functions: ``gettext as now`` counts as well."""
    names: dict[str, Places] = {MARKER: FUNCTIONS["gettext"]}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in ("django.utils.translation", "common.sentences"):
            for one in node.names:
                if one.name in FUNCTIONS:
                    names[one.asname or one.name] = FUNCTIONS[one.name]
    return names


def _literal(call: ast.Call, place: int | None) -> str:
    """The text at one place of a call; empty when there is none or it is computed."""
    if place is None or place >= len(call.args):
        return ""
    value = call.args[place]
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""


def in_python(source: str) -> Iterator[Message]:
    """The messages of a Python file."""
    tree = ast.parse(source)
    names = _names(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        qualified = isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") == "translation"
        places = names.get(name) if isinstance(node.func, ast.Name) else FUNCTIONS.get(name) if qualified else None
        if places and (text := _literal(node, places[1])):
            yield Message(text, _literal(node, places[2]), _literal(node, places[0]))


def in_sentences(source: str) -> Iterator[Message]:
    """The Chinese that a module writes without looking it up: ``common.sentences.spoken`` says it to the reader.

    An f-string is a sentence with places, named after what is put there.
    """
    tree = ast.parse(source)
    passed = _docstrings(tree) | _looked_up(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and id(node) not in passed:
            passed |= {id(part) for part in node.values}
            text = _with_places(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in passed:
            text = node.value
        else:
            continue
        if CHINESE.search(text) and not NO_SENTENCE.fullmatch(text):
            yield Message(text)


def _docstrings(tree: ast.AST) -> set[int]:
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, holders) and node.body and isinstance(node.body[0], ast.Expr)
    }


def _looked_up(tree: ast.AST) -> set[int]:
    """What stands in a call of the functions is a message already; what stands in a pattern is none."""
    names = {*_names(tree), *FUNCTIONS, "compile"}
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {
        id(part)
        for call in calls
        if (call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")) in names
        for argument in call.args
        for part in ast.walk(argument)
        if isinstance(part, (ast.Constant, ast.JoinedStr))
    }


def _with_places(node: ast.JoinedStr) -> str:
    """The f-string as a message: ``f"还有{days}天"`` is ``还有%(days)s天``."""
    pieces, taken = [], set()
    for part in node.values:
        if isinstance(part, ast.Constant):
            pieces.append(str(part.value).replace("%", "%%"))
            continue
        found = [
            one.id if isinstance(one, ast.Name) else one.attr
            for one in ast.walk(part)
            if isinstance(one, (ast.Name, ast.Attribute))
        ]
        name = next((one for one in found if one not in taken and one.isascii()), "value")
        while name in taken:
            name += "_"
        taken.add(name)
        pieces.append(f"%({name})s")
    return "".join(pieces)


def in_template(source: str) -> Iterator[Message]:
    """The messages of a template: Django turns it into calls, of which the rest of each line is no Python."""
    calls = re.sub(r"^\s+", "", templatize(source), flags=re.MULTILINE)
    for _line, function, found, _remarks in extract_python(
        io.BytesIO(calls.encode()), dict.fromkeys(TEMPLATE_KEYWORDS), (), {"encoding": "utf-8"}
    ):
        words: tuple[Any, ...] = found if isinstance(found, tuple) else (found,)
        context, text, plural = FUNCTIONS.get(str(function), FUNCTIONS["gettext"])
        if message := words[text]:
            yield Message(message, _at(words, plural), _at(words, context))


def _at(words: tuple[str | None, ...], place: int | None) -> str:
    return "" if place is None or place >= len(words) else words[place] or ""


def messages() -> dict[str, dict[str, Message]]:
    """All messages by room and key. One that several rooms use belongs to the first of them in ``ROOMS``."""
    found: dict[str, dict[str, Message]] = {room: {} for room in ROOMS}
    owner: dict[str, str] = {}
    for path in sorted(sources(), key=lambda path: (ROOMS.index(room_of(path)), path)):
        source = path.read_text(encoding="utf-8")
        for message in _of(path, source):
            room = owner.setdefault(message.key, room_of(path))
            kept = found[room].setdefault(message.key, message)
            kept.plural = kept.plural or message.plural
            kept.files.add(str(path.relative_to(BASE)))
    return found


def _of(path: Path, source: str) -> Iterator[Message]:
    if path.suffix != ".py":
        yield from in_template(source)
        return
    yield from in_python(source)
    name = str(path.relative_to(BASE))
    if not any(name.startswith(one) or (one.startswith("/") and one in name) for one in SILENT):
        yield from in_sentences(source)
