"""The shipped schemes: sound, and equal to the reference in every point, name and parameter."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from common.measures import Gives
from scoring.definition_checks import FITS
from scoring.definitions import Definition, as_data, cycles, read, read_composite

SHIPPED = Path(__file__).parents[2] / "scoring" / "data"
REFERENCE = Path(__file__).parent / "reference" / "scoring_schemes.yaml"
KINDS = Path(__file__).parents[2] / "meetings" / "data" / "kinds.yaml"
FILES = ["gb_2026", "br_2026", "gb_2025", "br_2025"]
EXEMPT = {"GB": {"1.2", "4.2", "5.3", "6.1"}, "BR": {"C4", "D1", "E1"}}
BY_HAND = {"GB": {"3.7", "4.1", "4.3", "5.4"}, "BR": {"D3"}}
ADDED_TO_PARAMS = {"kind", "topic", "hours"}
ADDED_TO_ITEMS = {"code", "auto"}


def load(name: str) -> dict[str, Any]:
    return yaml.safe_load((SHIPPED / f"{name}.yaml").read_text(encoding="utf-8"))


def reference() -> dict[str, Any]:
    return yaml.safe_load(REFERENCE.read_text(encoding="utf-8"))


def of_reference(code: str) -> dict[str, Any]:
    return next(one for one in reference()["schemes"] if one["code"].startswith(code))


def as_reference(indicator: dict[str, Any]) -> dict[str, Any]:
    """An indicator without what the shipped file adds to the reference."""
    found = {key: value for key, value in indicator.items() if key not in {"measure", "exempt"}}
    found["params"] = {key: value for key, value in indicator["params"].items() if key not in ADDED_TO_PARAMS}
    if "items" in found["params"]:
        items = found["params"]["items"]
        found["params"]["items"] = [{key: item[key] for key in item if key not in ADDED_TO_ITEMS} for item in items]
    return found


def what_the_measures_give(definition: Definition) -> dict[str, Gives]:
    return {one.measure: FITS[one.kind] for one in definition.indicators() if one.measure}


@pytest.mark.parametrize("name", FILES)
def test_every_scheme_is_sound(name: str) -> None:
    definition = read(load(name))
    assert read(load(name), what_the_measures_give(definition)) == definition
    assert sum(block.points for block in definition.blocks) == 100


@pytest.mark.parametrize("name", FILES)
def test_a_measure_gives_the_same_sort_of_figure_wherever_it_is_used(name: str) -> None:
    definition = read(load(name))
    sorts = {(one.measure, FITS[one.kind]) for one in definition.indicators() if one.measure}
    assert len(sorts) == len({measure for measure, _ in sorts})


@pytest.mark.parametrize("name", FILES)
def test_lines_are_those_of_the_reference(name: str) -> None:
    shipped, wanted = load(name), of_reference(name[:2].upper())
    assert [block["code"] for block in shipped["blocks"]] == [block["code"] for block in wanted["blocks"]]
    for own, block in zip(shipped["blocks"], wanted["blocks"], strict=True):
        assert (own["name"], own["points"]) == (block["name"], block["points"])
        assert [as_reference(indicator) for indicator in own["indicators"]] == block["indicators"]


@pytest.mark.parametrize("name", ["gb_2026", "br_2026"])
def test_everything_else_is_the_reference(name: str) -> None:
    shipped, wanted = load(name), of_reference(name[:2].upper())
    own = {key: value for key, value in shipped.items() if key in wanted and key != "blocks"}
    assert own == {key: value for key, value in wanted.items() if key != "blocks"}
    assert shipped["process"] == reference()["process"]
    assert shipped["grade_map"] == reference()["grade_map"]
    assert shipped["year"] == 2026


@pytest.mark.parametrize("name", FILES)
def test_what_has_no_room_yet_is_exempt_with_approval(name: str) -> None:
    definition = read(load(name))
    exempt = {one.code: one.exempt for one in definition.indicators() if one.exempt is not None}
    assert set(exempt) == EXEMPT[name[:2].upper()]
    for given in exempt.values():
        assert given.reason.endswith("功能尚未启用，本年度不计分")
        assert given.approved_by == "党委组织部"
        assert given.approved_on == datetime.date(definition.year, 3, 15)


@pytest.mark.parametrize("name", FILES)
def test_every_other_line_reads_a_measure_or_is_marked_by_hand(name: str) -> None:
    definition = read(load(name))
    without = {one.code for one in definition.indicators() if not one.measure and one.exempt is None}
    assert without == BY_HAND[name[:2].upper()]


@pytest.mark.parametrize("name", FILES)
def test_kinds_of_meetings_exist(name: str) -> None:
    known = {kind["code"] for kind in yaml.safe_load(KINDS.read_text(encoding="utf-8"))["kinds"]}
    for one in read(load(name)).indicators():
        assert one.params.get("kind", "lecture") in known
        assert (one.measure == "meetings.held") == ("kind" in one.params)


@pytest.mark.parametrize("name", FILES)
def test_written_and_read_again(name: str) -> None:
    definition = read(load(name))
    text = yaml.safe_dump(as_data(definition), allow_unicode=True)
    assert read(yaml.safe_load(text)) == definition


@pytest.mark.parametrize("room", ["gb", "br"])
def test_the_year_before_is_the_same_scheme_marked_as_an_example(room: str) -> None:
    now, before = as_data(read(load(f"{room}_2026"))), as_data(read(load(f"{room}_2025")))
    assert before["name"] == now["name"] + "（示例）"
    assert before["note"].startswith("示例")
    assert {key for key in now if now[key] != before.get(key)} == {"code", "name", "year", "blocks", "process"}
    assert [step["name"] for step in before["process"]] == [step["name"] for step in now["process"]]
    assert before["process"][7]["due"] == "2026-01-06"


@pytest.mark.parametrize("year", [2025, 2026])
def test_the_composite(year: int) -> None:
    wanted = reference()["composite"]
    found = read_composite(load(f"composite_{year}"))
    assert found.code == f"COLLEGE-COMPOSITE-{year}"
    assert [(one.code, float(one.weight)) for one in found.components] == [
        (one["code"], one["weight"]) for one in wanted["components"]
    ]
    assert found.components[0].scheme == f"GB-{year}"
    assert found.decimals == wanted["rounding"]["decimals"]
    assert read_composite(as_data(found)) == found


def test_the_shipped_schemes_need_no_scores_of_each_other() -> None:
    assert cycles([read(load(name)) for name in FILES]) == []
