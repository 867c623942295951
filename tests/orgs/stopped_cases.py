"""What cannot be done as things stand: a page that says why."""

from __future__ import annotations

from tests.orgs.places import (
    Stopped,
    code,
    colleague,
    commissioner,
    nothing,
)

STOPPED = [
    Stopped(
        "transfer",
        lambda p: [p.college.commissioner.username],
        lambda p: {"organisation": p.sibling.pk, "on": "2026-06-10", "reason": "岗位调整"},
        409,
        "组织委员还担任组织委员，请先办理离任或交接。",
    ),
    Stopped(
        "change_group",
        lambda p: [p.college.group_leader.username],
        lambda p: {"group": p.spare.pk, "on": "2026-06-10"},
        409,
        "小组长还担任党小组组长，请先办理离任或交接。",
    ),
    Stopped(
        "admit",
        colleague,
        lambda p: {"formal_on": "2026-06-02", "reason": "批复"},
        409,
        "党员1已经是正式党员，不用再办转正。",
    ),
    Stopped(
        "group_dissolve",
        lambda p: [p.group.pk],
        lambda p: {"dissolved_on": "2026-06-10", "reason": "合并"},
        409,
        "党小组里还有党员，请先调整他们的党小组。",
    ),
    Stopped(
        "organisation_dissolve",
        code,
        lambda p: {"dissolved_on": "2026-06-10", "reason": "批复"},
        409,
        "组织里还有党员，请先办理转接。",
    ),
    Stopped(
        "account_state",
        lambda p: [p.college.member.username, "create"],
        nothing,
        409,
        "普通党员已经有账号，不用再建。",
    ),
    Stopped(
        "account_state",
        lambda p: [p.college.member.username, "enable"],
        nothing,
        409,
        "账号状态已经变化，请刷新后再看。",
    ),
    Stopped(
        "account_state",
        lambda p: [p.college.office.username, "disable"],
        nothing,
        400,
        "不能停用自己的账号，请让另一位管理员办理。",
    ),
    Stopped(
        "office_end",
        commissioner,
        lambda p: {"ended_on": "2026-06-14", "reason": "工作变动"},
        403,
        "组织、任职和账号由党委组织部维护，请联系组织部。",
        role="branch_secretary",
    ),
]
