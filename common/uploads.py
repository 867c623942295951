"""What an uploaded file really is, found from its content, and a safe name for it. Imports no Django.

Allowed: JPEG, PNG, WebP and HEIC pictures, PDF, Office documents old and new, all without anything that runs
(``active_content``). Everything else is refused: programs, HTML, SVG, archives, text.
"""

from __future__ import annotations

import re
import unicodedata
import zipfile
from dataclasses import dataclass
from typing import BinaryIO

import puremagic

from common.active_content import runs_in_office, runs_in_pdf

HEAD_BYTES = 4096
MAX_PARTS = 5000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OPEN_XML = "application/vnd.openxmlformats-officedocument."


@dataclass(frozen=True)
class FileType:
    """A type that may be uploaded; the first extension is the one a misnamed file gets."""

    content_type: str
    extensions: tuple[str, ...]


JPEG = FileType("image/jpeg", (".jpg", ".jpeg", ".jpe", ".jfif"))
PNG = FileType("image/png", (".png",))
WEBP = FileType("image/webp", (".webp",))
HEIC = FileType("image/heic", (".heic", ".heif"))
PDF = FileType("application/pdf", (".pdf",))
DOC = FileType("application/msword", (".doc", ".wps"))
XLS = FileType("application/vnd.ms-excel", (".xls", ".et"))
PPT = FileType("application/vnd.ms-powerpoint", (".ppt", ".dps"))
DOCX = FileType(_OPEN_XML + "wordprocessingml.document", (".docx",))
XLSX = FileType(_OPEN_XML + "spreadsheetml.sheet", (".xlsx",))
PPTX = FileType(_OPEN_XML + "presentationml.presentation", (".pptx",))
ALLOWED = (JPEG, PNG, WEBP, HEIC, PDF, DOC, XLS, PPT, DOCX, XLSX, PPTX)
_DOCUMENTS = (extension for kind in (PDF, DOC, XLS, PPT, DOCX, XLSX, PPTX) for extension in kind.extensions)
# What a file field offers to choose; "image/*" is what makes a phone offer its camera.
ACCEPT = ",".join(("image/*", *_DOCUMENTS))

_BY_MAGIC = {
    "image/jpeg": JPEG,
    "image/png": PNG,
    "image/webp": WEBP,
    "image/heic": HEIC,
    "image/heif": HEIC,
    "application/pdf": PDF,
}
_BY_PART = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX, "ppt/presentation.xml": PPTX}
_BY_STREAM = {"WordDocument": DOC, "Workbook": XLS, "Book": XLS, "PowerPoint Document": PPT}


def sniff(stream: BinaryIO) -> FileType | None:
    """The type of the file in ``stream`` (seekable), or ``None`` when it is not an allowed one. Rewinds the stream."""
    stream.seek(0)
    head = stream.read(HEAD_BYTES)
    try:
        if head.startswith(b"PK\x03\x04"):
            return _office_zip(stream)
        if head.startswith(_OLE):
            return _office_binary(stream)
        kind = _by_magic(head)
        return None if kind is PDF and runs_in_pdf(stream) else kind
    finally:
        stream.seek(0)


def _by_magic(head: bytes) -> FileType | None:
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return None
    best = max((match.confidence for match in found), default=0)
    types = {_BY_MAGIC.get(match.mime_type) for match in found if match.confidence == best}
    types.discard(None)
    return types.pop() if len(types) == 1 else None


def _office_zip(stream: BinaryIO) -> FileType | None:
    """A new Office document: one main part, nothing that runs."""
    try:
        with zipfile.ZipFile(stream) as archive:
            names = {info.filename for info in archive.infolist()}
            if len(names) > MAX_PARTS or "[Content_Types].xml" not in names or runs_in_office(archive):
                return None
    except (zipfile.BadZipFile, OSError, ValueError):
        return None
    found = [kind for part, kind in _BY_PART.items() if part in names]
    return found[0] if len(found) == 1 else None


def _office_binary(stream: BinaryIO) -> FileType | None:
    """An old Office document: the name of its main stream stands in the directory, and no macro project does."""
    stream.seek(0)
    content = stream.read()
    if "_VBA_PROJECT".encode("utf-16-le") in content:
        return None
    found = {kind for name, kind in _BY_STREAM.items() if (name + "\0").encode("utf-16-le") in content}
    return found.pop() if len(found) == 1 else None


def clean_name(name: str, kind: FileType, limit: int = 120) -> str:
    """A name safe to show and to offer for saving: no path, no control or direction marks, the type's extension."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(char for char in name if unicodedata.category(char)[0] != "C")
    name = re.sub(r'[<>:"|?*\s]+', " ", name).strip(" .")
    stem, dot, extension = name.rpartition(".")
    if not dot or f".{extension.lower()}" not in kind.extensions:
        stem, extension = name, kind.extensions[0][1:]
    return f"{stem.strip(' .')[:limit] or '附件'}.{extension.lower()}"
