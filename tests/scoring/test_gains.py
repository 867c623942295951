"""What a row is still worth, worked out by hand."""

from __future__ import annotations

import datetime
from decimal import Decimal

from common.measures import Figure, Row
from scoring.definitions import Exemption
from scoring.formulas import Marks, gain

from .building import RATE, WHOLE, D, held, indicator, rate, until
from .test_formulas import FREE, ITEMS, MONTHLY, ONE_EVENT, SLIPS

NOBODY = Marks()
LINEAR = indicator("rate_linear", "9", {**RATE, "full_at": D(1), "zero_at": D("0.5")})
ONE = D(1)


def day(month: int, number: int) -> datetime.date:
    return datetime.date(2026, month, number)


def owed(month: int, number: int, unit: str = "") -> Row:
    """A meeting that can still be held by this day."""
    return Row("会议", day=day(month, number), unit=unit, counts=False, if_done={"held": ONE})


def test_an_overdue_item() -> None:
    """16 of 20: 9 × (0.8−0.5)/0.5 = 5.4; 17 of 20: 9 × 0.35/0.5 = 6.3. Worth 0.9."""
    row = Row("清单项", counts=False, if_done={"numerator": ONE})
    assert gain(LINEAR, rate(16, 20), row, NOBODY, WHOLE) == D("0.9")


def test_an_item_that_is_not_due_yet() -> None:
    """20 of 25 (0.8, 5.4) against 19 of 25 (0.76, 4.68): worth 0.72, though the score now is 19 of 24."""
    row = Row("清单项", if_done={"numerator": ONE, "denominator": ONE}, if_not={"denominator": ONE})
    assert gain(LINEAR, rate(19, 24), row, NOBODY, WHOLE) == D("0.72")


def test_the_first_item_that_comes_due() -> None:
    """0 of 0 does not apply now; done it is full, undone nothing: all 9 points hang on it."""
    row = Row("清单项", if_done={"numerator": ONE, "denominator": ONE}, if_not={"denominator": ONE})
    assert gain(LINEAR, rate(0, 0), row, NOBODY, WHOLE) == D(9)


def test_what_nothing_can_change_is_worth_nothing() -> None:
    assert gain(LINEAR, rate(16, 20), Row("清单项", counts=False), NOBODY, WHOLE) == D(0)
    monthly = indicator("frequency", "8", MONTHLY)
    assert gain(monthly, held(), Row("会议", day=day(3, 1)), NOBODY, until(6, 15)) == D(0)


def test_hold_the_june_meeting() -> None:
    """On 15 June 4 of 5 are held. With June due as well: 5 of 6 against 4 of 6, 8 × 1/6 = 1.333…"""
    figure = held((1, 10), (2, 10), (3, 10), (5, 10))
    found = gain(indicator("frequency", "8", MONTHLY), figure, owed(6, 30), NOBODY, until(6, 15))
    assert found == D(8) / D(6)


def test_a_month_that_has_ended_is_already_due() -> None:
    """April, still to be entered late: 5 of 5 against 4 of 5, 8 × 1/5 = 1.6."""
    figure = held((1, 10), (2, 10), (3, 10), (5, 10))
    assert gain(indicator("frequency", "8", MONTHLY), figure, owed(4, 30), NOBODY, until(6, 15)) == D("1.6")


def test_what_is_ahead_of_time_does_not_hide_a_gap() -> None:
    """June is held, April is not: with June due too, 6 of 6 against 5 of 6, 8 × 1/6, though the score shows 5 of 5."""
    figure = held((1, 10), (2, 10), (3, 10), (5, 10), (6, 10))
    found = gain(indicator("frequency", "8", MONTHLY), figure, owed(4, 30), NOBODY, until(6, 15))
    assert found == D(8) / D(6)


def test_a_second_meeting_in_the_month_is_worth_nothing() -> None:
    figure = held((1, 10), (6, 10))
    assert gain(indicator("frequency", "8", MONTHLY), figure, owed(6, 30), NOBODY, until(6, 15)) == D(0)


