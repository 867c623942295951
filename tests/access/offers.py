"""What pages offer: a link that its reader may not follow is a broken promise."""

from __future__ import annotations

import re
from html import unescape

from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import Resolver404, resolve

LINK = re.compile(r'<a\s[^>]*?href="(/[^"#]*)')


class Offers:
    """The links of the pages that one reader saw; of each address the first one is followed."""

    def __init__(self) -> None:
        self.first: dict[str, tuple[str, str]] = {}
        self.answered: dict[str, int] = {}

    def note(self, page: str, url: str, response: HttpResponseBase) -> None:
        """Keep how ``url`` answered and what the page offers; files and refusals offer nothing."""
        if page.startswith("get "):
            self.answered[url] = response.status_code
        if response.status_code != 200 or not response.headers["Content-Type"].startswith("text/html"):
            return
        for link in LINK.findall(response.content.decode()):  # type: ignore[attr-defined]
            url = unescape(link)
            self.first.setdefault(_address(url), (url, page))

    def broken(self, client: Client) -> list[str]:
        """The links that answer anything from 400 on, with the page that offers them."""
        found = []
        for url, page in self.first.values():
            code = self.answered.get(url) or _ask(client, url)
            if code >= 400:
                found.append(f"{page} offers {url}: {code}")
        return found


def _ask(client: Client, url: str) -> int:
    with transaction.atomic():
        code = client.get(url).status_code
        transaction.set_rollback(True)
    return code


def _address(url: str) -> str:
    try:
        return resolve(url.partition("?")[0]).view_name
    except Resolver404:
        return url
