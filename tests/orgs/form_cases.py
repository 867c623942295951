"""What is accepted, what is refused and what cannot be done now: the forms of the room."""

from __future__ import annotations

import datetime

from django.test import Client

from orgs import access
from orgs.models import (
    Appointment,
    Group,
    Membership,
    Office,
    Organisation,
    Person,
    User,
    VotingExclusion,
)
from tests.factories import (
    PASSWORD,
)
from tests.orgs.places import (
    Done,
    Refused,
    code,
    colleague,
    commissioner,
    founded,
    leader,
    newcomer,
    newcomer_from_outside,
    nothing,
    reload,
    secretary,
)

ACCEPTED = [
    Done(
        "appoint",
        code,
        lambda p: {"person": p.colleague.pk, "office": "member", "started_on": "2026-06-10", "reason": "增补"},
        "已任职，权限随任期生效。",
        lambda p: Appointment.objects.filter(person=p.colleague, office="member", organisation=p.branch).exists(),
    ),
    Done(
        "appoint",
        code,
        lambda p: {"person": p.colleague.pk, "office": "group_leader", "group": p.spare.pk, "started_on": "2026-06-10"},
        "已任职，权限随任期生效。",
        lambda p: Appointment.objects.filter(person=p.colleague, group=p.spare).exists(),
        role="branch_secretary",
    ),
    Done(
        "office_end",
        commissioner,
        lambda p: {"ended_on": "2026-06-14", "reason": "工作变动"},
        "已办理离任，权限到期自动失效。",
        lambda p: (
            not access.has_anywhere(User.objects.get(pk=p.college.commissioner.pk), access.RECORD)
        ),  # its last day was yesterday
    ),
    Done(
        "office_end",
        leader,
        lambda p: {"ended_on": "2026-06-14", "reason": "轮换"},
        "已办理离任，权限到期自动失效。",
        lambda p: p.office_of(Office.GROUP_LEADER).ended_on == datetime.date(2026, 6, 14),
        role="commissioner",
    ),
    Done(
        "office_hand_over",
        secretary,
        lambda p: {"successor": p.colleague.pk, "on": "2026-06-10", "reason": "轮岗"},
        "已交接，前任和接任的任期前后衔接。",
        lambda p: (
            list(
                Appointment.objects.filter(organisation=p.branch, office="secretary")
                .order_by("started_on")
                .values_list("person__name", "ended_on")
            )
            == [("支部书记", datetime.date(2026, 6, 9)), (p.colleague.name, None)]
        ),
    ),
    Done(
        "re_elect",
        code,
        lambda p: {"term_start": "2026-06-10", "secretary": p.colleague.pk, "reason": "换届批复 1 号"},
        "已登记新一届，上一届的任职在前一天结束。",
        lambda p: (
            reload(p.branch).term_start == datetime.date(2026, 6, 10)
            and Appointment.objects.filter(organisation=p.branch, ended_on=datetime.date(2026, 6, 9)).count() == 3
        ),
    ),
    Done(
        "transfer",
        colleague,
        lambda p: {"organisation": p.sibling.pk, "on": "2026-06-10", "reason": "岗位调整"},
        "已转接。",
        lambda p: (
            reload(p.colleague).organisation == p.sibling
            and Membership.objects.get(person=p.colleague, ended_on__isnull=False).ended_on == datetime.date(2026, 6, 9)
        ),
        role="general_secretary",
    ),
    Done(
        "transfer_out",
        colleague,
        lambda p: {"on": "2026-06-10", "reason": "调往市教育局"},
        "已转出，历史记录保留。",
        lambda p: reload(p.colleague).organisation is None,
        role="branch_secretary",
    ),
    Done(
        "transfer_in",
        code,
        lambda p: newcomer_from_outside(group=str(p.group.pk)),
        "已转入。需要登录的，请组织部建立账号并发邀请。",
        lambda p: Person.objects.get(number="X900").group == p.group,
        role="commissioner",
    ),
    Done(
        "admit",
        newcomer,
        lambda p: {"formal_on": "2026-06-02", "reason": "总支批复 8 号"},
        "已登记转正，从转正日期起计入表决基数。",
        lambda p: reload(p.newcomer).formal_on == datetime.date(2026, 6, 2),
    ),
    Done(
        "change_group",
        colleague,
        lambda p: {"group": p.spare.pk, "on": "2026-06-10"},
        "已调整。",
        lambda p: reload(p.colleague).group == p.spare,
        role="branch_secretary",
    ),
    Done(
        "excused",
        colleague,
        lambda p: {"excused_reason": "身患重病"},
        "已登记。",
        lambda p: reload(p.colleague).excused_reason == "身患重病",
        role="branch_secretary",
    ),
    Done(
        "voting_exclusion",
        colleague,
        lambda p: {
            "ground": "illness",
            "started_on": "2026-06-10",
            "superior_approval": "批复 5 号",
            "meeting_on": "2026-06-09",
        },
        "已登记。",
        lambda p: VotingExclusion.objects.get(person=p.colleague).superior_approval == "批复 5 号",
    ),
    Done(
        "group_create",
        code,
        lambda p: {"name": "第三党小组", "founded_on": "2026-06-10"},
        "已设立。接下来请任命组长、编入党员。",
        lambda p: Group.objects.filter(organisation=p.branch, name="第三党小组").exists(),
        role="branch_secretary",
    ),
    Done(
        "group_dissolve",
        lambda p: [p.spare.pk],
        lambda p: {"dissolved_on": "2026-06-10", "reason": "合并"},
        "已撤销。",
        lambda p: reload(p.spare).dissolved_on == datetime.date(2026, 6, 10),
        role="branch_secretary",
    ),
    Done(
        "organisation_create",
        lambda p: [p.general.code],
        lambda p: founded(),
        "已建立。接下来请办理任职。",
        lambda p: Organisation.objects.get_parent(Organisation.objects.get(code="ZB109")) == p.general,
    ),
    Done(
        "organisation_rename",
        code,
        lambda p: {"name": "教工第一党支部", "reason": "批复 2 号"},
        "已更名，原名称保留在变动记录里。",
        lambda p: reload(p.branch).name == "教工第一党支部",
    ),
    Done(
        "organisation_move",
        lambda p: [p.sibling.code],
        lambda p: {"parent": p.college.general_branches[1].pk, "reason": "学院合并"},
        "已调整，下级组织一并移动。",
        lambda p: Organisation.objects.get_parent(reload(p.sibling)) == p.college.general_branches[1],
    ),
    Done(
        "organisation_dissolve",
        lambda p: [p.empty.code],
        lambda p: {"dissolved_on": "2026-06-10", "reason": "批复 4 号"},
        "已撤销，历史记录保留。",
        lambda p: reload(p.empty).dissolved_on == datetime.date(2026, 6, 10),
    ),
    Done(
        "extend_term",
        code,
        lambda p: {"until": "2027-12-31", "approval_number": "党发 9 号"},
        "已登记延期。",
        lambda p: reload(p.branch).term_end == datetime.date(2027, 12, 31),
    ),
    Done(
        "account_state",
        lambda p: [p.colleague.number, "create"],
        nothing,
        "已建立账号，可以发邀请邮件了。",
        lambda p: not User.objects.get(person=p.colleague).has_usable_password(),
    ),
    Done(
        "account_state",
        lambda p: [p.college.member.username, "disable"],
        nothing,
        "账号已停用。",
        lambda p: not Client().login(username=p.college.member.username, password=PASSWORD),
    ),
]

