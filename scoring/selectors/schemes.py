"""Schemes and their versions as the pages show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from meetings.kinds import shipped_kinds
from meetings.record import TOPICS
from orgs import access
from orgs.models import Organisation
from scoring import bodies, definitions, inputs, registry
from scoring.definition_changes import WORDS
from scoring.definition_checks import KIND_WORDS
from scoring.definition_fields import exact
from scoring.definition_parts import Problem
from scoring.marking_rules import markable_codes
from scoring.models import ReviewerSeat, Scheme, SchemeVersion, StageEvent
from scoring.words import EMPTY, MEASURE_WORDS, SOURCES

if TYPE_CHECKING:
    from orgs.models import User
    from scoring.definitions import Difference

State = SchemeVersion.State
_KIND_OF_SOURCE = dict(SOURCES)


@dataclass
class SchemeRow:
    """A scheme of the list with its version in force and its draft."""

    scheme: Scheme
    in_force: SchemeVersion | None = None
    draft: SchemeVersion | None = None
    may_edit: bool = False


def scheme_rows(user: User) -> list[SchemeRow]:
    """Every scheme that ``user`` may see; drafts only of those that they edit. Two queries."""
    schemes = list(Scheme.objects.visible_to(user).select_related("organisation"))
    rows = {one.pk: SchemeRow(one, may_edit=access.may(user, access.CONFIGURE, one.organisation)) for one in schemes}
    versions = SchemeVersion.objects.filter(scheme__in=schemes, state__in=(State.DRAFT, State.PUBLISHED))
    for version in versions.defer("body"):
        row = rows[version.scheme_id]
        if version.state == State.PUBLISHED:
            row.in_force = version
        elif row.may_edit:
            row.draft = version
    return list(rows.values())


def visible_versions(user: User) -> QuerySet[SchemeVersion]:
    """Versions of the schemes that ``user`` may see; drafts for who edits the scheme."""
    managed = access.within(user, access.CONFIGURE, "scheme__organisation")
    return SchemeVersion.objects.filter(
        ~Q(state=State.DRAFT) | managed, scheme__in=Scheme.objects.visible_to(user)
    ).select_related("scheme__organisation", "drafted_by__person", "published_by__person")


def versions_of(user: User, scheme: Scheme) -> list[SchemeVersion]:
    """All versions of a scheme that ``user`` may see, newest first. One query."""
    return list(visible_versions(user).filter(scheme=scheme).defer("body").order_by("-number"))


def events_of(scheme: Scheme) -> list[StageEvent]:
    """How the scheme went through its year, newest first. One query."""
    return list(StageEvent.objects.filter(scheme=scheme).select_related("actor__person"))


@dataclass
class IndicatorLine:
    """One indicator in words."""

    code: str
    name: str
    points: Any
    kind: str
    source: str
    measure: str
    reviewer: str
    cadence: str
    note: str
    exempt: Mapping[str, Any] | None
    params: list[tuple[str, str]]
    has_problem: bool = False


@dataclass
class BlockLine:
    """One block with its lines; ``total``: what its indicators add up to."""

    code: str
    name: str
    points: Any
    total: str
    lines: list[IndicatorLine]
    has_problem: bool = False


@dataclass
class VersionPage:
    """A version as the page shows it."""

    version: SchemeVersion
    body: Mapping[str, Any]
    digest: str
    blocks: list[BlockLine]
    problems: list[tuple[Problem, str, str]]
    process: list[Mapping[str, Any]] = field(default_factory=list)


def version_page(version: SchemeVersion) -> VersionPage:
    """All parts of a version in words; of a draft also what keeps it from being published (one query)."""
    problems = problems_of(version) if version.state == State.DRAFT else []
    wrong = {(kind, code) for _problem, kind, code in problems}
    blocks = [_block(block, wrong) for block in bodies.rows(version.body, "blocks")]
    process = bodies.rows(version.body, "process")
    return VersionPage(version, version.body, bodies.digest(version.body), blocks, problems, process)


def problems_of(version: SchemeVersion) -> list[tuple[Problem, str, str]]:
    """Everything wrong with a draft, each with the part that it is about (kind, code)."""
    found = bodies.problems_of(version.body, registry.given())
    if not found:
        definition = definitions.read(version.body)
        found = [Problem("params.scheme", words) for words in inputs.circles(version.scheme, definition)]
    return [(problem, *bodies.part_of(version.body, problem.path)) for problem in found]


def _block(block: Mapping[str, Any], wrong: set[tuple[str, str]]) -> BlockLine:
    lines = [_line(one, wrong) for one in bodies.rows(block, "indicators")]
    points = [exact(line.points) for line in lines]
    total = definitions.plain(sum(one for one in points if one is not None))
    code = str(block.get("code", ""))
    return BlockLine(code, block.get("name", ""), block.get("points"), total, lines, ("block", code) in wrong)


def _line(one: Mapping[str, Any], wrong: set[tuple[str, str]]) -> IndicatorLine:
    code, measure = str(one.get("code", "")), registry.measures().get(one.get("measure", ""))
    return IndicatorLine(
        code=code,
        name=one.get("name", ""),
        points=one.get("points"),
        kind=KIND_WORDS.get(one.get("kind", ""), one.get("kind", "")),
        source=str(_KIND_OF_SOURCE.get(one.get("source", ""), "")),
        measure=str(measure.title) if measure else "",
        reviewer=one.get("reviewer", ""),
        cadence=one.get("cadence", ""),
        note=one.get("note", ""),
        exempt=one.get("exempt"),
        params=_params(one.get("params") or {}),
        has_problem=("indicator", code) in wrong,
    )


_HIDDEN = ("period",)
_CALLED = {
    "counts": "计什么", "event": "事项", "numerator": "分子", "denominator": "分母", "empty_denominator": "分母为零时",
    "cap_per_month": "每月最多计", "cap_per_quarter": "每季最多计", "na_when": "不适用", "from": "取自",
    "kind": "会议类型", "from_full": "原表满分", "scheme": "原表方案", "min_ballots": "最少有效票",
}  # fmt: skip


def _params(params: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = []
    for key, value in params.items():
        if key not in _HIDDEN:
            label = _CALLED.get(key) or MEASURE_WORDS.get(key) or WORDS.get(key, key)
            found.append((str(label), _said(key, value)))
    return found


@cache
def _kind_names() -> dict[str, str]:
    """Shipped kinds of meetings by the code that a scheme writes; a school's own kind is shown by its code."""
    return {str(one["code"]): str(one["name"]) for one in shipped_kinds()}


