"""The English catalogue: ``extract``, ``todo ROOM``, ``fill ROOM FILE.json``, ``count`` and ``compile``.

Each room has its own part, locale/parts/en/ROOM.po, so that several people can translate at once; ``compile`` puts the
parts together into locale/en/LC_MESSAGES/django.mo, without the gettext programs.
"""

from __future__ import annotations

import io
import json
import os
import re
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

BASE = Path(__file__).resolve().parent.parent
PARTS = BASE / "locale" / "parts" / "en"
COMPILED = BASE / "locale" / "en" / "LC_MESSAGES" / "django.mo"
LANGUAGE_NAMES = ("简体中文",)  # a language is named in its own words
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef]")
FIELD = re.compile(r"%%|%(?:\(\w+\))?[-+ #0]*\d*(?:\.\d+)?[sdrfgxic]|\{\w*(?:[:!][^{}]*)?\}")
LONE_PERCENT = re.compile(r"%(?![%(sdrf.\d])")
TAG = re.compile(r"</?[a-z][a-z0-9]*")
NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)  # the same parts must give the same file

sys.path.insert(0, str(BASE))

Text = str | list[str]


def read_part(room: str) -> dict[str, Text]:
    """The translations of one room by key: a text, or singular and plural."""
    from babel.messages.pofile import read_po

    path = PARTS / f"{room}.po"
    if not path.exists():
        return {}
    found: dict[str, Text] = {}
    for entry in read_po(io.BytesIO(path.read_bytes()), locale="en", ignore_obsolete=True):
        text = entry.id[0] if isinstance(entry.id, (list, tuple)) else entry.id
        words: Any = list(entry.string) if isinstance(entry.string, (list, tuple)) else entry.string
        if text and (all(words) if isinstance(words, list) else words):
            found[f"{entry.context}|{text}" if entry.context else text] = words
    return found


def write_part(room: str, wanted: dict[str, Any], known: dict[str, Text]) -> None:
    """Write a room's part: what is wanted, sorted, with the translations that are known; the rest is dropped."""
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import write_po

    catalog = Catalog(locale="en", charset="utf-8")
    for key, message in sorted(wanted.items()):
        identity = (message.text, message.plural) if message.plural else message.text
        words = known.get(key, ["", ""] if message.plural else "")
        if isinstance(words, list) != bool(message.plural):
            words = ["", ""] if message.plural else ""
        catalog.add(
            identity,
            tuple(words) if isinstance(words, list) else words,
            locations=[(name, 0) for name in sorted(message.files)],
            context=message.context or None,
        )
    text = io.BytesIO()
    write_po(text, catalog, width=0, sort_output=True, omit_header=True, include_lineno=False)
    _replace(PARTS / f"{room}.po", text.getvalue().strip() + b"\n")


def _replace(path: Path, content: bytes) -> None:
    """Write a file at once, or leave it alone when nothing changed."""
    if path.exists() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    passing = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    passing.write_bytes(content)
    passing.replace(path)


def compiled() -> bytes:
    """What the compiled catalogue has to be for the parts as they are."""
    from babel.messages.catalog import Catalog
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    whole = Catalog(locale="en", project="partybuild", version="1", creation_date=NO_DATE, revision_date=NO_DATE)
    for path in sorted(PARTS.glob("*.po")):
        for entry in read_po(io.BytesIO(path.read_bytes()), locale="en", ignore_obsolete=True):
            if entry.id and entry.string:
                whole.add(entry.id, entry.string, context=entry.context)
    target = io.BytesIO()
    write_mo(target, whole)
    return target.getvalue()


def faults(message: Any, words: Text) -> list[str]:
    """What is wrong with one translation, in words; empty when nothing is."""
    forms = words if isinstance(words, list) else [words]
    if isinstance(words, list) != bool(message.plural) or len(forms) not in ((2,) if message.plural else (1,)):
        return ["needs [singular, plural]" if message.plural else "needs one text"]
    found = []
    for position, form in enumerate(forms):
        source = message.plural if message.plural and position else message.text
        is_singular = bool(message.plural) and position == 0
        found += _faults_of(source, form, may_omit=is_singular)
    return found


def _faults_of(source: str, form: str, *, may_omit: bool) -> list[str]:
    found = []
    if not isinstance(form, str) or not form:
        return ["is empty"]
    rest = form
    for name in LANGUAGE_NAMES:
        rest = rest.replace(name, "")
    if left := CHINESE.findall(rest):
        found.append(f"Chinese is left: {''.join(left)}")
    asked, given = _fields(source), _fields(form)
    if asked != given and not (may_omit and set(given) <= set(asked)):
        found.append(f"placeholders {given} instead of {asked}")
    if LONE_PERCENT.search(form.replace("%%", "")) and not LONE_PERCENT.search(source.replace("%%", "")):
        found.append("a lone %: write %% as the source does")
    if Counter(TAG.findall(source)) != Counter(TAG.findall(form)):
        found.append("other tags than the source has")
    return found


def _fields(text: str) -> list[str]:
    """The placeholders: named ones as a sorted set, nameless ones in their order."""
    all_fields = [one for one in FIELD.findall(text) if one != "%%"]
    nameless = [one for one in all_fields if one.startswith("%") and "(" not in one]
    return sorted({one for one in all_fields if one not in nameless}) + nameless


def pooled() -> dict[str, Text]:
    """Every translation there is: one that moved to another room keeps its words."""
    found: dict[str, Text] = {}
    for path in sorted(PARTS.glob("*.po")):
        found.update(read_part(path.stem))
    return found


def extract() -> None:
    """Renew the parts of all rooms from the sources."""
    from catalogue_messages import messages

    known = pooled()
    for room, wanted in messages().items():
        write_part(room, wanted, known)


def todo(room: str) -> list[dict[str, Any]]:
    """What a room still lacks."""
    from catalogue_messages import messages

    known = read_part(room)
    return [
        {"key": key, **({"plural": one.plural} if one.plural else {}), "files": sorted(one.files)}
        for key, one in sorted(messages()[room].items())
        if key not in known
    ]


def fill(room: str, file: Path) -> list[str]:
    """Take the translations of ``file`` into a room's part. Returns the faults; faulty ones are left out."""
    from catalogue_messages import messages

    wanted, known = messages()[room], pooled()
    complaints = []
    for key, words in json.loads(file.read_text(encoding="utf-8")).items():
        if key not in wanted:
            complaints.append(f"{key!r}: not a message of {room}")
        elif wrong := faults(wanted[key], words):
            complaints += [f"{key!r}: {one}" for one in wrong]
        else:
            known[key] = words
    write_part(room, wanted, known)
    return complaints


def count() -> dict[str, tuple[int, int]]:
    """How many messages each room has, and how many are translated."""
    from catalogue_messages import messages

    known = pooled()
    return {room: (len(wanted), sum(key in known for key in wanted)) for room, wanted in messages().items()}


def main() -> None:
    """Do what the command line says."""
    match sys.argv[1:]:
        case ["compile"]:
            _replace(COMPILED, compiled())
        case ["extract"]:
            extract()
        case ["count"]:
            for room, (total, done) in count().items():
                print(f"{room}\t{done}/{total}")
        case ["todo", room]:
            print(json.dumps(todo(room), ensure_ascii=False, indent=1))
        case ["fill", room, file]:
            complaints = fill(room, Path(file))
            print("\n".join(complaints) or "All taken.")
            sys.exit(1 if complaints else 0)
        case _:
            sys.exit(f"usage: catalogues.py {(__doc__ or '').splitlines()[0]}")


if __name__ == "__main__":
    main()
