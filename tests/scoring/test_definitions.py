"""Reading schemes: every fault has its message and place, all at once; garbage never raises anything else."""

from __future__ import annotations

import copy
import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.measures import Gives
from scoring.definitions import (
    Definition,
    DefinitionFault,
    Exemption,
    as_data,
    cycles,
    differences,
    read,
    read_composite,
)

from .building import D

GIVES = {
    "m.rate": Gives.RATE,
    "m.held": Gives.HELD,
    "m.events": Gives.EVENTS,
    "m.items": Gives.ITEMS,
    "m.value": Gives.VALUE,
}
SMALL: dict[str, Any] = {
    "code": "BR-9",
    "name": "小方案",
    "year": 2026,
    "applies_to": "branch",
    "full_mark": 20,
    "blocks": [
        {
            "code": "A",
            "name": "甲",
            "points": 12,
            "indicators": [
                {"code": "A1", "name": "会议", "points": 4, "kind": "frequency", "source": "auto", "measure": "m.held",
                 "params": {"required": 4, "period": "year", "counts": "会议", "cap_per_quarter": 1, "kind": "lecture"}},
                {"code": "A2", "name": "比率", "points": 3, "kind": "rate_linear", "source": "auto", "measure": "m.rate",
                 "params": {"numerator": "甲", "denominator": "乙", "full_at": 0.95, "zero_at": 0.5,
                            "empty_denominator": "not_applicable"}},
                {"code": "A3", "name": "扣分", "points": 2, "kind": "deduct", "source": "auto", "measure": "m.events",
                 "params": {"event": "漏项", "per_event": 0.5, "floor": 0}},
                {"code": "A4", "name": "清单", "points": 3, "kind": "checklist", "source": "mixed", "measure": "m.items",
                 "params": {"items": [{"code": "a1", "t": "甲", "p": 1, "auto": True}, {"code": "a2", "t": "乙", "p": 2}]}},
            ],
        },
        {
            "code": "B",
            "name": "乙",
            "points": 8,
            "indicators": [
                {"code": "B1", "name": "档次", "points": 3, "kind": "rubric", "source": "manual",
                 "params": {"levels": [{"name": "好", "s": 3}, {"name": "差", "s": 0}]}},
                {"code": "B2", "name": "折算", "points": 2, "kind": "imported", "source": "auto", "measure": "m.value",
                 "params": {"from": "总支得分", "from_full": 100}},
                {"code": "B3", "name": "测评", "points": 2, "kind": "survey", "source": "ballot", "measure": "m.value",
                 "params": {"min_ballots": 7, "groups": [{"name": "党员", "w": 0.7}, {"name": "群众", "w": 0.3}]}},
                {"code": "B4", "name": "分档", "points": 1, "kind": "stepped", "source": "auto", "measure": "m.rate",
                 "params": {"numerator": "甲", "denominator": "乙", "empty_denominator": "full_mark",
                            "steps": [{"min": 0.9, "s": 1}, {"min": 0, "s": 0}]}},
            ],
        },
    ],
    "bonus": {"cap": 3, "stacking": "highest_per_item", "table": [{"code": "J1", "name": "荣誉", "points": 2}]},
    "penalty": {"cap": -5, "table": [{"code": "K1", "name": "通报", "points": -1, "per": "次"}]},
    "veto": {"decided_by": "党委会", "items": [{"code": "V1", "name": "重大事件"}]},
    "bands": [{"name": "优秀", "min": 18, "quota_max_ratio": 0.3}, {"name": "合格", "min": 12}, {"name": "不合格", "min": 0}],
}  # fmt: skip


def changed(path: str, value: Any) -> dict[str, Any]:
    """The small scheme with one field set (or, with ``...``, taken away); ``blocks.0.points`` names it."""
    data = copy.deepcopy(SMALL)
    here: Any = data
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    for part in way:
        here = here[part]
    if value is ...:
        del here[last]
    else:
        here[last] = value
    return data