def _said(key: str, value: Any) -> str:
    if key == "empty_denominator":
        return str(dict(EMPTY).get(value, value))
    if key == "topic":
        return str(TOPICS.get(value, value))
    if key == "kind":
        return _kind_names().get(value, str(value))
    if isinstance(value, Mapping):
        return "，".join(f"{name} {amount}" for name, amount in value.items())
    if isinstance(value, list | tuple):
        return "；".join(_row_said(row) for row in value)
    return str(value)


def _row_said(row: Any) -> str:
    if not isinstance(row, Mapping):
        return str(row)
    if "min" in row:
        return f"≥{row['min']} 得{row.get('s')}"
    name = row.get("name") or row.get("t")
    amount = row.get("s", row.get("p", row.get("w")))
    return f"{name} {amount}" + ("（自动）" if row.get("auto") else "")


def changes_from(version: SchemeVersion) -> tuple[SchemeVersion | None, list[Difference] | None]:
    """The version that this one follows, and what differs; ``None`` for the differences of an unsound draft.

    A draft is compared with the version in force, another with the one before it. One query.
    """
    others = SchemeVersion.objects.filter(scheme_id=version.scheme_id, number__lt=version.number)
    before = others.exclude(state=State.DRAFT).order_by("-number").first()
    if before is None:
        return None, []
    try:
        new = definitions.read(version.body)
    except definitions.DefinitionFault:
        return before, None
    return before, definitions.differences(definitions.read(before.body), new)


@dataclass
class SeatLine:
    """An indicator that people mark, its reviewers, and how far they are."""

    code: str
    name: str
    seats: list[ReviewerSeat]
    marked: int = 0


def seat_lines(scheme: Scheme) -> list[SeatLine]:
    """The indicators that people mark with their reviewers, from the version in force, else the draft. Three queries."""
    versions = SchemeVersion.objects.filter(scheme=scheme, state__in=(State.PUBLISHED, State.DRAFT))
    version = next(iter(sorted(versions, key=lambda one: one.state == State.DRAFT)), None)
    if version is None:
        return []
    names = {str(one.get("code")): str(one.get("name", "")) for _block, one in bodies.indicators(version.body)}
    lines = {code: SeatLine(code, names.get(code, ""), []) for code in markable_codes(version.body)}
    for seat in ReviewerSeat.objects.filter(scheme=scheme).select_related("person__organisation"):
        line = lines.setdefault(seat.code, SeatLine(seat.code, names.get(seat.code, ""), []))
        line.seats.append(seat)
    for code in scheme.marks.values_list("code", flat=True):
        if code in lines:
            lines[code].marked += 1
    return list(lines.values())


def import_places(user: User) -> list[Organisation]:
    """Root organisations whose schemes ``user`` may edit. One query."""
    return [one for one in Organisation.objects.filter(depth=1) if access.may(user, access.CONFIGURE, one)]


def assessed_count(scheme: Scheme) -> int:
    """How many organisations the scheme assesses. One query."""
    return inputs.assessed(scheme).count()
