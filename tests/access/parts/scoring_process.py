"""The yearly process: schemes of earlier years, one at each stage that a page is about; of ZB101, published ones of ZZ1."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from orgs.models import Level
from scoring.models import Mark, ReviewerSeat, Scheme, Stage
from scoring.services.objections import answer_objection, file_objection
from scoring.services.statements import save_statement
from tests.access.address import (
    ABOVE,
    HOLDS_VIEW,
    NOBODY,
    NOT_OFFERED,
    OFFICE,
    OFFICERS,
    SECRETARY,
    SEES,
    SIGNED_IN,
    Address,
)
from tests.access.world import TODAY, World
from tests.scoring.places import body, publish_body, write_sheet

ALL_LINES = {"1.1": "40", "1.2": "25", "2.1": "15"}
GENERAL = frozenset({"general_secretary"})
SEATED = frozenset({"outsider"})  # marks 2.1 of ZZ1; an office in it or below would recuse
LATER = datetime.date(2026, 6, 22)


def build(world: World) -> dict[str, Any]:
    """Running, self-statements, approval, published with objections, as schemes of 2023 to 2020."""
    unit = world.branch
    running, writing = _scheme(world, 2023, Stage.RUNNING), _scheme(world, 2022, Stage.STATEMENT)
    statement = save_statement(
        actor=world.college.branch_secretary, scheme=writing, organisation=unit, achieved="做", lacking="缺", seen=0
    )
    approving = _scheme(world, 2021, Stage.APPROVAL)
    write_sheet(approving, unit, "80", lines=ALL_LINES)
    public = _scheme(world, 2020, Stage.PUBLISHED)
    # Everybody reads published results, so they are ZZ1's: the outsider finds ZB101 nowhere.
    unit = world.college.general_branches[0]
    sheet = write_sheet(public, unit, "80", lines=ALL_LINES)
    seat = world.college.outsider.person
    assert seat is not None
    Mark.objects.create(scheme=public, organisation=unit, code="2.1", level="一般", reason="平常", reviewer=seat)
    ReviewerSeat.objects.create(scheme=public, code="2.1", person=seat)
    secretary = world.college.general_secretary
    filed = file_objection(actor=secretary, sheet=sheet, code="1.1", asked=Decimal(39), reason="少算一次")
    returned = file_objection(actor=secretary, sheet=sheet, code="2.1", asked=Decimal(30), reason="漏看材料")
    answer_objection(actor=world.college.office, objection=returned, outcome="returned", answer="请重评")
    return {
        "process_running": running,
        "process_writing": writing,
        "process_statement": statement,
        "process_approving": approving,
        "process_public": public,
        "process_sheet": sheet,
        "objection_filed": filed,
        "objection_returned": returned,
    }


def _scheme(world: World, year: int, stage: str) -> Scheme:
    level = Level.GENERAL_BRANCH if stage == Stage.PUBLISHED else Level.BRANCH
    content = body(f"S-{year}", level, year)
    scheme = publish_body(world.college.committee, world.college.office, content, stage)
    if stage == Stage.PUBLISHED:
        scheme.published_on, scheme.objections_until = TODAY, LATER
        scheme.save()
    return scheme


def _on(name: str, *more: str) -> Any:
    return lambda world: [world.more[name].pk, *more]


ADDRESSES = [
    Address("scoring:process", _on("process_running")),
    Address("scoring:process", _on("process_approving")),
    Address("scoring:process", _on("process_public")),
    Address("scoring:process_step", _on("process_running"), OFFICE, SIGNED_IN, NOT_OFFERED, 409),
    Address(
        "scoring:process_step",
        _on("process_running"),
        OFFICE,
        SIGNED_IN,
        NOT_OFFERED,
        302,
        data=lambda w: {"seen": "running"},
    ),
    Address("scoring:process_back", _on("process_writing"), may=OFFICE, post=400),
    Address("scoring:process_final", _on("process_public"), OFFICE, SIGNED_IN, NOT_OFFERED, 409),
    Address("scoring:missing", _on("process_approving"), may=HOLDS_VIEW),
    Address("scoring:tie_votes", _on("process_approving"), may=OFFICE, post=409),
    # --- self-statements
    Address("scoring:statement_list", _on("process_writing"), may=HOLDS_VIEW),
    Address("scoring:statements_remind", _on("process_writing"), OFFICE, SIGNED_IN, NOT_OFFERED, 302),
    Address("scoring:statement", _on("process_writing", "ZB101"), may=SEES, sees=SEES),
    Address("scoring:statement_edit", _on("process_writing", "ZB101"), may=OFFICERS, sees=SEES, post=400),
    Address("scoring:statement", _on("process_writing", "ZZ1"), may=NOBODY, sees=NOBODY),
    Address("scoring:statement_reopen", _on("process_writing", "ZB101"), SECRETARY, SEES, NOT_OFFERED, 409),
    # --- results
    Address("scoring:publish", _on("process_approving"), may=OFFICE, post=400),
    Address("scoring:publication", _on("process_public")),
    Address("scoring:publication", _on("process_approving"), may=NOBODY, sees=NOBODY),
    Address("scoring:publication_unit", _on("process_sheet")),
    Address("scoring:publication_unit", lambda w: [w.more["branch_sheet"].pk], may=NOBODY, sees=NOBODY),
    Address("scoring:differences", _on("process_public"), may=HOLDS_VIEW),
    # --- objections
    Address("scoring:objection_list", _on("process_public"), may=HOLDS_VIEW),
    Address("scoring:objection_new", _on("process_sheet"), may=GENERAL, post=400),
    Address("scoring:objection_detail", _on("objection_filed"), may=ABOVE, sees=ABOVE),
    Address("scoring:objection_answer", _on("objection_filed"), may=OFFICE, sees=ABOVE, post=400),
    Address("scoring:objection_withdraw", _on("objection_filed"), GENERAL, ABOVE, NOT_OFFERED, 302),
    Address("scoring:objection_withdraw", _on("objection_returned"), GENERAL, ABOVE, NOT_OFFERED, 409),
    Address("scoring:objection_remark", _on("objection_returned"), may=SEATED, sees=SEATED, post=400),
    Address("scoring:objection_remark", _on("objection_filed"), may=NOBODY, sees=NOBODY, post=404),
]
