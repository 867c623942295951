"""The small college of the suite with the further officers that the rules of this room need."""

from __future__ import annotations

import datetime
from typing import Any, NamedTuple

from orgs.models import Group, Office, Organisation, User
from tasks.models import Task
from tasks.services import TaskSpec, open_tasks
from tests.factories import make_college, make_officer, make_person, make_user
from tests.replaying import replayed


class World(NamedTuple):
    """Organisations and accounts by short names; the roles stand at ``branch`` in ``general`` in ``committee``."""

    committee: Organisation
    general: Organisation
    branch: Organisation
    sister: Organisation
    foreign: Organisation
    group: Group
    root_secretary: User
    root_deputy: User
    officer: User
    general_secretary: User
    other_general_secretary: User
    secretary: User
    deputy: User
    commissioner: User
    leader: User
    sister_secretary: User
    foreign_secretary: User
    member: User
    outsider: User


@replayed
def make_world() -> World:
    """Committee → two general branches → three branches; every organisation has its secretary."""
    college = make_college(members=0)
    general, other = college.general_branches
    branch, sister, foreign = college.branches
    return World(
        committee=college.committee,
        general=general,
        branch=branch,
        sister=sister,
        foreign=foreign,
        group=college.group,
        root_secretary=college.committee_secretary,
        root_deputy=make_officer(college.committee, Office.DEPUTY, "党委副书记", home=sister),
        officer=college.office,
        general_secretary=college.general_secretary,
        other_general_secretary=make_officer(other, name="外总支书记", home=foreign),
        secretary=college.branch_secretary,
        deputy=make_officer(branch, Office.DEPUTY, "支部副书记"),
        commissioner=college.commissioner,
        leader=college.group_leader,
        sister_secretary=make_officer(sister, name="姊妹支部书记"),
        foreign_secretary=college.outsider,
        member=college.member,
        outsider=make_user(make_person(None, "校外人员")),
    )


def fresh(user: User) -> User:
    """The account as a new request loads it, without the grants kept on the object."""
    return User.objects.select_related("person__organisation").get(pk=user.pk)


def end_offices(user: User, day: datetime.date, **which: Any) -> None:
    """Let the offices of a person end on ``day`` (the last day in office), as if it had been known all along."""
    from orgs import access

    assert user.person is not None
    user.person.appointments.filter(**which).update(ended_on=day)
    access.refresh_grants(user.person)


def spec(key: str, organisation: Organisation, **more: Any) -> TaskSpec:
    """A June members' meeting unless told otherwise."""
    facts: dict[str, Any] = {
        "natural_key": key,
        "source": "cadence",
        "kind": "members_meeting",
        "title": "6月支部党员大会",
        "organisation_id": organisation.pk,
        "window_start": datetime.date(2026, 6, 1),
        "due_on": datetime.date(2026, 6, 30),
        "period_code": "2026-06",
        "requirement": {"evidence": "members_meeting"},
        "act_url": "/meetings/new/",
        **more,
    }
    return TaskSpec(**facts)


def open_one(key: str, organisation: Organisation, **more: Any) -> Task:
    """Open one Task and read it back as a view would."""
    open_tasks(specs=[spec(key, organisation, **more)])
    return load(key)


def agreed(key: str, organisation: Organisation, **more: Any) -> Task:
    """Open one item that a meeting agreed: no record proves it."""
    return open_one(
        key,
        organisation,
        **{"source": "agreed_item", "kind": "agreed_item", "title": "制定学习计划", "requirement": {}, "act_url": ""}
        | more,
    )


def load(key: str) -> Task:
    """The Task of that natural key with what a page loads."""
    return Task.objects.select_related("organisation", "group", "person", "submitted_by").get(natural_key=key)


def log(task: Task) -> list[tuple[str, str, str, str]]:
    """(verb, state after, light after, cause) of every event."""
    return list(task.events.order_by("id").values_list("verb", "to_state", "to_light", "cause"))
