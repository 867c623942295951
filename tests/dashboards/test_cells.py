"""What one square says."""

from dashboards import cells
from dashboards.cells import EMPTY, Cell, combine
from tests.dashboards.rows import TODAY, day, done, overdue, row


def test_nothing_owed_is_an_empty_cell() -> None:
    assert combine([], TODAY) is EMPTY
    assert EMPTY.status == cells.NONE


def test_done_in_time_shows_the_day_and_the_record() -> None:
    held = done("06-01", "06-30", "06-10", light_cause="已办结", evidence_url="/meetings/7/")
    assert combine([held], TODAY) == Cell(
        cells.DONE, "green", "已办结", day("06-10"), 0, 1, 1, 0, held.task_id, "/meetings/7/"
    )


def test_done_late_says_so() -> None:
    cell = combine([done("05-01", "05-31", "06-03")], TODAY)
    assert (cell.status, cell.light, cell.when) == (cells.LATE, "green", day("06-03"))


def test_overdue_counts_its_days() -> None:
    missed = overdue("05-01", "05-31", act_url="/meetings/new/?task=1")
    assert combine([missed], TODAY) == Cell(
        cells.OVERDUE, "red", "逾期15天", day("05-31"), 15, 0, 1, 1, missed.task_id, "/meetings/new/?task=1"
    )


def test_the_worst_open_row_speaks_and_the_longest_owed_first() -> None:
    first, second = overdue("04-01", "04-30"), overdue("05-01", "05-31")
    held = done("06-01", "06-30", "06-02")
    cell = combine([held, second, first], TODAY)
    assert (cell.task_id, cell.days, cell.done, cell.total, cell.overdue) == (first.task_id, 46, 1, 3, 2)


def test_green_open_rows_are_ahead_and_yellow_ones_due() -> None:
    assert combine([row("06-01", "06-30")], TODAY).status == cells.AHEAD
    near = combine([row("06-01", "06-20", light="yellow")], TODAY)
    assert (near.status, near.days) == (cells.DUE, 5)


def test_what_was_handed_in_is_not_overdue() -> None:
    handed_in = row("05-01", "05-31", state="submitted", light="green")
    cell = combine([handed_in], TODAY)
    assert (cell.status, cell.overdue) == (cells.SUBMITTED, 0)


def test_a_returned_record_is_returned_until_it_is_overdue() -> None:
    returned = row("06-01", "06-30", return_cause="缺签到")
    assert combine([returned], TODAY).status == cells.RETURNED
    assert combine([overdue("05-01", "05-31", return_cause="缺签到")], TODAY).status == cells.OVERDUE


def test_waived_rows_count_nowhere() -> None:
    waived = row("05-01", "05-31", state="waived", closed_on=day("05-20"), light_cause="免办")
    assert combine([waived], TODAY).status == cells.WAIVED
    cell = combine([waived, done("05-01", "05-31", "05-10")], TODAY)
    assert (cell.status, cell.total) == (cells.DONE, 1)
