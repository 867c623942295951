"""The composite of the colleges: 0.30 × Party building + 0.70 × business, business scores from Excel."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from common.errors import Conflict, InvalidInput, NotAllowed
from common.spreadsheets import write_rows
from orgs.models import College, User
from scoring.models import BusinessScore, Composite, CompositeLine, Scheme, Stage
from scoring.selectors.composites import composite_rows
from scoring.services.composites import create_composite, import_business_scores, publish_composite
from tests.factories import SmallCollege, make_college, make_organisation
from tests.scoring.places import body, publish_body, write_sheet

pytestmark = pytest.mark.django_db
HEADER = ("学院编码", "学院", "年度", "得分", "满分", "提供部门", "备注")
REAL = Path(settings.BASE_DIR) / "partybuild" / "demo" / "data" / "business_scores_2026.xlsx"
Row = Sequence[object]
GOOD: Row = ("XY1", "测试学院", 2026, 88.4, 100, "发展规划处", None)


@pytest.fixture
def college() -> SmallCollege:
    return make_college()


@pytest.fixture
def scheme(college: SmallCollege) -> Scheme:
    return publish_body(college.committee, college.office)


@pytest.fixture
def composite(college: SmallCollege, scheme: Scheme) -> Composite:
    return make(college.office, scheme)


def make(actor: User, scheme: Scheme, party: str = "0.30", business: str = "0.70") -> Composite:
    return create_composite(
        scheme=scheme, actor=actor, code="C-2026", name="综合绩效", party_weight=Decimal(party),
        business_weight=Decimal(business),
    )  # fmt: skip


def workbook(*rows: Row, header: Row = HEADER, sheet: str = "事业发展得分") -> io.BytesIO:
    file = io.BytesIO()
    write_rows(file, {sheet: (header, rows)})  # type: ignore[arg-type]
    file.seek(0)
    return file


def load(composite: Composite, actor: User, *rows: Row, dry_run: bool = False) -> Any:
    return import_business_scores(composite=composite, file=workbook(*rows), actor=actor, dry_run=dry_run)


def test_the_weights_must_sum_to_one(college: SmallCollege, scheme: Scheme) -> None:
    for party, business in (("0.30", "0.69"), ("1.10", "-0.10"), ("0", "0")):
        with pytest.raises(InvalidInput) as refused:
            make(college.office, scheme, party, business)
        assert "party_weight" in refused.value.errors
    assert not Composite.objects.exists()


def test_one_composite_a_year(college: SmallCollege, scheme: Scheme, composite: Composite) -> None:
    with pytest.raises(Conflict):
        make(college.office, scheme)
    assert Composite.objects.get() == composite


@pytest.mark.parametrize("role", ["general_secretary", "branch_secretary", "member", "outsider"])
def test_only_the_office_sets_it_up_imports_and_publishes(
    college: SmallCollege, scheme: Scheme, composite: Composite, role: str
) -> None:
    actor = getattr(college, role)
    attempts: list[Callable[[], object]] = [
        lambda: make(actor, scheme),
        lambda: load(composite, actor, GOOD),
        lambda: publish_composite(composite=composite, actor=actor),
    ]
    for attempt in attempts:
        with pytest.raises(NotAllowed):
            attempt()
    assert not BusinessScore.objects.exists()


def test_both_parts_make_the_total_rounded_once(college: SmallCollege, scheme: Scheme, composite: Composite) -> None:
    # 0.30 × 83.45 + 0.70 × 88.41 = 25.035 + 61.887 = 86.922, by hand
    write_sheet(scheme, college.general_branches[0], "83.45")
    load(composite, college.office, ("XY1", "测试学院", 2026, 88.41, 100, "发展规划处", ""))
    (row,) = composite_rows(composite)
    assert (row.party_part, row.business_part, row.total) == (
        Decimal("25.03500"),
        Decimal("61.88700"),
        Decimal("86.92"),
    )


def test_half_a_hundredth_is_rounded_up(college: SmallCollege, scheme: Scheme, composite: Composite) -> None:
    # 0.30 × 80.05 + 0.70 × 90.00 = 24.015 + 63 = 87.015 → 87.02
    write_sheet(scheme, college.general_branches[0], "80.05")
    load(composite, college.office, ("XY1", "测试学院", 2026, 90, 100, "发展规划处", ""))
    assert composite_rows(composite)[0].total == Decimal("87.02")


def test_another_full_mark_is_taken_to_a_hundred(college: SmallCollege, scheme: Scheme, composite: Composite) -> None:
    # 102 of 120 = 85; 0.30 × 80 + 0.70 × 85 = 83.5
    write_sheet(scheme, college.general_branches[0], "80")
    load(composite, college.office, ("XY1", "测试学院", 2026, 102, 120, "发展规划处", ""))
    assert composite_rows(composite)[0].total == Decimal("83.50")


def test_a_missing_part_is_no_zero_and_blocks(college: SmallCollege, scheme: Scheme, composite: Composite) -> None:
    (row,) = composite_rows(composite)
    assert (row.party, row.business, row.total, row.missing) == (None, None, None, "缺党建得分，缺事业发展得分")
    write_sheet(scheme, college.general_branches[0], None, missing=3)
    load(composite, college.office, GOOD)
    (row,) = composite_rows(composite)
    assert (row.total, row.missing) == (None, "党建评分表有3项缺数据")
    Scheme.objects.update(stage=Stage.FINAL)
    with pytest.raises(Conflict, match="测试学院：党建评分表有3项缺数据"):
        publish_composite(composite=composite, actor=college.office)
    assert not CompositeLine.objects.exists()


@pytest.mark.parametrize("stage", [one for one in Stage.values if one != Stage.FINAL])
def test_it_waits_for_the_final_party_figures(
    college: SmallCollege, scheme: Scheme, composite: Composite, stage: str
) -> None:
    write_sheet(scheme, college.general_branches[0], "80")
    load(composite, college.office, GOOD)
    Scheme.objects.update(stage=stage)
    with pytest.raises(Conflict, match="还没有定稿"):
        publish_composite(composite=composite, actor=college.office)


def test_published_it_stands(college: SmallCollege, scheme: Scheme, composite: Composite) -> None:
    sheet = write_sheet(scheme, college.general_branches[0], "80")
    load(composite, college.office, GOOD)
    Scheme.objects.update(stage=Stage.FINAL)
    publish_composite(composite=composite, actor=college.office)
    sheet.total = Decimal(10)
    sheet.save()
    composite.refresh_from_db()
    assert [(row.party, row.business, row.total) for row in composite_rows(composite)] == [
        (Decimal("80.00"), Decimal("88.40"), Decimal("85.88"))
    ]
    with pytest.raises(Conflict):
        publish_composite(composite=composite, actor=college.office)
    with pytest.raises(Conflict):
        load(composite, college.office, GOOD)
    assert CompositeLine.objects.count() == 1


FAULTS = [
    ([("XY9", "测试学院", 2026, 80, 100, "处", "")], 2, "学院编码"),
    ([("XY1", "别的学院", 2026, 80, 100, "处", "")], 2, "学院"),
    ([GOOD, GOOD], 3, "学院编码"),
    ([("XY1", "测试学院", 2025, 80, 100, "处", "")], 2, "年度"),
    ([("XY1", "测试学院", 2026, None, 100, "处", "")], 2, "得分"),
    ([("XY1", "测试学院", 2026, "八十", 100, "处", "")], 2, "得分"),
    ([("XY1", "测试学院", 2026, -1, 100, "处", "")], 2, "得分"),
    ([("XY1", "测试学院", 2026, "NaN", 100, "处", "")], 2, "得分"),
    ([("XY1", "测试学院", 2026, "8_8", 100, "处", "")], 2, "得分"),
    ([("XY1", "测试学院", 2026, True, 100, "处", "")], 2, "得分"),
    ([("XY1", "测试学院", 2026, 88.456, 100, "处", "")], 2, "得分"),
    ([("XY1", "测试学院", 2026, 101, 100, "处", "")], 2, "得分"),
    ([("XY1", "测试学院", 2026, 0, 0, "处", "")], 2, "满分"),
    ([("XY1", "测试学院", 2026, 80, 100, " ", "")], 2, "提供部门"),
    ([("XY1", "测试学院", 2026, 80, 100, "处" * 101, "")], 2, "提供部门"),
    ([], 0, ""),
]


@pytest.mark.parametrize(("rows", "number", "column"), FAULTS)
def test_every_fault_is_a_line_and_nothing_is_written(
    college: SmallCollege, composite: Composite, rows: list[Row], number: int, column: str
) -> None:
    report = load(composite, college.office, *rows)
    assert [(error.row, error.column) for error in report.errors] == [(number, column)]
    assert all(error.problem and error.advice for error in report.errors)
    assert not BusinessScore.objects.exists()


def test_all_faults_come_in_one_pass(college: SmallCollege, composite: Composite) -> None:
    report = load(composite, college.office, ("XY9", "x", 2025, "无", 100, "", ""), GOOD)
    assert [(error.row, error.column) for error in report.errors] == [
        (2, "学院编码"), (2, "年度"), (2, "得分"), (2, "提供部门"),
    ]  # fmt: skip
    assert not BusinessScore.objects.exists()


@pytest.mark.parametrize(
    "content", [b"", b"not a workbook", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old"]
)
def test_what_is_no_workbook_is_said_in_words(college: SmallCollege, composite: Composite, content: bytes) -> None:
    report = import_business_scores(composite=composite, file=io.BytesIO(content), actor=college.office, dry_run=False)
    assert len(report.errors) == 1
    assert "上传" in report.errors[0].advice


def test_run_again_it_changes_nothing_and_a_change_is_said(college: SmallCollege, composite: Composite) -> None:
    assert load(composite, college.office, GOOD, dry_run=True).created == 1
    assert not BusinessScore.objects.exists()
    load(composite, college.office, GOOD)
    again = load(composite, college.office, GOOD)
    assert (again.created, again.updated, again.unchanged, again.changes) == (0, 0, 1, [])
    changed = load(composite, college.office, ("XY1", "测试学院", 2026, "90.15", 100, "发展规划处", "复核"))
    assert changed.changes == ["测试学院：得分 88.40 → 90.15，备注 — → 复核"]
    stored = BusinessScore.objects.get()
    assert stored.score == Decimal("90.15")
    assert [one.history_change_reason for one in stored.history.all()] == ["导入事业发展得分"] * 2
    zero = load(composite, college.office, ("XY1", "测试学院", 2026, 0, 100, "发展规划处", "复核"))
    assert [words.partition("→ ")[2] for words in zero.changes] in (["0"], ["0.00"])


def test_the_real_file_of_2026(college: SmallCollege, composite: Composite) -> None:
    book = openpyxl.load_workbook(REAL, read_only=True)
    for code, name, *_rest in list(book.worksheets[0].iter_rows(values_only=True))[1:]:
        College.objects.create(code=code, name=name, organisation=make_organisation(f"G{code}", college.committee))
    with REAL.open("rb") as file:
        report = import_business_scores(composite=composite, file=file, actor=college.office, dry_run=False)
    assert (report.created, report.errors) == (6, [])
    assert report.warnings == ["文件里没有：测试学院。这些学院缺事业发展得分，综合绩效不能公布。"]
    assert {one.college.code: one.score for one in BusinessScore.objects.select_related("college")} == {
        "XY2": Decimal("88.40"), "XY3": Decimal("91.25"), "XY4": Decimal("86.70"), "XY5": Decimal("83.15"),
        "XY6": Decimal("84.90"), "XY7": Decimal("87.60"),
    }  # fmt: skip


def enter(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_upload_on_the_page_keeps_to_check_until_told(college: SmallCollege, composite: Composite) -> None:
    client = enter(college.office)
    url = f"/composites/{composite.pk}/import/"
    for action, stored in (("check", 0), ("import", 1)):
        file = SimpleUploadedFile("s.xlsx", workbook(GOOD).read())
        assert "新增1，更新0，不变0" in client.post(url, {"file": file, "action": action}).content.decode()
        assert BusinessScore.objects.count() == stored
    answer = client.post(url, {"file": SimpleUploadedFile("s.xlsx", b"x"), "action": "import"})
    assert (answer.status_code, "这不是 Excel 文件" in answer.content.decode()) == (400, True)


def test_the_page_the_file_and_the_notice_say_the_same(
    college: SmallCollege, scheme: Scheme, composite: Composite
) -> None:
    write_sheet(scheme, college.general_branches[0], "80")
    load(composite, college.office, GOOD)
    client = enter(college.committee_secretary)
    assert "85.88" in client.get(f"/composites/{composite.pk}/").content.decode()
    assert "85.88" in client.get(f"/composites/{composite.pk}/notice/").content.decode()
    content = b"".join(client.get(f"/composites/{composite.pk}/excel/").streaming_content)  # type: ignore[attr-defined]
    rows = list(openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True))
    assert rows[1][:7] == ("XY1", "测试学院", 80, 24, 88.4, 61.88, 85.88)


def test_publishing_is_offered_once_nothing_keeps_it(
    college: SmallCollege, scheme: Scheme, composite: Composite
) -> None:
    def offered() -> tuple[bool, bool]:
        page = enter(college.office).get(f"/composites/{composite.pk}/").content.decode()
        return 'btn-primary" disabled aria-describedby="not-yet"' in page, "党建考核定稿以后可以公布" in page

    assert offered() == (True, True)
    write_sheet(scheme, college.general_branches[0], "80")
    load(composite, college.office, GOOD)
    assert offered() == (True, True)
    Scheme.objects.update(stage=Stage.FINAL)
    assert offered() == (False, False)


def test_a_preview_is_not_for_everybody(college: SmallCollege, composite: Composite) -> None:
    for user, code in ((college.committee_secretary, 200), (college.member, 404), (college.branch_secretary, 404)):
        assert enter(user).get(f"/composites/{composite.pk}/").status_code == code
    Composite.objects.update(state=Composite.State.PUBLISHED)
    assert enter(college.member).get(f"/composites/{composite.pk}/").status_code == 200


def test_the_page_costs_the_same_for_one_and_three_colleges(college: SmallCollege, scheme: Scheme) -> None:
    composite = make(college.office, scheme)
    client, counts = enter(college.office), []
    for number in range(3):
        if number:
            college_of = make_organisation(f"GX{number}", college.committee)
            College.objects.create(code=f"XZ{number}", name=f"学院{number}", organisation=college_of)
            write_sheet(scheme, college_of, "70")
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get(f"/composites/{composite.pk}/")
        counts.append(len(captured))
    assert counts[0] == counts[2] <= 10


def test_the_body_of_the_tests_is_a_whole_scheme() -> None:
    from scoring import definitions

    assert definitions.read(body()).full_mark == 100
