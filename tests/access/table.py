"""Who may open and send what: every address of the platform, from DESIGN.md §5 and not from the code.

Invisible → 404; visible but not allowed → 403 with a reason; nobody signed in → to the login page.
"""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.access.address import (
    ABOVE,
    BELONGS,
    HOLDS_VIEW,
    LEADER,
    NOBODY,
    NOT_OFFERED,
    OFFICE,
    OFFICERS,
    SECRETARY,
    SEES,
    SIGNED_IN,
    Address,
    no_data,
)
from tests.access.parts import PARTS
from tests.access.world import PNG, World


def _code(world: World) -> list[Any]:
    return [world.branch.code]


def _code_year(world: World) -> list[Any]:
    return [world.branch.code, 2026]


def _code_month(world: World) -> list[Any]:
    return [world.branch.code, 2026, 6]


def _above(world: World) -> list[Any]:
    return [world.college.general_branches[0].code]


def _department(world: World) -> list[Any]:
    return ["BM-organisation"]


def _college(world: World) -> list[Any]:
    return ["XY1"]


def _colleague(world: World) -> list[Any]:
    return [world.colleague.number]


def _newcomer(world: World) -> list[Any]:
    return [world.newcomer.number]


def _member(world: World) -> list[Any]:
    return [world.college.member.username]


def _confirmed(world: World) -> list[Any]:
    return [world.confirmed.gathering_id]


def _planned(world: World) -> list[Any]:
    return [world.planned.gathering_id]


def _in_group(world: World) -> list[Any]:
    return [world.group_planned.gathering_id]


def _drafted(world: World) -> list[Any]:
    return [world.drafted.gathering_id]


def _mail(world: World) -> list[Any]:
    return [world.mail]


def _upload(world: World) -> dict[str, Any]:
    return {**no_data(world), "upload": SimpleUploadedFile("签到.png", PNG)}


# A page that lists what one sees, and nothing else.
LISTS = [
    "dashboards:desk",
    "dashboards:desk_asked",
    "meetings:people_search",
    "notices:bell",
    "notices:demo_mail_list",
    "orgs:organisation_list",
]