def faults(data: Any) -> list[tuple[str, str]]:
    with pytest.raises(DefinitionFault) as caught:
        read(data, GIVES)
    return [(problem.path, problem.message) for problem in caught.value.problems]


def test_the_small_scheme_is_sound() -> None:
    found = read(SMALL, GIVES)
    assert found.indicator("A2").params["full_at"] == D("0.95")
    assert found.block_of("B3").code == "B"
    assert [one.code for one in found.indicators()] == ["A1", "A2", "A3", "A4", "B1", "B2", "B3", "B4"]
    with pytest.raises(KeyError):
        found.indicator("C1")
    with pytest.raises(KeyError):
        found.block_of("C1")


def test_no_figure_is_a_float() -> None:
    def walk(value: Any) -> None:
        assert not isinstance(value, float)
        if isinstance(value, dict):
            value = list(value.values())
        for inner in value if isinstance(value, list | tuple) else ():
            walk(inner)

    for one in read(SMALL).indicators():
        walk([one.points, dict(one.params)])


IN_A, IN_B = "blocks.0.indicators", "blocks.1.indicators"
A1, A2, A3, A4 = (f"{IN_A}.{n}" for n in range(4))
B1, B2, B3, B4 = (f"{IN_B}.{n}" for n in range(4))


@pytest.mark.parametrize(
    ("path", "value", "place", "message"),
    [
        # sums and codes
        (f"{A1}.points", 5, "blocks.0.points", "板块A：所属指标分值合计13，应等于板块分值12，请调整"),
        ("full_mark", 100, "blocks", "各板块分值合计20，应等于满分100，请调整板块分值"),
        (f"{A2}.code", "A1", "blocks", "指标编码“A1”重复2次，请改成不同的名称"),
        ("blocks.1.code", "A", "blocks", "板块编码“A”重复2次，请改成不同的名称"),
        # kinds and parameters
        (f"{A1}.kind", "magic", f"{A1}.kind", "指标A1：“kind”不能是“magic”，请从checklist、deduct、frequency、imported、rate_linear、rubric、stepped、survey中选择"),
        (f"{A1}.source", "dream", f"{A1}.source", "指标A1：“source”不能是“dream”，请从auto、ballot、manual、mixed中选择"),
        (f"{A1}.params", ..., f"{A1}.params", "指标A1：缺少评分参数“params”，请填写"),
        (f"{A1}.params.required", ..., f"{A1}.params.required", "指标A1：缺少“required”，请填写数字"),
        (f"{A1}.params.required", 2.5, f"{A1}.params.required", "指标A1：“required”应为整数，现为2.5"),
        (f"{A1}.params.period", "month", f"{A1}.params.period", "指标A1：“period”不能是“month”，请从year中选择"),
        (f"{A1}.params.cap_per_month", 1, f"{A1}.params.cap_per_quarter", "指标A1：“cap_per_month”和“cap_per_quarter”只能填一个，请删去一个"),
        (f"{A1}.params.full_at", 1, f"{A1}.params.full_at", "指标A1：不认识的字段“full_at”，请删除或改正拼写"),
        (f"{A2}.params.zero_at", 0.95, f"{A2}.params.zero_at", "指标A2：“full_at”与“zero_at”相同，无法折算，请改成不同的值"),
        (f"{A2}.params.full_at", 95, f"{A2}.params.full_at", "指标A2：“full_at”应在0到1之间，现为95"),
        (f"{A3}.params.event_weights", {"黄灯": 1}, f"{A3}.params.per_event", "指标A3：“event”加“per_event”与“event_weights”二者填且只填一种，请补充或删去"),
        (f"{A3}.params.per_event", ..., f"{A3}.params.per_event", "指标A3：缺少“per_event”，请填写数字"),
        (f"{A3}.params.floor", 3, f"{A3}.params.floor", "指标A3：“floor”应在0到2之间，现为3"),
        (f"{A4}.params.items.0.p", 2, f"{A4}.params.items", "指标A4：各条分值合计4，应等于指标分值3，请调整"),
        (f"{A4}.params.items.1.code", "a1", f"{A4}.params.items", "指标A4：条目编码“a1”重复2次，请改成不同的名称"),
        (f"{A4}.params.items.0.auto", "yes", f"{A4}.params.items.0.auto", "条目a1：“auto”只能是true或false，现为“yes”"),
        (f"{A4}.params.items", [], f"{A4}.params.items", "指标A4：“items”至少要有一项，请补充"),
        (f"{B1}.params.levels.0.s", 4, f"{B1}.params.levels.0.s", "档次好：“s”应在0到3之间，现为4"),
        (f"{B1}.params.levels.0.s", 2, f"{B1}.params.levels", "指标B1：没有一个档次能得满分3分，请调整档次分值"),
        (f"{B1}.params.levels.1.name", "好", f"{B1}.params.levels", "指标B1：档次名称“好”重复2次，请改成不同的名称"),
        (f"{B2}.params.from_full", 0, f"{B2}.params.from_full", "指标B2：“from_full”应在0.01到1000000之间，现为0"),
        (f"{B3}.params.groups.0.w", 0.6, f"{B3}.params.groups", "指标B3：各人群权重合计0.9，应为1，请调整"),
        (f"{B4}.params.steps.1.min", 0.1, f"{B4}.params.steps", "指标B4：最低一档的“min”应为0，否则有的比率没有对应的档，请补充"),
        (f"{B4}.params.steps.0.min", 0, f"{B4}.params.steps", "指标B4：各档应从高到低排列，比率下限不能重复，分值不能倒挂，请调整"),
        # measures
        (f"{A1}.measure", "m.gone", f"{A1}.measure", "指标A1：没有名为“m.gone”的取数项，请从取数目录中选择"),
        (f"{A2}.measure", "m.held", f"{A2}.measure", "指标A2：取数项“m.held”给出的数据不能用于“比率线性”，请换取数项或评分方式"),
        (f"{A2}.measure", ..., f"{A2}.measure", "指标A2：自动取数的指标要写明取数项“measure”；数据来源尚未启用的，请填写免计理由和批准人“exempt”"),
        (f"{A4}.measure", ..., f"{A4}.measure", "指标A4：自动取数的指标要写明取数项“measure”；数据来源尚未启用的，请填写免计理由和批准人“exempt”"),
        (f"{B1}.measure", "m.value", f"{B1}.measure", "指标B1：“按档次评分”由人评定，不从数据取数，请删去“measure”"),
        (f"{A2}.exempt", {"reason": "未启用", "approved_by": "组织部"}, f"{A2}.exempt.approved_on", "指标A2：“approved_on”应为日期（如2026-03-15），现为空"),
        (f"{A2}.exempt", {"reason": "", "approved_by": "组织部", "approved_on": "2026-02-28"}, f"{A2}.exempt.reason", "指标A2：“reason”不能为空，请填写"),
        # bands
        ("bands.2.min", 1, "bands", "最低一个等次的最低分应为0，否则有的得分没有对应的等次，请补充"),
        ("bands.1.min", 18, "bands", "有等次的最低分相同，范围重叠，请改成不同的最低分"),
        ("bands.1.min", 19, "bands", "等次应从高到低排列，请调整顺序"),
        ("bands.0.min", 21, "bands", "最高等次的最低分超过满分20，没有单位能达到，请调低"),
        ("bands.1.name", "优秀", "bands", "等次名称“优秀”重复2次，请改成不同的名称"),
        ("bands.0.quota_max_ratio", 1.5, "bands.0.quota_max_ratio", "等次优秀：“quota_max_ratio”应在0到1之间，现为1.5"),
        ("bands.0.quota_round", "up", "bands.0.quota_round", "等次优秀：“quota_round”不能是“up”，请从ceil、floor、half_up中选择"),
        ("bands.1.quota_scope", "合计", "bands.1.quota_scope", "名额范围“合计”应写成“优秀与合格合计”，并填写名额比例"),
        ("bands.2.quota_max_ratio", 0.1, "bands", "最低等次“不合格”不能设名额或附加条件，请删去"),
        ("bands.0.extra", ["表现好"], "bands.0.extra.0", "等次条件“表现好”无法识别，请写成“无 K 类扣分”或“某某率不低于0.90”"),
        ("bands", [], "bands", "“bands”至少要有一项，请补充"),
        # bonus, penalty, veto
        ("bonus.cap", -1, "bonus.cap", "加分：“cap”应在0到1000之间，现为-1"),
        ("bonus.stacking", "all", "bonus.stacking", "加分：“stacking”不能是“all”，请从highest_per_item、sum中选择"),
        ("bonus.table.0.points", -2, "bonus.table.0.points", "加分项J1：“points”应在0到1000之间，现为-2"),
        ("penalty.cap", 5, "penalty.cap", "扣分：扣分的“cap”应为负数，请在5前加负号"),
        ("penalty.table.0.points", 1, "penalty.table.0.points", "扣分项K1：扣分的“points”应为负数，请在1前加负号"),
        ("veto.decided_by", ..., "veto.decided_by", "一票否决：缺少“decided_by”，请填写"),
        # types
        ("code", "a b", "code", "编码“a b”只能由字母、数字、点、横线组成，请改正"),
        (f"{A1}.code", 1.1, f"{A1}.code", "指标会议：“code”应为文字，现为1.1；数字编码请加引号"),
        ("name", "  ", "name", "“name”不能为空，请填写"),
        ("name", "字" * 501, "name", "“name”有501字，最多500字，请删减"),
        ("name", "坏\x00字", "name", "“name”含有看不见的控制字符，请重新输入"),
        ("year", 1899, "year", "“year”应在2000到2100之间，现为1899"),
        ("applies_to", "person", "applies_to", "“applies_to”不能是“person”，请从branch、committee、general_branch中选择"),
        ("full_mark", float("nan"), "full_mark", "“full_mark”应为数字（不超过1000000，小数不超过10位），现为nan"),
        ("full_mark", 10**40, "full_mark", "“full_mark”应为数字（不超过1000000，小数不超过10位），现为一个过大的数"),
        ("full_mark", 1001, "full_mark", "“full_mark”应在1到1000之间，现为1001"),
        ("bonus.table.0.points", "0.125", "bonus.table.0.points", "加分项J1：“points”最多两位小数，现为0.125，请改正"),
        ("full_mark", True, "full_mark", "“full_mark”应为数字（不超过1000000，小数不超过10位），现为True"),
        ("blocks", {"A": 1}, "blocks", "“blocks”应为列表，现为一组字段，请改写"),
        ("blocks.0", ["甲"], "blocks.0", "板块第1项：应写成“字段: 值”的形式，现为一个列表，请改写"),
        ("bonus", [], "bonus", "加分：应写成“字段: 值”的形式，现为一个列表，请改写"),
        ("wishes", 1, "wishes", "不认识的字段“wishes”，请删除或改正拼写"),
        ("tie_break", "高者先", "tie_break", "“tie_break”应为列表，现为“高者先”，请改写"),
        ("grade_map", {"好": 101}, "grade_map.好", "“grade_map.好”应在0到100之间，现为101"),
        ("process", [{"step": 1, "name": "发布"}, {"step": 1, "name": "公示"}], "process", "流程步骤“1”重复2次，请改成不同的名称"),
        ("dynamic", {"rectify_days": -1}, "dynamic.rectify_days", "动态管理：“rectify_days”应在0到3650之间，现为-1"),
    ],
)  # fmt: skip
def test_each_fault_has_its_place_and_says_what_to_do(path: str, value: Any, place: str, message: str) -> None:
    assert (place, message) in faults(changed(path, value))


