"""The demo's directives: eight in every state and the year's plan of 31, played through the services on their days."""

from __future__ import annotations

import datetime
from collections import defaultdict
from functools import cache
from random import Random

from common.periods import ONE_DAY
from orgs.models import Organisation
from partybuild.demo.assigning import (
    HEADQUARTERS,
    Scene,
    accept_all,
    bind,
    chosen,
    day_in_2026,
    dean,
    department,
    draft,
    issue_now,
    leader,
    members_of,
    note_for,
    number_of,
    report_on,
    secretary,
    sign_for,
    submit_all,
    task_of,
)
from partybuild.demo.year_plan import PLAN_APPROVED, SILENT, plan_scenes, share_gone
from tasks.models import DIRECTIVE, FOLLOW_UP, Directive, DualSignature, State, Task
from tasks.services import accept_task, ask_extension, grant_extension, return_task
from tasks.services.directive_units import Picks
from tasks.services.directives import return_directive
from tasks.services.dual_signing import ask_signing, refuse, sign
from tasks.services.issuing import approve_directive, stop_directive
from tasks.services.passing_on import pass_on_task


def play_directives(day: datetime.date) -> None:
    """Whatever happens to the directives on ``day``; the clock stands on it."""
    for scene in scenes().get(day, []):
        scene()
    if day > PLAN_APPROVED:
        _report_what_is_asked_for(day)


@cache
def scenes() -> dict[datetime.date, list[Scene]]:
    """What happens on which day, in the order of this file."""
    found: dict[datetime.date, list[Scene]] = defaultdict(list)
    for when, scene in [
        *plan_scenes(),
        *_analysis(),
        *_open_day(),
        *_rectification(),
        *_chemicals(),
        *_transfer(),
        *_flood(),
    ]:
        found[day_in_2026(when)].append(scene)
    found[day_in_2026("06-11")].append(_await_members)
    found[day_in_2026("06-12")].append(_draft_duty)
    found[day_in_2026("06-15")].append(_return_duty)
    return found


def _report_what_is_asked_for(day: datetime.date) -> None:
    """Units report on the day before a follow-up is due, but some forget; how far follows from the time gone."""
    asked = Task.objects.filter(
        source=FOLLOW_UP, parent__source=DIRECTIVE, state=State.ACTIVE, due_on__in=(day, day + ONE_DAY)
    )
    for row in asked.select_related("parent__organisation", "parent__directive_unit__directive").order_by("pk"):
        task = row.parent
        dice = Random(f"{row.natural_key}")
        if task is None or dice.random() < 0.06 or task.state not in (State.ACTIVE, State.RETURNED):
            continue
        if task.directive_unit.directive.plan_number in SILENT:
            continue
        share = share_gone(task, day, dice)
        report_on(task, note_for(share, dice), share)


# --- the eight ----------------------------------------------------------------------------------------------------------

ANALYSIS = "春季学期师生思想动态分析"
OPEN_DAY = "校园开放日筹备"
RECTIFICATION = "学习教育调研问题整改"
CHEMICALS = "实训室危险化学品专项整治"
TRANSFER = "毕业生党员组织关系转接"
FLOOD = "防汛隐患即时排查"
MEMBERS = "下半年发展党员工作安排"
DUTY = "暑期校园安全值守安排"
GENERAL_BRANCHES = tuple(f"ZZ{number}" for number in range(1, 9))


def _analysis() -> list[tuple[str, Scene]]:
    """Done: all eight general branches were accepted."""

    def issue() -> None:
        issue_now(
            ANALYSIS,
            leader=leader("沈若川"),
            lead=members_of("各党总支"),
            support=Picks(departments=[department("BM06")], names=["心理健康教育中心"]),
            due="04-10",
            standard="每个党总支一份分析报告，问题和措施逐条对应",
            text="结合谈心谈话和座谈，分析教师和学生的思想动态，列出突出问题和措施。",
        )

    return [
        ("03-02", issue),
        ("03-03", bind(sign_for, ANALYSIS)),
        ("04-07", bind(submit_all, ANALYSIS, *GENERAL_BRANCHES[:5])),
        ("04-10", bind(submit_all, ANALYSIS, *GENERAL_BRANCHES[5:])),
        ("04-14", bind(accept_all, ANALYSIS, *GENERAL_BRANCHES)),
    ]


