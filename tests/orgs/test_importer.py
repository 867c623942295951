"""What a right file writes, what a changed one changes and tells, and what it leaves alone."""

from __future__ import annotations

import io
import resource

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.errors import NotAllowed
from orgs import access
from orgs.importer import ImportReport, import_roster
from orgs.models import (
    Appointment,
    College,
    Department,
    Group,
    Membership,
    Organisation,
    OrganisationUserPermission,
    Person,
    User,
)
from orgs.services.appointments import end_appointment
from orgs.services.people import transfer_out
from tests.factories import make_admin, make_department_officer, make_officer, make_organisation
from tests.orgs.rosters import Book, D, found, person, right_book

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
TODAY = D(2026, 6, 15)
YESTERDAY = D(2026, 6, 14)


def loaded() -> Book:
    """The right book, imported once."""
    book = right_book()
    assert found(book.load()) == []
    return book


def history() -> int:
    """Number of all history rows of the room."""
    models = (Organisation, Group, Person, Appointment, Department, College)
    return sum(model.history.count() for model in models)


def counts(report: ImportReport) -> dict[str, tuple[int, int, int]]:
    """Sheet → (created, updated, unchanged)."""
    return {name: (row.created, row.updated, row.unchanged) for name, row in report.counts.items()}


def person_of(number: str) -> Person:
    return Person.objects.select_related("organisation", "group").get(number=number)


def test_a_first_import_writes_everything_with_history_and_rights() -> None:
    office = make_admin()
    report = right_book().load(office)
    assert counts(report) == {
        "组织": (5, 0, 0),
        "部门": (2, 0, 0),
        "党员": (6, 0, 0),
        "二级学院": (1, 0, 0),
        "任职": (6, 0, 0),
        "部门任职": (2, 0, 0),
    }
    tree = Organisation.objects.values_list("code", "depth")
    assert list(tree) == [("DW", 1), ("ZZ1", 2), ("ZB1", 3), ("ZB2", 3), ("ZB9", 2)]
    one = person_of("P1")
    assert (one.organisation, one.group) == (Organisation.objects.get(code="ZB1"), Group.objects.get())
    assert list(one.memberships.values_list("started_on", "ended_on")) == [(D(2010, 7, 1), None)]
    duties = dict(Department.objects.values_list("code", "duty"))
    assert duties == {"BM1": "organisation", "BM2": "none"}
    row = one.history.get()
    assert (row.history_user, row.history_change_reason) == (office, "花名册导入")
    user = User.objects.get(person=one)
    assert (user.username, user.email, user.has_usable_password()) == ("P1", "p1@test.example", False)
    assert access.may(user, access.CONFIRM, one.organisation)  # type: ignore[arg-type]
    assert not access.may(User.objects.get(username="P3"), access.RECORD, one.organisation)  # type: ignore[arg-type]
    assert access.may(User.objects.get(username="P5"), access.CONFIGURE, Organisation.objects.get(code="ZB9"))


def test_the_second_run_changes_nothing() -> None:
    book = loaded()
    before = (history(), OrganisationUserPermission.objects.count(), Membership.objects.count())
    report = book.load()
    assert counts(report) == {
        "组织": (0, 0, 5),
        "部门": (0, 0, 2),
        "党员": (0, 0, 6),
        "二级学院": (0, 0, 1),
        "任职": (0, 0, 6),
        "部门任职": (0, 0, 2),
    }
    assert (report.changes, report.missing) == ([], [])
    assert (history(), OrganisationUserPermission.objects.count(), Membership.objects.count()) == before


def test_a_changed_row_says_who_what_from_and_to() -> None:
    book = loaded()
    before = history()
    book.put("党员", 2, "手机", "13911111111").put("党员", 2, "人员类别", "离退休").put("组织", 3, "备注", None)
    book.put("组织", 2, "名称", "第一教工党支部").put("二级学院", 2, "院长工号", "P3").put(
        "部门", 3, "名称", "图书信息中心"
    )
    report = book.load()
    assert report.changes == [
        "第一党支部（ZB1）的名称从“第一党支部”改为“第一教工党支部”",
        "第二党支部（ZB2）的备注从“试点支部”改为“（空）”",
        "图书馆（BM2）的名称从“图书馆”改为“图书信息中心”",
        "张一（P1）的人员类别从“教工”改为“离退休”",
        "张一（P1）的手机从“13900000000”改为“13911111111”",
        "信息学院（XY1）的院长从“王二”改为“李三”",
    ]
    assert counts(report)["党员"] == (0, 1, 5)
    assert history() == before + 5
    assert book.load().changes == []


