"""Everything that an address may be about, all of it ZB101's, made through the services."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.mail import EmailMessage, get_connection

from common.models import AcademicTerm, CalendarDay
from meetings.models import Attachment, Gathering, Section
from meetings.record import AppraisalRecord
from meetings.services import add_attachment, load_kinds
from notices import mailbox
from notices.models import Notice
from notices.services import Message, owe
from orgs.models import Appointment, MemberStatus, Office, Organisation, Person, VotingExclusion
from orgs.services.accounts import create_account
from orgs.services.people import set_excused, set_voting_exclusion
from tasks.models import Task
from tasks.services import TaskSpec, open_tasks
from tests.factories import SmallCollege, make_admin, make_college, make_officer, make_person
from tests.meetings.making import confirm, plan
from tests.replaying import replayed

TODAY = datetime.date(2026, 6, 15)
LATER = datetime.datetime(2026, 6, 26, 14, 30, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa7\x9a\xa0\xa0\x00\x00\x00\x00IEND\xaeB`\x82"
)
# What is private, in words that appear nowhere else.
LEAVE_REASON = "阑尾炎住院手术"
HEALTH_REASON = "股骨骨折卧床"
MEMBER_MAIL = "very-private@test.example"
MEMBER_MOBILE = "13900008888"


@dataclass(frozen=True)
class World:
    """The college with the objects of ZB101 that the addresses name."""

    college: SmallCollege
    branch: Organisation
    colleague: Person  # a member of ZB101 who plays no role; has an account
    newcomer: Person  # a probationary member without an account
    confirmed: Section  # a members' meeting with somebody on leave, with a file
    appraisal: Section  # a confirmed appraisal: the colleague is 优秀, by 8 votes
    planned: Section
    drafted: Section  # a committee meeting that is being typed
    group_planned: Section
    kept_file: Attachment  # of the confirmed record
    open_file: Attachment  # of the planned meeting
    task: Task
    group_task: Task
    exclusion: VotingExclusion  # of the colleague
    commissioner: Appointment
    leader: Appointment
    notice: Notice  # to the branch secretary
    failed: Notice  # to the colleague, not delivered
    day: CalendarDay
    mail: str
    more: dict[str, Any] = field(default_factory=dict)  # what the parts made


@replayed
def make_world() -> World:
    """Build it; the clock stands at ``TODAY``."""
    college = make_college()
    load_kinds()
    branch, secretary = college.branches[0], college.branch_secretary
    make_officer(college.branches[1], name="邻支部书记")
    colleague = _colleague(college)
    newcomer = make_person(branch, "预备党员", status=MemberStatus.PROBATIONARY, joined_on=datetime.date(2025, 6, 1))
    held = plan(secretary, branch, "members_meeting")
    kept_file = _file(college, held, "名单.png")
    confirmed = confirm(secretary, held, branch, leave={colleague.pk: LEAVE_REASON})
    planned = plan(secretary, branch, "members_meeting", starts_at=LATER, title="下半月党员大会")
    drafted = plan(secretary, branch, "committee_meeting", title="正在登记的支委会")
    drafted.sections.update(state=Section.State.DRAFT)
    in_group = plan(college.group_leader, branch, "group_meeting", group=college.group, title="第一党小组学习")
    AcademicTerm.objects.create(code="2025-2026-2", start=datetime.date(2026, 3, 2), end=datetime.date(2026, 7, 10))
    offices = Appointment.objects.filter(organisation=branch)
    return World(
        college=college,
        branch=branch,
        colleague=colleague,
        newcomer=newcomer,
        confirmed=confirmed,
        appraisal=_appraisal(college, colleague),
        planned=planned.sections.get(),
        drafted=drafted.sections.get(),
        group_planned=in_group.sections.get(),
        kept_file=kept_file,
        open_file=_file(college, planned, "议程.png"),
        task=_task("agreed:1", branch, office=Office.SECRETARY),
        group_task=_task("agreed:2", branch, office=Office.GROUP_LEADER, group_id=college.group.pk),
        exclusion=set_voting_exclusion(
            actor=secretary, person=colleague, ground="observation", started_on=datetime.date(2026, 6, 14)
        ),
        commissioner=offices.get(office=Office.ORGANISATION_COMMISSIONER),
        leader=offices.get(office=Office.GROUP_LEADER),
        notice=_notice(secretary.person, "task:1"),
        failed=_notice(colleague, "task:2", state=Notice.State.FAILED),
        day=CalendarDay.objects.create(date=datetime.date(2026, 6, 20), is_workday=True, name="补课"),
        mail=_mail(),
    )


def _colleague(college: SmallCollege) -> Person:
    colleague = college.members[0]
    Person.objects.filter(pk=colleague.pk).update(email=MEMBER_MAIL, mobile=MEMBER_MOBILE)
    colleague.refresh_from_db()
    set_excused(actor=college.branch_secretary, person=colleague, excused_reason=HEALTH_REASON)
    create_account(actor=make_admin(), person=colleague)
    return colleague


def _appraisal(college: SmallCollege, colleague: Person) -> Section:
    """A confirmed appraisal of the colleague."""
    gathering = plan(college.branch_secretary, college.branches[0], "democratic_appraisal", title="民主评议")
    people = [colleague, *college.members[1:3]]
    grades = ("excellent", "qualified", "qualified")
    rows = tuple(AppraisalRecord(person.pk, grade, **{grade: 8}) for person, grade in zip(people, grades, strict=True))
    return confirm(college.branch_secretary, gathering, college.branches[0], appraisals=rows)


def _file(college: SmallCollege, gathering: Gathering, name: str) -> Attachment:
    return add_attachment(
        actor=college.branch_secretary,
        gathering=gathering,
        organisation=college.branches[0],
        upload=SimpleUploadedFile(name, PNG),
    )


def _task(key: str, branch: Organisation, office: str, group_id: int | None = None) -> Task:
    window = {"window_start": datetime.date(2026, 6, 1), "due_on": datetime.date(2026, 6, 30)}
    spec = TaskSpec(
        natural_key=key,
        source="agreed_item",
        kind="agreed_item",
        title="制定学习计划",
        organisation_id=branch.pk,
        office=office,
        group_id=group_id,
        **window,
    )
    open_tasks(specs=[spec])
    return Task.objects.get(natural_key=key)


def _notice(person: Person | None, subject: str, state: str = Notice.State.PENDING) -> Notice:
    assert person is not None
    owe(
        messages=[
            Message(
                person_id=person.pk,
                kind=Notice.Kind.DUE_SOON,
                subject=subject,
                day=TODAY,
                title="制定学习计划",
                url="/meetings/",
            )
        ]
    )
    Notice.objects.filter(person=person, subject=subject).update(state=state)
    return Notice.objects.get(person=person, subject=subject)


def _mail() -> str:
    """One mail in the demo's folder; its name."""
    backend = get_connection("notices.mailbox.MailFolderBackend")
    backend.send_messages([EmailMessage("今晚的提醒", "您有事项即将到期。", to=["someone@test.example"])])
    return mailbox.names()[0]
