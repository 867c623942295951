"""Branches side by side: the committee's and the general branch's pages."""

from __future__ import annotations

import datetime

import pytest

from common import clock
from dashboards.selectors.overview import overview
from orgs.models import Level, Organisation
from tasks.nightly import refresh_lights
from tests.dashboards.counting import queries_of
from tests.dashboards.owing import hold, month, owe, send_back
from tests.dashboards.reading import matrix_row, section, text
from tests.dashboards.rows import TODAY
from tests.factories import SmallCollege, make_admin, make_officer, make_organisation

BOARD = "/dashboard/"
ZZ1 = "/general-branches/ZZ1/"
NONE = ("none", "—")


@pytest.fixture
def busy(college: SmallCollege) -> SmallCollege:
    """ZB101 overdue twice and once in time, ZB102 returned, ZB201 pressing; ZZ1 owes a joint meeting."""
    branch, sibling, other = college.branches
    hold(month(branch, "committee_meeting", 3), "03-12")
    month(branch, "committee_meeting", 4)
    month(branch, "committee_meeting", 5)
    hold(owe(branch, "theme_day", "06-01", "06-10"), "06-10", record="section:theme")
    send_back(hold(month(sibling, "committee_meeting", 6), "06-08"), "06-12", "缺决议")
    owe(other, "theme_day", "06-01", "06-17")
    month(college.general_branches[0], "joint_meeting", 6)
    return college


def test_the_committee_sees_every_branch_with_its_worst(busy: SmallCollege, enter) -> None:
    page = enter(busy.committee_secretary, BOARD)
    found = page.context["page"]
    assert [(block.unit.code, [line.unit.code for line in block.lines]) for block in found.blocks] == [
        ("DW", []), ("ZZ1", ["ZB101", "ZB102"]), ("ZZ2", ["ZB201"]),
    ]  # fmt: skip
    columns = [kind.code for kind in found.branch_kinds]
    first, second, third = (matrix_row(page, f"{code}党支部") for code in ("ZB101", "ZB102", "ZB201"))
    meeting, theme = columns.index("committee_meeting"), columns.index("theme_day")
    assert (first[meeting], first[theme]) == (("red", "逾期2项"), ("green", "6/10"))
    assert (second[meeting], second[theme]) == (("yellow", "退回"), NONE)
    assert (third[meeting], third[theme]) == (NONE, ("orange", "剩2天"))


def test_tiles_count_what_the_tree_owes(busy: SmallCollege, enter) -> None:
    tiles = enter(busy.office, BOARD).context["page"].tiles
    assert (tiles.month.on_time, tiles.month.due) == (1, 1)
    assert (tiles.overdue, tiles.oldest_days, tiles.returned) == (2, 46, 1)


def test_who_needs_help_is_said_in_a_sentence_the_worst_first(busy: SmallCollege, enter) -> None:
    page = enter(busy.committee_secretary, BOARD)
    assert [line.unit.code for line in page.context["page"].help] == ["ZB101", "ZB201"]
    words = section(page, "本周谁需要帮助")
    assert "2026年4月支部委员会会议逾期46天（应于2026年4月30日完成）；另有1项逾期" in words
    assert words.index("ZB101党支部") < words.index("ZB201党支部")
    assert "ZB102" not in words


def test_the_overdue_list_says_for_how_long(busy: SmallCollege, enter) -> None:
    page = enter(busy.committee_secretary, BOARD)
    assert [(line.unit.code, line.days) for line in page.context["page"].overdue] == [("ZB101", 46), ("ZB101", 15)]
    words = section(page, "逾期未办（2）")
    assert "2026年4月支部委员会会议" in words
    assert "逾期46天" in words


def test_compliance_by_kind_and_month(busy: SmallCollege, enter) -> None:
    shares = {kind.code: found for kind, found in enter(busy.office, BOARD).context["page"].months}
    assert list(shares) == ["committee_meeting", "theme_day"]
    rates = [(share.on_time, share.due) for share in shares["committee_meeting"]]
    assert rates == [(0, 0), (0, 0), (1, 1), (0, 1), (0, 1), *[(0, 0)] * 7, (1, 3)]


