"""Published results as everybody with an account reads them: no ballots of persons, no reasons of vetoes or penalties."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.paginator import Page, Paginator
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Length, Substr

from orgs.models import Level, Organisation
from scoring import definitions
from scoring.bands import TO_VOTE, quota_of
from scoring.models import Correction, Difference, Scheme, SchemeVersion, Sheet, SheetLine, VetoEntry
from scoring.services.publication import changed_words, corrected_units

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.db.models import QuerySet

    from orgs.models import User
    from scoring.definitions import Band, Block, Definition, Indicator

ZERO = Decimal(0)
PER_PAGE = 100  # units


@dataclass(frozen=True)
class BlockScore:
    """A block of one sheet: what it adds to the total, ``None`` when nothing of it counts."""

    block: Block
    score: Decimal | None


@dataclass(frozen=True)
class Row:
    """One unit. ``changed``: what became of it since the publication, in words; ``vetoes``: names of the items only.

    ``group``: the organisation that a branch belongs to; empty for the others.
    """

    sheet: Sheet
    blocks: list[BlockScore]
    changed: str = ""
    vetoes: tuple[str, ...] = ()
    group: str = ""


@dataclass(frozen=True)
class Quota:
    """How many units may have a band, and how many have it."""

    band: Band
    most: int | None
    given: int


@dataclass(frozen=True)
class Publication:
    """One page of the units, and what is said of all. ``sheets``: all of them, whatever page is shown.

    ``by_parent``: branches, each row with the name of the general branch.
    """

    definition: Definition
    version: int
    rows: list[Row]
    page: Page[Sheet]
    sheets: list[Sheet]
    by_parent: bool
    quotas: list[Quota] = field(default_factory=list)

    @property
    def rated(self) -> int:
        """How many units are rated."""
        return sum(one.is_rated for one in self.sheets)

    @property
    def votes(self) -> list[Sheet]:
        """Those that are tied for a place that only the committee can give."""
        return [one for one in self.sheets if TO_VOTE in one.band_words]

    @property
    def gaps(self) -> list[Sheet]:
        """Those without whom nothing is published: rated and without a total."""
        return [one for one in self.sheets if one.is_rated and one.total is None]


def publication_of(scheme: Scheme, page: str | None = None, *, whole: bool = False) -> Publication:
    """Units with total, blocks, band and its words, in tree order: a page of ``PER_PAGE``, or the whole for printing.

    Five queries. ``page``: its number as it was asked for; what is no number is the first.
    """
    version = SchemeVersion.objects.get(scheme=scheme, state=SchemeVersion.State.PUBLISHED)
    definition = definitions.read(version.body)
    by_parent = scheme.applies_to == Level.BRANCH
    found = Sheet.objects.filter(scheme=scheme).select_related("organisation").order_by("organisation__path")
    sheets = list(found.annotate(group=_above()) if by_parent else found)
    shown = Paginator(sheets, max(len(sheets), 1) if whole else PER_PAGE).get_page(page)
    of_page = {} if len(shown) == len(sheets) else {"sheet__in": [one.pk for one in shown]}
    scores = _by_sheet(definition, SheetLine.objects.filter(sheet__scheme=scheme, score__isnull=False, **of_page))
    vetoes = _vetoes(scheme, definition)
    corrected = corrected_units(scheme) if scheme.is_frozen else {}
    rows = [
        Row(
            sheet=one,
            blocks=[BlockScore(block, scores[one.pk].get(block.code)) for block in definition.blocks],
            changed=changed_words(one, corrected) if one.frozen_at else "",
            vetoes=tuple(vetoes[one.organisation_id]),
            group=getattr(one, "group", None) or "",
        )
        for one in shown
    ]
    return Publication(definition, version.number, rows, shown, sheets, by_parent, _quotas(definition, sheets))


def _above() -> Subquery:
    """The name of the organisation right above a sheet's; within the same query, the page has none to spare."""
    path = OuterRef("organisation__path")
    above = Organisation.objects.filter(path=Substr(path, 1, Length(path) - Organisation.steplen))
    return Subquery(above.order_by().values("name")[:1])