@pytest.mark.parametrize(
    "path", [f"{A1}.params.required", f"{A2}.params.zero_at", f"{B3}.params.groups.0.w", "bands.0.min"]
)
def test_one_fault_is_reported_once(path: str) -> None:
    assert [place for place, _ in faults(changed(path, "很多"))].count(path) == 1


@pytest.mark.parametrize("path", [f"{A1}.points", "blocks.0.points", "full_mark"])
def test_no_sum_is_blamed_on_a_figure_that_cannot_be_read(path: str) -> None:
    assert [place for place, message in faults(changed(path, "很多")) if "合计" in message and place != "blocks"] == []


def test_a_number_too_long_to_write_down() -> None:
    assert "一个过大的数" in faults(changed("full_mark", 10**5000))[0][1]


def test_all_faults_are_named_at_once() -> None:
    data = changed("full_mark", 30)
    data["bands"][0]["min"] = 10
    data["blocks"][0]["indicators"][0]["measure"] = "m.gone"
    data["blocks"][1]["points"] = 9
    assert {place for place, _ in faults(data)} == {"blocks", "bands", f"{A1}.measure", "blocks.1.points"}


def test_measures_are_left_alone_when_none_are_known() -> None:
    assert read(changed(f"{A1}.measure", "m.gone")).indicator("A1").measure == "m.gone"


