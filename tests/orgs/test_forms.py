"""The forms by which offices, people, groups and organisations change: what is done, what is refused and why."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from orgs.models import (
    Appointment,
    Group,
    Membership,
    Organisation,
    Person,
    User,
    VotingExclusion,
)
from orgs.services.accounts import disable_account
from tests.factories import (
    PASSWORD,
)
from tests.orgs.correction_cases import CORRECTED, NOT_CORRECTED
from tests.orgs.form_cases import ACCEPTED, REFUSED
from tests.orgs.places import (
    Done,
    Place,
    Refused,
    Stopped,
)
from tests.orgs.stopped_cases import STOPPED

pytestmark = pytest.mark.django_db
RIGHT, WRONG = [*ACCEPTED, *CORRECTED], [*REFUSED, *NOT_CORRECTED]


def ids(rows: list[Any]) -> list[str]:
    return [f"{number}-{row.name}" for number, row in enumerate(rows)]


@pytest.mark.parametrize("case", RIGHT, ids=ids(RIGHT))
def test_what_is_right_is_done_and_said(case: Done, place: Place) -> None:
    client = place.client(case.role)
    url = reverse(f"orgs:{case.name}", args=case.args(place))
    answer = client.post(url, {**case.data(place), "csrfmiddlewaretoken": "x"}, follow=True)
    assert answer.redirect_chain, answer.context["form"].errors if "form" in answer.context else answer.content.decode()
    assert [str(message) for message in answer.context["messages"]] == [case.says]
    assert answer.status_code == 200
    assert case.holds(place)


@pytest.mark.parametrize("case", WRONG, ids=ids(WRONG))
def test_what_is_wrong_is_said_at_its_field_and_the_input_stays(case: Refused, place: Place) -> None:
    client, data = place.client(case.role), case.data(place)
    before = stored()
    answer = client.post(reverse(f"orgs:{case.name}", args=case.args(place)), {**data, "csrfmiddlewaretoken": "x"})
    assert answer.status_code == 400
    form = answer.context["form"]
    assert {name: [str(text) for text in texts] for name, texts in form.errors.items()} == case.errors
    assert {name: str(form[name].value()) for name in data} == {name: str(value) for name, value in data.items()}
    page = answer.content.decode()
    assert all(text in page for texts in case.errors.values() for text in texts)
    assert stored() == before


@pytest.mark.parametrize("case", STOPPED, ids=ids(STOPPED))
def test_what_cannot_be_done_now_is_said_on_a_page(case: Stopped, place: Place) -> None:
    before = stored()
    url = reverse(f"orgs:{case.name}", args=case.args(place))
    answer = place.client(case.role).post(url, {**case.data(place), "csrfmiddlewaretoken": "x"})
    assert answer.status_code == case.status
    assert answer.context["message"] == case.reason
    assert case.reason in answer.content.decode()
    assert stored() == before


def stored() -> list[int]:
    """How many history rows, memberships and accounts there are: every write leaves one."""
    rows = (Person, Organisation, Appointment, Group, VotingExclusion)
    return [model.history.count() for model in rows] + [Membership.objects.count(), User.objects.count()]


def test_every_form_opens_empty_of_errors(place: Place) -> None:
    client = place.client()
    for case in (*RIGHT, *WRONG):
        if case.name == "account_state":
            continue
        answer = client.get(reverse(f"orgs:{case.name}", args=case.args(place)))
        assert answer.status_code == 200, case.name
        assert not answer.context["form"].errors


def test_a_branch_secretary_may_appoint_group_leaders_only(place: Place) -> None:
    answer = place.client("branch_secretary").get(reverse("orgs:appoint", args=["ZB101"]))
    assert answer.context["form"].fields["office"].choices == [("group_leader", "党小组组长")]
    people = {person.organisation_id for person in answer.context["form"].fields["person"].queryset}
    assert people == {place.branch.pk}


def test_a_closed_account_is_opened_again(place: Place) -> None:
    member = place.college.member
    assert member.person is not None
    disable_account(actor=place.college.office, person=member.person)
    url = reverse("orgs:account_state", args=[member.username, "enable"])
    answer = place.client().post(url, follow=True)
    assert [str(message) for message in answer.context["messages"]] == ["账号已恢复。"]
    assert Client().login(username=member.username, password=PASSWORD)
