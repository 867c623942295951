"""Bonus, penalty, veto and exemption: who, in which state, with which proof, never for oneself."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from common.errors import Conflict, DomainError, InvalidInput, NotAllowed
from meetings.models import Section
from orgs.models import Department
from orgs.services.appointments import appoint
from scoring.models import BonusClaim, PenaltyEntry, Recalculation, Scheme, Stage, UnitExemption, VetoEntry
from scoring.selectors.marking import decisions_for, entries_of
from scoring.services.bonuses import MOST_CLAIMS, Achievement, claim_bonus, decide_bonus, withdraw_bonus
from scoring.services.exemptions import ask_exemption, decide_exemption
from scoring.services.penalties import register_penalty, withdraw_penalty
from scoring.services.vetoes import register_veto, withdraw_veto
from tests.access.world import PNG
from tests.factories import ROLES, SINCE, SmallCollege, make_admin, make_department_officer, make_officer
from tests.meetings.making import confirm, kind, plan
from tests.scoring.rules_making import BODY, RUBRIC, at_stage, in_force

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 5, 1)


@pytest.fixture
def scheme(college: SmallCollege) -> Scheme:
    """In force."""
    made = in_force(college)
    Recalculation.objects.all().delete()
    return made


def facts(**values: Any) -> Achievement:
    return Achievement(**{
        "code": "J4", "achievement": "样板支部", "document_number": "校发〔2026〕1号", "issuer": "学校党委", "issued_on": DAY,
    } | values)  # fmt: skip


def claim(college: SmallCollege, scheme: Scheme, **values: Any) -> BonusClaim:
    more = {name: values.pop(name) for name in ("actor", "organisation", "upload") if name in values}
    sent = {"actor": college.branch_secretary, "organisation": college.branches[0]} | more
    return claim_bonus(scheme=scheme, facts=facts(**values), **sent)


def decided(college: SmallCollege, claim: BonusClaim, accept: bool = True, actor: Any = None) -> BonusClaim:
    return decide_bonus(actor=actor or college.office, claim=claim, accept=accept, decision="看过文件")


def meeting(college: SmallCollege, **changes: Any) -> Section:
    """A confirmed committee meeting of the root committee."""
    deputy = make_officer(college.committee, "organisation_commissioner", home=college.branches[1])
    assert deputy.person is not None
    gathering = plan(college.committee_secretary, college.committee, "party_committee_meeting", title="党委会")
    section = gathering.sections.get()
    Section.objects.filter(pk=section.pk).update(state=Section.State.CONFIRMED, **changes)
    return Section.objects.select_related("kind", "gathering").get(pk=section.pk)


# --- bonus


def test_a_claim_is_accepted_by_the_office_and_asks_for_the_sheet(college: SmallCollege, scheme: Scheme) -> None:
    made = claim(college, scheme)
    assert (made.state, made.claimed_by) == ("claimed", college.branch_secretary.person)
    assert not Recalculation.objects.exists()
    made = decided(college, made)
    assert (made.state, made.decided_by, made.decision) == ("accepted", college.office.person, "看过文件")
    assert list(Recalculation.objects.values_list("organisation__code", flat=True)) == ["ZB101"]


@pytest.mark.parametrize("role", ROLES)
def test_only_the_unit_claims(college: SmallCollege, scheme: Scheme, role: str) -> None:
    if role in ("branch_secretary", "commissioner"):
        assert claim(college, scheme, actor=getattr(college, role)).pk
    else:
        with pytest.raises(NotAllowed):
            claim(college, scheme, actor=getattr(college, role))
        assert not BonusClaim.objects.exists()


@pytest.mark.parametrize("role", ROLES)
def test_only_the_office_decides(college: SmallCollege, scheme: Scheme, role: str) -> None:
    made = claim(college, scheme)
    if role in ("committee_secretary", "office"):
        assert decided(college, made, actor=getattr(college, role)).state == "accepted"
    else:
        with pytest.raises(NotAllowed):
            decided(college, made, actor=getattr(college, role))
        assert BonusClaim.objects.get().state == "claimed"


def test_the_claimant_and_officers_of_the_unit_never_decide(college: SmallCollege, scheme: Scheme) -> None:
    # An officer of the organisation department who is also a branch's commissioner.
    both = make_officer(college.branches[0], "discipline_commissioner", home=college.branches[0])
    assert both.person is not None
    other = make_department_officer(college.committee, college.branches[1], name="另一干事")
    department = Department.objects.get(code="BM-organisation")
    appoint(actor=make_admin(), person=both.person, office="staff", department=department, started_on=SINCE)
    own = claim(college, scheme, actor=both)
    with pytest.raises(NotAllowed, match="不能核定自己申报的"):
        decided(college, own, actor=both)
    colleagues = claim(college, scheme, document_number="2号")
    with pytest.raises(NotAllowed, match="任职，按回避规定"):
        decided(college, colleagues, actor=both)
    assert decided(college, own, actor=other).state == "accepted"


DECISIONS = [
    ("claimed", True, "accepted"),
    ("claimed", False, "refused"),
    ("accepted", False, "refused"),
    ("accepted", True, None),
    ("refused", True, None),
    ("refused", False, None),
    ("withdrawn", True, None),
    ("withdrawn", False, None),
]


@pytest.mark.parametrize(("state", "accept", "new"), DECISIONS)
def test_which_claims_may_be_decided(
    college: SmallCollege, scheme: Scheme, state: str, accept: bool, new: str | None
) -> None:
    made = claim(college, scheme)
    BonusClaim.objects.update(state=state)
    if new:
        assert decided(college, made, accept).state == new
    else:
        with pytest.raises(Conflict, match="已经处理过"):
            decided(college, made, accept)
        assert BonusClaim.objects.get().state == state


@pytest.mark.parametrize("state", BonusClaim.State.values)
def test_only_what_is_not_decided_is_withdrawn(college: SmallCollege, scheme: Scheme, state: str) -> None:
    made = claim(college, scheme)
    BonusClaim.objects.update(state=state)
    if state == "claimed":
        assert withdraw_bonus(actor=college.commissioner, claim=made).state == "withdrawn"
        assert claim(college, scheme).pk != made.pk
    else:
        with pytest.raises(Conflict):
            withdraw_bonus(actor=college.branch_secretary, claim=made)


def test_a_refusal_says_why(college: SmallCollege, scheme: Scheme) -> None:
    with pytest.raises(InvalidInput) as caught:
        decide_bonus(actor=college.office, claim=claim(college, scheme), accept=False, decision=" ")
    assert list(caught.value.errors) == ["decision"]


def test_one_document_is_claimed_once_however_often_it_is_sent(college: SmallCollege, scheme: Scheme) -> None:
    claim(college, scheme)
    with pytest.raises(Conflict, match="已经申报过"):
        claim(college, scheme)
    assert BonusClaim.objects.count() == 1


def test_wrong_input_is_named_by_field(college: SmallCollege, scheme: Scheme) -> None:
    with pytest.raises(InvalidInput) as caught:
        claim(college, scheme, code="J9", achievement=" ", issuer="", issued_on=datetime.date(2025, 12, 31))
    assert sorted(caught.value.errors) == ["achievement", "code", "issued_on", "issuer"]
    with pytest.raises(InvalidInput) as caught:
        claim(college, scheme, issued_on=datetime.date(2026, 6, 16))
    assert "今天以后" in caught.value.errors["issued_on"]


def test_a_scan_is_needed_where_the_rules_say_so_and_must_be_one(college: SmallCollege) -> None:
    made = in_force(college, bonus=BODY["bonus"] | {"proof": ["文件编号", "扫描件"]})
    with pytest.raises(InvalidInput) as caught:
        claim(college, made)
    assert list(caught.value.errors) == ["upload"]
    with pytest.raises(InvalidInput) as caught:
        claim(college, made, upload=SimpleUploadedFile("奖.png", b"<script>alert(1)</script>"))
    assert list(caught.value.errors) == ["upload"]
    kept = claim(college, made, upload=SimpleUploadedFile("../奖.exe", PNG))
    assert (kept.file_name, kept.content_type) == ("奖.exe.png", "image/png")
    assert kept.file.read() == PNG
    assert BonusClaim.objects.get().file.name == kept.file.name


def test_claims_of_a_unit_are_limited(college: SmallCollege, scheme: Scheme) -> None:
    for number in range(MOST_CLAIMS):
        claim(college, scheme, document_number=f"{number}号")
    with pytest.raises(Conflict, match="达到上限"):
        claim(college, scheme, document_number="又一号")


def test_of_one_achievement_the_highest_award_counts(college: SmallCollege, scheme: Scheme) -> None:
    low = decided(college, claim(college, scheme))
    high = decided(college, claim(college, scheme, code="J3", document_number="市发3号"))
    other = decided(college, claim(college, scheme, achievement="别的成果", document_number="校发2号"))
    rows = entries_of(college.office, scheme).claims
    assert [(row.claim.pk, row.points, row.is_counted) for row in rows] == [
        (low.pk, Decimal("0.5"), False),
        (high.pk, Decimal(2), True),
        (other.pk, Decimal("0.5"), True),
    ]


# --- penalty


def penalise(college: SmallCollege, scheme: Scheme, **values: Any) -> PenaltyEntry:
    sent = {"actor": college.office, "organisation": college.branches[0], "code": "K4", "happened_on": DAY} | values
    return register_penalty(scheme=scheme, **({"reason": "校纪〔2026〕2号"} | sent))


def test_a_penalty_is_registered_and_taken_back_with_a_reason(college: SmallCollege, scheme: Scheme) -> None:
    made = penalise(college, scheme, times=2)
    assert (made.times, made.registered_by) == (2, college.office.person)
    rows = entries_of(college.office, scheme).penalties
    assert [(entry.pk, name, points) for entry, name, points in rows] == [(made.pk, "弄虚作假", Decimal(-10))]
    with pytest.raises(Conflict, match="已经登记过"):
        penalise(college, scheme, times=2)
    with pytest.raises(InvalidInput):
        withdraw_penalty(actor=college.office, entry=made, reason=" ")
    gone = withdraw_penalty(actor=college.committee_secretary, entry=made, reason="复核不实")
    assert (gone.is_withdrawn, gone.withdrawn_reason) == (True, "复核不实")
    with pytest.raises(Conflict, match="已经撤销"):
        withdraw_penalty(actor=college.office, entry=made, reason="再撤")
    assert penalise(college, scheme).pk != made.pk


@pytest.mark.parametrize("role", [role for role in ROLES if role not in ("office", "committee_secretary")])
def test_only_the_office_penalises_and_vetoes(college: SmallCollege, scheme: Scheme, role: str) -> None:
    actor = getattr(college, role)
    with pytest.raises(NotAllowed):
        penalise(college, scheme, actor=actor)
    with pytest.raises(NotAllowed):
        veto(college, scheme, actor=actor)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"code": "K9"}, "code"),
        ({"happened_on": datetime.date(2025, 12, 31)}, "happened_on"),
        ({"happened_on": datetime.date(2026, 6, 16)}, "happened_on"),
        ({"times": 0}, "times"),
        ({"times": 1000}, "times"),
        ({"reason": ""}, "reason"),
        ({"reason": "长" * 501}, "reason"),
    ],
)
def test_a_penalty_needs_its_facts(college: SmallCollege, scheme: Scheme, values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        penalise(college, scheme, **values)
    assert list(caught.value.errors) == [field]
    assert not PenaltyEntry.objects.exists()


# --- veto


def veto(college: SmallCollege, scheme: Scheme, **values: Any) -> VetoEntry:
    if "decision" not in values:
        values["decision"] = meeting(college)
    sent = {
        "actor": college.office,
        "organisation": college.branches[0],
        "code": "V6",
        "reason": "连续两季未开",
    } | values
    return register_veto(scheme=scheme, **sent)


def test_a_veto_needs_the_committees_meeting(college: SmallCollege, scheme: Scheme) -> None:
    section = meeting(college)
    assert list(decisions_for(scheme)) == [section]
    made = veto(college, scheme, decision=section)
    assert (made.decision, made.registered_by) == (section, college.office.person)
    with pytest.raises(Conflict, match="已经登记过"):
        veto(college, scheme, decision=section)
    withdraw_veto(actor=college.office, entry=made, reason="党委会重新认定")
    assert veto(college, scheme, decision=section).pk != made.pk


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "study_session"},
        {"state": Section.State.DRAFT},
        {"state": Section.State.RETURNED},
        {"held_on": datetime.date(2025, 12, 31)},
    ],
)
def test_a_meeting_that_cannot_decide_or_is_not_confirmed_or_too_early_decides_nothing(
    college: SmallCollege, scheme: Scheme, changes: dict[str, Any]
) -> None:
    section = meeting(college)
    if "kind" in changes:
        changes = {"kind": kind(changes["kind"])}
    Section.objects.filter(pk=section.pk).update(**changes)
    section = Section.objects.select_related("kind").get(pk=section.pk)
    with pytest.raises(InvalidInput) as caught:
        veto(college, scheme, decision=section)
    assert list(caught.value.errors) == ["decision"]
    assert list(decisions_for(scheme)) == []


def test_another_organisations_meeting_decides_nothing(college: SmallCollege, scheme: Scheme) -> None:
    gathering = plan(college.branch_secretary, college.branches[0], "members_meeting")
    section = confirm(college.branch_secretary, gathering, college.branches[0])
    with pytest.raises(InvalidInput):
        veto(college, scheme, decision=section)


# --- exemption


def asked(college: SmallCollege, scheme: Scheme, **values: Any) -> UnitExemption:
    sent = {"actor": college.branch_secretary, "organisation": college.branches[0], "code": RUBRIC} | values
    return ask_exemption(scheme=scheme, **({"reason": "支部刚成立"} | sent))


# --- stages

COMMANDS: dict[str, Callable[..., Any]] = {"bonus": claim, "penalty": penalise, "veto": veto, "exemption": asked}


@pytest.mark.parametrize("what", COMMANDS)
@pytest.mark.parametrize("stage", Stage.values)
def test_entries_are_open_until_the_check_and_a_veto_until_approval(
    college: SmallCollege, scheme: Scheme, stage: str, what: str
) -> None:
    scheme = at_stage(scheme, stage)
    is_open = stage in ("running", "statement", "review", "check") or (what, stage) == ("veto", "approval")
    if is_open:
        assert COMMANDS[what](college, scheme).pk
    else:
        with pytest.raises(Conflict):
            COMMANDS[what](college, scheme)


@pytest.mark.parametrize("stage", [Stage.PUBLISHED, Stage.FINAL])
def test_published_results_close_every_decision(college: SmallCollege, scheme: Scheme, stage: str) -> None:
    rows = [claim(college, scheme), penalise(college, scheme), veto(college, scheme), asked(college, scheme)]
    at_stage(scheme, stage)
    office, secretary = college.office, college.branch_secretary
    acts: list[Callable[[], Any]] = [
        lambda: withdraw_bonus(actor=secretary, claim=rows[0]),
        lambda: decide_bonus(actor=office, claim=rows[0], accept=True, decision=""),
        lambda: withdraw_penalty(actor=office, entry=rows[1], reason="撤"),
        lambda: withdraw_veto(actor=office, entry=rows[2], reason="撤"),
        lambda: decide_exemption(actor=office, exemption=rows[3], approve=True, decision=""),
    ]
    for act in acts:
        with pytest.raises(DomainError) as caught:
            act()
        assert isinstance(caught.value, Conflict)
        assert "已经公示" in caught.value.message


# --- who sees


def test_entries_are_seen_by_who_oversees_the_unit(college: SmallCollege, scheme: Scheme) -> None:
    claim(college, scheme), penalise(college, scheme), veto(college, scheme), asked(college, scheme)
    for role in ROLES:
        found = entries_of(getattr(college, role), scheme)
        sees = role in ("committee_secretary", "office", "general_secretary", "branch_secretary", "commissioner")
        counts = [len(rows) for rows in (found.claims, found.penalties, found.vetoes, found.exemptions)]
        assert counts == [sees] * 4, role