def test_manual_events_need_no_measure() -> None:
    data = changed(f"{A3}.measure", ...)
    assert "measure" in faults(data)[0][0]
    data["blocks"][0]["indicators"][2]["source"] = "mixed"
    assert read(data, GIVES).indicator("A3").measure == ""


def test_an_exemption_stands_for_a_measure() -> None:
    data = changed(f"{A2}.measure", ...)
    data["blocks"][0]["indicators"][1]["exempt"] = {
        "reason": "未启用",
        "approved_by": "组织部",
        "approved_on": datetime.date(2026, 3, 15),
    }
    found = read(data, GIVES)
    assert found.indicator("A2").exempt == Exemption("未启用", "组织部", datetime.date(2026, 3, 15))
    assert read(as_data(found)) == found


@pytest.mark.parametrize(
    "data", [None, [], "方案", 7, {}, {1: 2}, {"blocks": [None]}, {"blocks": [{"indicators": [{"params": 3}]}]}]
)
def test_garbage_is_refused_in_words(data: Any) -> None:
    assert all(message for _, message in faults(data))


SCRAPS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.dates() | st.decimals(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=3),
    max_leaves=6,
)


def paths(value: Any, before: str = "") -> list[str]:
    """Every field of the small scheme."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = []
    for key, inner in pairs:
        here = f"{before}.{key}" if before else str(key)
        found += [here, *paths(inner, here)]
    return found


@given(st.sampled_from(paths(SMALL)), SCRAPS)
def test_garbage_anywhere_raises_nothing_else(path: str, scrap: Any) -> None:
    try:
        found = read(changed(path, scrap), GIVES)
    except DefinitionFault as fault:
        assert fault.problems
        assert all(problem.message for problem in fault.problems)
    else:
        assert read(as_data(found)) == found


@given(SCRAPS)
def test_garbage_for_a_scheme(scrap: Any) -> None:
    with pytest.raises(DefinitionFault):
        read(scrap)
    with pytest.raises(DefinitionFault):
        read_composite(scrap)


@given(st.decimals(0, 1, places=10))
def test_figures_survive_writing(share: Decimal) -> None:
    data = changed("bands.0.quota_max_ratio", format(share, "f"))
    found = read(data)
    assert found.bands[0].quota_max_ratio == share
    assert read(as_data(found)).bands[0].quota_max_ratio == share


# --- cycles -----------------------------------------------------------------------------------------------------------
def importing(code: str, *schemes: str) -> Definition:
    """A scheme that takes its score from others: the first block's lines become imports."""
    data = copy.deepcopy(SMALL)
    data |= {"code": code, "name": f"方案{code}"}
    for n, scheme in enumerate(schemes):
        line = data["blocks"][0]["indicators"][n]
        line |= {
            "kind": "imported",
            "measure": "m.value",
            "params": {"from": "得分", "from_full": 100, "scheme": scheme},
        }
    return read(data, GIVES)


