"""The sheets of a roster as they stand, their words, and one row of each as plain data."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

from common.spreadsheets import SheetSpec
from orgs.models import Department, Level, MemberStatus, Office, Person, PersonKind, UnitKind

ORGANISATIONS = SheetSpec(
    "组织", ("编码", "名称", "级别", "上级编码", "类别"), ("本届开始日期", "任期（年）", "成立日期", "备注", "批准文号")
)
COLLEGES = SheetSpec("二级学院", ("编码", "名称", "党总支编码"), ("院长工号",))
PEOPLE = SheetSpec(
    "党员",
    ("工号/学号", "姓名", "性别", "人员类别", "党员状态", "所在支部编码"),
    ("党小组", "入党日期", "转正日期", "出生日期", "邮箱", "手机", "不作硬性要求"),
)
APPOINTMENTS = SheetSpec("任职", ("工号/学号", "组织编码", "职务", "任职日期"), ("离任日期",))
DEPARTMENTS = SheetSpec("部门", ("编码", "名称", "归口组织编码"), is_optional=True)
DEPARTMENT_APPOINTMENTS = SheetSpec(
    "部门任职", ("工号/学号", "部门编码", "职务", "任职日期"), ("离任日期",), is_optional=True
)
ALL = (ORGANISATIONS, COLLEGES, PEOPLE, APPOINTMENTS, DEPARTMENTS, DEPARTMENT_APPOINTMENTS)
BY_NAME = {spec.name: spec for spec in ALL}

# The words of the file are Chinese whatever language the pages are shown in.
LEVELS = {
    "党委": Level.COMMITTEE.value,
    "党总支": Level.GENERAL_BRANCH.value,
    "党支部": Level.BRANCH.value,
}
UNIT_KINDS = {
    "党委": UnitKind.COMMITTEE.value,
    "机关": UnitKind.OFFICES.value,
    "二级学院": UnitKind.COLLEGE.value,
    "直属": UnitKind.DIRECT.value,
    "教工": UnitKind.STAFF.value,
    "学生": UnitKind.STUDENT.value,
    "混合": UnitKind.MIXED.value,
    "离退休": UnitKind.RETIRED.value,
}
GENDERS = {"男": Person.Gender.MALE.value, "女": Person.Gender.FEMALE.value}
PERSON_KINDS = {
    "教工": PersonKind.STAFF.value,
    "学生": PersonKind.STUDENT.value,
    "离退休": PersonKind.RETIRED.value,
    "其他": PersonKind.OTHER.value,
}
STATUSES = {"正式党员": MemberStatus.FORMAL.value, "预备党员": MemberStatus.PROBATIONARY.value}
GROUP_LEADER = "党小组组长"
ORGANISATION_OFFICES = {
    "书记": Office.SECRETARY.value,
    "副书记": Office.DEPUTY.value,
    "纪委书记": Office.DISCIPLINE_SECRETARY.value,
    "组织委员": Office.ORGANISATION_COMMISSIONER.value,
    "宣传委员": Office.PUBLICITY_COMMISSIONER.value,
    "纪检委员": Office.DISCIPLINE_COMMISSIONER.value,
    "委员": Office.MEMBER.value,
}
DEPARTMENT_OFFICES = {
    "负责人": Office.HEAD.value,
    "工作人员": Office.STAFF.value,
    "校长": Office.PRINCIPAL.value,
}
DUTIES = {
    "组织部": Department.Duty.ORGANISATION.value,
    "党委组织部": Department.Duty.ORGANISATION.value,
    "党政办公室": Department.Duty.OFFICE.value,
    "学校行政": Department.Duty.ADMINISTRATION.value,
}


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """One row of 组织; ``line`` is its row in Excel."""

    line: int
    code: str
    name: str
    level: str
    parent: str
    kind: str
    term_start: datetime.date | None
    term_years: int | None
    founded_on: datetime.date | None
    note: str
    approval_number: str


@dataclass(frozen=True, slots=True)
class CollegeRow:
    """One row of 二级学院."""

    line: int
    code: str
    name: str
    organisation: str
    dean: str


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One row of 党员."""

    line: int
    number: str
    name: str
    gender: str
    kind: str
    status: str
    organisation: str
    group: str
    joined_on: datetime.date | None
    formal_on: datetime.date | None
    born_on: datetime.date | None
    email: str
    mobile: str
    excused_reason: str


@dataclass(frozen=True, slots=True)
class AppointmentRow:
    """One row of 任职 or 部门任职; ``place`` is the code of the organisation or the department.

    ``office`` is empty and ``started_on`` is ``None`` where the cell was wrong.
    """

    line: int
    number: str
    place: str
    office: str
    group: str
    started_on: datetime.date | None
    ended_on: datetime.date | None
    in_department: bool

    @property
    def sheet(self) -> str:
        """Name of the sheet that holds the row."""
        return (DEPARTMENT_APPOINTMENTS if self.in_department else APPOINTMENTS).name


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    """One row of 部门."""

    line: int
    code: str
    name: str
    organisation: str


@dataclass
class Roster:
    """A whole file, row by row; ``columns`` says which columns each sheet has, since optional ones may be missing."""

    organisations: list[OrganisationRow]
    colleges: list[CollegeRow]
    people: list[PersonRow]
    appointments: list[AppointmentRow]
    departments: list[DepartmentRow]
    columns: dict[str, frozenset[str]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Number of rows."""
        parts = (self.organisations, self.colleges, self.people, self.appointments, self.departments)
        return sum(len(part) for part in parts)
