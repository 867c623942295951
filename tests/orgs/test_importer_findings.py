"""Every kind of bad row: sheet, row, column and words; all of them in one pass, and nothing written."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import Workbook

from orgs.importer import import_roster
from orgs.models import Appointment, Group, Organisation, Person, User
from orgs.services.organisations import dissolve_organisation
from tests.factories import make_admin
from tests.orgs.rosters import Book, D, found, person, right_book

pytestmark = pytest.mark.django_db
Spoil = Callable[[Book], Any]

BAD_ROWS: list[tuple[str, Spoil, tuple[str, int, str, str]]] = [
    ("parent", lambda b: b.put("组织", 2, "上级编码", "ZZ8"), ("组织", 2, "上级编码", "找不到编码为“ZZ8”的组织")),
    ("no parent", lambda b: b.put("组织", 2, "上级编码", None), ("组织", 2, "上级编码", "这一格是空的")),
    ("level", lambda b: b.put("组织", 3, "上级编码", "ZB1"), ("组织", 3, "级别", "党支部不能设在党支部之下")),
    ("level word", lambda b: b.put("组织", 2, "级别", "支部"), ("组织", 2, "级别", "不认识“支部”")),
    ("kind", lambda b: b.put("组织", 2, "类别", "教师"), ("组织", 2, "类别", "不认识“教师”")),
    (
        "code twice",
        lambda b: b.add("组织", "ＺＢ1 ", "又一支部", "党支部", "ZZ1", "教工"),
        ("组织", 7, "编码", "“ZB1”与第2行重复"),
    ),
    ("blank name", lambda b: b.put("组织", 2, "名称", "　 "), ("组织", 2, "名称", "这一格是空的")),
    ("long name", lambda b: b.put("组织", 2, "名称", "党" * 101), ("组织", 2, "名称", "超过 100 个字")),
    ("term", lambda b: b.put("组织", 2, "任期（年）", "三年"), ("组织", 2, "任期（年）", "“三年”不是合适的数字")),
    (
        "number twice",
        lambda b: b.add("党员", "P1", "张一", "男", "教工", "正式党员", "ZB1"),
        ("党员", 8, "工号/学号", "“P1”与第2行重复"),
    ),
    (
        "e-mail twice, whatever the case",
        lambda b: b.put("党员", 3, "邮箱", "P1@Test.example"),
        ("党员", 3, "邮箱", "与第2行的邮箱相同"),
    ),
    ("e-mail", lambda b: b.put("党员", 3, "邮箱", "wang"), ("党员", 3, "邮箱", "“wang”不是邮箱地址")),
    (
        "text for a date",
        lambda b: b.put("党员", 2, "入党日期", "2010-07-01"),
        ("党员", 2, "入党日期", "“2010-07-01”不是日期"),
    ),
    ("number for a date", lambda b: b.put("党员", 2, "入党日期", 40360), ("党员", 2, "入党日期", "“40360”不是日期")),
    (
        "odd year",
        lambda b: b.put("组织", 2, "本届开始日期", D(2206, 3, 1)),
        ("组织", 2, "本届开始日期", "日期 2206-03-01 不合理"),
    ),
    *(
        (
            f"{column} {day}",
            lambda b, sheet=sheet, row=row, column=column, day=day: b.put(sheet, row, column, day),
            (sheet, row, column, f"日期 {day} 不合理"),
        )
        for sheet, row, column, day in [
            ("组织", 2, "成立日期", D(1921, 6, 30)),
            ("组织", 2, "成立日期", D(2099, 1, 1)),
            ("组织", 2, "本届开始日期", D(2026, 6, 16)),
            ("党员", 2, "入党日期", D(1902, 1, 1)),
            ("党员", 2, "转正日期", D(2026, 6, 16)),
            ("党员", 2, "出生日期", D(2026, 6, 16)),
            ("任职", 2, "任职日期", D(2099, 1, 1)),
            ("任职", 2, "任职日期", D(1902, 1, 1)),
            ("任职", 2, "离任日期", D(2099, 1, 1)),
        ]
    ),
    (
        "second root",
        lambda b: b.add("组织", "DW9", "另一党委", "党委", None, "党委"),
        ("组织", 7, "上级编码", "没有上级，可是顶层党委已经有了"),
    ),
    (
        "full before joined",
        lambda b: b.put("党员", 2, "转正日期", D(2010, 6, 30)),
        ("党员", 2, "转正日期", "转正日期早于入党日期"),
    ),
    (
        "joined before born",
        lambda b: b.put("党员", 2, "出生日期", D(2010, 7, 1)),
        ("党员", 2, "出生日期", "出生日期不早于入党日期"),
    ),
    (
        "probationary with a date",
        lambda b: b.put("党员", 2, "党员状态", "预备党员"),
        ("党员", 2, "转正日期", "预备党员写了转正日期"),
    ),
    ("status", lambda b: b.put("党员", 2, "党员状态", "群众"), ("党员", 2, "党员状态", "不认识“群众”")),
    ("status missing", lambda b: b.put("党员", 2, "党员状态", None), ("党员", 2, "党员状态", "这一格是空的")),
    ("sort of person", lambda b: b.put("党员", 2, "人员类别", "老师"), ("党员", 2, "人员类别", "不认识“老师”")),
    (
        "branch unknown",
        lambda b: b.put("党员", 7, "所在支部编码", "ZB7"),
        ("党员", 7, "所在支部编码", "找不到编码为“ZB7”的党支部"),
    ),
    (
        "not a branch",
        lambda b: b.put("党员", 7, "所在支部编码", "ZZ1"),
        ("党员", 7, "所在支部编码", "“ZZ1”不是党支部"),
    ),
    ("office unknown", lambda b: b.put("任职", 2, "职务", "主任"), ("任职", 2, "职务", "不认识“主任”")),
    ("office of a department", lambda b: b.put("任职", 2, "职务", "负责人"), ("任职", 2, "职务", "“负责人”是部门职务")),
    (
        "office of an organisation",
        lambda b: b.put("部门任职", 2, "职务", "书记"),
        ("部门任职", 2, "职务", "“书记”是党组织职务"),
    ),
    (
        "leader of nothing",
        lambda b: b.put("任职", 5, "职务", "党小组组长"),
        ("任职", 5, "职务", "没有写清是哪个党小组"),
    ),
    (
        "group unknown",
        lambda b: b.put("任职", 5, "职务", "党小组组长：第九党小组"),
        ("任职", 5, "职务", "“ZB1”没有党小组“第九党小组”"),
    ),
    (
        "group above a branch",
        lambda b: b.put("任职", 5, "组织编码", "ZZ1"),
        ("任职", 5, "职务", "党小组只设在党支部里，“ZZ1”不是党支部"),
    ),
    (
        "discipline secretary of a branch",
        lambda b: b.put("任职", 3, "职务", "纪委书记"),
        ("任职", 3, "职务", "纪委书记只设在党委"),
    ),
    (
        "person unknown",
        lambda b: b.put("任职", 2, "工号/学号", "P99"),
        ("任职", 2, "工号/学号", "找不到工号/学号“P99”"),
    ),
    (
        "organisation unknown",
        lambda b: b.put("任职", 2, "组织编码", "ZB99"),
        ("任职", 2, "组织编码", "找不到编码为“ZB99”的组织"),
    ),
    ("start missing", lambda b: b.put("任职", 2, "任职日期", None), ("任职", 2, "任职日期", "这一格是空的")),
    (
        "end before start",
        lambda b: b.put("任职", 2, "离任日期", D(2024, 2, 29)),
        ("任职", 2, "离任日期", "离任日期早于任职日期"),
    ),
    (
        "second secretary",
        lambda b: b.add("任职", "P3", "ZB1", "书记", D(2025, 1, 1)),
        ("任职", 8, "职务", "与第2行的任期重叠，同时有两名书记"),
    ),
    (
        "the same office twice",
        lambda b: b.add("任职", "P2", "ZB1", "组织委员", D(2024, 3, 1)),
        ("任职", 8, "职务", "与第3行重复：同一个人的同一职务，任期重叠"),
    ),
    (
        "department unknown",
        lambda b: b.put("部门任职", 2, "部门编码", "BM9"),
        ("部门任职", 2, "部门编码", "找不到编码为“BM9”的部门"),
    ),
    (
        "department of nothing",
        lambda b: b.put("部门", 2, "归口组织编码", "DX"),
        ("部门", 2, "归口组织编码", "找不到编码为“DX”的组织"),
    ),
    (
        "dean unknown",
        lambda b: b.put("二级学院", 2, "院长工号", "P99"),
        ("二级学院", 2, "院长工号", "找不到工号/学号“P99”"),
    ),
    (
        "college of a branch",
        lambda b: b.put("二级学院", 2, "党总支编码", "ZB1"),
        ("二级学院", 2, "党总支编码", "“ZB1”不是党总支"),
    ),
]


@pytest.mark.parametrize(("spoil", "expected"), [case[1:] for case in BAD_ROWS], ids=[case[0] for case in BAD_ROWS])
def test_a_bad_row_is_one_finding(spoil: Spoil, expected: tuple[str, int, str, str]) -> None:
    book = right_book()
    spoil(book)
    report = book.load()
    assert found(report) == [expected]
    assert report.errors[0].advice
    assert not Organisation.objects.exists()
    assert not User.objects.exists()


def test_all_findings_come_in_one_pass_in_the_order_of_the_file() -> None:
    book = right_book()
    book.put("组织", 2, "上级编码", "ZZ8").put("党员", 3, "邮箱", "p1@test.example").put("党员", 4, "党员状态", "群众")
    book.put("任职", 2, "任职日期", "昨天").put("任职", 2, "工号/学号", "P99").put("部门任职", 3, "职务", "科长")
    assert found(book.load()) == [
        ("组织", 2, "上级编码", "找不到编码为“ZZ8”的组织"),
        ("党员", 3, "邮箱", "与第2行的邮箱相同"),
        ("党员", 4, "党员状态", "不认识“群众”"),
        ("任职", 2, "任职日期", "“昨天”不是日期"),
        ("任职", 2, "工号/学号", "找不到工号/学号“P99”"),
        ("部门任职", 3, "职务", "不认识“科长”"),
    ]


def test_a_cycle_is_told_at_every_row_of_it() -> None:
    book = right_book()
    book.add("组织", "DA", "甲党委", "党委", "DB", "党委").add("组织", "DB", "乙党委", "党委", "DA", "党委")
    book.add("组织", "DC", "丙党委", "党委", "DC", "党委")
    book.add("组织", "DD", "丁党委", "党委", "DA", "党委").add("组织", "DE", "戊党委", "党委", "DD", "党委")  # below it
    assert found(book.load()) == [("组织", row, "上级编码", "上下级绕成了圈") for row in (7, 8, 9)]


def test_a_second_root_beside_the_one_on_record() -> None:
    assert right_book().load().ok
    book = right_book().drop("组织", 5).add("组织", "DW9", "另一党委", "党委", None, "党委")
    report = book.load()
    assert found(report) == [("组织", 6, "上级编码", "没有上级，可是顶层党委已经有了")]
    assert report.errors[0].advice == "整个学校只有一个顶层党委，请填写上级编码"


@pytest.mark.parametrize("dry_run", [True, False])
def test_new_groups_are_told_and_likely_slips_among_them(dry_run: bool) -> None:
    assert right_book().load().founded == ["第一党支部（ZB1）：新设党小组“第一党小组”，2人"]
    book = right_book().put("党员", 3, "党小组", "第一党小姐").put("党员", 4, "党小组", "第二党小组")
    report = book.load(dry_run=dry_run)
    assert report.founded == [
        "第一党支部（ZB1）：新设党小组“第一党小姐”，1人",
        "第一党支部（ZB1）：新设党小组“第二党小组”，1人",
    ]
    slips = [line for line in report.warnings if "只差一个字" in line]
    assert slips == ["第一党支部（ZB1）：新设的党小组“第一党小姐”与“第一党小组”只差一个字，请核对是不是写错了"]
    assert Group.objects.count() == (1 if dry_run else 3)


def test_new_groups_are_made_in_the_order_of_their_numbers() -> None:
    book = right_book().put("党员", 2, "党小组", "第三党小组").put("党员", 3, "党小组", "第二党小组")
    book.put("党员", 4, "党小组", "第一党小组")
    assert book.load().ok
    names = list(Group.objects.order_by("pk").values_list("name", flat=True))
    assert names == ["第一党小组", "第二党小组", "第三党小组"]


def test_what_nobody_sees_in_a_name_is_left_out() -> None:
    book = right_book().put("党员", 2, "姓名", "张\u200b一\u202e").put("党员", 3, "姓名", "阿依古丽·买买提")
    assert book.load().ok
    assert [Person.objects.get(number=number).name for number in ("P1", "P2")] == ["张一", "阿依古丽·买买提"]


def test_missing_sheet_and_columns_and_merged_header() -> None:
    book = right_book()
    del book.sheets["任职"]
    book.drop_column("党员", "党员状态")
    report = book.load()
    assert ("任职", 0, "", "缺少这张表") in found(report)
    assert ("党员", 1, "党员状态", "缺少这一列") in found(report)
    merged = Workbook()
    sheet = merged.active
    assert sheet is not None
    sheet.title = "组织"
    sheet.append(["编码", "", "名称"])
    sheet.merge_cells("A1:B1")
    stream = io.BytesIO()
    merged.save(stream)
    assert ("组织", 1, "", "表头有合并单元格") in found(import_roster(file=stream, actor=None))


def _zip_bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (40 * 1024 * 1024))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "这是旧版 .xls 文件或加了密码的文件"),
        (b"name,number", "这不是 Excel 文件"),
        (b"PK\x03\x04 broken", "文件已损坏，打不开"),
        (_zip_bomb(), "文件展开后太大，可能是恶意文件"),
    ],
    ids=["xls", "csv", "broken", "bomb"],
)
def test_files_that_are_no_roster(content: bytes, problem: str) -> None:
    report = import_roster(file=io.BytesIO(content), actor=None)
    assert found(report) == [("", 0, "", problem)]


def test_findings_against_what_is_stored() -> None:
    assert right_book().load().ok
    before = (Person.history.count(), Organisation.history.count())
    book = right_book()
    book.drop("党员", 3)  # P2 keeps the address that P1 asks for here
    book.put("党员", 2, "邮箱", "p2@test.example")
    book.put("党员", 5, "党员状态", "预备党员").put("党员", 5, "转正日期", None)
    book.put("组织", 3, "级别", "党委").put("组织", 3, "上级编码", "DW")
    assert found(book.load()) == [
        ("组织", 3, "级别", "与平台里登记的级别不同"),
        ("党员", 2, "邮箱", "这个邮箱已登记在工号/学号 P2 名下"),
        ("党员", 4, "所在支部编码", "“ZB2”不是党支部"),
        ("党员", 5, "党员状态", "平台里已是正式党员，文件里是预备党员"),
        ("党员", 5, "所在支部编码", "“ZB2”不是党支部"),
    ]
    assert (Person.history.count(), Organisation.history.count()) == before


def test_a_new_secretary_needs_the_end_of_the_old_one() -> None:
    assert right_book().load().ok
    book = right_book().put("任职", 2, "工号/学号", "P3").put("任职", 2, "任职日期", D(2026, 3, 1))
    report = book.load()
    assert found(report) == [("任职", 2, "职务", "平台里书记由张一（P1）担任，尚未离任")]
    assert "离任日期" in report.errors[0].advice
    overlap = right_book().put("任职", 2, "离任日期", D(2026, 3, 1)).add("任职", "P3", "ZB1", "书记", D(2026, 3, 1))
    assert found(overlap.load()) == [("任职", 8, "职务", "与第2行的任期重叠，同时有两名书记")]
    assert Appointment.objects.count() == 8


def test_nobody_leaves_a_branch_in_office() -> None:
    assert right_book().load().ok
    book = right_book().put("党员", 2, "所在支部编码", "ZB2").put("党员", 2, "党小组", None)
    assert found(book.load()) == [("党员", 2, "所在支部编码", "书记的职务还在原支部“ZB1”，不能转到别的支部")]
    book.put("任职", 2, "离任日期", D(2026, 5, 31))
    assert book.load().ok
    assert Person.objects.get(number="P1").organisation.code == "ZB2"  # type: ignore[union-attr]


def test_dissolved_organisations_and_groups_take_nobody() -> None:
    book = right_book().add("组织", "ZB8", "旧支部", "党支部", "ZZ1", "教工")
    assert book.load().ok
    gone = Organisation.objects.get(code="ZB8")
    dissolve_organisation(actor=make_admin(), organisation=gone, dissolved_on=datetime.date(2026, 1, 1), reason="撤销")
    Group.objects.filter(name="第一党小组").update(dissolved_on=datetime.date(2026, 1, 1))
    book.put("党员", 7, "所在支部编码", "ZB8")
    assert found(book.load())[:4] == [
        ("组织", 7, "编码", "“ZB8”在平台里已经撤销"),
        ("党员", 2, "党小组", "“第一党小组”已经撤销"),
        ("党员", 3, "党小组", "“第一党小组”已经撤销"),
        ("党员", 7, "所在支部编码", "党支部“ZB8”已经撤销"),
    ]


def test_a_user_name_of_somebody_else_is_refused() -> None:
    make_admin("P7")
    book = right_book()
    book.sheets["党员"].append(person("P7", "周七"))
    assert found(book.load()) == [("党员", 8, "工号/学号", "“P7”已是别的账号的用户名")]
