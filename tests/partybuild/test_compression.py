"""Pages are compressed for browsers that ask; files are not, and a token is never at the same place of the stream twice."""

from __future__ import annotations

import gzip

from django.http import FileResponse, HttpResponse
from django.test import Client, RequestFactory

from partybuild.compression import CompressPages

LONG = "会议记录" * 200


def answer(response: HttpResponse | FileResponse, accepts: str = "gzip") -> HttpResponse | FileResponse:
    request = RequestFactory().get("/", headers={"accept-encoding": accepts})
    answered: HttpResponse | FileResponse = CompressPages(lambda _request: response)(request)
    return answered


def test_a_page_is_compressed_and_whole(client: Client, db: None) -> None:
    page = client.get("/login/", headers={"accept-encoding": "gzip, br"})
    assert page["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in page["Vary"]
    assert "<!doctype html>" in gzip.decompress(page.content).decode()


def test_who_does_not_ask_gets_it_plain() -> None:
    assert "Content-Encoding" not in answer(HttpResponse(LONG), accepts="identity")


def test_files_keep_their_length(tmp_path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-" + b"0" * 5000)
    sent = answer(FileResponse(path.open("rb"), content_type="application/pdf"))
    assert "Content-Encoding" not in sent and sent["Content-Length"] == "5005"
    sheet = answer(HttpResponse(b"PK" + b"0" * 5000, content_type="application/vnd.ms-excel"))
    assert "Content-Encoding" not in sheet


def test_the_length_of_the_same_page_varies() -> None:
    """Django's padding: what is guessed into a page cannot be read off its length."""
    assert len({len(answer(HttpResponse(LONG)).content) for _time in range(40)}) > 5
