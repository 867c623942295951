"""The part of the desk about marks that a reviewer still owes, and ballots in which one is asked to vote."""

from __future__ import annotations

import pytest
from django.test import Client

from common import clock
from orgs.models import User
from scoring.models import Stage
from tests.ballots import world as ballots
from tests.factories import SmallCollege, make_college
from tests.scoring.rules_making import at_stage, in_force, seat

pytestmark = pytest.mark.django_db


def asked(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.get("/desk/asked/").content.decode()


def test_a_reviewer_is_told_how_many_marks_wait() -> None:
    with clock.moved(ballots.TODAY):
        college: SmallCollege = make_college()
        scheme = in_force(college)
        seat(college, scheme, college.commissioner)
        # three branches, less ZB101, where the commissioner holds an office
        assert "还有2项等您评定" in asked(college.commissioner)
        assert asked(college.member).strip() == ""
        at_stage(scheme, Stage.PUBLISHED)
        assert asked(college.commissioner).strip() == ""


def test_an_elector_is_told_until_the_vote_is_cast() -> None:
    with clock.moved(ballots.TODAY):
        world = ballots.make_world()
        ballot, voter = ballots.opened(world), world.voters[0]
        assert f"/ballots/{ballot.pk}/vote/" in asked(voter)
        assert asked(world.college.outsider).strip() == ""
        ballots.vote(ballot, voter, *[ballots.GOOD] * len(world.units))
        assert asked(voter).strip() == ""
