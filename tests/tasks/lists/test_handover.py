"""When the secretary changes: open items pass on with a record."""

from __future__ import annotations

from datetime import date

from common import clock
from orgs.models import Appointment, Office
from orgs.services.appointments import end_appointment, hand_over
from tasks.models import ListHolding, Task
from tasks.services import submit_task
from tasks.services.lists import publish_list, start_version
from tests.factories import SmallCollege, make_officer
from tests.tasks.lists.making import day, facts, night, publish, room_task
from tests.tasks.world import log

Row = tuple[str, date, date | None, str | None]


def holdings(code: str = "ZB101") -> list[Row]:
    """Who, from when, to when, from whom."""
    rows = ListHolding.objects.filter(organisation__code=code).order_by("pk")
    return list(rows.values_list("person__name", "since", "until", "received_from__name"))


def change_secretary(college: SmallCollege, on: str) -> None:
    """党员1 takes over ZB101 on that day."""
    office = Appointment.objects.get(organisation__code="ZB101", office=Office.SECRETARY, ended_on__isnull=True)
    with clock.moved(day(on)):
        hand_over(actor=college.office, appointment=office, successor=college.members[0], on=day(on), reason="轮岗")


def test_publishing_says_who_answers(college: SmallCollege) -> None:
    publish(college.office, facts(), on=day("01-08"))
    assert holdings() == [("支部书记", day("01-08"), None, None)]
    assert holdings("ZB102") == []  # nobody holds the office
    assert ListHolding.objects.get(organisation__code="ZB101").open_items == []


def test_open_items_pass_on_with_a_record(college: SmallCollege) -> None:
    publish(college.office, facts("一"), facts("二"), facts("三"), on=day("04-08"))
    room = room_task(college.branches[0], group_id=college.group.pk, office="group_leader")
    one, two, three = Task.objects.filter(organisation__code="ZB101", source="list_item").order_by("pk")
    submit_task(task=two, actor=college.branch_secretary, note="做完了")
    Task.objects.filter(pk=three.pk).update(state="done")
    change_secretary(college, "06-10")
    assert night()["handed_over"] == 1
    assert holdings() == [
        ("支部书记", day("04-08"), day("06-09"), None),
        ("党员1", day("06-10"), None, "支部书记"),
    ]
    record = ListHolding.objects.get(person__name="党员1")
    assert record.open_items == [one.pk, two.pk]
    assert log(one)[-1] == ("reassigned", "active", "green", "责任清单交接：由支部书记交党员1")
    assert log(two)[-1][0] == "submitted"  # stays with who submitted it until it is decided
    assert [row[0] for row in log(room)] == ["opened"]
    one.refresh_from_db()
    assert one.person is None
    assert night()["handed_over"] == 0


def test_a_vacancy_ends_the_holding_and_the_next_receives_from_the_last(college: SmallCollege) -> None:
    publish(college.office, facts(), on=day("04-08"))
    office = Appointment.objects.get(organisation__code="ZB101", office=Office.SECRETARY)
    with clock.moved(day("05-20")):
        end_appointment(actor=college.office, appointment=office, ended_on=day("05-20"), reason="调离")
    night(day("05-22"))
    assert holdings() == [("支部书记", day("04-08"), day("05-20"), None)]
    night(day("05-23"))
    make_officer(college.branches[0], name="新书记", started_on=day("06-01"))
    assert night()["handed_over"] == 1
    assert holdings()[1:] == [("新书记", day("06-01"), None, "支部书记")]


def test_an_office_entered_late_does_not_overlap(college: SmallCollege) -> None:
    publish(college.office, facts(), on=day("06-12"))
    change_secretary(college, "06-15")
    night()
    assert holdings() == [("支部书记", day("06-12"), day("06-14"), None), ("党员1", day("06-15"), None, "支部书记")]


def test_a_new_version_keeps_who_answers(college: SmallCollege) -> None:
    found = publish(college.office, facts(), on=day("04-08"))
    draft = start_version(actor=college.office, responsibility_list=found)
    publish_list(actor=college.office, responsibility_list=draft, reason="调整")
    assert holdings() == [("支部书记", day("04-08"), None, None)]


def test_items_of_both_versions_pass_on(college: SmallCollege) -> None:
    """A Task of an item struck since, overdue and still owed, goes to the successor as well."""
    from tests.tasks.lists.test_versions import revise

    found = publish(college.office, facts(frequency="monthly"), facts("留下的"), on=day("05-10"))
    night(day("06-01"))
    revise(college, found, i1=None)
    change_secretary(college, "06-15")
    night()
    may = Task.objects.get(natural_key="list_item:2026:branch:01:ZB101:2026-05")
    assert may.pk in ListHolding.objects.get(person__name="党员1").open_items
    assert log(may)[-1][0] == "reassigned"
