"""Reading hostile YAML, and schemes that come back from a file as they went in. Without a database."""

from __future__ import annotations

import time

import pytest

from scoring import bodies, definitions, exchange
from scoring.definition_parts import DefinitionFault
from scoring.services.schemes import shipped_files
from tests.scoring.rules_making import BODY, body

BOMB = "a: &a [x, x]\nb: &b [*a, *a, *a]\nc: &c [*b, *b, *b]\n"


@pytest.mark.parametrize(
    ("raw", "path", "words"),
    [
        (b"x" * (256 * 1024 + 1), "文件", "超过256KB"),
        (b"code: X\n" * 700_000, "文件", "超过256KB"),
        (b"\xff\xfe\x00", "文件", "UTF-8"),
        (BOMB.encode(), "第1行", "引用别处"),
        (b"a: {<<: *missing}", "第1行", "引用别处"),
        (b"[" * 200_000, "第1行", "层次太深"),
        (b"a: [1, 2", "第2行", "不符合YAML格式"),
        (b"a:\n\tb: 1", "第2行", "不符合YAML格式"),
        (b"!!python/object/apply:os.system ['true']", "第1行", "不符合YAML格式"),
        (b"a: 2026-02-31", "文件", "日期无法识别"),
        (b"a: " + b"9" * 6000, "文件", "数字"),
        (b"a: \x00", "文件", "不允许的字符"),
        (b"code: A\nname: B\ncode: C", "第3行", "写了两次"),
        (b"? [a, b]\n: c", "第1行", "不符合YAML格式"),
        (b"- 1\n- 2", "文件", "不是一份考核方案"),
        (b"", "文件", "不是一份考核方案"),
        (b"just words", "文件", "不是一份考核方案"),
        (b"---\na: 1\n---\nb: 2", "第3行", "不符合YAML格式"),
    ],
)
def test_a_hostile_file_is_refused_in_words_and_quickly(raw: bytes, path: str, words: str) -> None:
    began = time.process_time()
    with pytest.raises(DefinitionFault) as caught:
        exchange.parse(raw)
    assert [problem.path for problem in caught.value.problems] == [path]
    assert words in caught.value.problems[0].message
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("changes", "path", "words"),
    [
        ({"blocks": "no"}, "blocks", "列表"),
        ({"year": "soon"}, "year", "数字"),
        ({"code": ["x"]}, "code", "文字"),
        ({"bands": [{"name": "好", "min": True}]}, "bands.0.min", "数字"),
        ({"surprise": 1}, "surprise", "不认识"),
    ],
)
def test_wrong_types_are_named_with_their_path(changes: dict[str, object], path: str, words: str) -> None:
    with pytest.raises(DefinitionFault) as caught:
        definitions.read(exchange.parse(exchange.written(body(**changes)).encode()))
    found = {problem.path: problem.message for problem in caught.value.problems}
    assert words in found[path]


def test_a_scheme_comes_back_from_its_file() -> None:
    definition = definitions.read(BODY)
    data = definitions.as_data(definition)
    again = exchange.parse(exchange.written(data).encode())
    assert again == data
    assert definitions.read(again) == definition


@pytest.mark.parametrize("path", shipped_files(), ids=lambda path: path.stem)
def test_shipped_schemes_come_back_from_their_export(path: object) -> None:
    definition = definitions.read(exchange.parse(path.read_bytes()))  # type: ignore[attr-defined]
    data = definitions.as_data(definition)
    assert definitions.read(exchange.parse(exchange.written(data).encode())) == definition


def test_a_windows_file_with_a_mark_at_its_beginning_is_read() -> None:
    text = exchange.written(BODY).replace("\n", "\r\n")
    assert definitions.read(exchange.parse(text.encode("utf-8-sig"))) == definitions.read(BODY)


# --- editing part by part


def test_edits_leave_the_original_alone_and_the_rest_as_it_is() -> None:
    before = body()
    edit = bodies.put_block("A", "实绩", 50)
    after = edit(before)
    assert before == BODY
    assert after["blocks"][0] == BODY["blocks"][0] | {"name": "实绩", "points": 50}
    assert after["blocks"][1:] == BODY["blocks"][1:]


def test_an_indicator_moves_within_its_block_and_stops_at_the_ends() -> None:
    def codes(found: bodies.Body) -> list[str]:
        return [one["code"] for one in found["blocks"][1]["indicators"]]

    assert codes(bodies.move("indicator", "B2", -1)(body())) == ["B2", "B1"]
    assert codes(bodies.move("indicator", "B2", 1)(body())) == ["B1", "B2"]
    assert codes(bodies.move("indicator", "B1", -1)(body())) == ["B1", "B2"]
    assert codes(bodies.remove("indicator", "B1")(body())) == ["B2"]


def test_an_indicator_moves_to_another_block() -> None:
    moved = bodies.put_indicator("A", BODY["blocks"][1]["indicators"][0])(body())
    assert [one["code"] for one in moved["blocks"][0]["indicators"]] == ["A1", "B1"]
    assert [one["code"] for one in moved["blocks"][1]["indicators"]] == ["B2"]


def test_what_is_gone_or_taken_is_said() -> None:
    with pytest.raises(bodies.Gone):
        bodies.put_block("Z", "没有", 1)(body())
    with pytest.raises(bodies.Gone):
        bodies.remove("indicator", "Z9")(body())
    with pytest.raises(bodies.Taken):
        bodies.put_indicator("B", BODY["blocks"][0]["indicators"][0], is_new=True)(body())
    with pytest.raises(bodies.Taken):
        bodies.put_block("A", "又一个", 1, is_new=True)(body())


def test_a_part_is_checked_by_itself() -> None:
    rubric = BODY["blocks"][0]["indicators"][0]
    assert bodies.indicator_problems(rubric, {}) == []
    assert (
        bodies.indicator_problems(rubric | {"points": 0.5, "params": {"levels": [{"name": "好", "s": 0.5}]}}, {}) == []
    )
    low = bodies.indicator_problems(rubric | {"points": 70}, {})
    assert [problem.path for problem in low] == ["params.levels"]
    unknown = bodies.indicator_problems(
        {
            **rubric,
            "kind": "frequency",
            "source": "auto",
            "measure": "no.such",
            "params": {"required": 4, "period": "year", "counts": "次"},
        },
        {},
    )
    assert [problem.path for problem in unknown] == ["measure"]
    assert bodies.section_problems(BODY, "bands", BODY["bands"]) == []
    gap = bodies.section_problems(BODY, "bands", [{"name": "好", "min": 10}])
    assert [problem.path for problem in gap] == ["bands"]
    assert bodies.block_problems("C", "新", 10) == []
    assert [problem.path for problem in bodies.block_problems("坏 码", "新", 10)] == ["code"]


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("blocks.1.indicators.0.params.items", ("indicator", "B1")),
        ("blocks.1.points", ("block", "B")),
        ("bands.0.extra.0", ("bands", "")),
        ("blocks", ("facts", "")),
        ("full_mark", ("facts", "")),
        ("blocks.9.points", ("facts", "")),
    ],
)
def test_a_problem_leads_to_its_part(path: str, part: tuple[str, str]) -> None:
    assert bodies.part_of(BODY, path) == part
