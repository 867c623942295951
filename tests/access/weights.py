"""What a browser has to fetch before it can show a page: the page and its styles, scripts and signs, compressed."""

from __future__ import annotations

import gzip
import re
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders

FETCHED = re.compile(
    r'<link[^>]+rel="stylesheet"[^>]*href="/static/([^"?]+)|<script[^>]+src="/static/([^"?]+)|<use href="/static/([^"#?]+)'
)
HASH = re.compile(r"\.[0-9a-f]{12}(?=\.\w+$)")


def first_view(html: str) -> int:
    """Bytes of the first view, compressed; charts are fetched later, when they are seen, and do not count."""
    fetched = {HASH.sub("", next(filter(None, found))) for found in FETCHED.findall(html)}
    return len(gzip.compress(html.encode(), 6)) + sum(_file(name) for name in fetched)


@cache
def _file(name: str) -> int:
    path = finders.find(name)
    assert path, f"no static file {name}"
    return len(gzip.compress(Path(path).read_bytes(), 6))
