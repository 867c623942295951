"""The tree of organisations as one page shows it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Count

from common import clock
from common.readings import heard_in
from orgs import access, rules
from orgs.models import Organisation, Person, User

WHOLE_TREE_UP_TO = 600  # rows; above it the page shows the upper levels and searches for the rest


@dataclass
class Node:
    """One organisation of the page, with what stands below it."""

    organisation: Organisation
    people: int | None  # None: the reader does not see all of them, so any number would be wrong
    term: rules.TermState
    is_match: bool = False
    children: list[Node] = field(default_factory=list)


@dataclass(frozen=True)
class TreePage:
    """The roots that a user sees; ``is_cut``: lower levels are left out, search finds them.

    ``may_see_units``: whether the lists of colleges and departments open for the reader.
    """

    roots: list[Node]
    found: int
    total: int
    is_cut: bool
    may_see_units: bool


def matches(organisation: Organisation, words: str) -> bool:
    """Whether name or code contain ``words``, or some part of the name is read like them (initials, full pinyin)."""
    wanted = words.strip().lower()
    is_letters = wanted.isascii() and wanted.isalpha()
    return (
        wanted in organisation.name.lower()
        or wanted in organisation.code.lower()
        or (is_letters and heard_in(organisation.name, wanted))
    )


def tree_page(user: User, *, search: str = "", with_dissolved: bool = False) -> TreePage:
    """The visible organisations as a forest; with ``search`` only those that match and what stands above them.

    Two queries beside the user's grants.
    """
    rows = Organisation.objects.visible_to(user)
    if not with_dissolved:
        rows = rows.open_on()
    nodes = list(rows)
    counts = _people_by_path(user)
    found = {node.path for node in nodes if matches(node, search)} if search.strip() else set()
    is_cut = not search.strip() and len(nodes) > WHOLE_TREE_UP_TO
    shown = [node for node in nodes if _is_shown(node, found, search, is_cut)]
    seen = access.paths(user, access.VIEW)
    return TreePage(_forest(shown, counts, found, seen), len(found), len(nodes), is_cut, bool(seen))


def _is_shown(node: Organisation, found: set[str], search: str, is_cut: bool) -> bool:
    if search.strip():
        return any(path.startswith(node.path) for path in found)
    return not is_cut or node.depth <= 2


def _people_by_path(user: User) -> Counter[str]:
    """People below each path, the organisation itself included."""
    counts: Counter[str] = Counter()
    rows = Person.objects.visible_to(user).current().order_by().values_list("organisation__path")
    for path, number in rows.annotate(number=Count("pk")):
        for end in range(4, len(path) + 1, 4):
            counts[path[:end]] += number
    return counts


def _forest(rows: list[Organisation], counts: Counter[str], found: set[str], seen: tuple[str, ...]) -> list[Node]:
    today = clock.today()
    roots: list[Node] = []
    stack: list[Node] = []
    for row in rows:
        state = rules.term_state(today=today, term_end=row.term_end)
        people = counts[row.path] if row.path.startswith(seen) else None
        node = Node(row, people, state, row.path in found)
        while stack and not row.path.startswith(stack[-1].organisation.path):
            stack.pop()
        (stack[-1].children if stack else roots).append(node)
        stack.append(node)
    return roots