def test_circles_are_named() -> None:
    found = cycles([importing("P", "Q"), importing("Q", "R"), importing("R", "P"), importing("S", "P")])
    assert [one.codes for one in found] == [("P", "Q", "R")]
    assert (
        found[0].words
        == "考核方案互相取分，形成循环：方案P（P） → 方案Q（Q） → 方案R（R） → 方案P（P），请去掉其中一处取分"
    )


def test_a_scheme_that_takes_its_own_score() -> None:
    assert [one.codes for one in cycles([importing("P", "P")])] == [("P",)]


def test_two_circles() -> None:
    found = cycles([importing("P", "Q"), importing("Q", "P", "R"), importing("R", "Q")])
    assert [one.codes for one in found] == [("P", "Q"), ("Q", "R")]


def test_taking_scores_in_one_direction_is_no_circle() -> None:
    assert cycles([importing("P", "Q", "R", "GONE"), importing("Q", "R"), importing("R")]) == []


# --- differences ------------------------------------------------------------------------------------------------------
def test_the_same_scheme_has_no_differences() -> None:
    assert differences(read(SMALL), read(copy.deepcopy(SMALL))) == []


@pytest.mark.parametrize(
    ("path", "value", "place", "words"),
    [
        ("name", "大方案", "name", "名称：由“小方案”改为“大方案”"),
        (f"{A2}.params.full_at", 0.9, "blocks.A.indicators.A2.params.full_at", "指标A2（比率）的满分线：由0.95改为0.9"),
        (f"{A1}.reviewer", "组织部", "blocks.A.indicators.A1.reviewer", "新增指标A1（会议）的评分单位：“组织部”"),
        (f"{A1}.params.cap_per_quarter", ..., "blocks.A.indicators.A1.params.cap_per_quarter", "删除指标A1（会议）的每季封顶：原为1"),
        ("bands.0.min", 17, "bands.优秀.min", "等次优秀的最低分：由18改为17"),
        ("tie_break", ["票决"], "tie_break", "新增同分规则：“票决”"),
        (f"{A4}.params.items.0.t", "丙", "blocks.A.indicators.A4.params.items.a1.t", "指标A4（清单）的条目a1的内容：由“甲”改为“丙”"),
    ],
)  # fmt: skip
def test_a_change_in_words(path: str, value: Any, place: str, words: str) -> None:
    found = differences(read(SMALL), read(changed(path, value)))
    assert [(one.path, one.words) for one in found] == [(place, words)]


