"""The composite of the colleges: set up, business scores imported, published."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import IO, TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from common import audit, clock
from common.errors import Conflict, InvalidInput
from common.sentences import written as _
from common.spreadsheets import Book, RowError, SheetSpec, UnreadableFile, clean_text, is_blank
from orgs import access
from orgs.models import College
from scoring.models import BusinessScore, Composite, CompositeLine, Scheme, Stage
from scoring.selectors.composites import composite_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from orgs.models import User

SHEET = SheetSpec("事业发展得分", ("学院编码", "学院", "年度", "得分", "满分", "提供部门"), ("备注",))
HUNDREDTH = Decimal("0.01")


@dataclass
class ScoreReport:
    """What an import did, or would do; with ``errors`` nothing was written."""

    is_dry_run: bool
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    changes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether the file was accepted."""
        return not self.errors


@transaction.atomic
def create_composite(
    *, scheme: Scheme, actor: User, code: str, name: str, party_weight: Decimal, business_weight: Decimal,
    business_owner: str = "", is_example: bool = False,
) -> Composite:  # fmt: skip
    """Set up the composite of the scheme's year.

    Raises ``NotAllowed`` without CONFIGURE on the committee, ``InvalidInput`` when the weights do not sum to 1,
    ``Conflict`` when the year has one. Side effects: one audited row.
    """
    access.require(actor, access.CONFIGURE, scheme.organisation)
    if party_weight < 0 or business_weight < 0 or party_weight + business_weight != 1:
        words = _("两项权重之和必须是1，例如0.30和0.70。")
        raise InvalidInput(words, errors={"party_weight": words})
    composite = Composite(
        organisation=scheme.organisation, code=code, name=name, year=scheme.year, scheme=scheme,
        party_weight=party_weight, business_weight=business_weight, business_owner=business_owner,
        is_example=is_example,
    )  # fmt: skip
    try:
        with transaction.atomic():
            audit.save(composite, actor=actor, reason=_("建立综合绩效"))
    except IntegrityError as error:
        raise Conflict(_("这一年度的综合绩效已经建立，请打开它继续。")) from error
    return composite


def import_business_scores(*, composite: Composite, file: IO[bytes], actor: User, dry_run: bool) -> ScoreReport:
    """Import 事业发展得分 (one sheet, one row a college). All or nothing; run again, nothing changes.

    Every bad row is one ``RowError``; all of them in one pass. Raises ``NotAllowed`` without CONFIGURE, ``Conflict``
    once the composite is published. Side effects: ``BusinessScore`` rows with history (none in a dry run).
    """
    access.require(actor, access.CONFIGURE, composite.organisation)
    report = ScoreReport(dry_run)
    with transaction.atomic():
        held = Composite.objects.select_for_update(of=("self",)).get(pk=composite.pk)
        if held.state == Composite.State.PUBLISHED:
            raise Conflict(_("综合绩效已经公布，不能再导入。"))
        rows = _read(file, held, report)
        if report.ok:
            _apply(held, rows, actor, report)
    return report


def _read(file: IO[bytes], composite: Composite, report: ScoreReport) -> dict[int, dict[str, Any]]:
    colleges = {one.code: one for one in College.objects.under(composite.organisation)}
    found: dict[int, dict[str, Any]] = {}
    try:
        with Book(file) as book:
            for number, values in book.rows(SHEET, report.errors):
                _read_row(number, values, colleges, composite, found, report)
    except UnreadableFile as error:
        report.errors.append(error.error)
    if report.ok and not found:
        report.errors.append(RowError(SHEET.name, 0, "", _("没有一行数据"), _("请从第二行起每个学院写一行")))
    missing = [one.name for one in colleges.values() if one.pk not in found]
    if report.ok and missing:
        report.warnings.append(_("文件里没有：%s。这些学院缺事业发展得分，综合绩效不能公布。") % "、".join(missing))
    return found


def _read_row(
    number: int, values: Mapping[str, Any], colleges: Mapping[str, College], composite: Composite,
    found: dict[int, dict[str, Any]], report: ScoreReport,
) -> None:  # fmt: skip
    def fault(column: str, problem: str, advice: str) -> None:
        report.errors.append(RowError(SHEET.name, number, column, problem, advice))

    before = len(report.errors)
    code, name = clean_text(values["学院编码"]), clean_text(values["学院"])
    college = colleges.get(code)
    if college is None:
        fault(
            "学院编码", _("没有编码为“%s”的学院") % code, _("请填写平台里的学院编码：%s") % "、".join(sorted(colleges))
        )
    elif name and name != college.name:
        fault(
            "学院", _("编码%(code)s是“%(name)s”") % {"code": code, "name": college.name}, _("请核对编码和名称是否串行")
        )
    elif college.pk in found:
        fault("学院编码", _("这个学院出现了两次"), _("请只保留一行"))
    if clean_text(values["年度"]) != str(composite.year):
        fault("年度", _("年度不是%d") % composite.year, _("请确认文件年度，或改用对应年度的综合绩效"))
    score, full = _number(values["得分"], "得分", fault), _number(values["满分"], "满分", fault)
    if full is not None and full <= 0:
        fault("满分", _("满分必须大于0"), _("一般为100"))
    elif score is not None and full is not None and score > full:
        fault("得分", _("得分高于满分"), _("请核对得分和满分"))
    provider = clean_text(values["提供部门"])
    if not provider:
        fault("提供部门", _("没有写提供部门"), _("请写明由哪个部门提供"))
    note = clean_text(values.get("备注"))
    for column, text, most in (("提供部门", provider, 100), ("备注", note, 300)):
        if len(text) > most:
            fault(column, _("超过%d个字") % most, _("请缩短"))
    if len(report.errors) == before and college is not None:
        found[college.pk] = {"college": college, "score": score, "full_mark": full, "provider": provider, "note": note}


