"""Branches side by side, and the figures over them."""

from dashboards import figures, tree
from dashboards.figures import Share
from dashboards.tree import Unit
from tests.dashboards.rows import TODAY, day, done, overdue, row

ROOT = Unit(1, "DW", "党委", "0001", "committee")
FIRST = Unit(2, "ZZ1", "第一总支", "00010001", "general_branch")
A = Unit(3, "ZB101", "甲支部", "000100010001", "branch")
B = Unit(4, "ZB102", "乙支部", "000100010002", "branch")
DIRECT = Unit(5, "ZB900", "直属支部", "00010002", "branch")
KINDS = {"branch": ["committee_meeting"], "general_branch": ["joint_meeting"]}


def test_blocks_follow_the_tree_and_direct_branches_stand_below_the_committee() -> None:
    found = tree.blocks([ROOT, FIRST, A, B, DIRECT], [], KINDS, TODAY)
    assert [(block.unit.code, block.is_direct, [line.unit.code for line in block.lines]) for block in found] == [
        ("DW", True, ["ZB900"]),
        ("ZZ1", False, ["ZB101", "ZB102"]),
    ]


def test_a_deeper_tree_and_a_branch_seen_alone() -> None:
    nested = Unit(6, "ZZ11", "第一分总支", "000100010003", "general_branch")
    deep = Unit(7, "ZB111", "丙支部", "0001000100030001", "branch")
    found = tree.blocks([FIRST, A, nested, deep], [], KINDS, TODAY)
    assert [(block.unit.code, [line.unit.code for line in block.lines]) for block in found] == [
        ("ZZ1", ["ZB101"]),
        ("ZZ11", ["ZB111"]),
    ]
    [alone] = tree.blocks([B], [], KINDS, TODAY)
    assert (alone.unit, alone.own, [line.unit for line in alone.lines]) == (B, None, [B])


def test_only_the_latest_period_and_what_is_still_open_count_now() -> None:
    april, may = done("04-01", "04-30", "04-09"), overdue("05-01", "05-31")
    june, july = done("06-01", "06-30", "06-08"), row("07-01", "07-31")
    assert tree.now_due([april, may, june, july], TODAY) == [may, june]


def test_a_line_knows_its_worst_and_counts() -> None:
    rows = [
        overdue("04-01", "04-30", organisation_id=3),
        overdue("05-01", "05-31", organisation_id=3),
        row("06-01", "06-16", organisation_id=3, light="orange", kind="agreed", source="agreed_item"),
        done("06-01", "06-30", "06-03", organisation_id=3),
    ]
    line = tree.unit_line(A, rows, ["committee_meeting"], TODAY)
    assert (line.light, line.overdue, line.pressing, line.days, line.needs_help) == ("red", 2, 1, 46, True)
    assert (line.cells[0].overdue, line.cells[0].done, line.cells[0].total) == (2, 1, 3)
    assert (line.other.status, line.other.total) == ("due", 1)


def test_what_has_not_begun_gives_no_light() -> None:
    line = tree.unit_line(A, [row("07-01", "07-31", light="grey", organisation_id=3)], ["committee_meeting"], TODAY)
    assert (line.worst, line.light) == (None, "grey")


def test_rows_do_not_leak_into_other_organisations() -> None:
    found = tree.blocks([FIRST, A, B], [overdue("05-01", "05-31", organisation_id=4)], KINDS, TODAY)
    assert [(line.unit.code, line.overdue) for line in found[0].lines] == [("ZB101", 0), ("ZB102", 1)]
    assert found[0].overdue == 1
    assert found[0].lights == [("red", 1)]


def test_who_needs_help_is_the_worst_first() -> None:
    rows = [
        row("06-01", "06-16", organisation_id=3, light="orange"),
        overdue("05-01", "05-31", organisation_id=4),
        overdue("04-01", "04-30", organisation_id=5),
        overdue("05-01", "05-31", organisation_id=5),
    ]
    found = tree.blocks([ROOT, FIRST, A, B, DIRECT], rows, KINDS, TODAY)
    assert [line.unit.code for line in tree.in_need(found)] == ["ZB900", "ZB102", "ZB101"]


def test_share_counts_what_fell_due_and_what_was_done_early() -> None:
    rows = [
        done("06-01", "06-30", "06-03"),  # early
        done("06-01", "06-05", "06-09"),  # late
        overdue("06-01", "06-10"),
        row("06-01", "06-30"),  # not yet
        row("06-01", "06-10", state="waived"),
    ]
    assert figures.share(rows, TODAY) == Share(on_time=1, late=1, due=3)


def test_percent_is_rounded_down_and_shaded() -> None:
    assert [Share(on_time, 0, due).percent for on_time, due in [(0, 0), (0, 3), (2, 3), (199, 200), (3, 3)]] == [
        None, 0, 66, 99, 100,
    ]  # fmt: skip
    assert [Share(on_time, 0, 10).step for on_time in (0, 6, 7, 8, 9, 10)] == [1, 1, 2, 2, 3, 4]
    assert Share().step == 0


def test_tiles() -> None:
    rows = [
        done("06-01", "06-30", "06-03"),
        overdue("06-01", "06-10"),
        overdue("04-01", "04-30", return_cause="缺签到"),
        done("05-01", "05-31", "06-01"),
    ]
    found = figures.tiles(rows, figures.overdue_rows(rows, TODAY), TODAY)
    assert found == figures.Tiles(month=Share(1, 0, 2), overdue=2, oldest_days=46, returned=1)


def test_by_month_is_by_due_date_with_the_year_at_the_end() -> None:
    rows = [
        done("01-01", "03-31", "03-02", kind="members_meeting"),
        done("05-01", "05-31", "05-02"),
        overdue("05-01", "05-31"),
        done("2025-12-01", "2025-12-31", "2025-12-02"),
    ]
    found = figures.by_month(rows, ["members_meeting", "committee_meeting"], 2026, TODAY)
    assert found["members_meeting"][2] == Share(1, 0, 1)
    assert found["committee_meeting"][4] == Share(1, 0, 2)
    assert [shares[12] for shares in found.values()] == [Share(1, 0, 1), Share(1, 0, 2)]
    assert found["committee_meeting"][11] == Share()


def test_ages_of_what_is_overdue() -> None:
    rows = [overdue("05-01", due) for due in ("06-14", "06-08", "06-07", "05-16", "05-15")]
    assert figures.ages(rows, TODAY) == [2, 2, 1]
    assert figures.overdue_rows(rows, TODAY)[0].due_on == day("05-15")
