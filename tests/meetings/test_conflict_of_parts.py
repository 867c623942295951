"""Two people type parts of one draft: the panel of a conflict shows each only what their own form has."""

from __future__ import annotations

import pytest
from django.test import Client

from meetings.models import Draft, Gathering
from tests.factories import SmallCollege
from tests.meetings.making import plan
from tests.meetings.recording import autosave, draft_url, fields, url

WORDS = "委员对张三的处分意见"
RESOLUTION = "给予张三警告"
REASON = "住院手术"


@pytest.fixture
def mixed(client: Client, college: SmallCollege) -> Gathering:
    """A committee meeting and a group meeting in one gathering, of which the secretary has typed the first."""
    found = plan(
        college.branch_secretary, college.branches[0], "committee_meeting", "group_meeting", group=college.group
    )
    path = f"sections.{found.sections.get(kind__code='committee_meeting').pk}"
    client.force_login(college.branch_secretary)
    values = {
        "organisation": "ZB101",
        "version": "0",
        "shared.minutes": WORDS,
        f"{path}.resolutions.0.text": RESOLUTION,
        f"{path}.attendance.{college.commissioner.person_id}.leave_reason": REASON,
    }
    assert client.post(draft_url(found), values).status_code == 200
    return found


def test_a_leader_reads_nothing_of_the_committees_part(client: Client, college: SmallCollege, mixed: Gathering) -> None:
    group = mixed.sections.get(kind__code="group_meeting")
    late = {"organisation": "ZB101", "version": "0", f"sections.{group.pk}.study_hours": "2"}
    client.force_login(college.group_leader)
    answer = client.post(draft_url(mixed), late)
    assert answer.status_code == 409
    page = client.post(url(mixed), {**late, "action": "save"})
    assert page.status_code == 409
    for shown in (answer.json()["html"], page.content.decode()):
        assert "学时" in shown
        for hidden in (WORDS, RESOLUTION, REASON):
            assert hidden not in shown, hidden


def test_a_conflict_still_names_what_both_type(client: Client, college: SmallCollege, mixed: Gathering) -> None:
    client.force_login(college.commissioner)
    html = autosaved(client, mixed)
    for shown in (WORDS, RESOLUTION, REASON):
        assert shown in html, shown


def autosaved(client: Client, mixed: Gathering) -> str:
    """The panel after a save of the whole form as it was before the draft."""
    values = {**fields(client.get(url(mixed))), "version": "0", "shared.minutes": "我的要点"}
    values = {name: value for name, value in values.items() if "resolutions" not in name and "leave" not in name}
    answer = client.post(draft_url(mixed), values)
    assert answer.status_code == 409
    return str(answer.json()["html"])


def test_what_no_database_stores_is_left_out(client: Client, college: SmallCollege, meeting: Gathering) -> None:
    client.force_login(college.branch_secretary)
    assert autosave(client, meeting, 0, shared__minutes="要\x00点", topics="\x00ideology").status_code == 200
    data = Draft.objects.get().data
    assert data["shared"]["minutes"] == "要点"
    assert "\x00" not in str(data)