def test_a_yearly_meeting_that_is_not_due_yet() -> None:
    """Once a year, nothing due in June: all 4 points hang on it."""
    line = indicator("frequency", "4", {**FREE, "required": 1})
    assert gain(line, held(), owed(12, 31), NOBODY, until(6, 15)) == D(4)
    assert gain(line, held((3, 8)), owed(12, 31), NOBODY, until(6, 15)) == D(0)


def test_each_group_for_itself() -> None:
    """Two groups, 31 January: 2 due, one held; the other group's: 2 of 2 against 1 of 2: 6 × 1/2 = 3."""
    line = indicator("frequency", "6", MONTHLY)
    figure = held((1, 5, "A"), units=2)
    assert gain(line, figure, owed(1, 31, "B"), NOBODY, until(1, 31)) == D(3)
    assert gain(line, figure, owed(1, 31, "A"), NOBODY, until(1, 31)) == D(0)


def test_a_slip_that_can_still_be_avoided() -> None:
    """One red less than with it: 1 point of 5; at the floor nothing is left to lose."""
    row = Row("督办", if_not={"红灯": ONE})
    line = indicator("deduct", "5", SLIPS)
    assert gain(line, Figure(values={"红灯": D(1)}), row, NOBODY, WHOLE) == D(1)
    assert gain(line, Figure(values={"红灯": D(5)}), row, NOBODY, WHOLE) == D(0)


def test_an_item_of_a_list_before_the_reviewer_has_looked() -> None:
    row = Row("研究意识形态", counts=False, if_done={"a1": ONE})
    line = indicator("checklist", "5", ITEMS, source="mixed")
    assert gain(line, Figure(values={"a1": D(0)}), row, NOBODY, WHOLE) == D(2)
    mixed = indicator("deduct", "2", ONE_EVENT, source="mixed")
    assert gain(mixed, Figure(), Row("双签", if_not={"late": ONE}), NOBODY, WHOLE) == D("0.5")


def test_a_list_that_is_not_due_yet() -> None:
    """The appraisal of December: nothing of it costs anything now, and all 3 points hang on doing it in full."""
    items = ({"code": code, "t": code, "p": D(1), "auto": True} for code in ("a1", "a2", "a3"))
    line = indicator("checklist", "3", {"items": tuple(items)})
    waiting = Figure(values=dict.fromkeys(("a1", "a2", "a3"), D(0)), not_due="12月31日到期")
    row = Row("民主评议", counts=False, if_done=dict.fromkeys(("a1", "a2", "a3"), ONE))
    assert gain(line, waiting, row, NOBODY, until(6, 15)) == D(3)
    # A rate that others share is not promised before it is due.
    talks = Figure(values={"numerator": D(0), "denominator": D(20)}, not_due="12月31日到期")
    assert gain(LINEAR, talks, Row("谈心谈话", if_done={"numerator": D(20)}), NOBODY, until(6, 15)) == D(0)


def test_no_gain_without_a_score() -> None:
    row = Row("清单项", if_done={"numerator": ONE})
    allowed = Exemption("未启用", "党委组织部", day(3, 15))
    exempt = indicator("rate_linear", "9", LINEAR.params, exempt=allowed)
    assert gain(exempt, rate(1, 2), row, NOBODY, WHOLE) == D(0)
    assert gain(LINEAR, None, row, NOBODY, WHOLE) == D(0)
    assert gain(LINEAR, Figure(missing="未导入"), row, NOBODY, WHOLE) == D(0)
    assert gain(LINEAR, Figure(not_applicable="无"), row, NOBODY, WHOLE) == D(0)


def test_doing_it_is_never_below_nothing() -> None:
    low = indicator("rate_linear", "5", {**RATE, "full_at": D(0), "zero_at": D("0.5")})
    found: Decimal = gain(low, rate(1, 10), Row("问题", if_done={"numerator": ONE}), NOBODY, WHOLE)
    assert found == D(0)
