"""The year of one branch, square by square."""

import re

import pytest

from tests.dashboards.counting import queries_of
from tests.dashboards.owing import hold, month, owe, send_back
from tests.dashboards.reading import matrix_row, section, text
from tests.factories import SmallCollege, make_group

URL = "/branches/ZB101/year/2026/"
NONE = ("none", "—")


@pytest.fixture
def year(college: SmallCollege) -> SmallCollege:
    """ZB101: committee meetings in and out of time, one quarter done and one open; ZB102: something of its own."""
    branch, sibling, _other = college.branches
    hold(month(branch, "committee_meeting", 3), "03-12")
    hold(month(branch, "committee_meeting", 4), "05-06", entered="05-06")
    month(branch, "committee_meeting", 5)
    month(branch, "committee_meeting", 6)
    hold(owe(branch, "members_meeting", "01-01", "03-31"), "03-12", record="section:q1")
    owe(branch, "members_meeting", "04-01", "06-30")
    owe(branch, "theme_day", "06-01", "06-17")
    month(sibling, "committee_meeting", 1)
    return college


def test_every_square_says_what_it_is(year: SmallCollege, enter) -> None:
    page = enter(year.branch_secretary, URL)
    assert matrix_row(page, "支部委员会会议") == [
        NONE, NONE, ("green", "3/12"), ("green", "5/6迟"), ("red", "逾15天"), ("ahead", "6/30前"), *[NONE] * 6,
    ]  # fmt: skip
    assert matrix_row(page, "支部党员大会") == [("green", "3/12"), ("ahead", "6/30前"), NONE, NONE]
    assert matrix_row(page, "主题党日")[5] == ("orange", "剩2天")
    assert matrix_row(page, "党课") == []  # nothing owed all year: one line of words
    assert page.context["page"].organisation == year.branches[0]


def test_open_squares_lead_to_the_form_and_done_ones_to_the_record(year: SmallCollege, enter) -> None:
    body = enter(year.branch_secretary, URL).content.decode()
    assert 'href="/meetings/new/?task=committee_meeting:ZB101::2026-05-01"' in body
    tasks = {cell.task_id: cell.url for line in _lines(enter, year) for cell in line if cell.status == "done"}
    assert tasks == {pk: f"/meetings/{pk}/" for pk in tasks}
    assert len(tasks) == 2


def _lines(enter, college: SmallCollege):
    page = enter(college.branch_secretary, URL).context["page"]
    return [[span.cell for span in line.spans] for line in page.lines]


def test_the_level_above_is_led_to_the_task_and_not_to_the_form(year: SmallCollege, enter) -> None:
    body = enter(year.general_secretary, URL).content.decode()
    assert "/meetings/new/?task=" not in body
    assert "/tasks/" in body


def test_overdue_with_its_reason_and_nothing_of_the_sibling(year: SmallCollege, enter) -> None:
    page = enter(year.branch_secretary, URL)
    overdue = section(page, "逾期未办（1）")
    assert "2026年5月支部委员会会议" in overdue
    assert "逾期15天（应于2026年5月31日完成）" in overdue
    assert "2026年1月支部委员会会议" not in text(page)


def test_groups_stand_in_one_square_with_their_own_lines(college: SmallCollege, enter) -> None:
    branch = college.branches[0]
    second = make_group(branch, "第二党小组")
    hold(month(branch, "group_meeting", 5, group=college.group), "05-08")
    month(branch, "group_meeting", 5, group=second)
    page = enter(college.branch_secretary, URL)
    assert matrix_row(page, "党小组会")[4] == ("red", "1/2 逾期")
    assert [matrix_row(page, name)[4] for name in ("第一党小组", "第二党小组")] == [("green", "5/8"), ("red", "逾15天")]


def test_a_returned_record_shows_its_cause(college: SmallCollege, enter) -> None:
    branch = college.branches[0]
    task = hold(month(branch, "committee_meeting", 6), "06-05")
    send_back(task, "06-10")
    page = enter(college.branch_secretary, URL)
    assert matrix_row(page, "支部委员会会议")[5] == ("yellow", "退回")


def test_as_of_a_past_day_the_page_is_rebuilt_from_the_log(college: SmallCollege, enter) -> None:
    branch = college.branches[0]
    hold(month(branch, "committee_meeting", 5), "06-11", entered="06-12")
    month(branch, "committee_meeting", 6)
    now = enter(college.branch_secretary, URL)
    before = enter(college.branch_secretary, URL, as_of="2026-06-11")
    assert matrix_row(now, "支部委员会会议")[4] == ("green", "6/11迟")
    assert matrix_row(before, "支部委员会会议")[4:6] == [("red", "逾11天"), ("ahead", "6/30前")]
    may = enter(college.branch_secretary, URL, as_of="2026-05-25")
    assert matrix_row(may, "支部委员会会议")[4:6] == [("yellow", "剩6天"), NONE]
    assert "本页显示 2026年6月11日 当天结束时的情况" in text(before)
    assert "本页显示" not in text(now)


def test_a_plain_member_sees_the_lights_without_reasons_or_ways_to_act(year: SmallCollege, enter) -> None:
    branch = year.branches[0]
    owe(
        branch, "agreed_item", "06-01", "06-10",
        source="agreed_item", title="给张三送学上门", person_id=year.members[0].pk, requirement={},
    )  # fmt: skip
    page = enter(year.member, URL)
    assert matrix_row(page, "支部委员会会议")[2:6] == [
        ("green", "3/12"), ("green", "5/6迟"), ("red", "逾15天"), ("ahead", "6/30前"),
    ]  # fmt: skip
    body = page.content.decode()
    assert "逾期15天（" not in body
    assert re.search(r"/tasks/\d", body) is None
    assert "/meetings/new/" not in body
    assert "张三" not in body
    assert "给张三送学上门" in text(enter(year.branch_secretary, URL))


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("committee_secretary", 200), ("office", 200), ("general_secretary", 200), ("branch_secretary", 200),
        ("commissioner", 200), ("group_leader", 200), ("member", 200), ("outsider", 404),
    ],
)  # fmt: skip
def test_who_sees_the_year_and_the_calendar(college: SmallCollege, enter, role: str, expected: int) -> None:
    user = getattr(college, role)
    found = [enter(user, url).status_code for url in (URL, "/branches/ZB101/calendar/2026/6/")]
    assert found == [expected, expected]


def test_years_and_months_that_do_not_exist(college: SmallCollege, enter) -> None:
    urls = ("/branches/ZB101/year/1/", "/branches/ZB101/calendar/2026/13/", "/branches/ZB999/year/2026/")
    assert [enter(college.branch_secretary, url).status_code for url in urls] == [404, 404, 404]


def test_queries_do_not_grow(college: SmallCollege) -> None:
    branch = college.branches[0]
    urls = (URL, f"{URL}?as_of=2026-06-01", "/branches/ZB101/calendar/2026/6/")

    def counts() -> list[int]:
        return [len(queries_of(college.branch_secretary, url)) for url in urls]

    month(branch, "group_meeting", 5, group=college.group)
    one = counts()
    for number in range(1, 4):
        group = make_group(branch, f"第{number}组")
        month(branch, "group_meeting", 6, group=group)
        month(branch, "committee_meeting", number)
    assert counts() == one
    assert max(one) <= 10