def test_missing_columns_and_sheets_leave_what_is_stored() -> None:
    book = loaded()
    for column in ("邮箱", "手机", "党小组", "转正日期", "不作硬性要求"):
        book.drop_column("党员", column)
    book.drop_column("组织", "备注").drop_column("任职", "离任日期")
    del book.sheets["部门"], book.sheets["部门任职"]
    report = book.load()
    assert (found(report), report.changes) == ([], [])
    assert person_of("P1").email == "p1@test.example"
    assert Department.objects.count() == 2


def test_full_width_letters_and_blanks_are_cleaned() -> None:
    book = loaded()
    book.put("党员", 2, "工号/学号", "　Ｐ１ ").put("党员", 2, "所在支部编码", "ＺＢ1\u00a0").put(
        "党员", 2, "姓名", " 张一 "
    )
    book.put("任职", 5, "职务", "党小组组长：第一党小组 ").put("组织", 2, "上级编码", "ｚｚ１".upper())
    assert book.load().changes == []


def test_a_hand_over_in_the_file() -> None:
    book = loaded()
    book.put("任职", 2, "离任日期", D(2026, 5, 31)).add("任职", "P3", "ZB1", "书记", D(2026, 6, 1))
    report = book.load()
    assert counts(report)["任职"] == (1, 1, 5)
    assert report.changes == ["P1任第一党支部书记的离任日期从“（空）”改为“2026-05-31”"]
    branch = Organisation.objects.get(code="ZB1")
    assert access.may(User.objects.get(username="P3"), access.CONFIRM, branch)
    assert not access.may(User.objects.get(username="P1"), access.CONFIRM, branch)
    assert book.load().changes == []


def test_an_end_given_on_the_platform_is_not_undone_by_an_old_file() -> None:
    book = loaded()
    held = Appointment.objects.get(person__number="P2", office="publicity_commissioner")
    end_appointment(actor=make_admin(), appointment=held, ended_on=YESTERDAY, reason="调整")
    report = book.load()
    assert (found(report), report.changes) == ([], [])
    held.refresh_from_db()
    assert held.ended_on == YESTERDAY


def test_a_corrected_start_and_an_earlier_term() -> None:
    book = loaded()
    book.put("任职", 2, "任职日期", D(2024, 3, 2)).add("任职", "P1", "ZB1", "书记", D(2020, 1, 1), D(2021, 1, 1))
    report = book.load()
    assert report.changes == ["P1任第一党支部书记的任职日期从“2024-03-01”改为“2024-03-02”"]
    rows = Appointment.objects.filter(person__number="P1").order_by("started_on")
    assert [(row.started_on, row.ended_on) for row in rows] == [
        (D(2020, 1, 1), D(2021, 1, 1)),
        (D(2024, 3, 2), None),
    ]


def test_transfers_and_groups_keep_the_past() -> None:
    book = loaded()
    book.put("党员", 3, "所在支部编码", "ZB2").put("党员", 3, "党小组", None)  # P2
    book.put("任职", 3, "离任日期", YESTERDAY).put("任职", 4, "离任日期", YESTERDAY)
    book.put("党员", 4, "党小组", "第二党小组")  # P3, a group that is new
    assert found(book.load()) == []
    two, three = person_of("P2"), person_of("P3")
    spans = two.memberships.order_by("id").values_list("organisation__code", "group__name", "started_on", "ended_on")
    assert list(spans) == [("ZB1", "第一党小组", D(2010, 7, 1), YESTERDAY), ("ZB2", None, TODAY, None)]
    assert three.group is not None and three.group.name == "第二党小组"
    assert book.load().changes == []
    book.put("党员", 3, "所在支部编码", "ZB9")  # on the same day once more: corrected, never two branches on one day
    assert found(book.load()) == []
    assert list(two.memberships.order_by("id").values_list("organisation__code", "started_on", "ended_on")) == [
        ("ZB1", D(2010, 7, 1), YESTERDAY),
        ("ZB9", TODAY, None),
    ]


