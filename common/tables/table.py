"""A list: its columns and filters, bound to the rows that one person may see and to an address."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import F, Model, OrderBy, QuerySet
from django.http import HttpRequest
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from common import language
from common.models import SavedFilter
from common.tables.columns import Column
from common.tables.filters import Filter, Unreadable
from common.tables.search import Search, cleaned

if TYPE_CHECKING:
    from django.db.models.expressions import Combinable
    from django.utils.functional import _StrPromise

    from common.tables.bulk import BulkAction

M = TypeVar("M", bound=Model)
PER_PAGE = 50
CHUNK = 1000
Q, SORT, PAGE, EXPORT = "q", "sort", "page", "export"
TABLES: dict[str, type[Table[Any]]] = {}


class Table(Generic[M]):
    """A list; subclasses say what it shows (see the package's own words for an example)."""

    key: ClassVar[str] = ""
    title: ClassVar[_StrPromise | str] = ""
    columns: tuple[Column, ...] = ()
    filters: tuple[Filter, ...] = ()
    search: ClassVar[Search | None] = None
    order: ClassVar[tuple[str | Combinable | OrderBy, ...]] = ()
    actions: ClassVar[tuple[BulkAction, ...]] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Keep it under its key, for what is done in several requests."""
        super().__init_subclass__(**kwargs)
        if TABLES.setdefault(cls.key, cls).__qualname__ != cls.__qualname__:
            raise TypeError(f"Two lists are called {cls.key}.")

    def __init__(self, rows: QuerySet[M], *, user: Any, params: Mapping[str, str], path: str = "") -> None:
        """``rows`` are all that ``user`` may see; ``params`` is what the address asks for, however senseless."""
        self.rows, self.user, self.path = rows, user, path
        self.columns = tuple(part for part in self.columns if part.seen_by is None or part.seen_by(user))
        self.filters = tuple(part for part in self.filters if part.seen_by is None or part.seen_by(user))
        self.problems: list[str] = []
        self._made: dict[str, Any] = {}
        self.text = cleaned(params.get(Q, "")) if self.search is not None else ""
        self.values: dict[str, Any] = {}
        for part in self.filters:
            self._read(part, params)
        self.sort = self._read_sort(params.get(SORT, ""))
        self.number = self._read_page(params.get(PAGE, ""))
        self._complain_of_unknown(params)

    @classmethod
    def of(cls, request: HttpRequest, rows: QuerySet[M]) -> Self:
        """The list as ``request`` asks for it."""
        return cls(rows, user=request.user, params=request.GET, path=request.path)

    # --- what a list may add

    def related(self, rows: QuerySet[M]) -> QuerySet[M]:
        """``rows`` with what the cells need; for the page and the export."""
        return rows

    def prepare(self, rows: list[M]) -> None:
        """Look up for all ``rows`` at once what the cells need besides, and keep it on them."""

    def name_of(self, row: M) -> str:
        """What a row of the list is called where it stands alone."""
        return str(row)

    def url_of(self, row: M) -> str:
        """The page of a row; empty without one."""
        return ""

    # --- what the address says

    def _read(self, part: Filter, params: Mapping[str, str]) -> None:
        given = {name: text for name in part.names if (text := params.get(name, "").replace("\x00", "").strip())}
        if not given:
            return
        try:
            value = part.read(given, self)
        except Unreadable as error:
            self.problems.append(_("%(why)s，这个条件没有用。") % {"why": error})
            return
        if value is not None:
            self.values[part.key] = value

    def _read_sort(self, text: str) -> str:
        if not text or text.removeprefix("-") in {column.key for column in self.columns if column.sort}:
            return text
        self.problems.append(_("不能按“%(name)s”排序，已按默认的顺序。") % {"name": text[:20]})
        return ""

    def _read_page(self, text: str) -> int:
        if not text:
            return 1
        if text.isdecimal() and len(text) < 8 and int(text) > 0:
            return int(text)
        self.problems.append(_("没有第“%(page)s”页，已显示第1页。") % {"page": text[:20]})
        return 1

    def _complain_of_unknown(self, params: Mapping[str, str]) -> None:
        known = {Q, SORT, PAGE, EXPORT, *(name for part in self.filters for name in part.names)}
        if unknown := [name[:20] for name in params if name not in known][:3]:
            self.problems.append(_("网址里的“%(names)s”不是这里的条件，没有用。") % {"names": "、".join(unknown)})

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is filtered or searched."""
        return bool(self.text or self.values)

    def query(self, *, sort: str | None = None, page: int = 0, without: str = "", export: str = "") -> str:
        """The address of this list (the part after ``?``), changed as asked for; without a page it is the first."""
        said: dict[str, str] = {}
        if self.text and without != Q:
            said[Q] = self.text
        for part in self.filters:
            if part.key in self.values and part.key != without:
                said |= part.written(self.values[part.key])
        if wanted := self.sort if sort is None else sort:
            said[SORT] = wanted
        if page > 1:
            said[PAGE] = str(page)
        if export:
            said[EXPORT] = export
        return urlencode(said)

    # --- the rows

    @cached_property
    def found(self) -> QuerySet[M]:
        """All rows that the address asks for, unsorted."""
        rows = self.rows
        for part in self.filters:
            if part.key in self.values:
                rows = part.narrow(rows, self.values[part.key], self)
        return self.search.narrow(rows, self.text) if self.search is not None and self.text else rows

    @property
    def ordered(self) -> QuerySet[M]:
        """All rows that the address asks for, with what the cells need, in the order it asks for."""
        return self.sorted(self.related(self.found))

    def sorted(self, rows: QuerySet[M]) -> QuerySet[M]:
        """``rows`` in the order that the address asks for; the id breaks ties."""
        return rows.order_by(*self._order(), "pk")

    def _order(self) -> Iterator[str | Combinable | OrderBy]:
        column = next((column for column in self.columns if column.key == self.sort.removeprefix("-")), None)
        if column is None:
            yield from self.order
            return
        for by in column.sort:
            expression: Any = by() if callable(by) else F(by)
            yield OrderBy(expression, descending=self.sort.startswith("-"), nulls_last=True)

    @cached_property
    def page(self) -> Page[M]:
        """The page that is shown, its rows prepared. Two queries and what ``related`` and ``prepare`` ask.

        One row more than a page is read: when the first page holds them all, nothing has to be counted.
        """
        rows = self.ordered
        first = list(rows[: PER_PAGE + 1]) if self.number == 1 else None
        pages: Paginator[M] = Paginator(rows, PER_PAGE)
        pages.count = len(first) if first is not None and len(first) <= PER_PAGE else self.found.count()
        number = min(self.number, pages.num_pages)
        if number != self.number:
            self.problems.append(_("没有第%(page)d页，已显示最后一页。") % {"page": self.number})
        shown = list(rows[(number - 1) * PER_PAGE : number * PER_PAGE]) if first is None else first[:PER_PAGE]
        self.prepare(shown)
        return Page(shown, number, pages)

    def lines(self) -> Iterator[list[str]]:
        """The cells of all rows as text, as the columns say; read in chunks."""
        rows = self.ordered.iterator(chunk_size=CHUNK)
        while chunk := list(islice(rows, CHUNK)):
            self.prepare(chunk)
            with language.held():
                written = [[column.words(row) for column in self.columns] for row in chunk]
            yield from written

    # --- around the rows

    def once(self, key: str, make: Callable[[], Any]) -> Any:
        """What ``make`` gives, asked for once a request."""
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    @cached_property
    def offered(self) -> list[BulkAction]:
        """The bulk actions that are this person's to use."""
        return [action for action in self.actions if action.offered(self.user)]

    @cached_property
    def saved(self) -> list[SavedFilter]:
        """The person's own saved filters of this list. One query."""
        return list(SavedFilter.objects.filter(user=self.user, page=self.key).order_by("name"))
