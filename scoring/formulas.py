"""What a figure is worth: one pure function a kind of formula, on Decimal, never rounded here. No Django.

The sentences are part of a sheet's record, so they are Chinese whatever the language of the page. Rounding happens once, in
``totals``; a score in a sentence is shown with two places. The kinds follow the reference (scoring_schemes.yaml, ``kinds``).
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from common.measures import Figure, Happening, Row
from scoring.definition_checks import plain
from scoring.definition_parts import Indicator
from scoring.frequencies import Counts, Span, counted, counts_with

ZERO, ONE, HUNDRED = Decimal(0), Decimal(1), Decimal(100)


class Status(StrEnum):
    """What became of an indicator. Only ``SCORED`` has a score; ``MISSING`` blocks publication and is never a zero."""

    SCORED = "scored"
    NOT_APPLICABLE = "not_applicable"
    EXEMPT = "exempt"
    MISSING = "missing"
    NOT_DUE = "not_due"


@dataclass(frozen=True, slots=True)
class Marks:
    """What people found: ``level`` of a rubric with its reason, items ``checked`` by code, ``events`` by name.

    ``events`` is ``None`` until a reviewer has looked; empty means that there were none.
    """

    level: str = ""
    reason: str = ""
    reviewer: str = ""
    checked: Mapping[str, bool] = field(default_factory=dict)
    events: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The score of one indicator (unrounded, ``None`` unless scored), how it came about, and the figures it was made of."""

    status: Status
    score: Decimal | None
    words: str
    inputs: Mapping[str, str] = field(default_factory=dict)


NO_MARKS = Marks()


def two(number: Decimal) -> str:
    """A score as sentences show it: two places, half up."""
    return format(number.quantize(Decimal("0.01"), ROUND_HALF_UP), "f")


def score_of(indicator: Indicator, figure: Figure | None, marks: Marks, span: Span) -> Outcome:
    """The outcome of one indicator of a checked scheme.

    Args: ``figure``: what the measure found, ``None`` if it was not asked or the indicator has none; ``marks``: what
    reviewers registered; ``span``: the year and the day up to which it is judged.
    """
    if indicator.exempt is not None:
        given = indicator.exempt
        words = f"免计：{given.reason}（{given.approved_by}，{_day(given.approved_on)}批准），不计入总分的分母"
        return Outcome(Status.EXEMPT, None, words, {"reason": given.reason, "approved_by": given.approved_by})
    if indicator.measure:
        if figure is None:
            return _missing("没有取到数据，请检查取数来源")
        if figure.not_applicable:
            return Outcome(Status.NOT_APPLICABLE, None, f"不适用：{figure.not_applicable}，由本板块其余指标按比例承担")
        if figure.missing:
            return _missing(figure.missing)
    found = _SCORE[indicator.kind](indicator, figure or Figure(), marks, span)
    if figure is not None and figure.not_due and found.score != indicator.points:
        return Outcome(Status.NOT_DUE, None, f"未到期：{figure.not_due}，暂不计分")
    return found


def _missing(words: str) -> Outcome:
    return Outcome(Status.MISSING, None, f"缺数据：{words}")


def _scored(score: Decimal, words: str, **inputs: Decimal | int | str) -> Outcome:
    texts = {key: value if isinstance(value, str) else plain(value) for key, value in inputs.items()}
    return Outcome(Status.SCORED, score, words, texts)


def _frequency(indicator: Indicator, figure: Figure, marks: Marks, span: Span) -> Outcome:
    """points × min(1, valid / expected); during the year only what was due so far is expected."""
    counts = counted(indicator.params, figure, span)
    if not counts.expected and not counts.valid:
        if not counts.whole_year:
            return Outcome(
                Status.NOT_APPLICABLE, None, "不适用：本年度各期均已批准不作要求，由本板块其余指标按比例承担"
            )
        return Outcome(
            Status.NOT_DUE, None, f"截至{_short(span.as_of)}尚无到期的次数（全年{counts.whole_year}次），暂不计分"
        )
    return _of_counts(indicator, counts, span)


def _of_counts(indicator: Indicator, counts: Counts, span: Span) -> Outcome:
    points, expected, valid = indicator.points, counts.expected, counts.valid
    score = points if valid >= expected else points * valid / expected
    due = f"应{expected}次" if span.over else f"截至{_short(span.as_of)}应{expected}次（全年{counts.whole_year}次）"
    if counts.excused:
        due += f"，已扣除批准不作要求的{counts.excused}次"
    result = f"{plain(points)}×{valid}/{expected}={two(score)}" if valid < expected else f"得满分{two(score)}"
    words = f"{due}，有效{valid}次，{result}"
    return _scored(score, words, expected=expected, valid=valid, year=counts.whole_year, excused=counts.excused)


