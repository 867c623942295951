"""Schemes of scoring, marks and what is entered beside them: rules for everybody, drafts and decisions for the office."""

from __future__ import annotations

import copy
import datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from meetings.models import Section
from scoring import bodies
from scoring.models import Scheme
from scoring.services.bonuses import Achievement, claim_bonus
from scoring.services.exemptions import ask_exemption
from scoring.services.penalties import register_penalty
from scoring.services.reviewers import assign_reviewer
from scoring.services.schemes import import_scheme
from scoring.services.versions import publish_version, start_draft
from scoring.services.vetoes import register_veto
from tests.access.address import HOLDS_VIEW, NOBODY, NOT_OFFERED, OFFICE, OFFICERS, SEES, SIGNED_IN, Address
from tests.access.world import PNG, World
from tests.meetings.making import plan
from tests.scoring.rules_making import RUBRIC, raw

YEAR = 2024  # no other part has schemes of that year
DAY = datetime.date(YEAR, 5, 6)
REVIEWER = frozenset({"general_secretary"})
UNITS = OFFICERS | {"outsider"}


def build(world: World) -> dict[str, Any]:
    """A scheme of branches in force with everything entered about ZB101, one of general branches with a new draft."""
    college = world.college
    rules, drafted = _in_force(world, "BR-PART", "branch"), _in_force(world, "GB-PART", "general_branch")
    person = college.general_secretary.person
    assert person is not None
    seat = assign_reviewer(actor=college.office, scheme=rules, code=RUBRIC, person=person)
    facts = Achievement("J4", "样板支部", "校发1号", "学校", DAY)
    target: dict[str, Any] = {"scheme": rules, "organisation": world.branch}
    unit, office = {**target, "actor": college.branch_secretary}, {**target, "actor": college.office}
    penalty = register_penalty(**office, code="K4", happened_on=DAY, reason="校纪2号")
    return {
        "rules": rules,
        "rules_version": rules.versions.get(),
        "drafted": drafted,
        "rules_draft": start_draft(actor=college.office, scheme=drafted),
        "only_draft": import_scheme(
            actor=college.office,
            organisation=college.committee,
            raw=raw(code="X-PART", year=YEAR, applies_to="committee"),
        ).scheme,
        "seat": seat,
        "claim": claim_bonus(**unit, facts=facts, upload=SimpleUploadedFile("奖状.png", PNG)),
        "penalty": penalty,
        "veto": register_veto(**office, code="V6", reason="连续两季未开", decision=_decision(world)),
        "exemption": ask_exemption(**unit, code=RUBRIC, reason="支部刚成立"),
    }


def _in_force(world: World, code: str, level: str) -> Scheme:
    college = world.college
    content = copy.deepcopy({"code": code, "year": YEAR, "applies_to": level})
    made = import_scheme(actor=college.office, organisation=college.committee, raw=raw(**content))
    seen = bodies.digest(made.body)
    publish_version(actor=college.committee_secretary, version=made, seen=seen, note="党委会通过")
    return Scheme.objects.select_related("organisation").get(pk=made.scheme_id)


def _decision(world: World) -> Section:
    college = world.college
    section = plan(
        college.committee_secretary, college.committee, "party_committee_meeting", title="认定会"
    ).sections.get()
    Section.objects.filter(pk=section.pk).update(state=Section.State.CONFIRMED)
    return Section.objects.select_related("kind").get(pk=section.pk)


def _of(name: str, *more: Any) -> Any:
    return lambda world: [world.more[name].pk, *more]


def _act(what: str, name: str, verb: str) -> Any:
    return lambda world: [what, world.more[name].pk, verb]


RULES, DRAFTED, VERSION, DRAFT = _of("rules"), _of("drafted"), _of("rules_version"), _of("rules_draft")

