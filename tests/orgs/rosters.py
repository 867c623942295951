"""Small rosters as Excel files, built from a right one that a test then spoils."""

from __future__ import annotations

import datetime
import io
from dataclasses import dataclass, field
from typing import Any

from common.spreadsheets import write_rows
from orgs.importer import ImportReport, import_roster
from orgs.models import User

D = datetime.date
HEADERS: dict[str, list[str]] = {
    "组织": ["编码", "名称", "级别", "上级编码", "类别", "本届开始日期", "任期（年）", "成立日期", "备注"],
    "二级学院": ["编码", "名称", "党总支编码", "院长工号"],
    "党员": [
        *("工号/学号", "姓名", "性别", "人员类别", "党员状态", "所在支部编码", "党小组"),
        *("入党日期", "转正日期", "出生日期", "邮箱", "手机", "不作硬性要求"),
    ],
    "任职": ["工号/学号", "组织编码", "职务", "任职日期", "离任日期"],
    "部门": ["编码", "名称", "归口组织编码"],
    "部门任职": ["工号/学号", "部门编码", "职务", "任职日期", "离任日期"],
}


def person(number: str, name: str, branch: str = "ZB1", group: str | None = "第一党小组") -> list[Any]:
    """A formal member."""
    email = f"{number.lower()}@test.example"
    dates = [D(2010, 7, 1), D(2011, 7, 1), D(1985, 1, 1)]
    return [number, name, "女", "教工", "正式党员", branch, group, *dates, email, "13900000000", None]


@dataclass
class Book:
    """The sheets of a file; rows are lists in the order of ``HEADERS``."""

    sheets: dict[str, list[list[Any]]] = field(default_factory=dict)
    headers: dict[str, list[str]] = field(default_factory=lambda: {name: [*row] for name, row in HEADERS.items()})

    def put(self, sheet: str, row: int, column: str, value: Any) -> Book:
        """Write one cell; ``row`` is Excel's (the first row of data is 2)."""
        self.sheets[sheet][row - 2][self.headers[sheet].index(column)] = value
        return self

    def add(self, sheet: str, *row: Any) -> Book:
        """Append a row."""
        width = len(self.headers[sheet])
        self.sheets[sheet].append([*row, *[None] * (width - len(row))])
        return self

    def drop(self, sheet: str, row: int) -> Book:
        """Leave out a row by its number in Excel."""
        del self.sheets[sheet][row - 2]
        return self

    def drop_column(self, sheet: str, column: str) -> Book:
        """Leave out a column."""
        index = self.headers[sheet].index(column)
        del self.headers[sheet][index]
        for row in self.sheets[sheet]:
            del row[index]
        return self

    def file(self) -> io.BytesIO:
        """The .xlsx file."""
        stream = io.BytesIO()
        write_rows(stream, {name: (self.headers[name], rows) for name, rows in self.sheets.items()})
        stream.seek(0)
        return stream

    def load(self, actor: User | None = None, **options: Any) -> ImportReport:
        """Import it."""
        return import_roster(file=self.file(), actor=actor, **options)


def right_book() -> Book:
    """DW → ZZ1 → ZB1 (P1–P3), ZB2 (P4, P5), and ZB9 (P6) directly under DW. Parents stand below their children."""
    since, founded = D(2024, 3, 1), D(2010, 9, 1)
    return Book(
        {
            "组织": [
                ["ZB1", "第一党支部", "党支部", "ZZ1", "教工", since, 3, founded, None],
                ["ZB2", "第二党支部", "党支部", "ZZ1", "学生", since, 3, founded, "试点支部"],
                ["ZZ1", "信息学院党总支", "党总支", "DW", "二级学院", since, 3, founded, None],
                ["DW", "中共测试学院委员会", "党委", None, "党委", D(2023, 5, 18), 5, founded, None],
                ["ZB9", "直属党支部", "党支部", "DW", "教工", since, 3, founded, None],
            ],
            "二级学院": [["XY1", "信息学院", "ZZ1", "P2"]],
            "党员": [
                person("P1", "张一"),
                person("P2", "王二"),
                person("P3", "李三", group=None),
                person("P4", "赵四", "ZB2", None),
                person("P5", "钱五", "ZB2", None),
                person("P6", "孙六", "ZB9", None),
            ],
            "任职": [
                ["P1", "ZB1", "书记", since, None],
                ["P2", "ZB1", "组织委员", since, None],
                ["P2", "ZB1", "宣传委员", since, None],
                ["P3", "ZB1", "党小组组长:第一党小组", since, None],
                ["P4", "ZZ1", "书记", since, None],
                ["P6", "DW", "书记", D(2023, 5, 18), None],
            ],
            "部门": [["BM1", "组织部", "DW"], ["BM2", "图书馆", "DW"]],
            "部门任职": [
                ["P5", "BM1", "工作人员", since, None],
                ["P6", "BM1", "负责人", D(2021, 3, 1), D(2023, 5, 17)],
            ],
        }
    )


def found(report: ImportReport) -> list[tuple[str, int, str, str]]:
    """(sheet, row, column, problem) of all findings, in their order."""
    return [(error.sheet, error.row, error.column, error.problem) for error in report.errors]
