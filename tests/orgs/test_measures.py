"""Terms, committees and rosters as figures, worked out by hand."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import audit, clock
from common.measures import Figure, Question, by_code
from orgs.measures import MEASURES, changed_since
from orgs.models import Appointment, MemberStatus, Office, Organisation
from tests.factories import SmallCollege, make_admin, make_college, make_officer, make_organisation, make_person

TODAY = datetime.date(2026, 6, 15)
KNOWN = by_code(MEASURES)


@pytest.fixture
def college(db: None) -> Iterator[SmallCollege]:
    """ZB101 has a committee and eleven formal members; every term began on 2024-01-01."""
    with clock.moved(TODAY):
        yield make_college()


def ask(code: str, *organisations: Organisation, as_of: datetime.date = TODAY) -> list[Figure]:
    fresh = [Organisation.objects.get(pk=one.pk) for one in organisations]
    answer = KNOWN[code].ask(Question(fresh, as_of.year, as_of), {})
    return [answer[one.pk] for one in organisations]


def queries(organisations: Sequence[Organisation]) -> int:
    with CaptureQueriesContext(connection) as caught:
        question = Question(organisations, 2026, TODAY)
        for measure in MEASURES:
            measure.ask(question, {})
    return len(caught)


def test_a_term_that_has_ended_is_an_event_of_the_unit_and_of_the_general_branch_above(college: SmallCollege) -> None:
    first, second = college.general_branches
    branch, sibling, other = college.branches
    make_officer(sibling), make_officer(second, home=other)
    # ZB101 and ZB102: three years from 2020-06-01, the second extended to 2026-12-31.
    Organisation.objects.filter(pk__in=(branch.pk, sibling.pk)).update(
        term_start=datetime.date(2020, 6, 1), term_years=3
    )
    Organisation.objects.filter(pk=sibling.pk).update(term_extended_until=datetime.date(2026, 12, 31))
    mine, above, elsewhere = ask("orgs.elections_due", branch, first, second)
    assert mine.values == {"events": Decimal(1)}
    assert above.values == {"events": Decimal(1)}
    assert elsewhere.values == {"events": Decimal(0)}
    bad = [row for row in above.rows if not row.counts]
    assert [(row.unit, row.why, row.url) for row in bad] == [
        (branch.name, "2023-06-01届满，未换届，也没有批准延期", "/organisations/ZB101/")
    ]
    assert bad[0].if_done == {"events": Decimal(-1)}


def test_a_secretary_missing_for_more_than_three_months_is_an_event(college: SmallCollege) -> None:
    above = college.general_branches[0]
    branch, sibling, _other = college.branches
    make_officer(sibling)
    secretary = Appointment.objects.filter(organisation=branch, office=Office.SECRETARY)
    secretary.update(ended_on=datetime.date(2026, 3, 15))  # vacant from 03-16; three months are over on 06-16
    assert ask("orgs.elections_due", above)[0].values["events"] == 0
    late, own = ask("orgs.elections_due", above, branch, as_of=datetime.date(2026, 6, 17))
    assert late.values["events"] == 1
    assert [row.why for row in late.rows if not row.counts] == ["书记自2026-03-16空缺，超过3个月"]
    # A2 of a branch names only its term (BR-2026: 届满未换且无批准延期).
    assert own.values["events"] == 0
    assert [row.label for row in own.rows] == [f"{branch.name}届期"]


def test_what_is_dissolved_or_not_founded_yet_is_no_event(college: SmallCollege) -> None:
    first = college.general_branches[0]
    branch, sibling, _other = college.branches
    Organisation.objects.filter(pk=branch.pk).update(
        dissolved_on=datetime.date(2026, 5, 1), term_start=datetime.date(2019, 1, 1)
    )
    make_officer(sibling)
    make_organisation("ZB103", first, founded_on=datetime.date(2026, 7, 1), term_start=None)
    make_organisation("ZB104", first, founded_on=datetime.date(2026, 5, 1), term_start=datetime.date(2026, 5, 1))
    assert ask("orgs.elections_due", first)[0].values["events"] == 0


def test_a_committee_is_asked_for_from_seven_formal_members_on(college: SmallCollege) -> None:
    branch, sibling, other = college.branches
    # ZB101: no discipline commissioner. ZB201: its secretary alone.
    full, small, none = ask("orgs.committee_complete", branch, other, sibling)
    assert full.values == {"a1": Decimal(1), "a2": Decimal(0)}
    assert full.rows[1].why == "缺纪检委员"
    assert small.values == {"a1": Decimal(1), "a2": Decimal(1)}
    assert small.rows[0].why == "正式党员1人，不足7人，不要求设支委会"
    assert [row.why for row in small.rows][1] == "正式党员1人，不足7人，不要求设支委会，书记在任"
    assert none.values == {"a1": Decimal(1), "a2": Decimal(0)}  # under seven: no committee, but a secretary
    assert none.rows[1].why == "缺书记"
    for number in range(6):
        make_person(other, f"新党员{number}")
    (grown,) = ask("orgs.committee_complete", other)
    assert grown.values == {"a1": Decimal(0), "a2": Decimal(0)}
    assert grown.rows[0].why == "正式党员7人，应设支委会而未设"
    assert grown.rows[1].why == "缺组织委员、宣传委员、纪检委员"


def test_faults_of_the_roster_link_to_the_person_and_do_not_leak(college: SmallCollege) -> None:
    branch, _sibling, other = college.branches
    make_person(branch, "缺日期", number="T90001", joined_on=None, email=None)
    make_person(branch, "没转正日期", number="T90002", formal_on=None)
    make_person(
        branch, "久预备", number="T90003", status=MemberStatus.PROBATIONARY, joined_on=datetime.date(2023, 1, 1)
    )
    make_person(branch, "不明", number="T90004", status="", formal_on=datetime.date(2020, 1, 1))
    mine, theirs, above = ask("orgs.roster_faults", branch, other, college.general_branches[0])
    assert mine.values["events"] == 4
    assert theirs.values["events"] == 0
    assert above.values["events"] == 4
    assert {(row.url, row.why) for row in mine.rows} == {
        ("/people/T90001/", "没有入党日期"),
        ("/people/T90002/", "正式党员没有转正日期"),
        ("/people/T90003/", "预备期已超过两年，状态没有更新"),
        ("/people/T90004/", "党员状态不明"),
    }


def test_the_number_of_queries_does_not_grow(college: SmallCollege) -> None:
    one, three = queries(college.branches[:1]), queries(college.branches)
    assert one == three == 2
    above = queries(college.general_branches[:1])
    for number in range(12):
        make_person(make_organisation(f"ZB9{number:02d}", college.general_branches[1]))
    assert queries(college.general_branches) == above == 3


def test_changes_name_the_organisations(college: SmallCollege) -> None:
    with clock.moved(datetime.datetime(2026, 6, 16, 9, tzinfo=clock.SHANGHAI)):
        moment = clock.now()
        assert changed_since(moment) == set()
        person = college.members[0]
        person.mobile = "13800000000"
        audit.save(person, actor=make_admin(), reason="更正")
        assert changed_since(moment) == {college.branches[0].pk}