def _number(value: object, column: str, fault: Any) -> Decimal | None:
    if is_blank(value):
        fault(column, _("没有填写"), _("请填写数字；没有得分的学院请整行删去，不要填0代替"))
        return None
    text = clean_text(value)
    try:
        found = Decimal("NaN" if "_" in text else text)  # Decimal would read 8_8 as 88
    except InvalidOperation:
        found = Decimal("NaN")
    if isinstance(value, bool) or not found.is_finite() or not 0 <= found <= 9999:
        fault(column, _("“%s”不是0到9999的数字") % clean_text(value)[:30], _("请填写数字，最多两位小数"))
        return None
    rounded = found.quantize(HUNDREDTH)
    # Excel keeps 88.4 as 88.40000000000001: that is no third decimal.
    if abs(found - rounded) > Decimal("1e-9"):
        fault(column, _("“%s”多于两位小数") % clean_text(value)[:30], _("请先四舍五入到两位小数"))
        return None
    return rounded


def _apply(composite: Composite, rows: Mapping[int, dict[str, Any]], actor: User, report: ScoreReport) -> None:
    known = {one.college_id: one for one in BusinessScore.objects.filter(composite=composite)}
    for pk, values in rows.items():
        stored = known.get(pk)
        if stored is None:
            report.created += 1
            report.changes.append(_("%(name)s：%(score)s") % {"name": values["college"].name, "score": values["score"]})
            stored = BusinessScore(composite=composite, **values)
        else:
            words = _changed(stored, values)
            if not words:
                report.unchanged += 1
                continue
            report.updated += 1
            report.changes.append(f"{values['college'].name}：{words}")
            for name, value in values.items():
                setattr(stored, name, value)
        if not report.is_dry_run:
            audit.save(stored, actor=actor, reason=_("导入事业发展得分"))


def _changed(stored: BusinessScore, values: Mapping[str, Any]) -> str:
    names = {"score": _("得分"), "full_mark": _("满分"), "provider": _("提供部门"), "note": _("备注")}
    parts = [
        f"{words} {_shown(getattr(stored, name))} → {_shown(values[name])}"
        for name, words in names.items()
        if getattr(stored, name) != values[name]
    ]
    return "，".join(parts)


def _shown(value: object) -> str:
    """A value in the list of changes; nothing is a dash, and a score of 0 is 0."""
    return "—" if value is None or value == "" else str(value)


@transaction.atomic
def publish_composite(*, composite: Composite, actor: User) -> Composite:
    """Publish the composite: the lines are written and stand.

    Raises ``NotAllowed`` without CONFIGURE, ``Conflict`` while the Party sheets are not final, a part is missing
    (a missing part blocks and is never a zero), or when somebody else has just published it.
    """
    access.require(actor, access.CONFIGURE, composite.organisation)
    held = Composite.objects.select_for_update(of=("self",)).select_related("scheme").get(pk=composite.pk)
    if held.state == Composite.State.PUBLISHED:
        raise Conflict(_("综合绩效已经公布，不用再办。"))
    if held.scheme.stage != Stage.FINAL:
        raise Conflict(_("党建考核还没有定稿，不能公布综合绩效。请先完成公示和申诉。"))
    rows = composite_rows(held)
    if missing := [row for row in rows if row.total is None]:
        words = "；".join(f"{row.college.name}：{row.missing}" for row in missing)
        raise Conflict(_("还缺数据，不能公布：%s") % words)
    if not rows:
        raise Conflict(_("没有二级学院，不能公布，请先在花名册里导入二级学院。"))
    CompositeLine.objects.bulk_create(_lines(held, rows))
    held.state, held.published_on = Composite.State.PUBLISHED, clock.today()
    audit.save(held, actor=actor, reason=_("公布综合绩效"))
    return held


def _lines(composite: Composite, rows: Iterable[Any]) -> list[CompositeLine]:
    return [
        CompositeLine(composite=composite, college=row.college, party=row.party, business=row.business, total=row.total)
        for row in rows
    ]