def test_two_people_exchange_their_addresses() -> None:
    book = loaded()
    book.put("党员", 2, "邮箱", "p6@test.example").put("党员", 7, "邮箱", "p1@test.example")
    report = book.load()
    assert report.changes == [
        "张一（P1）的邮箱从“p1@test.example”改为“p6@test.example”",
        "孙六（P6）的邮箱从“p6@test.example”改为“p1@test.example”",
    ]
    assert dict(User.objects.values_list("username", "email"))["P1"] == "p6@test.example"
    assert person_of("P1").history.count() == 2


def test_people_missing_from_the_file_are_listed_and_kept() -> None:
    book = loaded()
    book.drop("党员", 6).drop("部门任职", 2)  # P5
    report = book.load()
    assert report.missing == ["钱五（P5，ZB2）"]
    assert person_of("P5").organisation is not None
    left = person_of("P5")
    Appointment.objects.filter(person=left).update(ended_on=YESTERDAY)
    transfer_out(actor=make_admin(), person=left, on=YESTERDAY, reason="调离")
    assert book.load().missing == []
    book.sheets["党员"].append(person("P5", "钱五", "ZB2", None))
    assert book.load().changes == ["钱五（P5）的所在支部从“（空）”改为“第二党支部”"]
    assert list(left.memberships.order_by("id").values_list("started_on", "ended_on")) == [
        (D(2010, 7, 1), YESTERDAY),
        (TODAY, None),
    ]


def test_an_organisation_moves_with_all_below_it() -> None:
    book = loaded()
    book.add("组织", "ZZ2", "机械学院党总支", "党总支", "DW", "二级学院")
    book.put("组织", 2, "上级编码", "ZZ2").put("组织", 2, "名称", "机械党支部")
    report = book.load()
    assert report.changes == [
        "第一党支部（ZB1）的上级从“信息学院党总支”改为“机械学院党总支”",
        "第一党支部（ZB1）的名称从“第一党支部”改为“机械党支部”",
    ]
    node = Organisation.objects.get(code="ZB1")
    assert node.path.startswith(Organisation.objects.get(code="ZZ2").path)
    assert Organisation.objects.find_problems() == ([], [], [], [], [])
    assert node.history.count() == 2
    assert book.load().changes == []


def test_a_person_without_an_account_gets_one() -> None:
    book = loaded()
    User.objects.get(username="P1").delete()
    assert book.load().changes == []
    assert access.may(User.objects.get(username="P1"), access.CONFIRM, Organisation.objects.get(code="ZB1"))


def test_composition_is_a_warning_with_its_article() -> None:
    book = right_book()
    for number in range(10, 17):
        book.sheets["党员"].append(person(f"P{number}", f"党员{number}", "ZB9", None))
    warnings = book.load().warnings
    assert any(line.startswith("直属党支部：正式党员8人") and "第20条" in line for line in warnings)
    assert any(line.startswith("第二党支部：正式党员2人") and "第4条" in line for line in warnings)
    assert any(line.startswith("信息学院党总支：党员5人，不足50人") for line in warnings)


def test_a_dry_run_reports_the_same_and_writes_nothing() -> None:
    book = loaded()
    book.put("党员", 2, "手机", "1").add("任职", "P5", "ZB2", "书记", TODAY)
    before = history()
    rehearsal = book.load(dry_run=True)
    assert (rehearsal.is_dry_run, history()) == (True, before)
    real = book.load()
    assert (real.changes, counts(real)) == (rehearsal.changes, counts(rehearsal))


def test_rights() -> None:
    loaded()
    root, branch = Organisation.objects.get(code="DW"), Organisation.objects.get(code="ZB9")
    with pytest.raises(NotAllowed):
        right_book().load(User.objects.get(username="P1"))
    assert found(right_book().load(make_department_officer(root, branch))) == []
    assert found(right_book().load(User.objects.get(username="P6"))) == []  # secretary of the committee