ADDRESSES = [
    *(Address(name) for name in LISTS),
    # --- the frame
    Address("healthz", anonymous=(200, 405)),
    Address("readyz", anonymous=(200, 405)),
    Address("set_language", get=302, post=302),
    # --- signing in and one's own account
    Address("orgs:login", get=302, post=302, anonymous=(200, 200)),
    Address("orgs:logout", get=NOT_OFFERED, post=302, anonymous=(405, 302)),
    Address("orgs:account", post=302),
    Address("orgs:password_change", post=200),
    Address("orgs:password_reset", post=200, anonymous=(200, 200)),
    Address("orgs:password_reset_sent", anonymous=(200, 405)),
    Address("orgs:password_set", lambda w: ["MQ", "abc-def"], post=200, anonymous=(200, 200)),
    # --- organisations
    Address("orgs:organisation_detail", _code, may=BELONGS, sees=BELONGS),
    Address("orgs:organisation_create", _above, may=OFFICE, sees=ABOVE, post=400),
    Address("orgs:organisation_history", _code, may=SEES, sees=SEES, post=405),
    Address("orgs:organisation_correct", _code, may=OFFICE, sees=BELONGS, post=400),
    Address("orgs:organisation_history", _code, may=SEES, sees=SEES),
    Address("orgs:organisation_correct", _code, may=OFFICE, sees=BELONGS, post=400),
    Address("orgs:organisation_rename", _code, may=OFFICE, sees=BELONGS, post=400),
    Address("orgs:organisation_move", _code, may=OFFICE, sees=BELONGS, post=400),
    Address("orgs:organisation_dissolve", _code, may=OFFICE, sees=BELONGS, post=400),
    Address("orgs:extend_term", _code, may=OFFICE, sees=BELONGS, post=400),
    Address("orgs:re_elect", _code, may=OFFICE, sees=BELONGS, post=400),
    Address("orgs:appoint", _code, may=SEES, sees=BELONGS, post=400),
    Address("orgs:group_create", _code, may=SEES, sees=BELONGS, post=400),
    Address("orgs:transfer_in", _code, may=SEES, sees=BELONGS, post=400),
    Address("orgs:group_dissolve", lambda w: [w.college.group.pk], may=SEES, sees=SEES, post=400),
    Address("orgs:people_search", query="q=党员"),
    Address("orgs:department_list", may=HOLDS_VIEW),
    Address("orgs:department_detail", _department, may=OFFICE, sees=OFFICE),
    Address("orgs:department_edit", _department, may=OFFICE, sees=OFFICE, post=400),
    Address("orgs:department_appoint", _department, may=OFFICE, sees=OFFICE, post=400),
    Address("orgs:college_list", may=HOLDS_VIEW),
    Address("orgs:college_detail", _college, may=ABOVE, sees=ABOVE),
    Address("orgs:college_edit", _college, may=OFFICE, sees=ABOVE, post=400),
    Address("orgs:roster_import", may=OFFICE, post=400),
    # --- offices: those of an organisation are the committee office's, group leaders the branch's
    Address("orgs:office_end", lambda w: [w.commissioner.pk], may=OFFICE, sees=SEES, post=400),
    Address("orgs:office_correct", lambda w: [w.commissioner.pk], may=OFFICE, sees=SEES, post=400),
    Address("orgs:office_correct", lambda w: [w.leader.pk], may=SEES, sees=SEES | LEADER, post=400),
    Address("orgs:office_hand_over", lambda w: [w.commissioner.pk], may=OFFICE, sees=SEES, post=400),
    Address("orgs:office_correct", lambda w: [w.commissioner.pk], may=OFFICE, sees=SEES, post=400),
    Address("orgs:office_correct", lambda w: [w.leader.pk], may=SEES, sees=SEES | LEADER, post=400),
    Address("orgs:office_end", lambda w: [w.leader.pk], may=SEES, sees=SEES | LEADER, post=400),
    Address("orgs:office_hand_over", lambda w: [w.leader.pk], may=SEES, sees=SEES | LEADER, post=400),
    # --- people
    Address("orgs:person_detail", _colleague, may=SEES, sees=SEES),
    Address("orgs:person_detail", _member, may=SEES | {"member"}, sees=SEES | {"member"}),
    Address("orgs:person_details", _colleague, may=SEES, sees=SEES, post=400),
    Address("orgs:voting_exclusion_end", lambda w: [w.colleague.number, 0], may=NOBODY, sees=NOBODY, post=404),
    Address("orgs:person_details", _colleague, may=SEES, sees=SEES, post=400),
    Address(
        "orgs:voting_exclusion_end",
        lambda w: [w.colleague.number, w.exclusion.pk],
        may=SEES,
        sees=SEES,
        post=400,
    ),
    Address("orgs:transfer", _colleague, may=SEES, sees=SEES, post=400),
    Address("orgs:transfer", _member, may=SEES, sees=SEES | {"member"}, post=400),
    Address("orgs:transfer_out", _colleague, may=SEES, sees=SEES, post=400),
    Address("orgs:admit", _newcomer, may=SEES, sees=SEES, post=400),
    Address("orgs:change_group", _colleague, may=SEES, sees=SEES, post=400),
    Address("orgs:excused", _newcomer, may=SEES, sees=SEES, post=302),  # nothing chosen: no longer excused
    Address("orgs:voting_exclusion", _colleague, may=SEES, sees=SEES, post=400),
    *(
        Address("orgs:account_state", args, may=OFFICE, sees=SEES, get=NOT_OFFERED, post=code)
        for args, code in (
            (lambda w: [w.newcomer.number, "create"], 302),
            (lambda w: [w.colleague.number, "create"], 409),
            (lambda w: [w.colleague.number, "disable"], 302),
            (lambda w: [w.colleague.number, "enable"], 409),
        )
    ),
    Address("notices:invite_all", _code, may=OFFICE, sees=BELONGS, post=302),
    Address("notices:invite_all", _above, may=OFFICE, sees=ABOVE, post=302),
    Address("notices:invite", _colleague, may=OFFICE, sees=SEES, get=NOT_OFFERED, post=302),
    Address("notices:invite", _newcomer, may=OFFICE, sees=SEES, get=NOT_OFFERED, post=400),
    Address("notices:invite", _member, may=OFFICE, sees=SEES | {"member"}, get=NOT_OFFERED, post=302),
    # --- settings of the committee office
    Address("orgs:calendar", may=OFFICE),
    Address("orgs:term_create", may=OFFICE, post=400),
    Address("orgs:term_edit", lambda w: ["2025-2026-2"], may=OFFICE, post=400),
    Address("orgs:term_edit", lambda w: ["1999-2000-1"], may=NOBODY, sees=SIGNED_IN - OFFICE, post=404),
    Address("orgs:day_create", may=OFFICE, post=400),
    Address("orgs:day_remove", lambda w: [w.day.pk], may=OFFICE, get=NOT_OFFERED, post=302),
    Address("meetings:kind_list", may=OFFICE),
    Address("meetings:kind_new", may=OFFICE, post=400),
    Address("meetings:kind_edit", lambda w: ["members_meeting"], may=OFFICE, post=400),
    Address("notices:resend", may=OFFICE, get=NOT_OFFERED, post=302),
    # --- messages
    Address("notices:read_all", get=NOT_OFFERED, post=302),
    Address("notices:open", lambda w: [w.notice.pk], may=SECRETARY, sees=SECRETARY, get=302),
    Address("notices:demo_mail_detail", _mail),
    Address("notices:demo_mail_html", _mail),
    # --- Tasks
    Address("tasks:task_detail", lambda w: [w.task.pk], may=SEES, sees=SEES),
    Address("tasks:task_detail", lambda w: [w.group_task.pk], may=SEES | LEADER, sees=SEES | LEADER),
    *(
        Address("tasks:task_act", args, may=may, sees=sees, get=NOT_OFFERED, post=code)
        for args, may, sees, code in (
            (lambda w: [w.task.pk, "submit"], OFFICERS, SEES, 400),
            (lambda w: [w.task.pk, "report"], OFFICERS, SEES, 400),
            (lambda w: [w.group_task.pk, "submit"], OFFICERS | LEADER, SEES | LEADER, 400),
            (
                lambda w: [w.task.pk, "accept"],
                ABOVE | SECRETARY,
                SEES,
                409,
            ),  # an agreed item is the secretary's to accept
            (lambda w: [w.task.pk, "return"], ABOVE | SECRETARY, SEES, 400),
            (lambda w: [w.task.pk, "waive"], ABOVE, SEES, 400),  # never what one owes oneself
            (lambda w: [w.task.pk, "stop"], ABOVE, SEES, 400),
            (lambda w: [w.group_task.pk, "waive"], ABOVE | SECRETARY, SEES | LEADER, 400),
            (lambda w: [w.task.pk, "destroy"], NOBODY, NOBODY, 404),
        )
    ),
    # --- meetings
    Address("meetings:plan", may=SIGNED_IN - {"office", "member"}, post=400, query=""),
    Address("meetings:plan", may=OFFICERS | LEADER, sees=BELONGS, post=400, query="organisation=ZB101"),
    Address("meetings:gathering_detail", _confirmed, may=BELONGS, sees=BELONGS),
    Address("meetings:gathering_detail", _planned, may=SEES, sees=SEES),
    Address("meetings:gathering_detail", _drafted, may=SEES, sees=SEES),
    Address("meetings:gathering_detail", _in_group, may=SEES | LEADER, sees=SEES | LEADER),
    Address("meetings:record", _planned, may=OFFICERS, sees=SEES, post=302),
    Address("meetings:record", _drafted, may=OFFICERS, sees=SEES, post=302),
    Address("meetings:record", _in_group, may=OFFICERS | LEADER, sees=SEES | LEADER, post=302),
    Address("meetings:autosave", _planned, OFFICERS, SEES, NOT_OFFERED, 200, anonymous=(405, 401)),
    Address("meetings:autosave", _drafted, OFFICERS, SEES, NOT_OFFERED, 200, anonymous=(405, 401)),
    Address("meetings:amend", _confirmed, may=SECRETARY, sees=BELONGS, get=NOT_OFFERED, post=302),
    Address("meetings:attachment_add", _planned, may=OFFICERS, sees=SEES, get=NOT_OFFERED, post=302, data=_upload),
    Address("meetings:attachment_add", _planned, may=OFFICERS, sees=SEES, get=NOT_OFFERED, post=400),
    Address("meetings:attachment_add", _confirmed, may=OFFICERS, sees=BELONGS, get=NOT_OFFERED, post=409, data=_upload),
    Address("meetings:attachment", lambda w: [w.kept_file.pk], may=BELONGS, sees=BELONGS),
    Address("meetings:attachment_delete", lambda w: [w.open_file.pk], OFFICERS, SEES, NOT_OFFERED, 302),
    Address("meetings:attachment_delete", lambda w: [w.kept_file.pk], OFFICERS, BELONGS, NOT_OFFERED, 409),
    Address("meetings:section_return", lambda w: [w.confirmed.pk], may=ABOVE, sees=BELONGS, post=400),
    Address("meetings:section_add", _planned, may=OFFICERS, sees=SEES, post=400),
    Address("meetings:section_add", _in_group, may=OFFICERS | LEADER, sees=SEES | LEADER, post=400),
    Address("meetings:section_add", _drafted, may=OFFICERS, sees=SEES, post=400),
    Address("meetings:section_cancel", lambda w: [w.planned.pk], may=OFFICERS, sees=SEES, post=400),
    Address("meetings:section_cancel", lambda w: [w.group_planned.pk], OFFICERS | LEADER, SEES | LEADER, post=400),
    Address("meetings:section_version", lambda w: [w.confirmed.pk, 1], may=SEES, sees=SEES),
    Address("meetings:section_version", lambda w: [w.appraisal.pk, 1], may=SEES, sees=SEES),
    Address("meetings:record_book", _code_year, may=SEES, sees=SEES),
    # --- overviews: by a grant; being a member gives one's own branch's year and calendar
    Address("dashboards:overview", may=HOLDS_VIEW, get=302),
    Address("dashboards:committee", may=HOLDS_VIEW),
    Address("dashboards:general_branch", _above, may=ABOVE, sees=ABOVE),
    Address("dashboards:branch_year", _code_year, may=BELONGS, sees=BELONGS),
    Address("dashboards:branch_calendar", _code_month, may=BELONGS, sees=BELONGS),
    Address("dashboards:branch_calendar_file", _code_month, may=BELONGS, sees=BELONGS),
    # --- the parts of the accountability engine, a module each
    *(address for part in PARTS for address in part.ADDRESSES),
]
