"""A small college on 15 June 2026 with the shipped kinds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from common import clock
from meetings.models import Gathering
from tests.factories import SmallCollege, make_college_with_kinds
from tests.meetings.making import TODAY, plan


@pytest.fixture
def college(db: None) -> Iterator[SmallCollege]:
    """ZB101 has eleven formal members, a committee of three and one Party group of eight."""
    with clock.moved(TODAY):
        yield make_college_with_kinds()


@pytest.fixture
def meeting(college: SmallCollege) -> Gathering:
    """A planned members' meeting of ZB101 on 12 June, eleven expected."""
    return plan(college.branch_secretary, college.branches[0], "members_meeting")


@pytest.fixture
def secretary(client: Client, college: SmallCollege) -> Client:
    """The browser of the secretary of ZB101."""
    client.force_login(college.branch_secretary)
    return client
