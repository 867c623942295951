"""The demo's scores: the year 2025 from its rules to an objection that was upheld, 2026 as a running preview."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from pathlib import Path

from common import audit
from orgs.models import Appointment, Department, Level, Office, Organisation, User
from partybuild.demo.assigning import HEADQUARTERS, Scene, bind, holder, secretary
from partybuild.demo.score_ballots import close_ballots, hold_ballots
from scoring import bodies, definitions, inputs
from scoring.marking_rules import Finding, is_marked_by_people
from scoring.models import BonusClaim, Composite, Objection, ReviewerSeat, Scheme, SchemeVersion, Sheet
from scoring.services import bonuses, objections, publication, stages, statements
from scoring.services.composites import create_composite, import_business_scores, publish_composite
from scoring.services.marking import give_mark
from scoring.services.placing import refresh_median
from scoring.services.recalculating import recalculate
from scoring.services.reviewers import assign_reviewer
from scoring.services.schemes import import_scheme, shipped_files
from scoring.services.versions import publish_version

DATA = Path(__file__).parent / "data"
CODES = {2025: ("GB-2025", "BR-2025"), 2026: ("GB-2026", "BR-2026")}
# Whose staff marks what the scheme gives to a body.
DEPARTMENTS = {
    "组织部": "BM02", "宣传部": "BM03", "纪委": "BM04", "党政办": "BM01", "学工部": "BM06", "项目办": "BM15",
    "考核组": "BM15", "考核办": "BM15",
}  # fmt: skip
OBJECTOR, OBJECTED = "ZZ5", "5.4"
PARTY, BUSINESS = Decimal("0.30"), Decimal("0.70")


def play_scores(day: datetime.date) -> None:
    """Whatever happens to the scores on ``day``; the clock stands on it."""
    for scene in scenes().get(day, []):
        scene()


@cache
def scenes() -> dict[datetime.date, list[Scene]]:
    """What happens on which day, in the order of this file."""
    found: dict[datetime.date, list[Scene]] = defaultdict(list)
    for when, scene in [*_year_2025(), *_year_2026()]:
        found[datetime.date.fromisoformat(when)].append(scene)
    return found


def _year_2025() -> list[tuple[str, Scene]]:
    return [
        ("2025-03-10", bind(draft_rules, 2025)),
        ("2025-03-14", bind(publish_rules, 2025)),
        ("2025-11-28", bind(step, 2025)),
        *(("2025-12-04", bind(write_statements, level)) for level in (Level.GENERAL_BRANCH, Level.BRANCH)),
        ("2025-12-08", bind(step, 2025)),
        ("2025-12-11", bind(mark_all, 2025)),
        ("2025-12-15", bind(claim_bonuses, 2025)),
        ("2025-12-17", bind(decide_bonuses, 2025)),
        ("2025-12-19", bind(hold_ballots, 2025)),
        ("2025-12-24", bind(close_ballots, 2025)),
        ("2025-12-26", bind(step, 2025)),
        ("2025-12-30", bind(confirm_check, 2025)),
        ("2026-01-06", bind(publish_all, 2025)),
        ("2026-01-08", object_to_a_mark),
        ("2026-01-13", uphold),
        ("2026-01-20", bind(finalise, 2025)),
        ("2026-01-21", bind(compose, 2025)),
        ("2026-01-22", bind(publish_composites, 2025)),
    ]


def _year_2026() -> list[tuple[str, Scene]]:
    return [
        ("2026-03-10", bind(draft_rules, 2026)),
        ("2026-03-13", bind(publish_rules, 2026)),
        *((day, bind(calculate, 2026)) for day in ("2026-03-31", "2026-04-30", "2026-05-31")),
        ("2026-05-20", bind(compose, 2026)),
        ("2026-05-25", bind(claim_bonuses, 2026)),
        ("2026-06-15", bind(calculate, 2026)),
    ]


# --- who --------------------------------------------------------------------------------------------------------------


def office() -> User:
    """Who keeps the schemes: the organisation department."""
    return holder(department__code="BM02", office=Office.HEAD)


def leader() -> User:
    """Who publishes and confirms: the committee's secretary."""
    return secretary(HEADQUARTERS)


def schemes(year: int) -> list[Scheme]:
    """Both schemes of a year."""
    return list(Scheme.objects.filter(code__in=CODES[year]).select_related("organisation").order_by("-code"))


# --- the rules --------------------------------------------------------------------------------------------------------


def draft_rules(year: int) -> None:
    """The shipped rules of a year as drafts; those of 2025 are marked as examples."""
    root = Organisation.objects.get(code=HEADQUARTERS)
    for path in shipped_files():
        if str(year) in path.name:
            version = import_scheme(actor=office(), organisation=root, raw=path.read_bytes())
            if year == min(CODES):
                version.scheme.is_example = True
                audit.save(version.scheme, actor=office(), reason="示例")


