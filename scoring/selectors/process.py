"""The process page of a scheme, the self-statements, and what is still missing."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from common import clock
from orgs import access
from scoring import definitions, inputs, stages
from scoring.bands import TO_VOTE
from scoring.models import (
    LineStatus,
    Objection,
    Scheme,
    SchemeVersion,
    SelfStatement,
    Sheet,
    SheetLine,
    Stage,
    StageEvent,
)
from scoring.services.objections import OPEN

if TYPE_CHECKING:
    from orgs.models import Organisation, User
    from scoring.definitions import Indicator


@dataclass(frozen=True)
class PlannedStep:
    """A step of the scheme's ``process``; ``late``: its day is over and the stage is not."""

    name: str
    by: str
    due: str
    late: bool


@dataclass(frozen=True)
class StageRow:
    """One stage of the stepper. ``state``: done, now or next; ``entered``: the last event that led into it."""

    stage: str
    label: str
    state: str
    steps: list[PlannedStep]
    entered: StageEvent | None


@dataclass(frozen=True)
class Remark:
    """What is to be known before the next step; ``blocks``: the step is refused until it is done."""

    words: str
    blocks: bool = False
    url: str = ""


@dataclass
class ProcessPage:
    """Everything on the process page. ``next_step``: ``None`` when the year is over.

    ``may_follow``: whether objections and differences open for the reader.
    """

    scheme: Scheme
    stepper: list[StageRow]
    events: list[StageEvent]
    next_step: stages.Step | None
    remarks: list[Remark]
    may_lead: bool
    may_follow: bool
    own: list[Organisation] = field(default_factory=list)

    @property
    def is_blocked(self) -> bool:
        """Whether the next step would be refused."""
        return any(remark.blocks for remark in self.remarks)

    @property
    def next_label(self) -> str:
        """The stage that the next step leads to, in words."""
        return str(Stage(self.next_step.new).label) if self.next_step else ""

    @property
    def may_go_back(self) -> bool:
        """Whether one step back is possible."""
        return self.may_lead and self.scheme.stage in stages.BACK


def process_page(user: User, scheme: Scheme) -> ProcessPage:
    """Stages with their dates, what was done, what is next. Five queries at most."""
    version = inputs.version_in_force(scheme)
    definition = definitions.read(version.body) if version else None
    events = list(StageEvent.objects.filter(scheme=scheme).select_related("actor__person"))
    leads = access.may(user, access.CONFIGURE, scheme.organisation)
    remarks = _REMARKS.get(scheme.stage, _nothing)
    return ProcessPage(
        scheme=scheme,
        stepper=_stepper(scheme, definition.process if definition else (), events),
        events=events,
        next_step=stages.FORWARD.get(scheme.stage),
        remarks=[*_eyes(user, scheme, events), *remarks(scheme)] if leads else [],
        may_lead=leads,
        may_follow=access.has_anywhere(user, access.VIEW),
        own=[] if leads else _own(user, scheme),
    )


def _stepper(scheme: Scheme, process: Any, events: list[StageEvent]) -> list[StageRow]:
    planned, today = stages.by_stage(process), clock.today()
    entered = {event.new: event for event in reversed(events)}
    here = stages.ORDER.index(scheme.stage)
    rows = []
    for number, stage in enumerate(stages.ORDER):
        is_done = number < here or scheme.stage == Stage.FINAL
        steps = [_planned(step, is_done, today) for step in planned[stage]]
        state = "done" if is_done else "now" if number == here else "next"
        # What was left again by a step back has not been entered.
        event = entered.get(stage) if number <= here else None
        rows.append(StageRow(stage, str(Stage(stage).label), state, steps, event))
    return rows


def _planned(step: Mapping[str, Any], is_done: bool, today: datetime.date) -> PlannedStep:
    day = stages.due_day(step.get("due"))
    due = str(step.get("due", ""))
    if days := step.get("days", step.get("window_days")):
        due = _("%d个工作日") % days
    return PlannedStep(str(step["name"]), str(step.get("by", "")), due, day is not None and day < today and not is_done)


def _own(user: User, scheme: Scheme) -> list[Organisation]:
    """Assessed units where ``user`` is an officer."""
    paths = access.paths(user, access.RECORD)
    return list(inputs.assessed(scheme).filter(path__in=paths)) if paths else []


def _nothing(_scheme: Scheme) -> list[Remark]:
    return []


def _of_statements(scheme: Scheme) -> list[Remark]:
    given = SelfStatement.objects.filter(scheme=scheme, state=SelfStatement.State.SUBMITTED)
    left = inputs.assessed(scheme).exclude(pk__in=given.values("organisation")).count()
    if not left:
        return []
    url = reverse("scoring:statement_list", args=[scheme.pk])
    return [Remark(_("还有%d个单位没有提交自评；转入评价后不能再写。") % left, url=url)]


def _of_marks(scheme: Scheme) -> list[Remark]:
    lines = SheetLine.objects.filter(sheet__scheme=scheme, status=LineStatus.MISSING)
    units, count = len(set(lines.values_list("sheet_id", flat=True))), lines.count()
    if not count:
        return []
    url = reverse("scoring:missing", args=[scheme.pk])
    words = _("%(units)d个单位共%(count)d项缺评分或数据；公示前必须补齐。") % {"units": units, "count": count}
    return [Remark(words, url=url)]


