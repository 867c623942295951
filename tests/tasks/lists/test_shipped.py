"""The lists as shipped: all items of the reference, each with a rule that fits and one way to close."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from tasks import dues
from tasks.models import Frequency, ListItem, ResponsibilityList
from tasks.services.lists import load_lists
from tasks.shipped import record_of, records, shipped_lists

LISTS = {each.role: each for each in shipped_lists()}
# Whose proof the platform has by now; everything else takes a note.
CLOSED_BY_RECORDS = {
    "committee": [1, 2, 3, 4, 6, 7, 13],
    "general_branch": [1, 2, 3, 4, 5, 15],
    "branch": [1, 2, 3, 4, 5, 6, 7, 8, 9],
}
ADOPTED = {"committee": [2, 13], "general_branch": [1, 2], "branch": [1, 2, 3, 4, 5, 6, 7, 8]}
# A note, and the reference names no business that its proof would come from.
PLAIN_NOTES = {"general_branch": [7, 14]}


def test_all_items_are_there() -> None:
    assert {role: len(each.items) for role, each in LISTS.items()} == {
        "committee": 14,
        "general_branch": 15,
        "branch": 14,
    }
    assert [each.title for each in LISTS.values()] == [
        "党委书记抓党建责任清单",
        "党总支书记抓党建责任清单",
        "党支部书记抓党建责任清单",
    ]
    assert [each.signed_with for each in LISTS.values()] == ["上级党组织", "党委书记", "党总支书记"]


@pytest.mark.parametrize("role", LISTS)
def test_every_item_says_by_when_and_how_it_closes(role: str) -> None:
    items = LISTS[role].items
    assert [item["number"] for item in items if item["requirement"]] == CLOSED_BY_RECORDS[role]
    assert [item["number"] for item in items if item["adopts"]] == ADOPTED[role]
    notes = [item for item in items if not item["requirement"]]
    assert [item["number"] for item in notes if not item["awaits_room"]] == PLAIN_NOTES.get(role, [])
    for item in items:
        assert item["frequency"] in Frequency.values
        assert dues.fault(item["due_rule"], item["frequency"]) is None
        assert item["not_applicable"] in ListItem.NotApplicable.values
        assert item["title"] and item["measure"] and item["evidence_words"]
        assert not (item["requirement"] and item["awaits_room"])
        assert not item["adopts"] or item["requirement"]["part"] == "held"


def test_articles_are_those_of_the_rules_and_empty_where_there_is_none() -> None:
    branch = {item["number"]: item["article"] for item in LISTS["branch"].items}
    assert branch[1] == "支部工作条例(试行)2018 第11条"
    assert branch[7] == "支部工作条例(试行)2018 第18条（条号未核实）"
    assert branch[9] == "党员教育管理工作条例2019 第20条"
    assert branch[12] == ""
    assert [item["number"] for item in LISTS["committee"].items if item["article"]] == [3, 6, 9, 10]


def test_a_record_is_found_again_by_what_it_asks_for() -> None:
    for code, record in records().items():
        found = record_of(record.requirement, record.adopts)
        assert found is not None and found.code == code
    assert record_of({"evidence": "lecture", "part": "held"}, False) is None


@pytest.mark.django_db
def test_loading_makes_drafts_once() -> None:
    assert load_lists(year=2026) == 3
    ResponsibilityList.objects.filter(role="branch").update(title="改过的")
    assert load_lists(year=2026) == 0
    assert load_lists(year=2027) == 3
    assert ListItem.objects.filter(list__year=2026).count() == 43
    assert set(ResponsibilityList.objects.values_list("state", "version")) == {("draft", 1)}
    assert ResponsibilityList.objects.get(year=2026, role="branch").title == "改过的"
    assert ListItem.history.filter(list__year=2026).count() == 43


@pytest.mark.django_db
def test_the_command_says_what_it_did(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_lists", year=2026)
    call_command("load_lists", year=2026)
    assert capsys.readouterr().out.splitlines() == ["3 drafts made", "0 drafts made"]
