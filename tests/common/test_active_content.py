"""Documents that carry something that runs are refused by their content, whatever they are called."""

from __future__ import annotations

import io
import zipfile
import zlib

import pytest

from common import active_content, uploads

TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{}</Types>'
RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def document(types: str = "", relations: str = "", **more: bytes | str) -> io.BytesIO:
    """A Word document with these overrides and relations, and more members by name."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES.format(types))
        archive.writestr("word/document.xml", "<a/>")
        archive.writestr("word/_rels/document.xml.rels", RELATIONS.format(relations))
        for name, content in more.items():
            archive.writestr(name, content)
    stream.seek(0)
    return stream


def relation(kind: str, target: str, mode: str = "") -> str:
    outside = f' TargetMode="{mode}"' if mode else ""
    return f'<Relationship Id="r1" Type="{OFFICE}/{kind}" Target="{target}"{outside}/>'


def pdf(*objects: bytes) -> io.BytesIO:
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (number, each) for number, each in enumerate(objects, 1))
    return io.BytesIO(b"%PDF-1.7\n" + body + b"trailer\n<</Root 1 0 R>>\n%%EOF\n")


def packed(content: bytes, kind: bytes = b"/Type /ObjStm ") -> bytes:
    data = zlib.compress(content)
    return b"<<%s/Filter /FlateDecode /Length %d>>\nstream\n%s\nendstream" % (kind, len(data), data)


def stored(content: bytes) -> bytes:
    """As ``packed``, with the content readable in the packed data."""
    packer = zlib.compressobj(0)
    data = packer.compress(content) + packer.flush()
    return b"<</Type /ObjStm /Filter /FlateDecode /Length %d>>\nstream\n%s\nendstream" % (len(data), data)


MACRO = '<Override PartName="/word/document.xml" ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'


@pytest.mark.parametrize(
    "stream",
    [
        document(MACRO),
        document(MACRO.replace("macroEnabled", "macro&#69;nabled")),
        document(
            relations='<Relationship Id="r" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" Target="x.bin"/>'
        ),
        document(relations=relation("oleObject", "embeddings/oleObject1.bin")),
        document(relations=relation("control", "activeX/activeX1.xml")),
        document(relations=relation("attachedTemplate", "https://elsewhere.example/t.dotm", "External")),
        document(relations=relation("frame", "https://elsewhere.example/f.htm", "External")),
        document(**{"word/embeddings/a.BAT": b"x"}),
        document(**{"word/media/start.lnk": b"x"}),
        document(**{"word/vbaProject.bin": b"x"}),
        document(**{"xl/_rels/a.rels": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"}),
        document(**{"xl/_rels/a.rels": b"not xml"}),
        document(**{"word/embeddings/sheet.xlsx": document(MACRO).getvalue()}),
        document(**{"word/embeddings/sheet.xlsx": document(**{"word/embeddings/b.xlsx": b"x"}).getvalue()}),
        document(**{"word/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0 an old object"}),
        document(**{"word/embeddings/large.xlsx": b"\0" * (active_content.MAX_EMBEDDED + 1)}),
        document(**{"xl/_rels/a.rels": b"<a>" + b" " * (active_content.MAX_PART + 1) + b"</a>"}),
    ],
)
def test_office_documents_that_run_something(stream: io.BytesIO) -> None:
    assert uploads.sniff(stream) is None


@pytest.mark.parametrize(
    "stream",
    [
        document(),
        document(relations=relation("hyperlink", "https://www.example.edu.cn/", "External")),
        document(relations=relation("image", "media/image1.png")),
        document(
            relations=relation("package", "embeddings/Microsoft_Excel_Sheet.xlsx"),
            **{"word/embeddings/Microsoft_Excel_Sheet.xlsx": document().getvalue()},
        ),
        document(**{"word/media/image1.png": b"\x89PNG vbaProject oleObject"}),
    ],
)
def test_ordinary_office_documents(stream: io.BytesIO) -> None:
    assert uploads.sniff(stream) == uploads.DOCX


@pytest.mark.parametrize(
    "stream",
    [
        pdf(b"<</Type /Catalog /OpenAction <</S /JavaScript /JS (app.alert(1))>>>>"),
        pdf(b"<</Type /Catalog /OpenAction <</S /J#61vaScript /#4aS (x)>>>>"),
        pdf(b"<</S /Launch /F (calc.exe)>>"),
        pdf(b"<</Type /Filespec /EF <</F 3 0 R>>>>", b"<</Type /EmbeddedFile>>"),
        pdf(packed(b"1 0 <</S /JavaScript>>")),
        # words that mislead: a stream begun in a comment, a long gap, an end inside the packed data
        pdf(b"%stream\n", b"<</S /JavaScript>>", b"%\nendstream"),
        pdf(b"%stream\n", packed(b"1 0 <</S /JavaScript>>")),
        pdf(packed(b"1 0 <</S /JavaScript>>").replace(b"/Filter", b" " * 3000 + b"/Filter")),
        pdf(packed(b"1 0 <</S /JavaScript>>").replace(b"/Filter", b"%stream\n/Filter")),
        pdf(stored(b"1 0 (endstream) <</S /JavaS#63ript>>")),
        pdf(b"<</Encrypt 9 0 R>>", packed(b"1 0 <<>>")),
        pdf(packed(b" " * (active_content.MAX_UNPACKED + 1))),
        pdf(b"<</Type /ObjStm /Filter /FlateDecode>>\nstream\nnot packed\nendstream"),
    ],
)
def test_pdfs_that_run_something(stream: io.BytesIO) -> None:
    assert uploads.sniff(stream) is None
    assert stream.tell() == 0


@pytest.mark.parametrize(
    "stream",
    [
        pdf(b"<</Type /Catalog /Pages 2 0 R /OpenAction [3 0 R /Fit]>>"),
        pdf(b"<</Type /Catalog>>", packed(b"1 0 <</Type /Page>>")),
        # what a packed picture happens to contain is no name
        pdf(b"<</Type /XObject /Subtype /Image>>\nstream\n\x00/JS\x00\xff\nendstream"),
    ],
)
def test_ordinary_pdfs(stream: io.BytesIO) -> None:
    assert uploads.sniff(stream) == uploads.PDF
