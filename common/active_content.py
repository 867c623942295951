"""Whether a document carries something that runs: macros, embedded programs, templates from elsewhere, scripts of a PDF.

Found from the content, not from names. Imports no Django; reads a bounded amount whatever the file claims.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO
from xml.parsers import expat

MAX_PART = 1024 * 1024  # bytes of one relationship part or of the content types; real ones have some KB
MAX_RELATIONS = 500
MAX_EMBEDDED = 10 * 1024 * 1024  # bytes of one document inside another, such as the figures of a chart
MAX_UNPACKED = 20 * 1024 * 1024  # bytes of a PDF's object streams
PROGRAMS = (
    ".exe", ".dll", ".com", ".scr", ".msi", ".jar", ".bat", ".cmd", ".ps1", ".js", ".jse", ".vbs", ".vbe", ".wsf", ".hta",
    ".lnk", ".docm", ".xlsm", ".pptm", ".xlam", ".dotm", "vbaproject.bin", "vbadata.xml",
)  # fmt: skip
_RUNS = ("macroenabled", "vbaproject", "oleobject", "activex", "/control")
_FETCHED = ("attachedtemplate", "frame", "subdocument", "oleobject", "package")
_NAME = re.compile(rb"/([^\x00-\x20/<>\[\](){}%]+)")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"(?<!end)stream(?:\r\n?|\n)")
# A script needs /S /JavaScript beside its /JS, which three letters may be in any packed picture.
_ACTIVE_NAMES = frozenset({b"JavaScript", b"Launch", b"EmbeddedFile", b"EmbeddedFiles", b"RichMedia"})
_COMPRESSED = frozenset({b"ObjStm"})


class _Active(Exception):
    """Something that runs, or that cannot be looked into."""


def runs_in_office(archive: zipfile.ZipFile, *, is_embedded: bool = False) -> bool:
    """Whether a new Office document has macros, embedded programs, or fetches a template from elsewhere.

    A document inside (the figures of a chart) is looked into as well, one inside that is not taken. A part that cannot be read, is larger than any real one, or declares a document type counts as yes.
    """
    parts = archive.infolist()
    if any(part.filename.lower().endswith(PROGRAMS) for part in parts):
        return True
    asked = [part for part in parts if part.filename.lower().endswith((".rels", "[content_types].xml"))]
    if len(asked) > MAX_RELATIONS:
        return True
    inside = [part for part in parts if "/embeddings/" in part.filename.lower() and not part.is_dir()]
    if len(inside) > MAX_RELATIONS or (is_embedded and inside):
        return True
    try:
        for part in asked:
            with archive.open(part) as stream:
                _check_part(stream.read(MAX_PART + 1))
        for part in inside:
            with archive.open(part) as stream:
                _check_embedded(stream.read(MAX_EMBEDDED + 1))
    except (_Active, expat.ExpatError, zipfile.BadZipFile, zlib.error, RuntimeError, OSError, EOFError, ValueError):
        return True
    return False


def _check_embedded(content: bytes) -> None:
    if len(content) > MAX_EMBEDDED:
        raise _Active
    with zipfile.ZipFile(io.BytesIO(content)) as archive:  # anything but a document is no zip file: refused
        if runs_in_office(archive, is_embedded=True):
            raise _Active


def _check_part(content: bytes) -> None:
    if len(content) > MAX_PART:
        raise _Active
    parser = expat.ParserCreate()
    parser.StartElementHandler = _check_element
    parser.StartDoctypeDeclHandler = _refuse
    parser.Parse(content, True)


def _refuse(*_args: object) -> None:
    raise _Active


def _check_element(_name: str, attributes: dict[str, str]) -> None:
    kind = (attributes.get("Type", "") + attributes.get("ContentType", "")).lower()
    if any(word in kind for word in _RUNS):
        raise _Active
    if attributes.get("TargetMode", "").lower() == "external" and kind.endswith(_FETCHED):
        raise _Active


def runs_in_pdf(stream: BinaryIO) -> bool:
    """Whether a PDF runs scripts, starts programs or carries other files; leaves the stream anywhere.

    Names are compared as PDF reads them (``#4A`` is a letter), in the file and in its compressed objects. What is
    encrypted and compressed, or unpacks to more than 20 MB of objects, cannot be looked into and counts as yes.
    """
    stream.seek(0)
    content = stream.read()
    if _has(content, _ACTIVE_NAMES):
        return True
    try:
        return any(_has(part, _ACTIVE_NAMES) for part in _objects(content))
    except (_Active, zlib.error):
        return True


def _has(content: bytes, wanted: frozenset[bytes]) -> bool:
    """Whether one of these PDF names stands in ``content``; looked at one by one, however many there are."""
    return any((_plain(found[1]) if b"#" in found[1] else found[1]) in wanted for found in _NAME.finditer(content))


def _plain(name: bytes) -> bytes:
    return _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), name)


def _objects(content: bytes) -> Iterator[bytes]:
    """The unpacked object streams: what follows ``stream`` when the words since the one before say so.

    A word ``stream`` put into a comment to mislead has no packed data after it, and that counts as active.
    """
    left = MAX_UNPACKED
    start = 0
    for found in _STREAM.finditer(content):
        is_packed = _has(content[start : found.start()], _COMPRESSED)
        start = found.end()
        if not is_packed:
            continue
        if b"/Encrypt" in content:
            raise _Active
        end = content.find(b"endstream", start)
        unpacker = zlib.decompressobj()
        part = unpacker.decompress(content[start : end if end > 0 else None], left)
        left -= len(part)
        if not unpacker.eof or left <= 0:
            raise _Active
        yield part
