"""What the platform wrote in Chinese, said to a reader of English."""

from __future__ import annotations

import re

import pytest
from django.utils.translation import override

from common.errors import Conflict, InvalidInput
from common.sentences import CHINESE, FIELD, PLACE, _messages, spoken, writing, written
from orgs.models import Level


def in_english(text: object) -> str:
    with override("en"):
        return spoken(text)


def test_to_a_reader_of_chinese_nothing_changes() -> None:
    assert spoken("已办结") == "已办结" == written("已办结")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("保存", "Save"),
        ("逾期76天（应于2026年3月31日完成）", "76 days overdue (due 2026-3-31)"),
        (
            "剩11天（窗口51天的22%），本周期未报进展",
            "11 days left (22% of a window of 51 days), no progress reported this period",
        ),
        ("已提交待核查；提交时2026年7月5日到期", "handed in, to be checked; when handed in: due 2026-7-5"),
        ("2025-2026学年第二学期", "academic year 2025-2026, semester 2"),
        ("数字商贸学院党总支：逾期3天（应于2026年6月12日完成）", "数字商贸学院党总支: 3 days overdue (due 2026-6-12)"),
    ],
)
def test_what_the_platform_says_is_said_in_english(text: str, said: str) -> None:
    assert in_english(text) == said


@pytest.mark.parametrize(
    "text",
    ["", "ABC-12", "任丽波", "后勤保障处", "行政楼已排查3处", "材料不全，请补", "学习了有关文件", "每周四下午集中学习"],
)
def test_names_and_people_s_own_words_stay(text: str) -> None:
    assert in_english(text) == text


def test_a_reason_within_a_sentence_stays_as_it_was_typed() -> None:
    assert in_english("撤销草拟：缺流动党员联系记录") == "Draft dropped: 缺流动党员联系记录"


def test_an_error_is_kept_as_written_and_read_in_the_reader_s_language() -> None:
    error = Conflict(written("保存"))
    assert (error.written, str(error), error.message) == ("保存", "保存", "保存")
    with override("en"):
        assert (error.written, error.message) == ("保存", "Save")
        assert InvalidInput(errors={"name": written("保存")}).errors == {"name": "Save"}


def test_labels_are_written_in_chinese_whoever_is_at_the_page() -> None:
    with override("en"):
        assert str(Level.BRANCH.label) != "党支部"
        with writing():
            assert str(Level.BRANCH.label) == "党支部"


def test_every_sentence_of_the_catalogue_is_recognised() -> None:
    """Filled with figures, no message leaves a Chinese word behind."""
    left = []
    for text, _words in _messages("en"):
        filled = FIELD.sub(lambda found: "%" if found[0] == "%%" else "7", text)
        said = in_english(filled).replace("简体中文", "")
        if CHINESE.search(said):
            left.append(f"{text} -> {said}")
    assert left == []


def test_what_is_put_into_a_sentence_is_in_its_english_too() -> None:
    lost = []
    for text, _words in _messages("en"):
        places = re.findall(PLACE, text)
        if len(places) == 1 and not places[0].endswith("d") and len(CHINESE.findall(text)) > 3:
            filled = text.replace(places[0], "王小明").replace("%%", "%")
            if "王小明" not in in_english(filled):
                lost.append(text)
    assert lost == []
