"""Opening: who is entitled by which rule, who has nothing to judge, what is not ready, who is told."""

from __future__ import annotations

import datetime

import pytest

from ballots.models import Ballot, Elector, Scope, Source, Tally
from ballots.services import Allotted, cancel_ballot, create_ballot, open_ballot, set_electors, set_subjects
from ballots.services.drafts import BallotFacts
from common import clock
from common.errors import Conflict, InvalidInput
from notices.models import Notice
from orgs.models import Department, Office
from orgs.services.appointments import appoint
from tests.ballots.world import LAST, TODAY, World, draft, group, opened
from tests.factories import SINCE, make_admin, make_officer, make_user


def names(ballot: Ballot) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in Elector.objects.filter(ballot=ballot).select_related("group", "person"):
        found.setdefault(row.group.name, set()).add(row.person.name)
    return found


def test_rules_and_picks_each_person_in_the_first_group(world: World) -> None:
    college = world.college
    make_officer(college.committee, Office.MEMBER, "党委委员", home=college.branches[2])
    make_officer(world.units[1], name="二总支书记", home=college.branches[2])
    head = world.voters[0]
    department = Department.objects.get(duty="organisation")
    appoint(actor=make_admin(), person=head.person, office=Office.HEAD, department=department, started_on=SINCE)
    ballot = draft(world)
    group(world, ballot, "党委委员", "0.5", scope=Scope.ALL, source=Source.COMMITTEE)
    group(world, ballot, "部门负责人", "0.2", scope=Scope.ALL, source=Source.DEPARTMENT_HEADS)
    group(world, ballot, "其他书记", "0.15", source=Source.SECRETARIES)
    # 代表0 heads a department, which stands before the group where he was picked
    group(world, ballot, "代表", "0.15", world.voters[:3], scope=Scope.ALL)
    open_ballot(ballot=ballot, actor=world.office)
    assert names(ballot) == {
        "党委委员": {"党委书记", "党委委员"},
        "部门负责人": {"代表0"},
        "其他书记": {"总支书记", "二总支书记"},
        "代表": {"代表1", "代表2"},
    }


def test_members_of_the_judged_units_with_their_unit(world: World) -> None:
    ballot = draft(world)
    set_subjects(ballot=ballot, organisations=world.units[1:], actor=world.office)
    group(world, ballot, "本单位党员", scope=Scope.OWN, source=Source.MEMBERS)
    open_ballot(ballot=ballot, actor=world.office)
    assert names(ballot) == {"本单位党员": {"外支部书记", "代表1", "代表3", "代表5", "代表7"}}
    assert set(ballot.electors.values_list("unit__code", flat=True)) == {"ZZ2"}


def test_who_would_have_to_recuse_from_everything_is_no_elector(world: World) -> None:
    ballot = draft(world)
    set_subjects(ballot=ballot, organisations=world.units[:1], actor=world.office)
    group(world, ballot, users=world.voters, scope=Scope.OTHERS, allotted=(Allotted(codes=3),))
    open_ballot(ballot=ballot, actor=world.office)
    assert names(ballot) == {"代表": {"代表1", "代表3", "代表5", "代表7"}}  # members of ZZ2; the others are ZZ1's own


def test_everything_that_is_not_ready_is_said_at_once(world: World) -> None:
    ballot = create_ballot(
        organisation=world.college.committee,
        facts=BallotFacts(title="空", opens_on=TODAY, closes_on=LAST),
        actor=world.office,
    )
    group(world, ballot, "甲", "0.4")
    with pytest.raises(InvalidInput) as caught:
        open_ballot(ballot=ballot, actor=world.office)
    for words in ("请选定被测评单位", "权重相加应为1", "没有一个人有票：甲"):
        assert words in caught.value.message
    assert (Ballot.objects.get().state, Tally.objects.count()) == ("draft", 0)


def test_too_few_entitled_and_codes_without_a_unit(world: World) -> None:
    ballot = draft(world, min_ballots=9)
    group(world, ballot, users=world.voters)
    with pytest.raises(InvalidInput, match="一共8人，少于最少有效票9张"):
        open_ballot(ballot=ballot, actor=world.office)
    cancel_ballot(ballot=ballot, reason="重来", actor=world.office)
    own = draft(world)
    group(world, own, "群众", scope=Scope.OWN, allotted=(Allotted(codes=6),))
    with pytest.raises(InvalidInput, match="要按单位填写"):
        open_ballot(ballot=own, actor=world.office)


def test_on_its_days_only(world: World) -> None:
    ballot = draft(world, opens_on=TODAY + datetime.timedelta(days=1))
    group(world, ballot, users=world.voters)
    with pytest.raises(Conflict, match="开始日期"):
        open_ballot(ballot=ballot, actor=world.office)
    with clock.moved(LAST + datetime.timedelta(days=1)), pytest.raises(Conflict, match="截止日期"):
        open_ballot(ballot=ballot, actor=world.office)
    with clock.moved(LAST):
        assert open_ballot(ballot=ballot, actor=world.office).state == "open"


def test_a_unit_is_judged_once_for_an_indicator(world: World) -> None:
    opened(world)
    other = create_ballot(
        organisation=world.units[0],
        facts=BallotFacts(title="又一次", opens_on=TODAY, closes_on=LAST, subject_key="GB-2026:7.1", min_ballots=5),
        actor=world.office,
    )
    set_subjects(ballot=other, organisations=[world.units[0]], actor=world.office)
    group(world, other, users=world.voters)
    with pytest.raises(Conflict, match="已由“书记抓党建述职评议”测评"):
        open_ballot(ballot=other, actor=world.office)


def test_counters_stand_ready_for_every_choice(world: World) -> None:
    ballot = opened(world)
    assert Tally.objects.filter(group__ballot=ballot).count() == 2 * 5  # two units, four grades and 弃权
    assert len(set(Tally.objects.values_list("sealed", flat=True))) == 10


def test_who_has_an_account_is_told_once(world: World) -> None:
    without = world.college.members[0]
    inactive = make_user(world.college.members[1], is_active=False)
    ballot = draft(world)
    group(world, ballot, users=[*world.voters, inactive])
    made = ballot.groups.get()
    set_electors(
        group=made, people=[*(user.person for user in world.voters), inactive.person, without], actor=world.office
    )
    open_ballot(ballot=ballot, actor=world.office)
    told = Notice.objects.filter(subject=f"ballot:{ballot.pk}")
    assert set(told.values_list("person", flat=True)) == {user.person_id for user in world.voters}
    assert {(row.kind, row.title, row.url) for row in told} == {
        ("info", "请参加匿名测评：书记抓党建述职评议", f"/ballots/{ballot.pk}/vote/")
    }
    assert ballot.electors.count() == 10  # who has no account yet may get one before the end
