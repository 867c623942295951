"""What a file is, by its content."""

from __future__ import annotations

import io
import zipfile

import pytest

from common import uploads

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\0" * 64
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + b"\0" * 64
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n%%EOF\n"


def office(*names: str) -> bytes:
    """A zip archive with these members."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(name, "<a/>")
    return stream.getvalue()


def old_office(*streams: str) -> bytes:
    """The beginning of an OLE file with a directory of these streams."""
    names = b"".join((name + "\0").encode("utf-16-le") for name in streams)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512 + names + b"\0" * 64


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PNG, uploads.PNG),
        (JPEG, uploads.JPEG),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 " + b"\0" * 64, uploads.WEBP),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\0" * 64, uploads.HEIC),
        (PDF, uploads.PDF),
        (office("[Content_Types].xml", "word/document.xml"), uploads.DOCX),
        (office("[Content_Types].xml", "xl/workbook.xml"), uploads.XLSX),
        (office("[Content_Types].xml", "ppt/presentation.xml"), uploads.PPTX),
        (old_office("Root Entry", "WordDocument"), uploads.DOC),
        (old_office("Root Entry", "Workbook"), uploads.XLS),
        (old_office("Root Entry", "PowerPoint Document"), uploads.PPT),
    ],
)
def test_allowed_types_are_found_from_content(content: bytes, kind: uploads.FileType) -> None:
    stream = io.BytesIO(content)
    assert uploads.sniff(stream) == kind
    assert stream.tell() == 0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ" + b"\0" * 200,
        b"\x7fELF" + b"\0" * 200,
        b"<html><script>alert(1)</script></html>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>",
        b"<?xml version='1.0'?><svg/>",
        b"#!/bin/sh\nrm -rf /\n",
        "会议纪要".encode(),
        office("readme.txt"),
        office("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
        office("[Content_Types].xml", "word/document.xml", "xl/workbook.xml"),
        b"PK\x03\x04 not a zip",
        old_office("Root Entry", "WordDocument", "_VBA_PROJECT"),
        old_office("Root Entry"),
    ],
)
def test_everything_else_is_refused(content: bytes) -> None:
    assert uploads.sniff(io.BytesIO(content)) is None


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("签到表.PDF", uploads.PDF, "签到表.pdf"),
        ("../../etc/passwd", uploads.PNG, "passwd.png"),
        ("C:\\temp\\照片.jpeg", uploads.JPEG, "照片.jpeg"),
        ("照片.exe", uploads.JPEG, "照片.exe.jpg"),
        ("a\u202egnp.exe\x00", uploads.PNG, "agnp.exe.png"),
        ('x<y>:"|?*.docx', uploads.DOCX, "x y.docx"),
        ("..", uploads.PDF, "附件.pdf"),
        ("长" * 300 + ".pdf", uploads.PDF, "长" * 120 + ".pdf"),
    ],
)
def test_names_are_cleaned(name: str, kind: uploads.FileType, expected: str) -> None:
    assert uploads.clean_name(name, kind) == expected