def test_as_of_yesterday_everything_on_the_page_is_of_that_day(busy: SmallCollege, enter) -> None:
    sibling = busy.branches[1]
    hold(owe(sibling, "theme_day", "06-01", "06-10"), "06-15", record="section:late")
    now = enter(busy.committee_secretary, BOARD).context["page"]
    page = enter(busy.committee_secretary, BOARD, as_of="2026-06-14")
    then = page.context["page"]
    assert (now.tiles.overdue, then.tiles.overdue) == (2, 3)
    assert (now.tiles.month.late, then.tiles.month.late) == (1, 0)
    assert [line.unit.code for line in then.help] == ["ZB101", "ZB102"]  # ZB201 has three days left
    before_return = enter(busy.committee_secretary, BOARD, as_of="2026-06-11").context["page"]
    assert (then.tiles.returned, before_return.tiles.returned) == (1, 0)
    assert "本页显示 2026年6月14日 当天结束时的情况" in text(page)
    assert 'value="2026-06-14"' in page.content.decode()


def test_a_later_return_is_not_known_before_and_survives_a_change_of_light(college: SmallCollege, enter) -> None:
    task = month(college.branches[0], "committee_meeting", 5)
    send_back(hold(task, "05-20"), "05-26", "缺决议")
    with clock.moved(datetime.date(2026, 5, 30)):
        assert refresh_lights(datetime.date(2026, 5, 30))
    returned = [
        enter(college.office, BOARD, as_of=day).context["page"].tiles.returned
        for day in ("2026-05-19", "2026-05-25", "2026-05-26", "2026-05-31")
    ]
    assert returned == [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("url", "asked", "words"),
    [
        (BOARD, "2026-07-01", "2026-07-01 还没有到，下面显示今天的情况。"),
        (ZZ1, "yesterday", "“yesterday”不是日期，下面显示今天的情况。"),
        ("/branches/ZB101/year/2026/", "0000", "“0000”不是日期，下面显示今天的情况。"),
        (BOARD, "", None),
        (BOARD, "2026-06-15", None),
    ],
)
def test_a_day_that_cannot_be_shown_is_said(busy: SmallCollege, enter, url: str, asked: str, words: str | None) -> None:
    page = enter(busy.committee_secretary, url, as_of=asked).content.decode()
    assert ("下面显示今天的情况" in page) is (words is not None)
    assert words is None or words in page


@pytest.mark.parametrize("asked", ["2026-07-01", "yesterday", ""])
def test_what_is_no_past_day_shows_today(busy: SmallCollege, enter, asked: str) -> None:
    page = enter(busy.committee_secretary, BOARD, as_of=asked)
    assert (page.context["page"].day, page.context["is_past"]) == (TODAY, False)


def test_an_organisation_founded_later_is_not_there_yet(busy: SmallCollege, enter) -> None:
    make_organisation("ZB103", busy.general_branches[0], founded_on=datetime.date(2026, 6, 10))
    codes = [
        [
            line.unit.code
            for block in enter(busy.office, BOARD, as_of=day).context["page"].blocks
            for line in block.lines
        ]
        for day in ("2026-06-09", "2026-06-10")
    ]
    assert codes == [["ZB101", "ZB102", "ZB201"], ["ZB101", "ZB102", "ZB103", "ZB201"]]


def test_narrowed_to_one_general_branch(busy: SmallCollege, enter) -> None:
    page = enter(busy.committee_secretary, BOARD, under="ZZ2")
    assert [block.unit.code for block in page.context["page"].blocks] == ["ZZ2"]
    assert page.context["page"].tiles.overdue == 0
    assert "ZB101" not in section(page, "各支部本期情况")


def test_direct_branches_and_a_deeper_tree(busy: SmallCollege, enter) -> None:
    make_organisation("ZB900", busy.committee, level=Level.BRANCH, name="直属党支部")
    nested = make_organisation("ZZ11", busy.general_branches[0], level=Level.GENERAL_BRANCH, name="分总支")
    deep = make_organisation("ZB111", nested, level=Level.BRANCH, name="深处党支部")
    month(deep, "committee_meeting", 5)
    page = enter(busy.committee_secretary, BOARD)
    assert [(block.unit.code, [line.unit.code for line in block.lines]) for block in page.context["page"].blocks] == [
        ("DW", ["ZB900"]), ("ZZ1", ["ZB101", "ZB102"]), ("ZZ11", ["ZB111"]), ("ZZ2", ["ZB201"]),
    ]  # fmt: skip
    assert "直属支部" in section(page, "各支部本期情况")
    assert [line.unit.code for line in page.context["page"].help] == ["ZB101", "ZB111", "ZB201"]


def test_terms_that_are_over_or_end_soon(busy: SmallCollege, enter) -> None:
    branch, sibling, _other = busy.branches
    Organisation.objects.filter(pk=branch.pk).update(term_start=datetime.date(2022, 11, 30))
    Organisation.objects.filter(pk=sibling.pk).update(term_start=datetime.date(2023, 11, 20))
    words = section(enter(busy.general_secretary, ZZ1), "换届提醒")
    assert "ZB101党支部 已届满197天，尚未换届 2025年11月30日届满" in words
    assert "ZB102党支部 还有5个月届满 2026年11月20日届满" in words
    assert "ZB201" not in section(enter(busy.committee_secretary, BOARD), "换届提醒")