ADDRESSES = [
    Address("scoring:scheme_list"),
    Address("scoring:scheme_import", may=OFFICE, post=400),
    Address("scoring:scheme_detail", RULES),
    Address("scoring:scheme_detail", _of("only_draft"), may=OFFICE, sees=OFFICE),
    Address("scoring:version_start", RULES, OFFICE, SIGNED_IN, NOT_OFFERED, 302),
    Address("scoring:version_start", DRAFTED, OFFICE, SIGNED_IN, NOT_OFFERED, 409),
    Address("scoring:scheme_reviewers", RULES, may=OFFICE, post=400),
    Address("scoring:reviewer_remove", _of("seat"), OFFICE, SIGNED_IN, NOT_OFFERED, 302),
    Address("scoring:version_detail", VERSION),
    Address("scoring:version_detail", DRAFT, may=OFFICE, sees=OFFICE),
    Address("scoring:version_export", VERSION),
    Address("scoring:version_export", DRAFT, may=OFFICE, sees=OFFICE),
    Address("scoring:version_changes", VERSION),
    Address("scoring:version_changes", DRAFT, may=OFFICE, sees=OFFICE),
    *(
        Address(f"scoring:{name}", _of("rules_draft", *more), may=OFFICE, sees=OFFICE, post=400)
        for name, more in (
            ("version_facts", ()),
            ("block_new", ()),
            ("block_edit", ("A",)),
            ("indicator_new", ()),
            ("indicator_edit", ("B2",)),
            ("version_section", ("bonus",)),
            ("version_section", ("penalty",)),
            ("version_section", ("veto",)),
            ("version_section", ("bands",)),
            ("version_publish", ()),
        )
    ),
    Address("scoring:version_facts", VERSION, may=OFFICE, get=302, post=400),
    Address("scoring:version_publish", VERSION, may=OFFICE, get=302, post=400),
    Address("scoring:indicator_edit", _of("rules_draft", "Z9"), may=NOBODY, sees=NOBODY, post=404),
    Address("scoring:version_section", _of("rules_draft", "nothing"), may=NOBODY, sees=NOBODY, post=404),
    Address("scoring:version_arrange", DRAFT, OFFICE, OFFICE, NOT_OFFERED, 400),
    Address("scoring:version_arrange", VERSION, OFFICE, SIGNED_IN, NOT_OFFERED, 400),
    Address("scoring:version_delete", DRAFT, OFFICE, OFFICE, NOT_OFFERED, 302),
    Address("scoring:version_delete", VERSION, OFFICE, SIGNED_IN, NOT_OFFERED, 409),
    # --- marks: the seat alone opens the screen
    Address("scoring:marking_list"),
    Address("scoring:marking_page", _of("rules", RUBRIC), may=REVIEWER, sees=REVIEWER, post=302),
    Address("scoring:marking_page", _of("rules", "B1"), may=NOBODY, sees=NOBODY, post=404),
    # --- what is entered beside them
    Address("scoring:entries", RULES, may=HOLDS_VIEW),
    Address("scoring:entry_new", _of("rules", "bonus"), may=UNITS, post=400),
    Address("scoring:entry_new", _of("rules", "exemption"), may=UNITS, post=400),
    Address("scoring:entry_new", _of("rules", "penalty"), may=OFFICE, post=400),
    Address("scoring:entry_new", _of("rules", "veto"), may=OFFICE, post=400),
    Address("scoring:entry_new", _of("rules", "nothing"), may=NOBODY, sees=NOBODY, post=404),
    Address("scoring:entry_act", _act("bonus", "claim", "accept"), may=OFFICE, sees=SEES, post=302),
    Address("scoring:entry_act", _act("bonus", "claim", "refuse"), may=OFFICE, sees=SEES, post=400),
    Address("scoring:entry_act", _act("bonus", "claim", "withdraw"), may=OFFICERS, sees=SEES, post=302),
    Address("scoring:entry_act", _act("bonus", "claim", "destroy"), may=NOBODY, sees=NOBODY, post=404),
    Address("scoring:entry_act", _act("penalty", "penalty", "withdraw"), may=OFFICE, sees=SEES, post=400),
    Address("scoring:entry_act", _act("veto", "veto", "withdraw"), may=OFFICE, sees=SEES, post=400),
    Address("scoring:entry_act", _act("exemption", "exemption", "accept"), may=OFFICE, sees=SEES, post=302),
    Address("scoring:entry_act", _act("exemption", "exemption", "refuse"), may=OFFICE, sees=SEES, post=400),
    Address("scoring:bonus_file", _of("claim"), may=SEES, sees=SEES),
]
