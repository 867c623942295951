"""Directives for the tests: drafted, issued and carried out through the services."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from orgs.models import College, Department, Office, Organisation, Person, User
from orgs.services.appointments import appoint
from tasks.models import Directive, DirectiveType, DirectiveUnit, Task
from tasks.services.directive_settings import load_directive_types
from tasks.services.directive_units import Picks
from tasks.services.directives import DirectiveText, draft_directive, submit_directive
from tasks.services.issuing import approve_directive
from tasks.services.review import acknowledge_task, submit_task
from tests.factories import SINCE, make_admin, make_person, make_user
from tests.tasks.world import World

STARTS, DUE = date(2026, 6, 15), date(2026, 7, 15)
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa7\x9a\xa0\xa0\x00\x00\x00\x00IEND\xaeB`\x82"
)


def picture(name: str = "佐证.png", tail: bytes = b"") -> SimpleUploadedFile:
    """A small picture; another ``tail`` makes another file."""
    return SimpleUploadedFile(name, PNG + tail)


def text(**more: Any) -> DirectiveText:
    """A month from 2026-06-15, ordinary, unless told otherwise."""
    load_directive_types()
    facts: dict[str, Any] = {
        "title": "消防安全排查",
        "standard": "隐患清零，台账齐全",
        "source": "meeting",
        "type": DirectiveType.objects.get(code=more.pop("type", "ordinary")),
        "starts_on": STARTS,
        "due_on": DUE,
        **more,
    }
    return DirectiveText(**facts)


def drafted(
    world: World,
    *lead: Organisation | Department,
    support: tuple[Organisation | Department, ...] = (),
    names: tuple[str, ...] = (),
    sender: Organisation | None = None,
    actor: User | None = None,
    **more: Any,
) -> Directive:
    """A draft of the committee's deputy, to the first general branch unless told otherwise."""
    return draft_directive(
        organisation=sender or world.committee,
        text=text(**more),
        lead=picks(*(lead or (world.general,))),
        support=picks(*support, names=names),
        actor=actor or world.root_deputy,
    )


def picks(*units: Organisation | Department, names: tuple[str, ...] = ()) -> Picks:
    """What was ticked."""
    return Picks(
        organisations=[unit for unit in units if isinstance(unit, Organisation)],
        departments=[unit for unit in units if isinstance(unit, Department)],
        names=names,
    )


def awaiting(world: World, *lead: Organisation | Department, **more: Any) -> Directive:
    """Drafted and submitted for approval."""
    directive = drafted(world, *lead, **more)
    return submit_directive(directive=directive, actor=more.get("actor") or world.root_deputy)


def issued(world: World, *lead: Organisation | Department, **more: Any) -> Directive:
    """Approved by the committee's secretary."""
    directive = awaiting(world, *lead, **more)
    approve_directive(directive=directive, actor=world.root_secretary)
    return Directive.objects.get(pk=directive.pk)


def task_of(directive: Directive, unit: Organisation | Department) -> Task:
    """What a unit owes for a directive, read as a view would."""
    key = "organisation" if isinstance(unit, Organisation) else "department"
    rows = Task.objects.select_related("organisation", "department", "submitted_by", "person", "group")
    return rows.get(**{"directive_unit__directive": directive, f"directive_unit__{key}": unit})


def unit_of(directive: Directive, unit: Organisation | Department) -> DirectiveUnit:
    """The row of a unit."""
    key = "organisation" if isinstance(unit, Organisation) else "department"
    return DirectiveUnit.objects.get(directive=directive, **{key: unit})


def at_work(world: World, *lead: Organisation | Department, actor: User | None = None, **more: Any) -> Task:
    """The first unit's Task, signed for by the general branch's secretary."""
    places = lead or (world.general,)
    task = task_of(issued(world, *places, **more), places[0])
    return acknowledge_task(task=task, actor=actor or world.general_secretary)


def waiting(world: World, *lead: Organisation | Department, actor: User | None = None, **more: Any) -> Task:
    """… and submitted."""
    task = at_work(world, *lead, actor=actor, **more)
    return submit_task(task=task, actor=actor or world.general_secretary, note="已全部排查")


def department(world: World, name: str = "教务处", code: str = "BM08", head: str = "处长") -> tuple[Department, User]:
    """A department of the committee with its head."""
    made = Department.objects.create(code=code, name=name, organisation=world.committee)
    user = make_user(make_person(world.sister, head))
    assert user.person is not None
    appoint(actor=make_admin(), person=user.person, office=Office.HEAD, department=made, started_on=SINCE)
    return made, User.objects.select_related("person__organisation").get(pk=user.pk)


def dean(world: World, name: str = "院长") -> User:
    """The dean of the first general branch's college: a member of the sister branch without any office."""
    user = make_user(make_person(world.sister, name))
    College.objects.filter(organisation=world.general).update(dean=user.person)
    return User.objects.select_related("person__organisation").get(pk=user.pk)


def person_of(user: User) -> Person:
    """The person of an account."""
    assert user.person is not None
    return user.person
