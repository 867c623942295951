"""A published scheme and its sheets, for tests that are not about how they come about."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from common import clock
from orgs.models import Level, Organisation, User
from scoring.models import Scheme, SchemeVersion, Sheet, SheetLine, Stage

BANDS = [
    {"name": "优秀", "min": 90, "quota_max_ratio": 0.3, "quota_round": "floor"},
    {"name": "良好", "min": 80},
    {"name": "合格", "min": 60},
    {"name": "不合格", "min": 0},
]


def body(code: str = "GB-2026", level: str = Level.GENERAL_BRANCH, year: int = 2026) -> dict[str, Any]:
    """A whole small scheme: a rate from the records, a rubric, and a deduction by reviewers."""
    rate = {
        "numerator": "已开展", "denominator": "应开展", "full_at": 1, "zero_at": 0.5,
        "empty_denominator": "not_applicable",
    }  # fmt: skip
    levels = [{"name": "突出", "s": 30}, {"name": "一般", "s": 15}, {"name": "不明显", "s": 0}]
    return {
        "code": code,
        "name": f"测试考核{year}",
        "year": year,
        "applies_to": str(level),
        "full_mark": 100,
        "blocks": [
            {
                "code": "B1",
                "name": "组织生活",
                "points": 70,
                "indicators": [
                    {
                        "code": "1.1", "name": "主题党日", "points": 40, "kind": "rate_linear", "source": "auto",
                        "measure": "meetings.theme_days", "params": rate, "reviewer": "组织部",
                    },
                    {
                        "code": "1.2", "name": "记录真实", "points": 30, "kind": "deduct", "source": "manual",
                        "params": {"event": "查实的代签", "per_event": 5, "floor": 0}, "reviewer": "纪委",
                    },
                ],
            },
            {
                "code": "B2",
                "name": "实绩",
                "points": 30,
                "indicators": [
                    {
                        "code": "2.1", "name": "融合实绩", "points": 30, "kind": "rubric", "source": "manual",
                        "params": {"levels": levels}, "reviewer": "考核组",
                    },
                ],
            },
        ],
        "bonus": {
            "cap": 5, "stacking": "highest_per_item", "proof": ["文件编号"],
            "table": [{"code": "J1", "name": "国家级", "points": 3}, {"code": "J2", "name": "省级", "points": 2}],
        },
        "penalty": {"cap": -10, "table": [{"code": "K1", "name": "通报批评", "points": -1, "per": "次"}]},
        "veto": {"decided_by": "党委会", "items": [{"code": "V1", "name": "重大责任事件"}]},
        "bands": BANDS,
        "tie_break": [],
    }  # fmt: skip


def publish_body(
    committee: Organisation, drafter: User, content: dict[str, Any] | None = None, stage: str = Stage.RUNNING
) -> Scheme:
    """A scheme whose first version is in force, written as a fact."""
    content = content or body()
    scheme = Scheme.objects.create(
        organisation=committee, code=content["code"], name=content["name"], year=content["year"],
        applies_to=content["applies_to"], stage=stage,
    )  # fmt: skip
    SchemeVersion.objects.create(
        scheme=scheme, number=1, body=content, state=SchemeVersion.State.PUBLISHED, drafted_by=drafter,
        published_by=drafter, published_at=clock.now(),
    )  # fmt: skip
    return scheme


def write_sheet(scheme: Scheme, organisation: Organisation, total: str | None, **values: Any) -> Sheet:
    """A sheet with this total and no lines, unless ``lines`` gives scores by code of indicator."""
    lines = values.pop("lines", {})
    figure = None if total is None else Decimal(total)
    values = {"so_far": figure, "missing": 0 if total else 1, "as_of": datetime.date(scheme.year, 6, 15)} | values
    sheet = Sheet.objects.create(
        scheme=scheme, organisation=organisation, version=scheme.versions.get(number=1), total=figure,
        computed_at=clock.now(), **values,
    )  # fmt: skip
    for number, (code, score) in enumerate(lines.items()):
        SheetLine.objects.create(
            sheet=sheet, position=number, code=code, status="scored", score=Decimal(score), words="按记录"
        )
    return sheet