def _of_approval(scheme: Scheme) -> list[Remark]:
    sheets = Sheet.objects.filter(scheme=scheme, is_rated=True)
    rows = list(sheets.values_list("total", "band_words"))
    found = []
    gaps = sum(total is None for total, _words in rows)
    if gaps:
        url = reverse("scoring:missing", args=[scheme.pk])
        found.append(Remark(_("%d个单位缺数据，不得公示。") % gaps, blocks=True, url=url))
    found += _of_ties(scheme, [words for _total, words in rows])
    if clock.today() <= datetime.date(scheme.year, 12, 31):
        found.append(Remark(_("考核年度还没有结束，公示的是截至当天的记录。")))
    return found


def _of_check(scheme: Scheme) -> list[Remark]:
    words = Sheet.objects.filter(scheme=scheme, is_rated=True).values_list("band_words", flat=True)
    return _of_marks(scheme) + _of_ties(scheme, list(words))


def _of_ties(scheme: Scheme, words: list[str]) -> list[Remark]:
    votes = sum(TO_VOTE in one for one in words)
    if not votes:
        return []
    url = reverse("scoring:tie_votes", args=[scheme.pk])
    said = _("%d个单位得分并列、名额不够，须党委会票决。不登记票决也可公示，并列的都不列入这一等次。")
    return [Remark(said % votes, url=url)]


def _of_publication(scheme: Scheme) -> list[Remark]:
    found = []
    if scheme.objections_until is not None and clock.today() <= scheme.objections_until:
        words = _("申诉到%s（含当日）截止，以后才能定稿。")
        found.append(Remark(words % scheme.objections_until.isoformat(), blocks=True))
    left = Objection.objects.filter(scheme=scheme, state__in=OPEN).count()
    if left:
        url = reverse("scoring:objection_list", args=[scheme.pk])
        found.append(Remark(_("还有%d项申诉没有办结。") % left, blocks=True, url=url))
    return found


_REMARKS: Mapping[str, Callable[[Scheme], list[Remark]]] = {
    Stage.STATEMENT: _of_statements,
    Stage.REVIEW: _of_marks,
    Stage.CHECK: _of_check,
    Stage.APPROVAL: _of_approval,
    Stage.PUBLISHED: _of_publication,
}


def _eyes(user: User, scheme: Scheme, events: list[StageEvent]) -> list[Remark]:
    """Whether the reader may confirm the check."""
    if scheme.stage != Stage.CHECK:
        return []
    prepared = stages.preparers((event.old, event.new, event.actor_id) for event in events)
    if user.pk in prepared:
        return [Remark(_("您办理过转入评价或提交复核，四眼复核须由另一位负责人确认。"), blocks=True)]
    return [Remark(_("请逐张核对评分表，确认后点“已复核”。"), url=reverse("scoring:publish", args=[scheme.pk]))]


@dataclass(frozen=True)
class StatementRow:
    """One unit and its self-statement, if there is one."""

    unit: Organisation
    statement: SelfStatement | None

    @property
    def is_submitted(self) -> bool:
        """Whether it is submitted."""
        return self.statement is not None and self.statement.state == SelfStatement.State.SUBMITTED


def statement_rows(user: User, scheme: Scheme) -> list[StatementRow]:
    """The assessed units that ``user`` oversees, those that have not submitted first. Two queries."""
    there = {
        one.organisation_id: one
        for one in SelfStatement.objects.visible_to(user).filter(scheme=scheme).select_related("submitted_by")
    }
    units = inputs.assessed(scheme).filter(access.within(user, access.VIEW, ""))
    rows = [StatementRow(one, there.get(one.pk)) for one in units]
    return sorted(rows, key=lambda row: row.is_submitted)


@dataclass(frozen=True)
class MissingUnit:
    """One unit's lines without data."""

    sheet: Sheet
    lines: list[tuple[Indicator, SheetLine]]


def missing_of(user: User, scheme: Scheme) -> tuple[list[MissingUnit], list[tuple[Indicator, int]]]:
    """Missing lines by unit (those that ``user`` oversees), and how many units each indicator lacks. Two queries."""
    version = SchemeVersion.objects.filter(scheme=scheme, state=SchemeVersion.State.PUBLISHED).first()
    if version is None:
        return [], []
    indicators = {one.code: one for one in definitions.read(version.body).indicators()}
    lines = (
        SheetLine.objects.visible_to(user)
        .filter(sheet__scheme=scheme, status=LineStatus.MISSING, code__in=list(indicators))
        .select_related("sheet__organisation")
        .defer("rows", "inputs")
        .order_by("sheet__organisation__path", "position")
    )
    units: dict[int, MissingUnit] = {}
    counts: Counter[str] = Counter()
    for line in lines:
        unit = units.setdefault(line.sheet_id, MissingUnit(line.sheet, []))
        unit.lines.append((indicators[line.code], line))
        counts[line.code] += 1
    return list(units.values()), [(indicators[code], count) for code, count in sorted(counts.items())]