def publish_rules(year: int) -> None:
    """Published by the secretary; who marks what is named."""
    for scheme in schemes(year):
        version = SchemeVersion.objects.get(scheme=scheme)
        publish_version(actor=leader(), version=version, seen=bodies.digest(version.body), note="党委会审议通过")
        for indicator in inputs.definition_in_force(scheme).indicators():
            if is_marked_by_people(indicator):
                for user in reviewers(indicator.reviewer):
                    if user.person is not None:
                        assign_reviewer(actor=office(), scheme=scheme, code=indicator.code, person=user.person)


def reviewers(body: str) -> list[User]:
    """Head and staff of the department that stands for ``body``."""
    department = Department.objects.get(code=DEPARTMENTS.get(body, "BM02"))
    held = Appointment.objects.in_force().filter(department=department, office__in=(Office.HEAD, Office.STAFF))
    people = held.order_by("office", "pk").values("person")
    return list(User.objects.filter(person__in=people).select_related("person__organisation").order_by("username"))


def step(year: int) -> None:
    """The office takes both schemes one step on."""
    for scheme in schemes(year):
        stages.move_forward(actor=office(), scheme=scheme, seen=scheme.stage)


# --- what people add --------------------------------------------------------------------------------------------------

ACHIEVED = (
    "按照年度考核方案组织开展工作，责任清单按月对照，三会一课和主题党日按期开展，党员集中学习按计划推进，"
    "与专业建设、学生就业和社会服务结合开展党员先锋行动，年内各项任务总体完成。"
)
LACKING = (
    "一是个别月份记录补录较晚，平时留痕意识不强；二是外出实习党员参加集中学习不够方便，学时偏紧；"
    "三是党建与业务结合的载体还不多。下一步提前排出会议计划，用好线上学习，每学期至少形成一项可推广的做法。"
)


def write_statements(level: str) -> None:
    """Every unit says in words what it did and what is lacking."""
    scheme = next(one for one in schemes(2025) if one.applies_to == level)
    for unit in inputs.assessed(scheme):
        statements.submit_statement(
            actor=secretary(unit.code), scheme=scheme, organisation=unit, achieved=ACHIEVED, lacking=LACKING, seen=0
        )


def mark_all(year: int) -> None:
    """Reviewers mark every unit in which, and below which, they hold no office."""
    for scheme in schemes(year):
        units = list(inputs.assessed(scheme))
        for number, indicator in enumerate(inputs.definition_in_force(scheme).indicators()):
            if is_marked_by_people(indicator):
                for place, unit in enumerate(units):
                    mark_one(scheme, unit, indicator, place * 5 + number * 3)


def mark_one(scheme: Scheme, unit: Organisation, indicator: definitions.Indicator, chance: int) -> None:
    """One finding with its reason."""
    ids = set(
        Appointment.objects.in_force()
        .filter(organisation__path__startswith=unit.path)
        .values_list("person_id", flat=True)
    )
    # Where everybody of the department has an office in the unit, the discipline office marks in its place.
    people = [*reviewers(indicator.reviewer), *reviewers("纪委")]
    reviewer = next(user for user in people if user.person is not None and user.person_id not in ids)
    if (
        reviewer.person
        and not ReviewerSeat.objects.filter(scheme=scheme, code=indicator.code, person=reviewer.person).exists()
    ):
        assign_reviewer(actor=office(), scheme=scheme, code=indicator.code, person=reviewer.person)
    finding, reason = finding_of(indicator, chance)
    give_mark(actor=reviewer, scheme=scheme, organisation=unit, code=indicator.code, finding=finding, reason=reason)


def finding_of(indicator: definitions.Indicator, chance: int) -> tuple[Finding, str]:
    """What a reviewer finds: mostly good, now and then a case."""
    if indicator.kind == "rubric":
        levels = [level["name"] for level in indicator.params["levels"]]
        level = levels[(0, 1, 1, 0, 2, 1, 0)[chance % 7] % len(levels)]
        return Finding(level=level), f"根据全年记录和实地了解，成效{level}"
    if indicator.kind == "checklist":
        items = [item["code"] for item in indicator.params["items"] if not item.get("auto")]
        lacking = items[-1] if chance % 6 == 5 else ""
        words = "台账逐条核对，有一条没有做到" if lacking else "台账逐条核对，均已做到"
        return Finding(checked={code: code != lacking for code in items}), words
    event = indicator.params["event"]
    if chance % 11 == 4:
        return Finding(events={event: 1}), "抽查发现1处，已当面反馈并限期改正"
    return Finding(events={}), "抽查未发现问题"


