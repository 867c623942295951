"""Forms that put right what was entered wrongly, and one that ends an exclusion from the voting base."""

from __future__ import annotations

import datetime
from typing import Any

from orgs.models import Office, VotingExclusion
from tests.orgs.places import Done, Place, Refused, code, colleague, commissioner, leader, reload

JUNE = datetime.date(2026, 6, 1)


def exclusion(place: Place) -> VotingExclusion:
    """The colleague is out of the voting base since 1 June."""
    facts = {"ground": "observation", "started_on": JUNE}
    return VotingExclusion.objects.get_or_create(person=place.colleague, defaults=facts)[0]


def the_exclusion(place: Place) -> list[Any]:
    return [place.colleague.number, exclusion(place).pk]


def details(place: Place, **changes: str) -> dict[str, str]:
    """What the form of the colleague's details sends."""
    return {
        "name": place.colleague.name,
        "kind": "staff",
        "joined_on": "2010-07-01",
        "formal_on": "2011-07-01",
        "email": "right@test.example",
        "mobile": "13900001111",
        "reason": "登记有误",
        **changes,
    }


def of_organisation(**changes: str) -> dict[str, str]:
    return {"kind": "staff", "founded_on": "2012-09-01", "term_start": "2024-01-01", "reason": "登记有误", **changes}


CORRECTED = [
    Done(
        "organisation_correct",
        code,
        lambda p: of_organisation(kind="student", note="与团委合署"),
        "已更正，原来的内容保留在变动记录里。",
        lambda p: (reload(p.branch).kind, reload(p.branch).note) == ("student", "与团委合署"),
    ),
    Done(
        "office_correct",
        commissioner,
        lambda p: {"started_on": "2024-03-01", "reason": "任职文件日期"},
        "已更正，权限按新的任期生效。",
        lambda p: p.office_of(Office.ORGANISATION_COMMISSIONER).started_on == datetime.date(2024, 3, 1),
    ),
    Done(
        "office_correct",
        leader,
        lambda p: {"started_on": "2024-02-01", "ended_on": "2026-06-30", "reason": "任期到月底"},
        "已更正，权限按新的任期生效。",
        lambda p: p.office_of(Office.GROUP_LEADER).ended_on == datetime.date(2026, 6, 30),
        role="branch_secretary",
    ),
    Done(
        "person_details",
        colleague,
        lambda p: details(p, name="党员一"),
        "已更正。",
        lambda p: (reload(p.colleague).name, reload(p.colleague).email) == ("党员一", "right@test.example"),
        role="commissioner",
    ),
    Done(
        "voting_exclusion_end",
        the_exclusion,
        lambda p: {"ended_on": "2026-06-14"},
        "已登记。",
        lambda p: exclusion(p).ended_on == datetime.date(2026, 6, 14),
        role="branch_secretary",
    ),
]

NOT_CORRECTED = [
    Refused(
        "organisation_correct",
        code,
        lambda p: of_organisation(term_years="11"),
        {"term_years": ["确保该值小于或等于10。"]},
    ),
    Refused(
        "office_correct",
        commissioner,
        lambda p: {"started_on": "2024-03-01", "ended_on": "2024-02-01", "reason": "任职文件日期"},
        {"ended_on": ["离任日期不能早于任职日期。"]},
    ),
    Refused(
        "person_details",
        colleague,
        lambda p: details(p, email=p.college.branch_secretary.email),
        {"email": ["这个邮箱已被别人使用，请换一个。"]},
    ),
    Refused(
        "person_details",
        colleague,
        lambda p: details(p, formal_on="2010-06-30"),
        {"formal_on": ["转正日期不能早于入党日期 2010-07-01。"]},
    ),
    Refused(
        "voting_exclusion_end",
        the_exclusion,
        lambda p: {"ended_on": exclusion(p) and "2026-05-31"},
        {"ended_on": ["结束日期不能早于开始日期 2026-06-01。"]},
    ),
]
