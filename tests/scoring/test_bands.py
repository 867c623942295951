"""Grades: floors, quotas, ties, conditions and veto, worked out by hand; then what always holds."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from scoring.bands import Entry, Graded, award_bands, conditions, quota_of
from scoring.definitions import Band

from .building import D

# The general branches: at most 30 % excellent, with two conditions.
GB = (
    Band("优秀", D(90), D("0.30"), extra=("无 K 类扣分", "会议合规率不低于0.90")),
    Band("良好", D(80)),
    Band("合格", D(60)),
    Band("不合格", D(0)),
)
# The branches: at most 15 % five stars, at most 40 % five and four stars together.
BR = (
    Band("五星", D(90), D("0.15")),
    Band("四星", D(80), D("0.40"), quota_scope="五星与四星合计"),
    Band("三星", D(70)),
    Band("二星", D(60)),
    Band("一星（限期整顿）", D(0)),
)
GOOD = {"K类扣分": D(0), "会议合规率": D("0.95")}


def unit(key: str, total: str | None, *ties: str | None, **fields: object) -> Entry:
    values = tuple(None if tie is None else D(tie) for tie in ties)
    return Entry(key, None if total is None else D(total), values, **({"facts": GOOD} | fields))


def voted(key: str, number: int, place: int, rate: str = "0.98") -> Entry:
    """92 points, and ``place`` in the committee's vote of this number."""
    return unit(key, "92", rate, vote=(number, place))


def bands_of(found: dict[str, Graded]) -> dict[str, str]:
    return {key: graded.band for key, graded in found.items()}


def eight(*first: Entry) -> list[Entry]:
    """Eight units, the others with 70 points."""
    return [*first, *(unit(f"Z{n}", "70") for n in range(len(first) + 1, 9))]


def test_two_of_eight_may_be_excellent() -> None:
    """8 × 30 % = 2.4, rounded down 2: the third with more than 90 is 良好, and is told why."""
    found = award_bands(eight(unit("Z1", "95.00"), unit("Z2", "93.50"), unit("Z3", "91.20")), GB)
    assert [found[key].band for key in ("Z1", "Z2", "Z3", "Z4")] == ["优秀", "优秀", "良好", "合格"]
    assert found["Z1"] == Graded("优秀", False, "得分95.00，定为优秀")
    assert found["Z3"].limited_by_quota
    assert found["Z3"].words == "得分91.20，达到优秀线90，因名额限制（8个单位×30%为2个）未列入；定为良好"
    assert found["Z4"] == Graded("合格", False, "得分70，定为合格")


def test_the_floor_itself_is_enough() -> None:
    found = award_bands(eight(unit("Z1", "90.00"), unit("Z2", "89.99")), GB)
    assert [found[key].band for key in ("Z1", "Z2")] == ["优秀", "良好"]


def test_conditions_of_the_best_band() -> None:
    """Who fails a condition takes no place, so the third gets one."""
    found = award_bands(
        eight(
            unit("Z1", "98.00", facts={"K类扣分": D(1), "会议合规率": D("0.95")}),
            unit("Z2", "97.00", facts={"K类扣分": D(0), "会议合规率": D("0.8956")}),
            unit("Z3", "96.00", facts={"K类扣分": D(0)}),
            unit("Z4", "91.00"),
            unit("Z5", "90.50", facts={"K类扣分": D(0), "会议合规率": D("0.90")}),
        ),
        GB,
    )
    assert [found[f"Z{n}"].band for n in range(1, 6)] == ["良好", "良好", "良好", "优秀", "优秀"]
    assert found["Z1"].words == "得分98.00，达到优秀线90，但有K类扣分1次；定为良好"
    assert found["Z2"].words == "得分97.00，达到优秀线90，但会议合规率为0.8956，不符合“会议合规率不低于0.90”；定为良好"
    assert found["Z3"].words == "得分96.00，达到优秀线90，但缺会议合规率；定为良好"
    assert not any(found[f"Z{n}"].limited_by_quota for n in range(1, 6))


def test_a_tie_is_broken_by_the_first_rule_that_differs() -> None:
    """Z2 and Z3 tie for the second place: the same meetings rate, then rectification 0.9 against 0.8."""
    found = award_bands(eight(unit("Z1", "95"), unit("Z2", "92", "0.98", "0.8"), unit("Z3", "92", "0.98", "0.9")), GB)
    assert [found[key].band for key in ("Z1", "Z2", "Z3")] == ["优秀", "良好", "优秀"]
    assert found["Z2"].limited_by_quota
    assert found["Z2"].to_vote == ()