BONUSES = {
    2025: (("ZZ3", "J3", "产教融合党建联建案例", "教工委〔2025〕18号", "市委教育工委", "2025-10-20"),
           ("ZZ4", "J4", "“党员工作室”工作法", "学院党〔2025〕33号", "学院党委", "2025-11-11")),
    2026: (("ZZ2", "J4", "“支部＋商会”工作案例", "学院党〔2026〕12号", "学院党委", "2026-05-12"),),
}  # fmt: skip
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa7\x9a\xa0\xa0\x00\x00\x00\x00IEND\xaeB`\x82"
)


def claim_bonuses(year: int) -> None:
    """Units claim what they achieved, with the document."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    scheme = Scheme.objects.select_related("organisation").get(code=CODES[year][0])
    for code, award, name, number, issuer, day in BONUSES[year]:
        bonuses.claim_bonus(
            actor=secretary(code),
            scheme=scheme,
            organisation=Organisation.objects.get(code=code),
            facts=bonuses.Achievement(
                code=award, achievement=name, document_number=number, issuer=issuer,
                issued_on=datetime.date.fromisoformat(day),
            ),
            upload=SimpleUploadedFile("公布文件.png", PNG, content_type="image/png"),
        )  # fmt: skip


def decide_bonuses(year: int) -> None:
    """The office accepts what is proved."""
    for claim in BonusClaim.objects.filter(scheme__code__in=CODES[year], state=BonusClaim.State.CLAIMED):
        bonuses.decide_bonus(actor=office(), claim=claim, accept=True, decision="文件属实，符合加分条件")


# --- results ----------------------------------------------------------------------------------------------------------


def confirm_check(year: int) -> None:
    """Four eyes: the secretary, who prepared nothing, confirms."""
    for scheme in schemes(year):
        stages.move_forward(actor=leader(), scheme=scheme, seen=scheme.stage, note="逐表核对，数据和规则一致。")


def publish_all(year: int) -> None:
    """Published after the committee's decision."""
    for scheme in schemes(year):
        publication.publish_results(
            actor=office(), scheme=scheme, approval=f"党委会审定{year}年度党建考核初步结果",
            approved_on=datetime.date(year + 1, 1, 6),
        )  # fmt: skip


def object_to_a_mark() -> None:
    """The secretary of a general branch finds one mark too low."""
    sheet = Sheet.objects.select_related("scheme", "organisation", "version").get(
        scheme__code=CODES[2025][0], organisation__code=OBJECTOR
    )
    objections.file_objection(
        actor=secretary(OBJECTOR),
        sheet=sheet,
        code=OBJECTED,
        asked=Decimal("3.00"),
        reason="乡村建筑设计服务团年内完成5个村的规划公益设计，评分时材料未送达考核组。",
        evidence="县住建局感谢函和5个村的交付清单",
    )


def uphold() -> None:
    """Somebody who did not give the mark answers, and corrects it."""
    objection = Objection.objects.select_related("scheme", "organisation").get(
        organisation__code=OBJECTOR, code=OBJECTED
    )
    objections.answer_objection(
        actor=leader(),
        objection=objection,
        outcome=Objection.State.CORRECTED,
        answer="经核实材料属实，评分时确未计入，按“突出”更正。",
        new=Decimal("3.00"),
    )


def finalise(year: int) -> None:
    """The window is over, everything is answered."""
    for scheme in schemes(year):
        publication.finalise_results(actor=office(), scheme=scheme)
        refresh_median(scheme=scheme)


def compose(year: int) -> None:
    """The composite of the colleges is set up, and the business scores come in."""
    scheme = Scheme.objects.select_related("organisation").get(code=CODES[year][0])
    composite = create_composite(
        scheme=scheme, actor=office(), code=f"COLLEGE-COMPOSITE-{year}", name="二级学院年度综合绩效考核",
        party_weight=PARTY, business_weight=BUSINESS, business_owner="发展规划处", is_example=scheme.is_example,
    )  # fmt: skip
    with (DATA / f"business_scores_{year}.xlsx").open("rb") as file:
        report = import_business_scores(composite=composite, file=file, actor=office(), dry_run=False)
    _require_clean(report.errors)


def _require_clean(errors: Iterable[object]) -> None:
    if found := [str(error) for error in errors]:
        raise ValueError("; ".join(found))


def publish_composites(year: int) -> None:
    """Published once the Party part is final."""
    publish_composite(composite=Composite.objects.select_related("organisation").get(year=year), actor=office())


def calculate(year: int) -> None:
    """What the night does with the scores, on the days that the demo shows."""
    for scheme in schemes(year):
        recalculate(scheme=scheme)
        refresh_median(scheme=scheme)