def test_an_officer_of_a_lower_committee_reaches_no_further() -> None:
    loaded()
    lower = make_organisation("DW2", Organisation.objects.get(code="DW"), level="committee")
    home = make_organisation("ZB21", lower, level="branch")
    actor = make_department_officer(lower, home)
    assert actor.person is not None
    book = right_book()
    for sheet in book.sheets:
        book.sheets[sheet] = []
    book.add("组织", "ZB22", "新支部", "党支部", "DW2", "教工").add("组织", "DW3", "另一党委", "党委", None, "党委")
    book.sheets["党员"] = [person("P5", "钱五", "ZB22", None), person("P8", "吴八", "ZB1", None)]
    book.add("任职", actor.person.number, "DW", "副书记", TODAY).add("任职", "P8", "ZB22", "书记", TODAY)
    assert found(book.load(actor)) == [
        ("组织", 3, "上级编码", "没有上级，可是顶层党委已经有了"),
        ("党员", 2, "工号/学号", "“ZB2”不归您管理"),
        ("党员", 3, "所在支部编码", "“ZB1”不归您管理"),
        ("任职", 2, "组织编码", "“DW”不归您管理"),
    ]


def test_the_command_prints_one_line_for_each_finding(tmp_path: object, capsys: pytest.CaptureFixture[str]) -> None:
    path = f"{tmp_path}/roster.xlsx"
    book = right_book().put("党员", 2, "党员状态", "群众").put("组织", 2, "上级编码", "ZZ8")
    with open(path, "wb") as file:
        file.write(book.file().read())
    errors = io.StringIO()
    with pytest.raises(CommandError) as refused:
        call_command("import_roster", path, stderr=errors)
    assert refused.value.returncode == 1
    assert errors.getvalue().strip().splitlines() == [
        "组织 第2行 上级编码：找不到编码为“ZZ8”的组织 —— 请核对编码，或先把上级写进本表",
        "党员 第2行 党员状态：不认识“群众” —— 请填：正式党员、预备党员",
    ]
    out = io.StringIO()
    with open(path, "wb") as file:
        file.write(right_book().file().read())
    call_command("import_roster", path, "--dry-run", stdout=out)
    assert "试运行：没有写入。" in out.getvalue()
    call_command("import_roster", path, stdout=out)
    assert Person.objects.count() == 6
    with pytest.raises(CommandError):
        call_command("import_roster", f"{tmp_path}/none.xlsx")


def large_book(people: int) -> Book:
    """Branches of a hundred members with a secretary each."""
    book = right_book()
    for number in range(people // 100):
        code = f"ZC{number:03d}"
        book.add("组织", code, f"第{number}支部", "党支部", "ZZ1", "学生", None, 3)
        book.add("任职", f"S{number * 100:05d}", code, "书记", D(2024, 3, 1))
    for number in range(people):
        book.sheets["党员"].append(person(f"S{number:05d}", f"学生{number}", f"ZC{number // 100:03d}", "第一党小组"))
    return book


def test_six_thousand_people_in_bounded_memory() -> None:
    file = large_book(6000).file()
    seen: list[tuple[str, int, int]] = []
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    report = import_roster(file=file, actor=None, progress=lambda *step: seen.append(step))
    growth = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before  # kilobytes of the highest mark so far
    assert found(report) == []
    assert Person.objects.count() == 6006
    assert ("写入党员", 6006, 6006) in seen and ("读取“党员”", 6000, 0) in seen
    assert growth < 64 * 1024


def test_warnings_and_missing_do_not_name_people_of_others() -> None:
    loaded()
    lower = make_organisation("DW2", Organisation.objects.get(code="DW"), level="committee")
    home = make_organisation("ZB21", lower, level="branch")
    officer = make_department_officer(lower, home)
    make_officer(home, name="何支书")
    book = right_book()
    for sheet in book.sheets:
        book.sheets[sheet] = []
    book.add("组织", "ZB21", "新名称", "党支部", "DW2", "教工")
    report = book.load(officer)
    assert found(report) == []
    assert {line.split("（")[0] for line in report.missing} == {"何支书", officer.display_name}
    assert [line for line in report.warnings if "第一党支部" in line or "信息学院" in line] == []


def test_an_import_waits_at_the_same_row_as_another() -> None:
    with CaptureQueriesContext(connection) as queries:
        right_book().load()
    statements = [query["sql"] for query in queries]
    first_write = next(n for n, sql in enumerate(statements) if sql.startswith("INSERT"))
    lock = next(n for n, sql in enumerate(statements) if "django_content_type" in sql)
    assert lock < first_write
