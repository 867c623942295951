"""Whoever reads English meets no sentence of the platform in Chinese; names and people's own words stay."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest

from common import clock
from common.sentences import CHINESE, _catalogue, _fitting
from orgs.models import User
from tests.access.address import Address
from tests.access.parts import make_whole_world
from tests.access.table import ADDRESSES
from tests.access.test_matrix import ask, client_of
from tests.access.world import TODAY, World

READ_ALOUD = ("title", "aria-label", "placeholder", "alt")
# Names that the office gives and titles that are kept as facts; a page does not translate them.
KEPT = re.compile(r"前报进展：|（示例）|党总支（二级学院）|党委办事机构|^\d{4}年.{0,12}$")
NAME = 9  # letters at most: the name of a kind, an office, a department


@pytest.fixture
def world(db: None) -> Iterator[World]:
    with clock.moved(TODAY):
        yield make_whole_world()


class Texts(HTMLParser):
    """What a page says: its text and what is read aloud; what people type into is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in ("script", "style", "textarea")
        self.found += [value for name, value in attrs if name in READ_ALOUD and value]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("script", "style", "textarea")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.found.append(data)


def left_in_chinese(html: str) -> set[str]:
    """The sentences that the catalogue knows and the page shows in Chinese all the same."""
    page = Texts()
    page.feed(html)
    texts = {" ".join(text.split()) for text in page.found if CHINESE.search(text)}
    return {text for text in texts if len(text) > NAME and not KEPT.search(text) and is_known(text)}


def is_known(text: str) -> bool:
    """Whether the whole is a sentence of the catalogue, not only a name within it."""
    return text in _catalogue("en")[0] or _fitting("en", text) is not None


READERS = ("committee_secretary", "branch_secretary", "member")


def first_reader(address: Address) -> str | None:
    """Who of ``READERS`` opens it, the first one: each page is read once."""
    return next((role for role in READERS if address.expected(role, "get") == 200), None)


def test_no_page_says_in_chinese_what_it_can_say_in_english(world: World) -> None:
    User.objects.update(language="en")
    left: dict[str, str] = {}
    for role in READERS:
        client = client_of(world, role)
        for address in ADDRESSES:
            if first_reader(address) != role or address.name == "dashboards:design":
                continue
            answer = ask(client, address, world, "get")
            if answer.headers["Content-Type"].startswith("text/html"):
                left |= dict.fromkeys(left_in_chinese(answer.content.decode()), address.name)  # type: ignore[attr-defined]
    assert not left, "\n".join(f"{name}: {text}" for text, name in left.items())
