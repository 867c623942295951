"""How the demo's organisations behave: pure decisions from a seed, the same for the same seed and task."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from random import Random

# Share of obligations met late, and left undone, by the branches that stand out; all others are nearly always in order.
LATE, UNDONE = 0.03, 0.006
HABITS: dict[str, tuple[float, float]] = {
    "ZB302": (0.35, 0.06),
    "ZB303": (0.25, 0.16),
    "ZB404": (0.22, 0.08),
    "ZB503": (0.15, 0.03),
    "ZB602": (0.18, 0.04),
    "ZB802": (0.12, 0.05),
}
PLACES = ["第一会议室", "党员活动室", "实训楼 302", "图书馆报告厅", "线上会议 887-201-336", "行政楼 415"]
LEAVE_REASONS = ["公务出差", "授课", "病假", "企业实践", "家中有事"]
ITEMS = ["整理会议材料并上墙公开", "走访联系困难党员", "汇总意见建议报党总支", "筹备下月主题党日", "更新党员责任区名单"]
RESOLUTIONS = [
    "通过支部季度工作总结和下季度安排",
    "同意本季度党员发展计划",
    "通过党费收支情况报告",
    "同意推荐优秀共产党员人选",
]
THEMES = ["学习党章党规", "走进企业看发展", "重温入党誓词", "校园环境志愿服务", "师德师风专题学习", "红色故事分享会"]
AGENDAS = {
    "committee_meeting": "一、传达上级精神；二、研究本月重点工作；三、党员教育管理事项",
    "members_meeting": "一、季度工作报告；二、讨论和表决；三、党员意见建议",
    "group_meeting": "一、集体学习；二、交流讨论；三、近期工作安排",
}


@dataclass(frozen=True)
class Intent:
    """When an obligation is met and when it is typed in; ``held_on`` ``None``: never."""

    held_on: datetime.date | None
    typed_on: datetime.date | None
    hour: int
    makes_up: bool = False


def intent_for(
    *, key: str, seed: int, branch: str, opened: datetime.date, due: datetime.date, period_end: datetime.date
) -> Intent:
    """Decide for one obligation from its natural key; ``due`` ≥ ``opened``."""
    random = Random(f"{seed}:{key}")
    late, undone = HABITS.get(branch, (LATE, UNDONE))
    dice = random.random()
    hour = random.choice([9, 14, 15, 16])
    if dice < undone:
        return Intent(None, None, hour)
    if dice < undone + late:
        held = due + datetime.timedelta(days=random.randint(1, 12))
        return Intent(held, held + datetime.timedelta(days=random.randint(0, 10)), hour, makes_up=held > period_end)
    room = (due - opened).days
    held = opened + datetime.timedelta(days=random.randint(room // 4, max(room // 4, room - random.randint(0, 3))))
    while held.isoweekday() > 5 and held > opened:
        held -= datetime.timedelta(days=1)
    return Intent(held, held + datetime.timedelta(days=random.choice([0, 0, 0, 1, 2, 3])), hour)