def _by_sheet(definition: Definition, lines: QuerySet[SheetLine]) -> dict[int, dict[str, Decimal]]:
    """Points of the total by sheet and block."""
    blocks = {one.code: block.code for block in definition.blocks for one in block.indicators}
    found: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for sheet_id, code, score, factor in lines.values_list("sheet_id", "code", "score", "factor"):
        if code in blocks and score is not None:
            found[sheet_id][blocks[code]] = found[sheet_id].get(blocks[code], ZERO) + score * factor
    return found


def _vetoes(scheme: Scheme, definition: Definition) -> Mapping[int, list[str]]:
    names = {item.code: item.name for item in definition.veto.items}
    found: dict[int, list[str]] = defaultdict(list)
    rows = VetoEntry.objects.filter(scheme=scheme, is_withdrawn=False).order_by("code")
    for organisation_id, code in rows.values_list("organisation_id", "code"):
        found[organisation_id].append(names.get(code, code))
    return found


def _quotas(definition: Definition, sheets: Iterable[Sheet]) -> list[Quota]:
    rated = [one for one in sheets if one.is_rated]
    given: dict[str, int] = defaultdict(int)
    for one in rated:
        given[one.band] += 1
    return [Quota(band, quota_of(band, len(rated)), given[band.name]) for band in definition.bands]


@dataclass(frozen=True)
class PublicLine:
    """One indicator: its words, but no rows; ``correction``: the trace of a review."""

    line: SheetLine
    indicator: Indicator
    correction: Correction | None


@dataclass(frozen=True)
class PublicBlock:
    """A block with its lines."""

    block: Block
    lines: list[PublicLine]
    score: Decimal | None


@dataclass(frozen=True)
class PublicSheet:
    """One unit's published sheet. ``adjustments``: item, what it was for, points; never why points were taken."""

    sheet: Sheet
    definition: Definition
    blocks: list[PublicBlock]
    adjustments: list[dict[str, str]]
    vetoes: list[str]
    changed: str


def public_sheet(sheet: Sheet) -> PublicSheet:
    """One unit (``sheet`` with version, scheme and organisation). Four queries."""
    definition = definitions.read(sheet.version.body)
    lines = {line.code: line for line in SheetLine.objects.filter(sheet=sheet).defer("rows", "inputs")}
    where = {"scheme": sheet.scheme_id, "organisation": sheet.organisation_id}
    rows = Correction.objects.filter(**where).select_related("corrected_by").order_by("id")
    corrections = {one.code: one for one in rows}
    blocks = [_block(block, lines, corrections) for block in definition.blocks]
    return PublicSheet(
        sheet=sheet,
        definition=definition,
        blocks=blocks,
        adjustments=_adjustments(sheet, definition),
        vetoes=_vetoes(sheet.scheme, definition)[sheet.organisation_id],
        changed=changed_words(sheet, corrected_units(sheet.scheme)),
    )


def _block(block: Block, lines: Mapping[str, SheetLine], corrections: Mapping[str, Correction]) -> PublicBlock:
    shown = [
        PublicLine(lines[one.code], one, corrections.get(one.code)) for one in block.indicators if one.code in lines
    ]
    scored = [one.line.score * one.line.factor for one in shown if one.line.score is not None]
    return PublicBlock(block, shown, sum(scored, ZERO) if scored else None)


def _adjustments(sheet: Sheet, definition: Definition) -> list[dict[str, str]]:
    taken = {item.code for item in definition.penalty.items}
    return [
        {name: text for name, text in row.items() if name != "words" or row["code"] not in taken}
        for row in sheet.adjustments
    ]


@dataclass(frozen=True)
class DifferenceRow:
    """A figure that the records would give otherwise now."""

    difference: Difference
    name: str

    @property
    def gap(self) -> Decimal | None:
        """Now less frozen."""
        found = self.difference
        return None if found.current is None or found.frozen is None else found.current - found.frozen


def differences_of(user: User, scheme: Scheme) -> list[DifferenceRow]:
    """Differences of the units that ``user`` oversees, in tree order. Two queries."""
    version = SchemeVersion.objects.filter(scheme=scheme, state=SchemeVersion.State.PUBLISHED).first()
    names = {one.code: one.name for one in definitions.read(version.body).indicators()} if version else {}
    rows = Difference.objects.visible_to(user).filter(sheet__scheme=scheme).select_related("sheet__organisation")
    return [DifferenceRow(one, names.get(one.code, "")) for one in rows.order_by("sheet__organisation__path", "code")]
