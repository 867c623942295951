"""What is close to the person is read by those whom DESIGN.md §5 names, and by nobody above, beside or below."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from django.urls import reverse

from common import clock
from orgs.models import Person, User
from tests.access.test_matrix import client_of, text_of
from tests.access.world import (
    HEALTH_REASON,
    LEAVE_REASON,
    MEMBER_MAIL,
    MEMBER_MOBILE,
    TODAY,
    World,
    make_world,
)
from tests.factories import ROLES, make_user

EVERYBODY = set(ROLES)
COMMITTEE_OF_BRANCH = {"branch_secretary", "commissioner"}
OVERSEE = EVERYBODY - {"group_leader", "member", "outsider"}


@pytest.fixture
def world(db: None) -> Iterator[World]:
    with clock.moved(TODAY):
        yield make_world()


def readers(world: World, name: str, args: list[object], sign: str) -> set[str]:
    """The roles on whose page ``sign`` stands."""
    return {role for role in ROLES if sign in text_of(client_of(world, role).get(reverse(name, args=args)))}


@pytest.mark.parametrize(
    ("name", "args", "allowed"),
    [
        ("meetings:gathering_detail", lambda w: [w.confirmed.gathering_id], COMMITTEE_OF_BRANCH),
        ("meetings:section_version", lambda w: [w.confirmed.pk, 1], COMMITTEE_OF_BRANCH),
        ("meetings:record_book", lambda w: [w.branch.code, 2026], set()),  # printed and handed on
    ],
)
def test_the_reason_of_a_leave_stays_in_the_branch_committee(
    name: str, args: Callable[[World], list[object]], allowed: set[str], world: World
) -> None:
    assert readers(world, name, args(world), LEAVE_REASON) == allowed
    shown = readers(world, name, args(world), world.colleague.name)
    assert shown == OVERSEE  # nor do members read who else was away


def test_the_form_of_an_amendment_shows_reasons_to_those_who_write_them(world: World) -> None:
    client_of(world, "branch_secretary").post(reverse("meetings:amend", args=[world.confirmed.gathering_id]))
    assert readers(world, "meetings:record", [world.confirmed.gathering_id], LEAVE_REASON) == COMMITTEE_OF_BRANCH


GRADES = re.compile(r"(党员\d)(?:</th>(?:<td>\d+</td>)+<td>|：)(优秀|合格)(?:</td>|（)")


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("meetings:gathering_detail", lambda w: [w.appraisal.gathering_id]),
        ("meetings:section_version", lambda w: [w.appraisal.pk, 1]),
        ("meetings:record_book", lambda w: [w.branch.code, 2026]),
    ],
)
def test_a_grade_is_read_by_the_committee_the_secretary_above_and_the_person(
    name: str, args: Callable[[World], list[object]], world: World
) -> None:
    url = reverse(name, args=args(world))
    everything = [("党员1", "优秀"), ("党员2", "合格"), ("党员3", "合格")]
    for role in ROLES:
        found = GRADES.findall(text_of(client_of(world, role).get(url)))
        assert found == (everything if role in COMMITTEE_OF_BRANCH | {"general_secretary"} else []), role
    client = client_of(world, "member")
    for person, grade in ((world.colleague, "优秀"), (world.college.members[1], "合格")):
        account = User.objects.filter(person=person).first() or make_user(person)
        client.force_login(account, "orgs.backends.AccountBackend")
        answer = client.get(url)
        if name != "meetings:gathering_detail":  # of the record a member reads what holds now, nothing else
            assert answer.status_code == 404
            continue
        assert GRADES.findall(text_of(answer)) == [(person.name, grade)]


def test_mail_and_mobile_are_for_those_who_manage_people_and_oneself(world: World) -> None:
    args = [world.colleague.number]
    managers = EVERYBODY - {"group_leader", "member", "outsider"}
    assert readers(world, "orgs:person_detail", args, MEMBER_MAIL) == managers
    assert readers(world, "orgs:person_detail", args, MEMBER_MOBILE) == managers
    assert readers(world, "orgs:person_detail", args, HEALTH_REASON) == COMMITTEE_OF_BRANCH
    own = client_of(world, "member")
    own.force_login(world.colleague.user, "orgs.backends.AccountBackend")
    page = text_of(own.get(reverse("orgs:person_detail", args=args)))
    assert {MEMBER_MAIL, MEMBER_MOBILE, HEALTH_REASON} == {
        word for word in (MEMBER_MAIL, MEMBER_MOBILE, HEALTH_REASON) if word in page
    }


def test_the_level_above_sets_the_health_reason_without_reading_it(world: World) -> None:
    url = reverse("orgs:excused", args=[world.colleague.number])
    assert HEALTH_REASON in text_of(client_of(world, "branch_secretary").get(url))
    office = client_of(world, "office")
    assert HEALTH_REASON not in text_of(office.get(url))
    office.post(url, {"excused_reason": "keep"})
    assert Person.objects.get(pk=world.colleague.pk).excused_reason == HEALTH_REASON
    office.post(url, {"excused_reason": "失能"})
    assert Person.objects.get(pk=world.colleague.pk).excused_reason == "失能"


def test_a_file_is_served_as_a_download_and_to_nobody_else(world: World) -> None:
    url = reverse("meetings:attachment", args=[world.kept_file.pk])
    answer = client_of(world, "branch_secretary").get(url)
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert client_of(world, "outsider").get(url).status_code == 404
    assert client_of(world, "anonymous").get(url).status_code == 302


def test_deliveries_are_the_offices_own(world: World) -> None:
    shown = readers(world, "notices:delivery_list", [], world.colleague.name)
    assert shown == {"committee_secretary", "office"}


def test_a_talk_names_only_those_who_talked(world: World) -> None:
    """The pages of a talk show date and persons; the rest of the branch does not see that it took place."""
    from meetings.models import Section
    from meetings.record import AttendanceRecord, SectionRecord
    from meetings.services import confirm_sections
    from tests.meetings.making import GatheringRecord, plan, shared

    secretary = world.college.branch_secretary
    gathering = plan(secretary, world.branch, "heart_talk")
    section = Section.objects.get(gathering=gathering)
    assert secretary.person is not None
    rows = tuple(AttendanceRecord(person.pk, "present") for person in (secretary.person, world.colleague))
    confirm_sections(
        actor=secretary,
        gathering=gathering,
        organisation=world.branch,
        record=GatheringRecord(shared=shared(gathering), sections=(SectionRecord(section.pk, attendance=rows),)),
        version=0,
    )
    url = reverse("meetings:gathering_detail", args=[gathering.pk])
    codes = {role: client_of(world, role).get(url).status_code for role in ROLES}
    assert {role for role, code in codes.items() if code == 200} == EVERYBODY - {"group_leader", "member", "outsider"}
    assert set(codes.values()) == {200, 404}
