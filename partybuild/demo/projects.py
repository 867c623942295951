"""The demo's breakthrough projects and task forces, played through the services on their days."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from common import clock
from common.periods import ONE_DAY
from orgs import access
from orgs.models import Appointment, Department, Organisation, Person, User
from tasks.models import Project, Task, TaskForce
from tasks.project_plans import IndicatorPlan, MilestonePlan
from tasks.services import accept_task, ask_extension, grant_extension, submit_task
from tasks.services.project_reviews import report_on_project
from tasks.services.projects import ProjectDraft, approve_project, draft_project, submit_project
from tasks.services.task_forces import ForcePlan, create_task_force

DATA = Path(__file__).parent / "data" / "projects.yaml"
Scene = Callable[[], None]


def play_projects(day: datetime.date) -> None:
    """Whatever the projects do on ``day``; the clock stands on it."""
    for scene in scenes().get(day, []):
        scene()


def play_all(*, until: datetime.date, night: Callable[[datetime.date], Any]) -> None:
    """Every day of the projects up to ``until``, each with its ``night``, but none on the last; for tests."""
    day = min(scenes())
    while day <= until:
        with clock.moved(day):
            play_projects(day)
            if day < until:
                night(day)
        day += ONE_DAY


@cache
def scenes() -> dict[datetime.date, list[Scene]]:
    """What happens on which day, in the order of the file."""
    data = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    found: dict[datetime.date, list[Scene]] = defaultdict(list)
    for force in data["task_forces"]:
        found[force["made"]].append(_bind(_make_force, force))
    for project in data["projects"]:
        found[project["drafted"]].append(_bind(_draft, project))
        found[project["approved"]].append(_bind(_approve, project))
        for deed in project["life"]:
            found[deed["day"]].append(_bind(_do, project, deed))
    return found


def _bind(function: Callable[..., None], *rows: dict[str, Any]) -> Scene:
    return lambda: function(*rows)


def _person(name: str) -> Person:
    """The person of that name; where two are called so, the one who holds an office."""
    return Person.objects.filter(name=name).order_by("appointments__id").distinct()[0]


def _account(name: str) -> User:
    user = User.objects.select_related("person__organisation").get(person=_person(name))
    access.forget(user)
    return user


def _make_force(row: dict[str, Any]) -> None:
    organisation = Organisation.objects.get(code=row["org"])
    leader, deputies = _person(row["leader"]), [_person(name) for name in row["deputies"]]
    college = row.get("college")
    create_task_force(
        code=row["code"],
        plan=ForcePlan(
            organisation=organisation,
            name=row["name"],
            leader=leader,
            deputies=deputies,
            members=list(_others(organisation, {leader.pk, *(one.pk for one in deputies)}, row["members"])),
            member_count=row["members"],
            secretariat_department=Department.objects.get(name=row["department"]) if not college else None,
            secretariat_organisation=Organisation.objects.get(code=college) if college else None,
            rhythm=row["rhythm"],
            opened_on=row["opened"],
            closing_condition=row["until"],
        ),
        actor=_account(row["leader"]),
    )


def _others(organisation: Organisation, named: set[int], wanted: int) -> Iterator[Person]:
    """Officers of the branches below, as many as are missing to ``wanted``."""
    rows = Appointment.objects.in_force().filter(access.subtree(organisation.path, "organisation"))
    seen = set(named)
    for row in rows.select_related("person").order_by("organisation__path", "id"):
        if len(seen) < wanted and row.person_id not in seen:
            seen.add(row.person_id)
            yield row.person


def _draft(row: dict[str, Any]) -> None:
    actor = _account(row["leader"])
    project = draft_project(
        code=row["code"],
        draft=ProjectDraft(
            organisation=Organisation.objects.get(code=row["org"]),
            title=row["title"],
            leader=_person(row["leader"]),
            co_leaders=[_person(name) for name in row.get("co_leaders", [])],
            task_force=TaskForce.objects.get(code=row["task_force"]) if "task_force" in row else None,
            problem=row["problem"],
            root_causes=row["root_causes"],
            target=row["target"],
            starts_on=row["start"],
            ends_on=row["end"],
            milestones=[MilestonePlan(one["title"], one["due"], one["weight"]) for one in row["milestones"]],
            indicators=[
                IndicatorPlan(one["name"], Decimal(one["base"]), Decimal(one["target"]), one["unit"])
                for one in row["indicators"]
            ],
        ),
        actor=actor,
    )
    submit_project(project=project, actor=actor)


def _approve(row: dict[str, Any]) -> None:
    approve_project(project=Project.objects.get(code=row["code"]), actor=_account(row["decider"]))


def _task(project: dict[str, Any], number: int) -> Task:
    tasks = Task.objects.select_related("organisation", "person")
    return tasks.get(milestone__project__code=project["code"], milestone__number=number)


def _do(project: dict[str, Any], deed: dict[str, Any]) -> None:
    """One deed: a report, or what is done to the milestone that it names."""
    leader, decider = _account(project["leader"]), _account(project["decider"])
    if "report" in deed:
        _report(project, deed, leader)
    elif "submit" in deed:
        submit_task(task=_task(project, deed["submit"]), actor=leader, note=deed["note"])
    elif "accept" in deed:
        accept_task(task=_task(project, deed["accept"]), actor=decider)
    elif "ask" in deed:
        task = _task(project, deed["ask"])
        ask_extension(task=task, actor=leader, new_due_on=deed["until"], reason=deed["reason"])
    elif "grant" in deed:
        extension = _task(project, deed["grant"]).extensions.latest("pk")
        grant_extension(extension=extension, actor=decider, decision="同意")


def _report(project: dict[str, Any], deed: dict[str, Any], leader: User) -> None:
    found = Project.objects.get(code=project["code"])
    ids = dict(found.indicators.values_list("name", "pk"))
    report_on_project(
        project=found,
        actor=leader,
        note=deed["report"],
        progress=deed["progress"],
        difficulty=deed.get("difficulty", ""),
        help_needed=deed.get("help", ""),
        readings={ids[name]: Decimal(value) for name, value in deed.get("readings", {}).items()},
    )