def test_the_general_branch_sees_its_own_and_nothing_of_others(busy: SmallCollege, enter) -> None:
    page = enter(busy.general_secretary, ZZ1)
    assert [(block.unit.code, [line.unit.code for line in block.lines]) for block in page.context["page"].blocks] == [
        ("ZZ1", ["ZB101", "ZB102"])
    ]
    assert "ZB201" not in text(page)
    everything = enter(busy.general_secretary, BOARD)
    assert "ZB201" not in text(everything)
    assert everything.context["page"].branch_count == 2


@pytest.mark.parametrize(
    ("role", "board", "zz1"),
    [
        ("committee_secretary", 200, 200), ("office", 200, 200), ("general_secretary", 200, 200),
        ("branch_secretary", 200, 404), ("commissioner", 200, 404), ("group_leader", 403, 404),
        ("member", 403, 404), ("outsider", 200, 404),
    ],
)  # fmt: skip
def test_who_sees_the_overviews(busy: SmallCollege, enter, role: str, board: int, zz1: int) -> None:
    user = getattr(busy, role)
    assert (enter(user, BOARD).status_code, enter(user, ZZ1).status_code) == (board, zz1)
    assert enter(user, BOARD, under="ZZ1").status_code == (zz1 if board == 200 else board)


def test_overview_leads_to_the_own_page(busy: SmallCollege, enter) -> None:
    def target(user) -> str:
        return enter(user, "/overview/").headers.get("Location", "")

    assert target(busy.committee_secretary) == BOARD
    assert target(busy.general_secretary) == ZZ1
    assert target(busy.branch_secretary) == "/branches/ZB101/year/2026/"
    make_officer(busy.general_branches[1], "deputy", person=busy.general_secretary.person)
    page = enter(busy.general_secretary, "/overview/")
    assert [url for _organisation, url in page.context["pages"]] == [ZZ1, "/general-branches/ZZ2/"]


def test_a_technical_administrator_sees_everything_and_owes_nothing(busy: SmallCollege, enter) -> None:
    admin = make_admin()
    assert [block.unit.code for block in enter(admin, BOARD).context["page"].blocks] == ["DW", "ZZ1", "ZZ2"]
    assert enter(admin, "/overview/").headers["Location"] == BOARD
    desk = enter(admin, "/").context["desk"]
    assert (desk.tasks.owed.count, desk.record, len(desk.below)) == (0, None, 2)


def test_an_empty_committee_says_what_to_do(db: None, enter) -> None:
    committee = make_organisation("DW")
    user = make_officer(committee)
    Organisation.objects.filter(pk=committee.pk).update(founded_on=datetime.date(2012, 1, 1))
    page = enter(user, BOARD)
    assert page.status_code == 200
    assert "没有组织逾期" in text(page)
    assert "今年还没有到期的事项" in text(page)


def test_the_same_queries_for_one_and_three_rows(college: SmallCollege) -> None:
    urls = (BOARD, f"{BOARD}?as_of=2026-06-01", ZZ1, f"{ZZ1}?as_of=2026-06-01")
    month(college.branches[0], "committee_meeting", 4)

    def counts() -> list[int]:
        return [len(queries_of(college.committee_secretary, url)) for url in urls]

    one = counts()
    for branch in college.branches:
        month(branch, "committee_meeting", 5)
        owe(branch, "theme_day", "06-01", "06-17")
    assert counts() == one
    assert max(one) <= 10


def test_the_same_queries_for_three_hundred_branches(college: SmallCollege) -> None:
    before = len(queries_of(college.committee_secretary, BOARD))
    parent = Organisation.objects.get(code="ZZ2")
    Organisation.objects.bulk_create(
        Organisation(
            code=f"ZB{number:04d}",
            name=f"第{number}党支部",
            level=Level.BRANCH,
            kind="staff",
            path=Organisation._get_path(parent.path, parent.depth + 1, number),
            depth=parent.depth + 1,
            term_start=datetime.date(2025, 1, 1),
        )
        for number in range(10, 310)
    )
    for branch in Organisation.objects.filter(code__startswith="ZB0")[:5]:
        month(branch, "committee_meeting", 5)
    sent = queries_of(college.committee_secretary, BOARD)
    assert len(sent) == before <= 10
    assert overview(college.committee_secretary, TODAY).branch_count == 303