def _rate(indicator: Indicator, figure: Figure) -> Outcome | tuple[Decimal, Decimal]:
    """Numerator and denominator of a rate, or the outcome when there is nothing to divide by."""
    if "numerator" not in figure.values or "denominator" not in figure.values:
        return _missing("取数结果没有分子或分母")
    top, under = figure.values["numerator"], figure.values["denominator"]
    if under > 0:
        return top, under
    name = indicator.params["denominator"]
    if indicator.params["empty_denominator"] == "full_mark":
        words = f"没有{name}，按方案得满分{two(indicator.points)}"
        return _scored(indicator.points, words, numerator=top, denominator=under)
    return Outcome(Status.NOT_APPLICABLE, None, f"不适用：没有{name}，由本板块其余指标按比例承担")


def _rate_linear(indicator: Indicator, figure: Figure, marks: Marks, span: Span) -> Outcome:
    """points × (rate − zero_at) / (full_at − zero_at), kept between 0 and the points; one division only."""
    rate = _rate(indicator, figure)
    if isinstance(rate, Outcome):
        return rate
    (top, under), points = rate, indicator.points
    full, zero = indicator.params["full_at"], indicator.params["zero_at"]
    part, whole = top - zero * under, under * (full - zero)
    if whole < 0:  # fewer is better: full_at lies below zero_at
        part, whole = -part, -whole
    score = points if part >= whole else ZERO if part <= 0 else points * part / whole
    share = f"{plain(top)}/{plain(under)}={_four(top / under)}"
    result = f"得{two(score)}"
    if ZERO < part < whole:
        result = f"{plain(points)}×({share.split('=')[1]}-{plain(zero)})/({plain(full)}-{plain(zero)})={two(score)}"
    words = f"{share}，区间[{plain(zero)},{plain(full)}]线性折算，{result}"
    return _scored(score, words, numerator=top, denominator=under, full_at=full, zero_at=zero)


def _stepped(indicator: Indicator, figure: Figure, marks: Marks, span: Span) -> Outcome:
    """The points of the first step, from the top, whose ``min`` the rate reaches."""
    rate = _rate(indicator, figure)
    if isinstance(rate, Outcome):
        return rate
    top, under = rate
    step = next((one for one in indicator.params["steps"] if top >= one["min"] * under), indicator.params["steps"][-1])
    words = f"{plain(top)}/{plain(under)}={_four(top / under)}，达到{plain(step['min'])}一档，得{two(step['s'])}"
    return _scored(step["s"], words, numerator=top, denominator=under, step=step["min"])


def _deduct(indicator: Indicator, figure: Figure, marks: Marks, span: Span) -> Outcome:
    """points − Σ events × weight, not below the floor. Events of measure and reviewers add up."""
    found: dict[str, Decimal] = {}
    if indicator.measure:
        found = dict(figure.values)
    if not indicator.measure or indicator.source in {"manual", "mixed"}:
        if marks.events is None:
            return _missing(f"{indicator.reviewer or '评分人'}尚未登记核查结果（没有发生也要登记为0次）")
        for name, times in marks.events.items():
            found[name] = found.get(name, ZERO) + Decimal(times)
    params, floor = indicator.params, indicator.params.get("floor", ZERO)
    weights = params.get("event_weights")
    if weights is None:
        weights, found = {params["event"]: params["per_event"]}, {params["event"]: sum(found.values(), ZERO)}
    elif unknown := sorted(set(found) - set(weights)):
        return _missing(f"方案没有为{'、'.join(unknown)}规定扣分")
    lost = sum((found.get(name, ZERO) * weight for name, weight in weights.items()), ZERO)
    score = min(indicator.points, max(floor, indicator.points - lost))
    several = "event_weights" in params
    parts = [
        f"{name if several else ''}{plain(found.get(name, ZERO))}次×{plain(weight)}" for name, weight in weights.items()
    ]
    words = f"满分{plain(indicator.points)}，{'、'.join(parts)}，得{two(score)}（下限{plain(floor)}）"
    return _scored(score, words, **{name: found.get(name, ZERO) for name in weights}, lost=lost)


def _checklist(indicator: Indicator, figure: Figure, marks: Marks, span: Span) -> Outcome:
    """The points of the items that are done; an item that nobody has looked at makes the whole missing."""
    items, done = indicator.params["items"], {}
    for item in items:
        if item.get("auto") and item["code"] in figure.values:
            done[item["code"]] = figure.values[item["code"]] >= 1
        elif not item.get("auto") and item["code"] in marks.checked:
            done[item["code"]] = marks.checked[item["code"]]
    unseen = [item["t"] for item in items if item["code"] not in done]
    if unseen:
        return _missing(f"尚未核定：{'、'.join(unseen)}")
    score = sum((item["p"] for item in items if done[item["code"]]), ZERO)
    lacking = [item["t"] for item in items if not done[item["code"]]]
    words = f"完成{len(items) - len(lacking)}/{len(items)}条，缺：{'、'.join(lacking) or '无'}，得{two(score)}"
    return _scored(score, words, **{code: "1" if yes else "0" for code, yes in done.items()})


