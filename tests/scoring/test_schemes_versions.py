"""Schemes through their life: imported, edited by two at once, published by another, superseded, frozen."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from common.errors import Conflict, InvalidInput, NotAllowed
from common.measures import Gives
from scoring import bodies, registry
from scoring.definition_parts import DefinitionFault
from scoring.models import Recalculation, ReviewerSeat, Scheme, SchemeVersion, Stage, StageEvent
from scoring.selectors.schemes import changes_from, scheme_rows, seat_lines, version_page, visible_versions
from scoring.services import parts
from scoring.services.bonuses import Achievement, claim_bonus, decide_bonus
from scoring.services.reviewers import assign_reviewer, remove_reviewer
from scoring.services.schemes import import_scheme, load_schemes
from scoring.services.versions import Stale, delete_draft, publish_version, start_draft
from tests.factories import ROLES, SmallCollege, make_admin
from tests.scoring.rules_making import BODY, at_stage, body, draft, in_force, publish, raw, seat

pytestmark = pytest.mark.django_db
State = SchemeVersion.State


def seen_of(version: SchemeVersion) -> str:
    return bodies.digest(SchemeVersion.objects.get(pk=version.pk).body)


# --- import


def test_a_file_becomes_a_draft_of_a_new_scheme(college: SmallCollege) -> None:
    made = draft(college)
    assert (made.number, made.state, made.drafted_by, made.body) == (1, State.DRAFT, college.office, BODY)
    scheme = made.scheme
    assert (scheme.code, scheme.year, scheme.applies_to, scheme.stage) == ("BR-TEST", 2026, "branch", Stage.DRAFT)
    assert made.history.get().history_user == college.office


def test_a_file_with_a_fault_writes_nothing_and_names_all_of_them(college: SmallCollege) -> None:
    with pytest.raises(DefinitionFault) as caught:
        draft(college, full_mark=90, bands=[{"name": "好", "min": 5}])
    assert [problem.path for problem in caught.value.problems] == ["blocks", "bands"]
    assert not Scheme.objects.exists()
    assert not SchemeVersion.objects.exists()


def test_a_measure_that_nobody_offers_is_a_fault(college: SmallCollege) -> None:
    blocks = body()["blocks"]
    blocks[1]["indicators"][1] |= {"source": "auto", "measure": "no.such"}
    with pytest.raises(DefinitionFault) as caught:
        draft(college, blocks=blocks)
    assert [problem.path for problem in caught.value.problems] == ["blocks.1.indicators.1.measure"]


def test_the_same_code_again_is_a_new_version_once_the_draft_is_published(college: SmallCollege) -> None:
    first = draft(college)
    with pytest.raises(Conflict, match="已有第1版草稿"):
        draft(college, name="又一次")
    publish(college, first)
    second = draft(college, name="改名")
    assert (second.scheme_id, second.number, second.state) == (first.scheme_id, 2, State.DRAFT)


def test_one_scheme_a_year_and_level(college: SmallCollege) -> None:
    in_force(college)
    with pytest.raises(Conflict, match="已有同一级别的方案“支部考核”（BR-TEST）"):
        draft(college, code="OTHER")
    with pytest.raises(InvalidInput, match="编码BR-TEST已用于2026年党支部"):
        draft(college, year=2027)
    assert draft(college, code="BR-2027", year=2027).number == 1


@pytest.mark.parametrize("role", [role for role in ROLES if role not in ("office", "committee_secretary")])
def test_only_who_configures_imports(college: SmallCollege, role: str) -> None:
    with pytest.raises(NotAllowed):
        import_scheme(actor=getattr(college, role), organisation=college.committee, raw=raw())


# --- publishing: four eyes, frozen, superseded


def test_publishing_begins_the_year_and_asks_for_every_sheet(college: SmallCollege) -> None:
    published = publish(college, draft(college), note="党委会2026-03通过")
    scheme = Scheme.objects.get()
    assert (published.state, published.published_by, published.note) == (
        State.PUBLISHED,
        college.committee_secretary,
        "党委会2026-03通过",
    )
    assert scheme.stage == Stage.RUNNING
    event = StageEvent.objects.get()
    assert (event.old, event.new, event.actor) == (Stage.DRAFT, Stage.RUNNING, college.committee_secretary)
    assert set(Recalculation.objects.values_list("organisation__code", flat=True)) == {"ZB101", "ZB102", "ZB201"}


def test_the_drafter_never_publishes(college: SmallCollege) -> None:
    made = draft(college)
    with pytest.raises(NotAllowed, match="拟稿人"):
        publish_version(actor=college.office, version=made, seen=seen_of(made), note="同意")
    assert SchemeVersion.objects.get().state == State.DRAFT


def test_who_changed_it_last_does_not_publish_either(college: SmallCollege) -> None:
    made, second = draft(college), college.committee_secretary
    parts.save_block(actor=second, version=made, seen=seen_of(made), code="A", name="实绩", points=60)
    for actor in (second, college.office):
        with pytest.raises(NotAllowed):
            publish_version(actor=actor, version=made, seen=seen_of(made), note="同意")
    publish_version(actor=make_admin(), version=made, seen=seen_of(made), note="同意")
    assert SchemeVersion.objects.get().body["blocks"][0]["name"] == "实绩"


def test_an_unsound_draft_is_not_published(college: SmallCollege) -> None:
    made = draft(college)
    parts.arrange(actor=college.office, version=made, seen=seen_of(made), what="indicator", code="B2", verb="remove")
    with pytest.raises(InvalidInput, match="还有1处问题"):
        publish(college, SchemeVersion.objects.get())
    page = version_page(SchemeVersion.objects.get())
    assert [(kind, code) for _problem, kind, code in page.problems] == [("block", "B")]
    assert [block.has_problem for block in page.blocks] == [False, True]


def test_a_reason_is_needed_and_what_was_read_is_what_is_published(college: SmallCollege) -> None:
    made = draft(college)
    with pytest.raises(InvalidInput, match="发布依据"):
        publish(college, made, note="  ")
    read = bodies.digest(made.body)
    parts.save_block(actor=college.office, version=made, seen=read, code="A", name="实绩", points=60)
    with pytest.raises(Stale):
        publish_version(actor=college.committee_secretary, version=made, seen=read, note="同意")
    assert SchemeVersion.objects.get().state == State.DRAFT


def test_a_later_change_is_a_new_version_with_its_differences(college: SmallCollege) -> None:
    scheme = in_force(college)
    second = start_draft(actor=college.office, scheme=scheme)
    with pytest.raises(Conflict, match="已有第2版草稿"):
        start_draft(actor=college.office, scheme=scheme)
    parts.save_block(actor=college.office, version=second, seen=seen_of(second), code="A", name="实绩", points=60)
    second.refresh_from_db()
    before, changes = changes_from(second)
    assert before is not None and before.number == 1
    assert [change.path for change in changes or []] == ["blocks.A.name"]
    publish(college, second, note="年中调整")
    states = dict(SchemeVersion.objects.values_list("number", "state"))
    assert states == {1: State.SUPERSEDED, 2: State.PUBLISHED}
    assert StageEvent.objects.count() == 1
    assert Scheme.objects.get().stage == Stage.RUNNING


VERBS: dict[str, Any] = {
    "edit": lambda c, v: parts.save_block(actor=c.office, version=v, seen=seen_of(v), code="A", name="新", points=60),
    "arrange": lambda c, v: parts.arrange(
        actor=c.office, version=v, seen=seen_of(v), what="block", code="A", verb="down"
    ),
    "publish": lambda c, v: publish_version(actor=make_admin(), version=v, seen=seen_of(v), note="发布"),
    "delete": lambda c, v: delete_draft(actor=c.office, version=v),
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", State.values)
def test_which_state_allows_what(college: SmallCollege, verb: str, state: str) -> None:
    made = draft(college)
    SchemeVersion.objects.update(state=state)
    if state == State.DRAFT:
        VERBS[verb](college, made)
    else:
        with pytest.raises(Conflict, match="已经发布并冻结"):
            VERBS[verb](college, made)
        assert SchemeVersion.objects.get().body == BODY


@pytest.mark.parametrize("verb", ["edit", "publish", "start"])
@pytest.mark.parametrize("stage", [Stage.APPROVAL, Stage.PUBLISHED, Stage.FINAL])
def test_published_results_close_the_rules(college: SmallCollege, verb: str, stage: str) -> None:
    scheme = in_force(college)
    second = start_draft(actor=college.office, scheme=scheme)
    if verb == "start":
        delete_draft(actor=college.office, version=second)
    scheme = at_stage(scheme, stage)
    with pytest.raises(Conflict):
        start_draft(actor=college.office, scheme=scheme) if verb == "start" else VERBS[verb](college, second)


def test_a_deleted_draft_takes_a_scheme_along_that_was_never_published(college: SmallCollege) -> None:
    delete_draft(actor=college.office, version=draft(college))
    assert not Scheme.objects.exists()
    scheme = in_force(college)
    delete_draft(actor=college.office, version=start_draft(actor=college.office, scheme=scheme))
    assert SchemeVersion.objects.get().state == State.PUBLISHED


def test_an_award_in_use_stays_in_the_rules(college: SmallCollege) -> None:
    scheme = in_force(college)
    facts = Achievement("J4", "样板", "校发1号", "学校", datetime.date(2026, 5, 1))
    claim = claim_bonus(actor=college.branch_secretary, scheme=scheme, organisation=college.branches[0], facts=facts)
    decide_bonus(actor=college.office, claim=claim, accept=True, decision="")
    second = start_draft(actor=college.office, scheme=scheme)
    table = BODY["bonus"]["table"][:1]
    value = BODY["bonus"] | {"table": table}
    parts.save_section(actor=college.office, version=second, seen=seen_of(second), section="bonus", value=value)
    with pytest.raises(InvalidInput, match="J4"):
        publish(college, SchemeVersion.objects.get(pk=second.pk))


def test_schemes_that_take_each_others_scores_are_refused(college: SmallCollege) -> None:
    value = next(code for code, gives in registry.given().items() if gives == Gives.VALUE)

    def taking(other: str) -> list[dict[str, Any]]:
        blocks = body()["blocks"]
        blocks[0]["indicators"][0] = {
            "code": "A1", "name": "折算", "points": 60, "kind": "imported", "source": "auto", "measure": value,
            "params": {"from": "另一张表", "from_full": 100, "scheme": other},
        }  # fmt: skip
        return blocks

    in_force(college, code="ONE", blocks=taking("TWO"))
    second = draft(college, code="TWO", applies_to="general_branch", blocks=taking("ONE"))
    with pytest.raises(InvalidInput, match="循环"):
        publish(college, second)
    assert [kind for _problem, kind, _code in version_page(second).problems] == ["facts"]


# --- two people at once


def test_the_second_of_two_writers_is_told_and_may_send_again(college: SmallCollege) -> None:
    made = draft(college)
    read = bodies.digest(made.body)
    parts.save_block(actor=college.office, version=made, seen=read, code="A", name="甲改的", points=60)
    with pytest.raises(Stale, match="另一个人刚改过"):
        parts.save_block(actor=college.committee_secretary, version=made, seen=read, code="B", name="乙改的", points=40)
    again = {"version": made, "seen": seen_of(made), "code": "B", "name": "乙改的", "points": 40}
    parts.save_block(actor=college.committee_secretary, **again)
    assert [block["name"] for block in SchemeVersion.objects.get().body["blocks"]] == ["甲改的", "乙改的"]


def test_the_same_edit_sent_twice_is_written_once(college: SmallCollege) -> None:
    made = draft(college)
    read = bodies.digest(made.body)
    for _click in range(2):
        parts.save_block(actor=college.office, version=made, seen=read, code="A", name="实绩", points=60)
    assert made.history.count() == 2


def test_a_part_removed_by_another_is_said(college: SmallCollege) -> None:
    made = draft(college)
    sent = {"actor": college.office, "version": made, "what": "indicator", "code": "B2", "verb": "remove"}
    parts.arrange(seen=seen_of(made), **sent)
    with pytest.raises(Conflict, match="已被别人删去"):
        parts.arrange(seen=seen_of(made), **sent)


def test_a_part_that_is_wrong_by_itself_is_not_written(college: SmallCollege) -> None:
    made = draft(college)
    rubric = BODY["blocks"][0]["indicators"][0]
    low = rubric | {"points": 61}
    with pytest.raises(InvalidInput) as caught:
        parts.save_indicator(actor=college.office, version=made, seen=seen_of(made), block="A", indicator=low)
    assert list(caught.value.errors) == ["levels"]
    with pytest.raises(InvalidInput) as caught:
        bands = [{"name": "好", "min": 1}]
        parts.save_section(actor=college.office, version=made, seen=seen_of(made), section="bands", value=bands)
    assert list(caught.value.errors) == ["bands"]
    with pytest.raises(InvalidInput, match="已经用过"):
        parts.save_block(
            actor=college.office, version=made, seen=seen_of(made), code="A", name="又", points=1, is_new=True
        )
    assert SchemeVersion.objects.get().body == BODY


@pytest.mark.parametrize("role", [role for role in ROLES if role not in ("office", "committee_secretary")])
def test_only_who_configures_edits_and_publishes(college: SmallCollege, role: str) -> None:
    made, actor = draft(college), getattr(college, role)
    with pytest.raises(NotAllowed):
        parts.save_block(actor=actor, version=made, seen=seen_of(made), code="A", name="新", points=60)
    with pytest.raises(NotAllowed):
        publish_version(actor=actor, version=made, seen=seen_of(made), note="发布")
    with pytest.raises(NotAllowed):
        delete_draft(actor=actor, version=made)


# --- who sees what


def test_drafts_are_the_offices_and_rules_in_force_everybodys(college: SmallCollege) -> None:
    made = draft(college)
    for role in ROLES:
        sees = role in ("office", "committee_secretary")
        assert visible_versions(getattr(college, role)).filter(pk=made.pk).exists() is sees, role
        assert len(scheme_rows(getattr(college, role))) == sees, role
    publish(college, made)
    start_draft(actor=college.office, scheme=made.scheme)
    for role in ROLES:
        sees = role in ("office", "committee_secretary")
        numbers = sorted(visible_versions(getattr(college, role)).values_list("number", flat=True))
        assert numbers == ([1, 2] if sees else [1]), role
        assert [bool(row.draft) for row in scheme_rows(getattr(college, role))] == [sees], role


# --- reviewers


def test_seats_are_for_what_people_mark(college: SmallCollege) -> None:
    scheme = in_force(college)
    made = seat(college, scheme, college.general_secretary)
    with pytest.raises(Conflict, match="已经是这个指标的评分人"):
        seat(college, scheme, college.general_secretary)
    with pytest.raises(InvalidInput, match="不由人评分"):
        seat(college, scheme, college.general_secretary, code="Z9")
    assert [(line.code, [one.person for one in line.seats]) for line in seat_lines(scheme)] == [
        ("A1", [made.person]),
        ("B1", []),
        ("B2", []),
    ]
    remove_reviewer(actor=college.office, seat=made)
    assert not ReviewerSeat.objects.exists()
    with pytest.raises(Conflict, match="已经被移除"):
        remove_reviewer(actor=college.office, seat=made)


def test_who_may_not_give_seats(college: SmallCollege) -> None:
    scheme = in_force(college)
    person = college.members[0]
    with pytest.raises(NotAllowed):
        assign_reviewer(actor=college.general_secretary, scheme=scheme, code="A1", person=person)
    made = seat(college, scheme, college.general_secretary)
    with pytest.raises(NotAllowed):
        remove_reviewer(actor=college.general_secretary, seat=made)
    scheme = at_stage(scheme, Stage.PUBLISHED)
    with pytest.raises(Conflict):
        assign_reviewer(actor=college.office, scheme=scheme, code="A1", person=person)


# --- the shipped schemes


def test_shipped_schemes_are_loaded_once_as_drafts(college: SmallCollege) -> None:
    made = load_schemes(actor=make_admin())
    assert [one.code for one in made] == ["BR-2025", "BR-2026", "GB-2025", "GB-2026"]
    assert {one.code: one.is_example for one in Scheme.objects.all()} == {
        "BR-2025": True, "BR-2026": False, "GB-2025": True, "GB-2026": False,
    }  # fmt: skip
    assert set(SchemeVersion.objects.values_list("state", flat=True)) == {State.DRAFT}
    Scheme.objects.filter(code="GB-2026").update(name="已改名")
    call_command("load_schemes", verbosity=0)
    assert Scheme.objects.count() == 4
    assert Scheme.objects.get(code="GB-2026").name == "已改名"


def test_the_command_says_what_it_lacks(db: None) -> None:
    with pytest.raises(CommandError, match="No administrator"):
        call_command("load_schemes")
    make_admin()
    with pytest.raises(CommandError, match="请先导入组织"):
        call_command("load_schemes")
