"""Correcting one figure of a frozen sheet: the rest of the sheet is computed from what was frozen, never anew."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from common import audit
from common.errors import Conflict, InvalidInput
from common.sentences import written as _
from orgs import access
from scoring import definitions, inputs
from scoring.calculating import kept
from scoring.contested import BONUS, PENALTY, contested
from scoring.definition_checks import plain
from scoring.formulas import Outcome, Status, two
from scoring.models import Correction, Objection, Scheme, Sheet, SheetLine, Stage
from scoring.services.placing import award_places
from scoring.totals import rounded, total_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orgs.models import User
    from scoring.definitions import Definition

ZERO = Decimal(0)


@transaction.atomic
def apply_correction(*, actor: User, objection: Objection, new: Decimal, reason: str) -> Correction:
    """Replace the score of the objection's indicator, or the sum of bonus or penalty; all else stays as frozen.

    ``new``: within what ``contested`` says, two decimals; total and bands follow. Raises ``NotAllowed`` (CONFIGURE; an office in the unit),
    ``InvalidInput`` on ``new``, ``Conflict`` unless the results are published and not final. Side effects: one
    ``Correction`` with the score before, the line and its sheet, bands of all sheets of the scheme.
    """
    access.require(actor, access.CONFIGURE, objection.scheme.organisation)
    inputs.require_no_office(actor, objection.organisation)
    person = inputs.person_of(actor)
    scheme = inputs.hold(objection.scheme)
    if scheme.stage != Stage.PUBLISHED:
        raise Conflict(_("只有公示期间的结果可以更正。"))
    sheet = Sheet.objects.select_for_update(of=("self",)).select_related("version").get(
        scheme=scheme, organisation=objection.organisation_id
    )  # fmt: skip
    definition = definitions.read(sheet.version.body)
    require_score(definition, objection.code, new, "new")
    lines = list(SheetLine.objects.filter(sheet=sheet))
    correction = Correction(
        scheme=scheme, organisation=objection.organisation, code=objection.code,
        old=frozen_score(sheet, lines, objection.code), new=new, reason=reason, objection=objection,
        corrected_by=person,
    )  # fmt: skip
    audit.save(correction, actor=actor, reason=reason)
    _replace(sheet, lines, correction)
    _write(definition, sheet, lines)
    award_places(scheme=scheme, definition=definition)
    return correction


def frozen_score(sheet: Sheet, lines: Iterable[SheetLine], code: str) -> Decimal | None:
    """What the sheet has for an indicator, or for the sum of bonus or penalty. Raises ``KeyError`` for neither."""
    scores: dict[str, Decimal | None] = {line.code: line.score for line in lines}
    return (scores | {BONUS: sheet.bonus, PENALTY: sheet.penalty})[code]


def _replace(sheet: Sheet, lines: Iterable[SheetLine], correction: Correction) -> None:
    code, new, reason = correction.code, correction.new, correction.reason
    before = "无" if correction.old is None else two(correction.old)
    if code in (BONUS, PENALTY):
        words = f"{code}合计经复核更正为{two(new)}（原{before}）。理由：{reason}"
        row = {
            "code": code,
            "name": "复核更正",
            "what": "",
            "points": str(new - (correction.old or ZERO)),
            "words": words,
        }
        sheet.adjustments = [*sheet.adjustments, row]
        sheet.bonus, sheet.penalty = (new, sheet.penalty) if code == BONUS else (sheet.bonus, new)
        return
    line = next(one for one in lines if one.code == code)
    line.words = f"经复核更正为{two(new)}（原{before}：{line.words}）。理由：{reason}"[:1000]
    line.status, line.score, line.exact, line.corrected = Status.SCORED, new, str(new), True


def require_score(definition: Definition, code: str, score: Decimal, field: str) -> None:
    """Raise ``InvalidInput`` on ``field`` unless ``score`` has two decimals and is one that ``code`` can have."""
    about = contested(definition, code)
    if not score.is_finite() or not about.low <= score <= about.high or score != score.quantize(Decimal("0.01")):
        words = _("请填写%(low)s到%(high)s之间的得分，最多两位小数。")
        raise InvalidInput(errors={field: words % {"low": plain(about.low), "high": plain(about.high)}})


def _write(definition: Definition, sheet: Sheet, lines: Iterable[SheetLine]) -> None:
    """Total and factors from the lines as they are kept, bonus and penalty as frozen."""
    lines = list(lines)
    total = total_of(definition, {line.code: Outcome(Status(line.status), line.unrounded, "") for line in lines})
    factors = {part.code: kept(part.factor) for part in total.lines}
    for line in lines:
        line.factor = factors[line.code]
    SheetLine.objects.bulk_update(lines, ("status", "score", "exact", "words", "corrected", "factor"))
    sheet.base, sheet.missing = total.base, len(total.missing)
    sheet.total = None if total.base is None else _whole(definition, sheet, total.base)
    so_far = _so_far(definition, lines) if total.base is None else total.base
    sheet.so_far = None if so_far is None else _whole(definition, sheet, so_far)
    sheet.save(update_fields=["base", "missing", "total", "so_far", "bonus", "penalty", "adjustments"])


def _so_far(definition: Definition, lines: Iterable[SheetLine]) -> Decimal | None:
    """The base over what is there, as if the missing lines did not apply."""
    outcomes = {
        line.code: Outcome(Status.NOT_APPLICABLE if line.status == Status.MISSING else Status(line.status), line.unrounded, "")
        for line in lines
    }  # fmt: skip
    return total_of(definition, outcomes).base


def _whole(definition: Definition, sheet: Sheet, base: Decimal) -> Decimal:
    """Base with bonus and penalty, within 0 and the full mark with the bonus' cap, rounded once."""
    most = definition.full_mark + definition.bonus.cap
    return rounded(max(ZERO, min(most, base + sheet.bonus + sheet.penalty)))


def changed_since_publication(scheme: Scheme) -> list[Sheet]:
    """The sheets whose total or band is another than when it was published, in tree order. One query."""
    sheets = Sheet.objects.filter(scheme=scheme, frozen_at__isnull=False).select_related("organisation")
    return [
        one
        for one in sheets.order_by("organisation__path")
        if (one.total, one.band) != (one.published_total, one.published_band)
    ]
