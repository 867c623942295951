"""A small scheme of branches for tests: everything that people mark or enter, and no measure."""

from __future__ import annotations

import copy
from typing import Any

from common import clock
from orgs.models import Organisation, Person, User
from scoring import bodies, exchange
from scoring.models import ReviewerSeat, Scheme, SchemeVersion
from scoring.services.reviewers import assign_reviewer
from scoring.services.schemes import import_scheme
from scoring.services.versions import publish_version
from tests.factories import SmallCollege

BODY: dict[str, Any] = {
    "code": "BR-TEST",
    "name": "支部考核",
    "year": 2026,
    "applies_to": "branch",
    "full_mark": 100,
    "blocks": [
        {
            "code": "A",
            "name": "作用发挥",
            "points": 60,
            "indicators": [
                {
                    "code": "A1",
                    "name": "特色成效",
                    "points": 60,
                    "kind": "rubric",
                    "source": "manual",
                    "params": {"levels": [{"name": "突出", "s": 60}, {"name": "一般", "s": 30.5}]},
                    "reviewer": "组织部",
                }
            ],
        },
        {
            "code": "B",
            "name": "核对",
            "points": 40,
            "indicators": [
                {
                    "code": "B1",
                    "name": "警示教育",
                    "points": 30,
                    "kind": "checklist",
                    "source": "manual",
                    "params": {
                        "items": [
                            {"code": "a", "t": "每学期1次", "p": 20},
                            {"code": "b", "t": "台账完整", "p": 10},
                        ]
                    },
                },
                {
                    "code": "B2",
                    "name": "记录真实",
                    "points": 10,
                    "kind": "deduct",
                    "source": "mixed",
                    "params": {"event": "查实的代签", "per_event": 1.5, "floor": 0},
                },
            ],
        },
    ],
    "bonus": {
        "cap": 3,
        "stacking": "highest_per_item",
        "table": [
            {"code": "J3", "name": "市级荣誉", "points": 2},
            {"code": "J4", "name": "校级荣誉", "points": 0.5},
        ],
    },
    "penalty": {"cap": -10, "table": [{"code": "K4", "name": "弄虚作假", "points": -5, "per": "件"}]},
    "veto": {"decided_by": "党委会", "items": [{"code": "V6", "name": "连续两季未开大会"}]},
    "bands": [
        {"name": "五星", "min": 90, "quota_max_ratio": 0.5, "quota_round": "floor"},
        {"name": "四星", "min": 0, "quota_round": "floor"},
    ],
}
RUBRIC, CHECKLIST, DEDUCT = "A1", "B1", "B2"


def body(**changes: Any) -> dict[str, Any]:
    """A copy of the body with other top fields."""
    return copy.deepcopy(BODY) | changes


def raw(**changes: Any) -> bytes:
    """It as a YAML file."""
    return exchange.written(body(**changes)).encode()


def draft(college: SmallCollege, **changes: Any) -> SchemeVersion:
    """Imported by the officer of the organisation department."""
    return import_scheme(actor=college.office, organisation=college.committee, raw=raw(**changes))


def publish(college: SmallCollege, version: SchemeVersion, note: str = "党委会通过") -> SchemeVersion:
    """Published by the secretary of the committee, who did not write it."""
    seen = bodies.digest(version.body)
    return publish_version(actor=college.committee_secretary, version=version, seen=seen, note=note)


def in_force(college: SmallCollege, **changes: Any) -> Scheme:
    """A scheme with a version in force, in its first stage."""
    return Scheme.objects.select_related("organisation").get(pk=publish(college, draft(college, **changes)).scheme_id)


def seat(college: SmallCollege, scheme: Scheme, user: User, code: str = RUBRIC) -> ReviewerSeat:
    """Let the person of ``user`` mark an indicator."""
    person = user.person
    assert isinstance(person, Person)
    return assign_reviewer(actor=college.office, scheme=scheme, code=code, person=person)


def at_stage(scheme: Scheme, stage: str) -> Scheme:
    """The scheme moved to a stage, without the steps between."""
    Scheme.objects.filter(pk=scheme.pk).update(stage=stage, stage_since=clock.now())
    return Scheme.objects.select_related("organisation").get(pk=scheme.pk)


def fresh(organisation: Organisation) -> Organisation:
    """The organisation as the database has it."""
    return Organisation.objects.get(pk=organisation.pk)