def test_a_tie_that_nothing_breaks_goes_to_the_committee() -> None:
    """Neither gets the last place, nor does anybody behind them."""
    tied = [unit("Z2", "92", "0.98", name="智能学院"), unit("Z3", "92", "0.98", name="信息学院")]
    found = award_bands(eight(unit("Z1", "95"), *tied, unit("Z4", "91")), GB)
    assert [found[f"Z{n}"].band for n in range(1, 5)] == ["优秀", "良好", "良好", "良好"]
    assert found["Z2"].to_vote == ("Z3",)
    assert found["Z2"].words == (
        "得分92，达到优秀线90，与信息学院并列，优秀名额只剩1个（8个单位×30%为2个），需党委会票决；定为良好"
    )
    assert found["Z3"].to_vote == ("Z2",)
    assert found["Z4"].to_vote == ()
    assert found["Z4"].limited_by_quota


def test_the_vote_decides_behind_the_rules() -> None:
    """Z4 has the better rate, so its place in the vote says nothing; Z3 went before Z2."""
    tied = [voted("Z2", 1, 3), voted("Z3", 1, 2), voted("Z4", 1, 1, rate="0.99")]
    found = award_bands(eight(*tied), GB)
    assert [found[key].band for key in ("Z2", "Z3", "Z4")] == ["良好", "优秀", "优秀"]
    assert found["Z3"].words == "得分92，并列次序经党委会票决为第2；定为优秀"
    assert "票决" not in found["Z4"].words


def test_places_of_two_votes_say_nothing_about_each_other() -> None:
    """Z1 has one of the two places; of those who went first and second in different votes neither gets the other."""
    found = award_bands(eight(unit("Z1", "95"), voted("Z2", 1, 1), voted("Z3", 2, 2)), GB)
    assert [found[key].band for key in ("Z2", "Z3")] == ["良好", "良好"]
    assert (found["Z2"].to_vote, found["Z3"].to_vote) == (("Z3",), ("Z2",))


def test_a_vote_without_one_of_the_tied_decides_nothing() -> None:
    found = award_bands(eight(unit("Z1", "95"), voted("Z2", 1, 1), voted("Z3", 1, 2), unit("Z4", "92", "0.98")), GB)
    assert [found[key].band for key in ("Z2", "Z3", "Z4")] == ["良好"] * 3
    assert found["Z2"].to_vote == ("Z3", "Z4")


def test_many_that_are_tied_are_named_in_few_words() -> None:
    """Forty long names would not fit the sheet, and with them went the words about the vote."""
    tied = [unit(f"Z{n:02}", "92", name=f"信息与智能工程学院第{n:02}党支部") for n in range(40)]
    words = award_bands(tied, GB)["Z00"].words
    assert "第05党支部等39个单位并列" in words and words.endswith("需党委会票决；定为良好") and len(words) < 300


def test_a_figure_that_one_of_them_lacks_decides_nothing() -> None:
    """No rectification rate for Z2 (no findings), so the third rule decides: 91 against 90."""
    tied = [unit("Z2", "92", "0.98", None, "91"), unit("Z3", "92", "0.98", "1", "90")]
    found = award_bands(eight(unit("Z1", "95"), *tied), GB)
    assert [found[key].band for key in ("Z2", "Z3")] == ["优秀", "良好"]


def test_a_tie_with_room_for_both_needs_no_vote() -> None:
    found = award_bands(eight(unit("Z1", "92"), unit("Z2", "92")), GB)
    assert [found[key].band for key in ("Z1", "Z2")] == ["优秀", "优秀"]


def test_five_and_four_stars_share_their_quota() -> None:
    """20 branches: 3 five stars (20 × 15 %), 8 with four stars together (20 × 40 %), so 5 four stars."""
    branches = [unit(f"B{n:02}", str(99 - n)) for n in range(20)]  # 99, 98, ... 80
    found = award_bands(branches, BR)
    counted = list(bands_of(found).values())
    assert [counted.count(band.name) for band in BR] == [3, 5, 12, 0, 0]
    assert found["B03"].words == "得分96，达到五星线90，因名额限制（20个单位×15%为3个）未列入；定为四星"
    assert found["B08"].words == (
        "得分91，达到五星线90，因名额限制（20个单位×15%为3个）未列入；"
        "达到四星线80，因名额限制（五星与四星合计，20个单位×40%为8个）未列入；定为三星"
    )
    assert found["B10"].words == "得分89，达到四星线80，因名额限制（五星与四星合计，20个单位×40%为8个）未列入；定为三星"