def _open_day() -> list[tuple[str, Scene]]:
    """Stopped on the way."""

    def issue() -> None:
        facts = {"due": "06-05", "standard": "方案、预案和志愿者名单齐全", "source": Directive.Source.YEAR_PLAN.value}
        issue_now(OPEN_DAY, leader=leader("沈若川"), lead=chosen("ZZ2", "ZZ4", "ZZ6"), **facts)

    def stop() -> None:
        directive = Directive.objects.get(title=OPEN_DAY)
        stop_directive(
            directive=directive, actor=secretary(HEADQUARTERS), reason="校园开放日并入九月迎新活动，统一筹备"
        )

    return [("04-08", issue), ("04-09", bind(sign_for, OPEN_DAY)), ("05-11", stop)]


def _rectification() -> list[tuple[str, Scene]]:
    """Two general branches passed it on; a branch was returned, one waits, one is behind."""

    def issue() -> None:
        issue_now(
            RECTIFICATION,
            leader=leader("周明岚"),
            lead=members_of("各党总支"),
            due="06-30",
            standard="问题清单逐条销账，长效措施成文",
            text="对照学习教育调研反馈的问题，逐条制定措施并整改。",
            source=Directive.Source.INSPECTION.value,
            source_note="学习教育调研反馈",
        )

    def pass_on() -> None:
        number = number_of(RECTIFICATION)
        for code in ("ZZ2", "ZZ3"):
            branches = list(Organisation.objects.filter(code__startswith=f"ZB{code[-1]}"))
            actor = secretary(code)
            note = "请重点整改主题党日质量和流动党员联系。"
            pass_on_task(
                task=task_of(number, code), actor=actor, organisations=branches, due_on=day_in_2026("06-24"), note=note
            )

    def decide() -> None:
        number = number_of(RECTIFICATION)
        return_task(task=task_of(number, "ZB202"), actor=secretary("ZZ2"), reason="缺流动党员联系记录，请补充后再交")
        accept_task(task=task_of(number, "ZB301"), actor=secretary("ZZ3"))

    return [
        ("05-18", issue),
        ("05-19", bind(sign_for, RECTIFICATION, but=("ZZ8",))),
        ("05-22", bind(sign_for, RECTIFICATION)),
        ("05-25", pass_on),
        ("05-26", bind(sign_for, RECTIFICATION)),
        ("06-09", bind(submit_all, RECTIFICATION, "ZB202", "ZB301", "ZB203")),
        ("06-11", decide),
        ("06-12", _difficulty),
    ]


def _difficulty() -> None:
    """A report with a difficulty and a request for help."""
    task = task_of(number_of(RECTIFICATION), "ZZ6")
    report_on(
        task,
        "已完成七项，剩两项涉及校外实习点。",
        70,
        difficulty="实习点分散，集中学习难",
        help_needed="请组织部协调线上学习平台账号",
    )


def _chemicals() -> list[tuple[str, Scene]]:
    """Important: the secretary and the dean sign together; every stage of it can be seen."""

    def issue() -> None:
        issue_now(
            CHEMICALS,
            leader=leader("程望川"),
            lead=chosen("ZZ2", "ZZ3", "ZZ4", "ZZ5", "ZZ6"),
            support=Picks(departments=[department("BM12")]),
            due="06-26",
            standard="台账、双人双锁和应急处置卡全覆盖",
            text="各二级学院对实训室危险化学品逐一登记，落实双人双锁，张贴应急处置卡。",
            is_important=True,
        )

    def ask() -> None:
        number = number_of(CHEMICALS)
        for code in ("ZZ3", "ZZ4", "ZZ5"):
            actor = secretary(code)
            ask_signing(task=task_of(number, code), actor=actor, note="台账已建，双人双锁和处置卡已全部落实。")

    def sign_some() -> None:
        for code, people in (("ZZ3", ("secretary",)), ("ZZ4", ("secretary",)), ("ZZ5", ("secretary", "dean"))):
            signature = DualSignature.objects.get(unit__organisation__code=code, unit__directive__title=CHEMICALS)
            for who in people:
                sign(signature=signature, actor=secretary(code) if who == "secretary" else dean(code), opinion="属实")
        signature = DualSignature.objects.get(unit__organisation__code="ZZ4", unit__directive__title=CHEMICALS)
        refuse(signature=signature, actor=dean("ZZ4"), reason="物联网实训室两个药品柜还没有换锁")

    return [
        ("05-06", issue),
        ("05-07", bind(sign_for, CHEMICALS)),
        ("06-08", ask),
        ("06-09", sign_some),
        ("06-12", bind(accept_all, CHEMICALS, "ZZ5")),
    ]