def _rubric(indicator: Indicator, figure: Figure, marks: Marks, span: Span) -> Outcome:
    """The points of the level that a named reviewer chose, with the reason."""
    if not marks.level:
        return _missing(f"{indicator.reviewer or '评分人'}尚未评定档次")
    level = next((one for one in indicator.params["levels"] if one["name"] == marks.level), None)
    if level is None:
        return _missing(f"方案没有“{marks.level}”这一档，请重新评定")
    if not marks.reason.strip() or not marks.reviewer.strip():
        return _missing(f"评为“{marks.level}”但没有写明理由和评分人，请补充")
    words = f"评为“{marks.level}”，理由：{marks.reason}，评分人：{marks.reviewer}，得{two(level['s'])}"
    return _scored(level["s"], words, level=marks.level, reason=marks.reason, reviewer=marks.reviewer)


def _imported(indicator: Indicator, figure: Figure, marks: Marks, span: Span) -> Outcome:
    """Another sheet's score in proportion."""
    name, full = indicator.params["from"], indicator.params["from_full"]
    if "value" not in figure.values:
        return _missing(f"没有取到{name}")
    value = figure.values["value"]
    score = indicator.points * min(max(value, ZERO), full) / full
    return _scored(score, f"{name}得{plain(value)}/{plain(full)}，折合{two(score)}", value=value, from_full=full)


def _survey(indicator: Indicator, figure: Figure, marks: Marks, span: Span) -> Outcome:
    """The weighted mean of an anonymous ballot (0..100) in proportion, if enough people voted."""
    if "mean" not in figure.values or "ballots" not in figure.values:
        return _missing("测评尚未结束，或没有有效票")
    mean, ballots, least = figure.values["mean"], figure.values["ballots"], indicator.params["min_ballots"]
    if ballots < least:
        return _missing(f"有效票{plain(ballots)}张，少于方案规定的{least}张，请补充测评")
    score = indicator.points * min(max(mean, ZERO), HUNDRED) / HUNDRED
    words = f"各人群平均分×权重之和为{two(mean)}，有效票{plain(ballots)}张，{plain(indicator.points)}×{two(mean)}/100={two(score)}"
    return _scored(score, words, mean=mean, ballots=ballots)


_SCORE: Mapping[str, Callable[[Indicator, Figure, Marks, Span], Outcome]] = {
    "frequency": _frequency,
    "deduct": _deduct,
    "rate_linear": _rate_linear,
    "stepped": _stepped,
    "rubric": _rubric,
    "imported": _imported,
    "checklist": _checklist,
    "survey": _survey,
}


def gain(indicator: Indicator, figure: Figure | None, row: Row, marks: Marks, span: Span) -> Decimal:
    """How many points of the indicator depend on ``row``, unrounded, never below 0.

    0 for a row that nothing can change any more, and where there is no score to change (exempt, missing). What reviewers
    have not looked at yet counts as not done, so that the row's own worth can be said early.
    """
    if figure is None or indicator.exempt or figure.missing or not (row.if_done or row.if_not):
        return ZERO
    if indicator.kind == "frequency":
        return _of_frequency(indicator, figure, row, span)
    seen = _as_if_seen(indicator, marks)
    if indicator.kind == "checklist":
        # Its items are the unit's own: what one is worth once it is due is certain before. Of a rate it is not, because
        # what else falls due the same day shares the denominator.
        figure = replace(figure, not_due="")
    done = score_of(indicator, _with(figure, row.if_done), seen, span).score
    undone = score_of(indicator, _with(figure, row.if_not), seen, span).score
    return ZERO if done is None or undone is None else max(ZERO, done - undone)


def _of_frequency(indicator: Indicator, figure: Figure, row: Row, span: Span) -> Decimal:
    if not row.if_done or figure.not_applicable:
        return ZERO
    one = Happening(row.day or span.as_of, row.unit)
    done = counts_with(indicator.params, figure, span, one, held=True)
    undone = counts_with(indicator.params, figure, span, one, held=False)
    # The same number is expected both times; only the part that is held differs.
    more = min(done.valid, done.expected) - min(undone.valid, undone.expected)
    return max(ZERO, indicator.points * more / done.expected)


def _with(figure: Figure, added: Mapping[str, Decimal]) -> Figure:
    values = dict(figure.values)
    for name, amount in added.items():
        values[name] = values.get(name, ZERO) + amount
    return replace(figure, values=values)


def _as_if_seen(indicator: Indicator, marks: Marks) -> Marks:
    items = indicator.params.get("items", ())
    checked = {item["code"]: False for item in items if not item.get("auto")} | dict(marks.checked)
    return replace(marks, checked=checked, events=marks.events if marks.events is not None else {})


def _four(number: Decimal) -> str:
    return plain(number.quantize(Decimal("0.0001"), ROUND_HALF_UP))


def _short(day: datetime.date) -> str:
    return f"{day.month}月{day.day}日"


def _day(day: datetime.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


__all__ = ["Counts", "Marks", "Outcome", "Span", "Status", "gain", "score_of", "two"]
