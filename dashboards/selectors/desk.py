"""My desk: what I owe, what waits for me, what I wait for."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ballots.selectors.pages import waiting_for
from meetings.selectors.desk import DeskSections, YearSoFar, desk_sections, year_so_far
from notices.office import OfficeStatus, office_status
from orgs import access
from orgs.held import held_by
from orgs.models import Office
from scoring.models import ReviewerSeat
from scoring.selectors.marking import marks_waiting
from tasks.selectors import Desk as TaskDesk
from tasks.selectors import desk_of, overdue_list

if TYPE_CHECKING:
    from ballots.models import Ballot
    from orgs.models import Organisation, User
    from tasks.models import Task

TOP = 5
MOST_OFFICES = 2  # in the line under the title
ACTING = (access.RECORD, access.RECORD_GROUP, access.REVIEW)


@dataclass
class Desk:
    """Everything on one desk; ``acts``: the user holds an office in which things wait; ``below``: overdue there."""

    today: datetime.date
    tasks: TaskDesk
    sections: DeskSections
    record: YearSoFar | None = None
    acts: bool = False
    watches: bool = False
    below: list[Task] = field(default_factory=list)
    office: OfficeStatus | None = None
    branch: Organisation | None = None
    offices: tuple[access.HeldOffice, ...] = ()

    @property
    def roles(self) -> str:
        """As whom one sits here: the offices held in organisations, two at most, else the own branch."""
        own = self.branch.name if self.branch else ""
        return "、".join(f"{one.unit} {Office(one.office).label}" for one in self.offices[:MOST_OFFICES]) or own

    @property
    def waits_for_me(self) -> int:
        """How many things wait for the user."""
        return (
            len(self.sections.to_confirm)
            + len(self.sections.returned)
            + len(self.sections.drafts)
            + len(self.tasks.to_review)
        )

    @property
    def i_wait_for(self) -> int:
        """How many things the user waits for."""
        return len(self.sections.waiting) + len(self.tasks.waiting)


@dataclass(frozen=True)
class Asked:
    """Ballots in which somebody is asked to vote, and how many marks they still owe as a reviewer."""

    ballots: list[Ballot]
    marks: int


def asked(user: User) -> Asked:
    """What ballots and schemes ask of ``user``; five queries at most, two for who marks nothing."""
    marks = marks_waiting(user) if ReviewerSeat.objects.filter(person=user.person_id).exists() else 0
    return Asked(list(waiting_for(user)[:TOP]), marks)


def desk(user: User, today: datetime.date) -> Desk:
    """The desk of ``user``; at most seven queries, the user's offices read once for all parts.

    Who reviews more than the own branch also sees what is overdue there; who maintains the settings, whether the
    mails went out.
    """
    watches = _watches_others(user)
    held = held_by(user, today)
    return Desk(
        today=today,
        tasks=desk_of(user, today, held),
        sections=desk_sections(user, today, held),
        record=_record(user, today.year),
        acts=any(access.has_anywhere(user, right) for right in ACTING),
        watches=watches,
        below=overdue_list(user, today, limit=TOP) if watches else [],
        office=office_status(user) if access.has_anywhere(user, access.CONFIGURE) else None,
        branch=user.person.organisation if user.person else None,
        offices=access.offices_of(user),
    )


def _record(user: User, year: int) -> YearSoFar | None:
    """One's own attendance and study hours, of who belongs to a branch."""
    person = user.person
    return year_so_far(person, year) if person and person.organisation_id else None


def _watches_others(user: User) -> bool:
    """Whether the user reviews anything but the branch the user belongs to."""
    own = user.person.organisation.path if user.person and user.person.organisation else None
    return any(path != own for path in access.paths(user, access.REVIEW))