def _transfer() -> list[tuple[str, Scene]]:
    """A general branch's own: one with more time, one that asks for it, one overdue."""
    student = ("ZB203", "ZB204", "ZB201")

    def issue() -> None:
        directive = draft(
            TRANSFER,
            lead=chosen(*student),
            due="06-12",
            standard="应转尽转，介绍信回执归档",
            leader=secretary("ZZ2").person,
            sender="ZZ2",
            actor=secretary("ZZ2"),
            source=Directive.Source.SUPERIOR.value,
            source_note="上级组织部门通知",
        )
        approve_directive(directive=directive, actor=secretary(HEADQUARTERS))

    def more_time() -> None:
        task, reason = task_of(number_of(TRANSFER), "ZB203"), "三名毕业生接收单位尚未确定"
        asked = ask_extension(task=task, actor=secretary("ZB203"), new_due_on=day_in_2026("06-19"), reason=reason)
        grant_extension(extension=asked, actor=secretary("ZZ2"), decision="同意，逐人跟踪")

    def ask_again() -> None:
        task, reason = task_of(number_of(TRANSFER), "ZB203"), "还有一人等接收函"
        ask_extension(task=task, actor=secretary("ZB203"), new_due_on=day_in_2026("06-26"), reason=reason)

    return [
        ("05-20", issue),
        ("05-21", bind(sign_for, TRANSFER)),
        ("06-08", more_time),
        ("06-10", bind(submit_all, TRANSFER, "ZB201")),
        ("06-11", bind(accept_all, TRANSFER, "ZB201", by="ZZ2")),
        ("06-15", ask_again),
    ]


def _flood() -> list[tuple[str, Scene]]:
    """Instant: 24 hours to sign; some signed in time, one late, one not yet."""

    def issue() -> None:
        issue_now(
            FLOOD,
            leader=leader("程望川"),
            lead=members_of("各党总支"),
            support=Picks(departments=[department("BM12")]),
            due="06-22",
            standard="逐楼逐点排查，隐患当日上报",
            text="据气象预报，六月下旬有强降雨。各党总支即时排查所属楼宇、地下空间和工地。",
            kind="instant",
            rhythm="weekly",
            source=Directive.Source.INSTRUCTION.value,
            source_note="校领导批示",
        )

    return [
        ("06-12", issue),
        ("06-13", bind(sign_for, FLOOD, but=("ZZ2", "ZZ7", "ZZ8", "DW"))),
        ("06-14", bind(sign_for, FLOOD, but=("ZZ2", "ZZ8"))),
        ("06-15", bind(_flood_reports)),
    ]


def _flood_reports() -> None:
    number = number_of(FLOOD)
    report_on(task_of(number, "ZZ1"), "行政楼、图书馆已排查，清理排水沟3处。", 60)
    report_on(task_of(number, "ZZ3"), "实训楼地下泵房排查完毕，1台水泵待修。", 50, help_needed="请后勤处两日内修复水泵")


def _await_members() -> None:
    """Awaits approval."""
    draft(
        MEMBERS,
        leader=leader("周明岚"),
        lead=members_of("各党总支"),
        support=Picks(departments=[department("BM02")]),
        due="12-20",
        standard="计划数、培养联系人和谈话记录齐全",
        rhythm="monthly",
    )


def _draft_duty() -> None:
    """Submitted, and returned to draft on the demo's day."""
    draft(
        DUTY,
        leader=leader("程望川"),
        lead=members_of("各党总支"),
        due="08-31",
        standard="每日有值守、有记录",
        rhythm="weekly",
    )


def _return_duty() -> None:
    directive = Directive.objects.get(title=DUTY)
    return_directive(directive=directive, actor=secretary(HEADQUARTERS), reason="请写明带班领导安排和突发情况报告时限")
