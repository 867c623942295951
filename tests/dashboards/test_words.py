"""The words and the links of a square."""

import pytest

from dashboards.cells import Cell
from dashboards.figures import Share
from dashboards.templatetags.cells import cell, heat, icon_of, says, words
from tests.dashboards.rows import day


@pytest.mark.parametrize(
    ("square", "expected"),
    [
        (Cell("done", "green", when=day("03-12"), done=1, total=1), "3/12"),
        (Cell("late", "green", when=day("03-12"), done=1, total=1), "3/12迟"),
        (Cell("overdue", "red", days=12, total=1, overdue=1), "逾12天"),
        (Cell("due", "orange", days=2, total=1), "剩2天"),
        (Cell("due", "orange", days=0, total=1), "今天"),
        (Cell("ahead", "green", when=day("06-30"), total=1), "6/30前"),
        (Cell("submitted", "green", total=1), "待核查"),
        (Cell("returned", "yellow", total=1), "退回"),
        (Cell("waived", "grey"), "免办"),
        (Cell("stopped", "grey"), "中止"),
        (Cell("done", "green", when=day("03-12"), done=4, total=4), "4/4"),
        (Cell("ahead", "green", done=3, total=4), "3/4"),
        (Cell("overdue", "red", days=12, done=3, total=4, overdue=1), "3/4 逾期"),
        (Cell("due", "orange", days=2, done=3, total=4), "3/4 剩2天"),
    ],
)
def test_words(square: Cell, expected: str) -> None:
    assert words(square) == expected
    assert icon_of(square)


def test_where_periods_are_mixed_the_overdue_are_counted() -> None:
    assert words(Cell("overdue", "red", days=12, done=1, total=3, overdue=2), mixed=True) == "逾期2项"
    assert words(Cell("overdue", "red", days=12, done=1, total=3, overdue=1), mixed=True) == "逾12天"
    assert words(Cell("ahead", "green", done=1, total=3), mixed=True) == "1/3"


def test_the_sentence_has_the_cause_and_the_count() -> None:
    square = Cell("overdue", "red", "逾期12天", days=12, done=3, total=4, overdue=1)
    assert says(square) == "逾期未完成；逾期12天；应办4次，已办3次"


def test_done_leads_to_the_record_and_open_where_the_page_says() -> None:
    done = Cell("done", "green", when=day("03-12"), done=1, total=1, task_id=7, url="/meetings/3/")
    unfinished = Cell("overdue", "red", days=1, total=1, overdue=1, task_id=7, url="/meetings/new/?task=7")
    assert [_href(cell(done, link)) for link in ("act", "task", "none")] == ["/meetings/3/", "/meetings/3/", ""]
    assert [_href(cell(unfinished, link)) for link in ("act", "task", "none")] == [
        "/meetings/new/?task=7",
        "/tasks/7/",
        "",
    ]


def _href(html: str) -> str:
    return html.split('href="', 1)[1].split('"')[0] if html.startswith("<a") else ""


def test_what_people_typed_is_escaped_and_reasons_can_be_kept_back() -> None:
    square = Cell("returned", "yellow", '<b>"缺"</b>', total=1, task_id=1)
    assert "<b>" not in cell(square)
    assert "&lt;b&gt;" in cell(square)
    assert "缺" not in cell(square, "none", False)


def test_heat_says_the_figures() -> None:
    html = heat(Share(on_time=8, late=1, due=10))
    assert 'class="heat heat-2"' in html
    assert 'title="应办10项，按期8项，逾期后完成1项，未完成1项"' in html
    assert "<b>80%</b><small>8/10</small>" in html
    assert "—" in heat(Share())
