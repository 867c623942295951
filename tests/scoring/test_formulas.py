"""Each kind of formula, worked out by hand; what holds for all of them is in test_formula_properties.py."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from common.measures import Figure, Happening
from scoring.definitions import Exemption
from scoring.formulas import Marks, Outcome, Status, score_of, two

from .building import RATE, WHOLE, D, held, indicator, rate, until

NOBODY = Marks()
MONTHLY = {"required": 12, "period": "year", "counts": "支委会", "cap_per_month": 1}
QUARTERLY = {"required": 4, "period": "year", "counts": "党员大会", "cap_per_quarter": 1}
FREE = {"required": 4, "period": "year", "counts": "党课"}


# --- frequency: points × min(1, valid / expected) ---------------------------------------------------------------------
def test_monthly_meetings_in_the_middle_of_june() -> None:
    """Five months have ended, so 5 were due; four were held: 8 × 4/5 = 6.4."""
    figure = held((1, 10), (2, 10), (3, 10), (5, 10))
    found = score_of(indicator("frequency", "8", MONTHLY), figure, NOBODY, until(6, 15))
    assert (found.status, found.score) == (Status.SCORED, D("6.4"))
    assert found.words == "截至6月15日应5次（全年12次），有效4次，8×4/5=6.40"
    assert found.inputs == {"expected": "5", "valid": "4", "year": "12", "excused": "0"}


def test_monthly_meetings_at_the_end_of_the_year() -> None:
    """Eleven of twelve: 8 × 11/12 = 7.333…"""
    figure = held(*((month, 10) for month in range(1, 12)))
    found = score_of(indicator("frequency", "8", MONTHLY), figure, NOBODY, WHOLE)
    assert found.score == D(88) / D(12)
    assert found.words == "应12次，有效11次，8×11/12=7.33"


def test_a_second_meeting_in_a_month_does_not_count_twice() -> None:
    """Three in January and one in March are two valid ones of 3 due by 31 March: 8 × 2/3 = 5.333…"""
    figure = held((1, 5), (1, 12), (1, 19), (3, 2))
    found = score_of(indicator("frequency", "8", MONTHLY), figure, NOBODY, until(3, 31))
    assert found.score == D(16) / D(3)


def test_the_last_day_of_a_month_ends_it() -> None:
    """On 30 June six months have ended: 6 due. On 29 June: 5."""
    figure = held((1, 5), (2, 5), (3, 5), (4, 5), (5, 5))
    line = indicator("frequency", "6", MONTHLY)
    assert score_of(line, figure, NOBODY, until(6, 30)).score == D(5)  # 6 × 5/6
    assert score_of(line, figure, NOBODY, until(6, 29)).score == D(6)  # 6 × 5/5


def test_quarters_count_when_they_have_ended() -> None:
    """On 15 August two quarters have ended; only the first has a meeting: 8 × 1/2 = 4. Two in one quarter are one."""
    found = score_of(indicator("frequency", "8", QUARTERLY), held((1, 9), (2, 9)), NOBODY, until(8, 15))
    assert (found.score, found.words) == (D(4), "截至8月15日应2次（全年4次），有效1次，8×1/2=4.00")


def test_without_a_cap_the_months_passed_count() -> None:
    """4 a year: by 15 August seven months have passed, 4×7/12 = 2.33, so 2 are due; one was held: 5 × 1/2 = 2.5."""
    found = score_of(indicator("frequency", "5", FREE), held((3, 1)), NOBODY, until(8, 15))
    assert found.score == D("2.5")


def test_without_a_cap_several_on_one_day_count() -> None:
    found = score_of(indicator("frequency", "5", FREE), held((3, 1), (3, 1), (3, 2), (3, 2), (3, 2)), NOBODY, WHOLE)
    assert (found.score, found.words) == (D(5), "应4次，有效5次，得满分5.00")


def test_excused_months_are_not_owed() -> None:
    """Eight months have ended, of which July and August are excused: 6 due, 6 held: full."""
    figure = held((1, 5), (2, 5), (3, 5), (4, 5), (5, 5), (6, 5), excused=2)
    found = score_of(indicator("frequency", "6", MONTHLY), figure, NOBODY, until(8, 31))
    assert found.score == D(6)
    assert found.words == "截至8月31日应6次（全年10次），已扣除批准不作要求的2次，有效6次，得满分6.00"


def test_each_group_owes_its_own() -> None:
    """Two groups, 2 months: 4 due. Group A held both months and once more in January, group B once: 3 of 4: 6×3/4=4.5."""
    figure = held((1, 5, "A"), (1, 9, "A"), (2, 5, "A"), (2, 5, "B"), units=2)
    found = score_of(indicator("frequency", "6", MONTHLY), figure, NOBODY, until(2, 28))
    assert (found.score, found.inputs["year"]) == (D("4.5"), "24")


def test_nothing_due_yet_is_no_zero() -> None:
    found = score_of(indicator("frequency", "4", {**FREE, "required": 1}), held(), NOBODY, until(6, 15))
    assert (found.status, found.score) == (Status.NOT_DUE, None)
    assert found.words == "截至6月15日尚无到期的次数（全年1次），暂不计分"


def test_held_before_it_was_due_is_full() -> None:
    found = score_of(indicator("frequency", "4", {**FREE, "required": 1}), held((3, 8)), NOBODY, until(6, 15))
    assert (found.status, found.score) == (Status.SCORED, D(4))
    assert found.words == "截至6月15日应0次（全年1次），有效1次，得满分4.00"


def test_everything_excused_does_not_apply() -> None:
    found = score_of(indicator("frequency", "4", MONTHLY), held(excused=12), NOBODY, WHOLE)
    assert (found.status, found.score) == (Status.NOT_APPLICABLE, None)


def test_more_excused_than_due_is_not_below_nothing() -> None:
    found = score_of(indicator("frequency", "4", MONTHLY), held(excused=5), NOBODY, until(3, 31))
    assert found.status is Status.NOT_DUE


def test_what_lies_outside_the_year_or_ahead_of_the_day_does_not_count() -> None:
    """The March meeting is ahead on 28 February: 8 × 1/2."""
    line = indicator("frequency", "8", MONTHLY)
    assert score_of(line, held((1, 5), (3, 5)), NOBODY, until(2, 28)).score == D(4)
    before = Figure(happened=(Happening(datetime.date(2025, 12, 30)), Happening(datetime.date(2026, 2, 3))))
    assert score_of(line, before, NOBODY, until(2, 28)).score == D(4)


# --- rate_linear: points × (rate − zero_at) / (full_at − zero_at) -----------------------------------------------------
LINEAR = {**RATE, "full_at": D("0.95"), "zero_at": D("0.60")}


@pytest.mark.parametrize(
    ("top", "under", "score", "words"),
    [
        # 18/20 = 0.9: 4 × (0.9−0.6)/(0.95−0.6) = 4 × 0.3/0.35 = 3.428571…
        (18, 20, D("1.2") / D("0.35"), "18/20=0.9，区间[0.6,0.95]线性折算，4×(0.9-0.6)/(0.95-0.6)=3.43"),
        (19, 20, D(4), "19/20=0.95，区间[0.6,0.95]线性折算，得4.00"),
        (20, 20, D(4), "20/20=1，区间[0.6,0.95]线性折算，得4.00"),
        (12, 20, D(0), "12/20=0.6，区间[0.6,0.95]线性折算，得0.00"),
        (1, 20, D(0), "1/20=0.05，区间[0.6,0.95]线性折算，得0.00"),
        # 2/3: 4 × (2 − 0.6×3)/(3 × 0.35) = 4 × 0.2/1.05 = 0.7619…
        (2, 3, D("0.8") / D("1.05"), "2/3=0.6667，区间[0.6,0.95]线性折算，4×(0.6667-0.6)/(0.95-0.6)=0.76"),
    ],
)
def test_linear_rate(top: int, under: int, score: Decimal, words: str) -> None:
    found = score_of(indicator("rate_linear", "4", LINEAR), rate(top, under), NOBODY, WHOLE)
    assert (found.score, found.words) == (score, words)


def test_a_rate_that_should_be_low() -> None:
    """Full at 0, nothing from 0.5 on: 1 of 10 is 0.1: 5 × (0.1−0.5)/(0−0.5) = 4."""
    low = {**RATE, "full_at": D(0), "zero_at": D("0.5")}
    assert score_of(indicator("rate_linear", "5", low), rate(1, 10), NOBODY, WHOLE).score == D(4)


def test_nothing_due_for_a_rate() -> None:
    line = indicator("rate_linear", "4", LINEAR)
    found = score_of(line, rate(0, 0), NOBODY, WHOLE)
    assert (found.status, found.score) == (Status.NOT_APPLICABLE, None)
    assert found.words == "不适用：没有到期项，由本板块其余指标按比例承担"
    kind = indicator("rate_linear", "4", {**LINEAR, "empty_denominator": "full_mark"})
    found = score_of(kind, rate(0, 0), NOBODY, WHOLE)
    assert (found.status, found.score, found.words) == (Status.SCORED, D(4), "没有到期项，按方案得满分4.00")


def test_a_rate_without_figures_is_missing() -> None:
    found = score_of(indicator("rate_linear", "4", LINEAR), Figure(values={"numerator": D(1)}), NOBODY, WHOLE)
    assert (found.status, found.score) == (Status.MISSING, None)


# --- stepped ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("top", "score"), [(20, D(5)), (18, D(5)), (17, D(3)), (12, D(3)), (11, D(0)), (0, D(0))])
def test_steps(top: int, score: Decimal) -> None:
    """5 points from 0.9, 3 from 0.6, else nothing: 18/20 is just 0.9, 12/20 just 0.6."""
    steps = ({"min": D("0.9"), "s": D(5)}, {"min": D("0.6"), "s": D(3)}, {"min": D(0), "s": D(0)})
    assert score_of(indicator("stepped", "5", {**RATE, "steps": steps}), rate(top, 20), NOBODY, WHOLE).score == score


# --- deduct -----------------------------------------------------------------------------------------------------------
SLIPS = {"event_weights": {"黄灯": D("0.2"), "橙灯": D("0.5"), "红灯": D(1)}, "floor": D(0)}
ONE_EVENT = {"event": "应双签未双签", "per_event": D("0.5"), "floor": D(0)}


def test_slips_by_colour() -> None:
    """2 yellow, 1 orange, 1 red: 5 − (0.4 + 0.5 + 1) = 3.1."""
    figure = Figure(values={"黄灯": D(2), "橙灯": D(1), "红灯": D(1)})
    found = score_of(indicator("deduct", "5", SLIPS), figure, NOBODY, WHOLE)
    assert (found.score, found.words) == (D("3.1"), "满分5，黄灯2次×0.2、橙灯1次×0.5、红灯1次×1，得3.10（下限0）")
    assert found.inputs == {"黄灯": "2", "橙灯": "1", "红灯": "1", "lost": "1.9"}


def test_an_event_that_the_scheme_does_not_price_is_not_lost() -> None:
    found = score_of(indicator("deduct", "5", SLIPS), Figure(values={"yellow": D(2)}), NOBODY, WHOLE)
    assert (found.status, found.words) == (Status.MISSING, "缺数据：方案没有为yellow规定扣分")


def test_one_sort_of_event_and_the_floor() -> None:
    """3 × 0.5 off 2 leaves 0.5; 9 × 0.5 would leave −2.5 and stops at the floor."""
    line = indicator("deduct", "2", ONE_EVENT)
    found = score_of(line, Figure(values={"late": D(1), "missing": D(2)}), NOBODY, WHOLE)
    assert (found.score, found.words) == (D("0.5"), "满分2，3次×0.5，得0.50（下限0）")
    assert score_of(line, Figure(values={"late": D(9)}), NOBODY, WHOLE).score == D(0)
    floor = indicator("deduct", "2", {**ONE_EVENT, "floor": D(1)})
    assert score_of(floor, Figure(values={"late": D(9)}), NOBODY, WHOLE).score == D(1)


def test_nothing_happened() -> None:
    found = score_of(indicator("deduct", "2", ONE_EVENT), Figure(), NOBODY, WHOLE)
    assert (found.score, found.words) == (D(2), "满分2，0次×0.5，得2.00（下限0）")


def test_manual_events_wait_for_the_reviewer() -> None:
    line = indicator("deduct", "2", ONE_EVENT, measure="", source="mixed", reviewer="组织部")
    found = score_of(line, None, NOBODY, WHOLE)
    assert (found.status, found.score) == (Status.MISSING, None)
    assert found.words == "缺数据：组织部尚未登记核查结果（没有发生也要登记为0次）"
    assert score_of(line, None, Marks(events={}), WHOLE).score == D(2)
    assert score_of(line, None, Marks(events={"不一致": 3}), WHOLE).score == D("0.5")


def test_events_of_records_and_reviewers_add_up() -> None:
    line = indicator("deduct", "2", ONE_EVENT, source="mixed")
    figure = Figure(values={"late": D(1)})
    assert score_of(line, figure, NOBODY, WHOLE).status is Status.MISSING
    assert score_of(line, figure, Marks(events={"late": 2}), WHOLE).score == D("0.5")


# --- checklist --------------------------------------------------------------------------------------------------------
ITEMS = {
    "items": (
        {"code": "a1", "t": "研究不少于2次", "p": D(2), "auto": True},
        {"code": "a2", "t": "分析研判", "p": D("1.5")},
        {"code": "a3", "t": "台账完整", "p": D("1.5")},
    )
}


def test_items_of_records_and_reviewers() -> None:
    """The record gives the first (2), the reviewer the third (1.5): 3.5 of 5."""
    line = indicator("checklist", "5", ITEMS, source="mixed")
    found = score_of(line, Figure(values={"a1": D(1)}), Marks(checked={"a2": False, "a3": True}), WHOLE)
    assert (found.score, found.words) == (D("3.5"), "完成2/3条，缺：分析研判，得3.50")
    assert found.inputs == {"a1": "1", "a2": "0", "a3": "1"}


def test_a_reviewer_cannot_overrule_the_record() -> None:
    line = indicator("checklist", "5", ITEMS, source="mixed")
    checked = {"a1": True, "a2": True, "a3": True}
    assert score_of(line, Figure(values={"a1": D(0)}), Marks(checked=checked), WHOLE).score == D(3)


@pytest.mark.parametrize(
    ("figure", "checked", "words"),
    [
        (Figure(values={"a1": D(1)}), {"a2": True}, "缺数据：尚未核定：台账完整"),
        (Figure(), {"a2": True, "a3": True}, "缺数据：尚未核定：研究不少于2次"),
        (None, {"a2": True, "a3": True}, "缺数据：没有取到数据，请检查取数来源"),
    ],
)
def test_an_item_that_nobody_has_looked_at(figure: Figure | None, checked: dict[str, bool], words: str) -> None:
    found = score_of(indicator("checklist", "5", ITEMS, source="mixed"), figure, Marks(checked=checked), WHOLE)
    assert (found.status, found.score, found.words) == (Status.MISSING, None, words)


# --- rubric -----------------------------------------------------------------------------------------------------------
LEVELS = {"levels": ({"name": "突出", "s": D(3)}, {"name": "明显", "s": D("2.2")}, {"name": "不明显", "s": D(0)})}


def test_a_level_with_its_reason() -> None:
    marks = Marks(level="明显", reason="校企共建支部", reviewer="张三")
    found = score_of(indicator("rubric", "3", LEVELS, measure=""), None, marks, WHOLE)
    assert (found.score, found.words) == (D("2.2"), "评为“明显”，理由：校企共建支部，评分人：张三，得2.20")


@pytest.mark.parametrize(
    ("marks", "words"),
    [
        (Marks(), "缺数据：考核组尚未评定档次"),
        (Marks(level="优", reason="好", reviewer="张三"), "缺数据：方案没有“优”这一档，请重新评定"),
        (Marks(level="突出", reason=" ", reviewer="张三"), "缺数据：评为“突出”但没有写明理由和评分人，请补充"),
        (Marks(level="突出", reason="好"), "缺数据：评为“突出”但没有写明理由和评分人，请补充"),
    ],
)
def test_a_mark_that_cannot_be_defended_is_missing(marks: Marks, words: str) -> None:
    found = score_of(indicator("rubric", "3", LEVELS, measure="", reviewer="考核组"), None, marks, WHOLE)
    assert (found.status, found.score, found.words) == (Status.MISSING, None, words)


# --- imported, survey -------------------------------------------------------------------------------------------------
def test_a_score_of_another_sheet() -> None:
    """88.5 of 100 on 5 points: 4.425; more than the full mark is the full mark."""
    line = indicator("imported", "5", {"from": "检查平均分", "from_full": D(100)})
    found = score_of(line, Figure(values={"value": D("88.5")}), NOBODY, WHOLE)
    assert (found.score, found.words) == (D("4.425"), "检查平均分得88.5/100，折合4.43")
    assert score_of(line, Figure(values={"value": D(120)}), NOBODY, WHOLE).score == D(5)
    assert score_of(line, Figure(), NOBODY, WHOLE).words == "缺数据：没有取到检查平均分"


SURVEY = {"min_ballots": 7, "groups": ({"name": "委员", "w": D(1)},)}


def test_a_ballot() -> None:
    """A weighted mean of 86.5 on 8 points: 6.92."""
    figure = Figure(values={"mean": D("86.5"), "ballots": D(7)})
    found = score_of(indicator("survey", "8", SURVEY, source="ballot"), figure, NOBODY, WHOLE)
    assert (found.score, found.words) == (D("6.92"), "各人群平均分×权重之和为86.50，有效票7张，8×86.50/100=6.92")


def test_too_few_ballots_are_missing() -> None:
    line = indicator("survey", "8", SURVEY, source="ballot")
    found = score_of(line, Figure(values={"mean": D(90), "ballots": D(6)}), NOBODY, WHOLE)
    assert (found.status, found.score) == (Status.MISSING, None)
    assert found.words == "缺数据：有效票6张，少于方案规定的7张，请补充测评"
    assert score_of(line, Figure(), NOBODY, WHOLE).words == "缺数据：测评尚未结束，或没有有效票"


# --- what comes before every formula ----------------------------------------------------------------------------------
def test_exempt_comes_before_everything() -> None:
    allowed = Exemption("检查功能尚未启用", "党委组织部", datetime.date(2026, 3, 15))
    found = score_of(indicator("rate_linear", "4", LINEAR, exempt=allowed), rate(1, 1), NOBODY, WHOLE)
    assert (found.status, found.score) == (Status.EXEMPT, None)
    assert found.words == "免计：检查功能尚未启用（党委组织部，2026年3月15日批准），不计入总分的分母"


def test_a_measure_may_say_that_it_does_not_apply_or_has_nothing() -> None:
    line = indicator("frequency", "6", MONTHLY)
    found = score_of(line, Figure(not_applicable="未划分党小组"), NOBODY, WHOLE)
    assert (found.status, found.score) == (Status.NOT_APPLICABLE, None)
    assert found.words == "不适用：未划分党小组，由本板块其余指标按比例承担"
    found = score_of(line, Figure(missing="考勤尚未导入"), NOBODY, WHOLE)
    assert (found.status, found.score, found.words) == (Status.MISSING, None, "缺数据：考勤尚未导入")
    assert score_of(line, None, NOBODY, WHOLE).status is Status.MISSING


def test_sentences_round_half_up() -> None:
    assert [two(D(text)) for text in ("0.005", "0.015", "0.0149", "7")] == ["0.01", "0.02", "0.01", "7.00"]


def test_what_is_owed_once_a_year_costs_nothing_before_it_is_due() -> None:
    talks = indicator("rate_linear", "1", {**RATE, "full_at": D("0.95"), "zero_at": D("0.5")})
    early = Figure(values={"numerator": D(4), "denominator": D(74)}, not_due="12月31日到期")
    assert score_of(talks, early, Marks(), until(6, 15)) == Outcome(
        Status.NOT_DUE, None, "未到期：12月31日到期，暂不计分"
    )
    # 71 of 74 is 0.959: full already, and it counts
    done = Figure(values={"numerator": D(71), "denominator": D(74)}, not_due="12月31日到期")
    assert score_of(talks, done, Marks(), until(6, 15)).score == D(1)