REFUSED = [
    Refused(
        "appoint",
        code,
        lambda p: {"person": p.colleague.pk, "office": "secretary", "started_on": "2026-06-10", "reason": "拟任"},
        {"person": ["这个职务由支部书记担任，请先办理离任，或使用“交接”。"]},
    ),
    Refused(
        "appoint",
        code,
        lambda p: {"person": p.colleague.pk, "office": "group_leader", "started_on": "2026-06-10"},
        {"group": ["党小组组长要选择党小组，其他职务不用选。"]},
        role="branch_secretary",
    ),
    Refused(
        "office_end",
        commissioner,
        lambda p: {"ended_on": "2023-12-31", "reason": "工作变动"},
        {"ended_on": ["离任日期不能早于任职日期 2024-01-01。"]},
    ),
    Refused(
        "office_hand_over",
        secretary,
        lambda p: {"successor": p.college.branch_secretary.person_id, "on": "2026-06-10", "reason": "轮岗"},
        {"successor": ["接任的人和离任的人不能是同一个。"]},
    ),
    Refused(
        "re_elect",
        code,
        lambda p: {"term_start": "2024-01-01", "secretary": p.colleague.pk, "reason": "换届批复 1 号"},
        {"term_start": ["新一届要晚于本届开始日期 2024-01-01。"]},
    ),
    Refused(
        "transfer",
        colleague,
        lambda p: {"organisation": p.branch.pk, "on": "2026-06-10", "reason": "岗位调整"},
        {"organisation": ["已经在这个支部，不用转接。"]},
    ),
    Refused(
        "transfer",
        colleague,
        lambda p: {"organisation": p.other.pk, "on": "2026-06-10", "reason": "跨总支"},
        {"organisation": ["选择一个有效的选项： 该选择不在可用的选项中。"]},
        role="general_secretary",
    ),
    Refused(
        "transfer_out",
        colleague,
        lambda p: {"on": "2026-06-30", "reason": "调往市教育局"},
        {"on": ["请在生效当天或之后登记，不能填以后的日期。"]},
    ),
    Refused(
        "transfer_in",
        code,
        lambda p: newcomer_from_outside(number=p.colleague.number),
        {"number": ["这个工号/学号属于党员1，已在册，请用“转接”。"]},
    ),
    Refused(
        "admit",
        newcomer,
        lambda p: {"formal_on": "2025-06-01", "reason": "总支批复 8 号"},
        {"formal_on": ["转正日期要晚于入党日期 2025-06-01。"]},
    ),
    Refused(
        "change_group",
        colleague,
        lambda p: {"group": p.spare.pk, "on": "2026-06-16"},
        {"on": ["请在生效当天或之后登记，不能填以后的日期。"]},
    ),
    Refused(
        "excused",
        colleague,
        lambda p: {"excused_reason": "太忙"},
        {"excused_reason": ["选择一个有效的选项。 太忙 不在可用的选项中。"]},
    ),
    Refused(
        "voting_exclusion",
        colleague,
        lambda p: {"ground": "abroad", "started_on": "2026-06-10"},
        {
            "superior_approval": ["这种情形须经上级同意，请填写批复文号。"],
            "meeting_on": ["这种情形须经党员大会通过，请填写通过日期。"],
        },
    ),
    Refused(
        "group_create",
        code,
        lambda p: {"name": "第一党小组", "founded_on": "2026-06-10"},
        {"name": ["请填写本支部里没有用过的党小组名称。"]},
        role="branch_secretary",
    ),
    Refused(
        "organisation_create",
        lambda p: [p.general.code],
        lambda p: founded(code="ZB101"),
        {"code": ["编码 ZB101 已被使用，请换一个。"]},
    ),
    Refused(
        "organisation_create",
        lambda p: [p.general.code],
        lambda p: founded(level="committee"),
        {"__all__": ["党委不能设在党总支之下。"]},
    ),
    Refused(
        "organisation_rename", code, lambda p: {"name": " ", "reason": "批复 2 号"}, {"name": ["请填写“新名称”。"]}
    ),
    Refused(
        "organisation_move",
        lambda p: [p.general.code],
        lambda p: {"parent": p.college.general_branches[1].pk, "reason": "学院合并"},
        {"parent": ["党总支不能设在党总支之下。"]},
    ),
    Refused(
        "organisation_dissolve",
        lambda p: [p.empty.code],
        lambda p: {"dissolved_on": "2012-09-01", "reason": "批复 4 号"},
        {"dissolved_on": ["撤销日期要晚于成立日期 2012-09-01。"]},
    ),
    Refused(
        "extend_term",
        code,
        lambda p: {"until": "2028-06-30", "approval_number": "党发 9 号"},
        {"until": ["延期一般不超过1年：请填 2027-01-01 之后、2028-01-01 之前的日期。"]},
    ),
]