def test_points_moved_to_a_new_indicator() -> None:
    data = changed(f"{A1}.points", 3)
    new = {"code": "A5", "name": "特色", "points": 1, "kind": "rubric", "source": "manual"}
    data["blocks"][0]["indicators"].append(new | {"params": {"levels": [{"name": "好", "s": 1}]}})
    assert [one.words for one in differences(read(SMALL), read(data))] == [
        "指标A1（会议）的分值：由4改为3",
        "新增指标A5（特色）：“特色”（1分）",
    ]
    assert [one.words for one in differences(read(data), read(SMALL))][1] == "删除指标A5（特色）：原为“特色”（1分）"


def test_a_new_order_is_said_once() -> None:
    data = copy.deepcopy(SMALL)
    data["blocks"][0]["indicators"].reverse()
    assert [one.words for one in differences(read(SMALL), read(data))] == ["指标：顺序有调整"]


# --- the composite ----------------------------------------------------------------------------------------------------
def test_weights_of_the_composite_sum_to_one() -> None:
    part = {"code": "P", "name": "党建", "weight": 0.3, "full_mark": 100, "source": "scheme", "scheme": "GB-2026"}
    other = {"code": "B", "name": "事业", "weight": 0.6, "full_mark": 100, "source": "import_xlsx"}
    with pytest.raises(DefinitionFault) as caught:
        read_composite({"code": "C", "name": "综合", "year": 2026, "components": [part, other]})
    assert [(problem.path, problem.message) for problem in caught.value.problems] == [
        ("components.1.owner", "组成部分B：缺少“owner”，请填写"),
        ("components", "各部分权重合计0.9，应为1，请调整"),
    ]