def test_free_places_of_five_stars_go_to_four_stars() -> None:
    """Nobody has 90: all 8 places of 20 are four stars."""
    found = award_bands([unit(f"B{n:02}", str(D("89.9") - D(n) / 10)) for n in range(20)], BR)
    assert list(bands_of(found).values()).count("四星") == 8


def test_a_veto_is_the_lowest_band_whatever_the_points() -> None:
    found = award_bands(eight(unit("Z1", "99", vetoed=True), unit("Z2", None, vetoed=True), unit("Z3", "95")), GB)
    assert found["Z1"] == Graded("不合格", False, "一票否决，定为不合格")
    assert found["Z2"].band == "不合格"
    assert found["Z3"].band == "优秀"
    assert award_bands([unit("B1", "99", vetoed=True)], BR)["B1"].band == "一星（限期整顿）"


def test_without_a_total_there_is_no_band() -> None:
    found = award_bands([unit("Z1", None)], GB)
    assert found["Z1"] == Graded("", False, "总分不完整，暂不定等次")


def test_the_number_of_rated_units_may_be_given() -> None:
    """Three units with 95, but 10 are rated: 10 × 30 % = 3."""
    found = award_bands([unit(f"Z{n}", "95") for n in range(3)], GB, rated=10)
    assert set(bands_of(found).values()) == {"优秀"}


def test_how_a_quota_is_rounded() -> None:
    """30 % of 8 is 2.4, of 5 is 1.5."""
    assert [quota_of(Band("优", D(90), D("0.3"), way), 8) for way in ("floor", "half_up", "ceil")] == [2, 2, 3]
    assert [quota_of(Band("优", D(90), D("0.3"), way), 5) for way in ("floor", "half_up", "ceil")] == [1, 2, 2]
    assert quota_of(Band("优", D(90)), 8) is None


def test_conditions_name_their_facts() -> None:
    assert conditions(GB) == ("K类扣分", "会议合规率")
    at_most = Band("优秀", D(90), D(1), extra=("投诉率不高于0.1",))
    found = award_bands(
        [unit("Z1", "95", facts={"投诉率": D("0.2")}), unit("Z2", "95", facts={"投诉率": D("0.1")})], [at_most, *GB[1:]]
    )
    assert bands_of(found) == {"Z1": "良好", "Z2": "优秀"}


# --- what always holds ------------------------------------------------------------------------------------------------
TIES = st.lists(st.sampled_from([None, D(1), D(2)]), max_size=3).map(tuple)
ENTRIES = st.lists(
    st.tuples(st.integers(50, 100), TIES, st.booleans(), st.sampled_from([D("0.8"), D("0.95")])), max_size=40
).map(
    lambda rows: [
        Entry(n, D(total), ties, vetoed and n % 5 == 0, {"K类扣分": D(0), "会议合规率": sound})
        for n, (total, ties, vetoed, sound) in enumerate(rows)
    ]
)


@given(ENTRIES, st.sampled_from([GB, BR]), st.randoms())
def test_quotas_floors_and_order(entries: list[Entry], bands: tuple[Band, ...], dice: Random) -> None:
    found = award_bands(entries, bands)
    assert set(found) == {entry.key for entry in entries}
    floors = {band.name: band.min for band in bands}
    for entry in entries:
        assert entry.total >= floors[found[entry.key].band]
    placed = 0
    for band in bands:
        own = sum(graded.band == band.name for graded in found.values())
        placed += own
        quota = quota_of(band, len(entries))
        assert quota is None or (placed if band.quota_scope else own) <= quota
    mixed = list(entries)
    dice.shuffle(mixed)
    assert award_bands(mixed, bands) == found


@given(ENTRIES)
def test_more_points_are_never_a_lower_band(entries: list[Entry]) -> None:
    """Among those who meet the same conditions."""
    found = award_bands(entries, BR)
    order: dict[str, Decimal] = {band.name: band.min for band in BR}
    rated = sorted((entry for entry in entries if not entry.vetoed), key=lambda entry: entry.total)
    for low, high in pairwise(rated):
        if low.total < high.total:
            assert order[found[low.key].band] <= order[found[high.key].band]
