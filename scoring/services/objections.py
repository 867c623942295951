"""Objections to published indicators: filed by the unit's secretary, answered by somebody who did not mark them."""

from __future__ import annotations

import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q

from common import audit, calendars, clock
from common.errors import Conflict, InvalidInput, NotAllowed
from common.sentences import written as _
from notices.services import owe
from orgs import access
from scoring import definitions, inputs, messages, stages
from scoring.contested import BONUS, PENALTY, contested, sums_of
from scoring.formulas import Marks, Status, score_of
from scoring.frequencies import Span
from scoring.marking_rules import Finding, is_marked_by_people
from scoring.models import BonusClaim, Mark, Objection, PenaltyEntry, ReviewerSeat, Sheet, SheetLine, Stage
from scoring.services.corrections import apply_correction, frozen_score, require_score
from scoring.services.marking import give_mark, state_of

if TYPE_CHECKING:
    from orgs.models import Person, User
    from scoring.definitions import Definition, Indicator
    from scoring.models import Scheme

State = Objection.State
CENT = Decimal("0.01")
# What may become of an objection; what was returned is decided after the new mark.
ANSWERS: dict[str, frozenset[str]] = {
    State.FILED: frozenset({State.UPHELD, State.CORRECTED, State.RETURNED}),
    State.RETURNED: frozenset({State.UPHELD, State.CORRECTED}),
}
OPEN = (State.FILED, State.RETURNED)


@transaction.atomic
def file_objection(
    *, actor: User, sheet: Sheet, code: str, asked: Decimal, reason: str, evidence: str = ""
) -> Objection:
    """Object to one indicator of the own unit's published sheet, or to its sum of bonus or penalty, within the window.

    ``asked``: the score the unit asks for, within what ``contested`` says. Raises ``NotAllowed`` unless the unit's
    secretary (a deputy while there is none), ``InvalidInput`` by field (code, asked, reason, evidence), ``Conflict``
    (not published, the window is over, objected to already). The same objection sent twice is one. Side effects:
    messages to those who lead the scheme.
    """
    _require_secretary(actor, sheet)
    person = inputs.person_of(actor)
    scheme = inputs.hold(sheet.scheme)
    require_window(scheme)
    definition = definitions.read(sheet.version.body)
    found = _contested_score(sheet, definition, code)
    require_score(definition, code, asked, "asked")
    current = None if found is None else found.quantize(CENT, ROUND_HALF_UP)
    if current == asked:
        raise InvalidInput(errors={"asked": _("申请得分和现得分相同，请填写您认为应得的分。")})
    reason = inputs.required_text(reason, "reason", _("请写明理由。"), limit=1000)
    evidence = inputs.required_text(evidence, "evidence", "") if evidence.strip() else ""
    objection = Objection(
        scheme=scheme, organisation=sheet.organisation, code=code, current=current, asked=asked, reason=reason,
        evidence=evidence, filed_by=person,
        answer_by=calendars.add_workdays(clock.today(), answer_days(definition)),
    )  # fmt: skip
    if twin := _twin(objection):
        return twin
    try:
        with transaction.atomic():
            audit.save(objection, actor=actor, reason=reason)
    except IntegrityError as error:
        raise Conflict(_("这个指标已经提出申诉，请等待答复。")) from error
    owe(messages=messages.objection_filed(objection, messages.leaders_of(scheme.organisation)))
    return objection


@transaction.atomic
def withdraw_objection(*, actor: User, objection: Objection) -> Objection:
    """Take an objection back before it is answered. Raises ``NotAllowed``, ``Conflict``."""
    _require_secretary(actor, objection)
    if objection.state == State.WITHDRAWN:
        return objection
    found = _claim(objection, State.FILED, State.WITHDRAWN)
    return audit.save(found, actor=actor, reason=_("撤回申诉"))


@transaction.atomic
def answer_objection(
    *, actor: User, objection: Objection, outcome: str, answer: str, new: Decimal | None = None
) -> Objection:
    """Answer: ``upheld``, ``corrected`` (then ``new`` is the score), or ``returned`` to be marked again.

    Raises ``NotAllowed`` (CONFIGURE; who marks or marked the indicator; an office in the unit), ``InvalidInput`` by
    field (outcome, answer, new), ``Conflict`` (answered by somebody else meanwhile, waiting for the new mark, not
    published). The same answer sent twice is one. Side effects: a ``Correction`` with all that follows from it;
    messages to the unit's secretary, or to those who mark the indicator.
    """
    person = require_other_eyes(actor, objection)
    scheme = inputs.hold(objection.scheme)
    found = Objection.objects.select_related("scheme__organisation", "organisation").get(pk=objection.pk)
    answer = inputs.required_text(answer, "answer", _("请写明答复，申诉单位会看到。"), limit=1000)
    if (found.state, found.reviewer_id, found.answer) == (outcome, person.pk, answer):
        return found
    _require_answerable(scheme, found, outcome, new)
    claimed = _claim(found, found.state, outcome)
    claimed.reviewer, claimed.answer, claimed.answered_on = person, answer, clock.today()
    audit.save(claimed, actor=actor, reason=answer)
    if outcome == State.CORRECTED and new is not None:
        apply_correction(actor=actor, objection=claimed, new=new, reason=answer)
    if outcome == State.RETURNED:
        owe(messages=messages.mark_wanted_again(claimed))
    secretary = messages.secretaries_of([claimed.organisation_id]).get(claimed.organisation_id)
    owe(messages=messages.objection_answered(claimed, secretary))
    return claimed


@transaction.atomic
def mark_again(*, actor: User, objection: Objection, finding: Finding, reason: str) -> Objection:
    """Mark a returned indicator anew, by who has the seat; the score changes only by the correction that follows.

    Raises as ``give_mark``, and ``Conflict`` unless the objection was returned and not marked again yet. Side
    effects: the mark, what it gives is written on the objection, messages to those who lead the scheme.
    """
    scheme = inputs.hold(objection.scheme)
    found = Objection.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=objection.pk)
    if scheme.stage != Stage.PUBLISHED or found.state != State.RETURNED or found.remarked_on is not None:
        raise Conflict(_("这一项不在等待重评，请刷新后再看。"))
    before = Mark.objects.filter(scheme=scheme, organisation=found.organisation, code=found.code).first()
    mark = give_mark(
        actor=actor, scheme=scheme, organisation=found.organisation, code=found.code, finding=finding,
        reason=reason, seen=state_of(before), again=True,
    )  # fmt: skip
    found.remark = _remark(inputs.definition_in_force(scheme).indicator(found.code), mark, scheme)[:1000]
    found.remarked_by, found.remarked_on = inputs.person_of(actor), clock.today()
    audit.save(found, actor=actor, reason=mark.reason)
    owe(messages=messages.objection_filed(found, messages.leaders_of(scheme.organisation)))
    return found


def proposed_score(indicator: Indicator | None, mark: Mark | None, scheme: Scheme) -> Decimal | None:
    """What a mark gives by itself, unrounded; ``None`` where the records have a part in it."""
    if mark is None or indicator is None or indicator.measure or not is_marked_by_people(indicator):
        return None
    start, end = datetime.date(scheme.year, 1, 1), datetime.date(scheme.year, 12, 31)
    return score_of(indicator, None, _marks(mark), Span(start, end, end)).score


def require_other_eyes(actor: User, objection: Objection) -> Person:
    """Who answers: leads the scheme, holds no office in the unit, and neither marks nor marked this indicator.

    Raises ``NotAllowed`` with the reason.
    """
    access.require(actor, access.CONFIGURE, objection.scheme.organisation)
    person = inputs.person_of(actor)
    inputs.require_no_office(actor, objection.organisation)
    where = {"scheme_id": objection.scheme_id, "code": objection.code}
    marked = Mark.history.filter(**where, organisation_id=objection.organisation_id, reviewer_id=person.pk)
    if ReviewerSeat.objects.filter(**where, person=person).exists() or marked.exists():
        raise NotAllowed(_("您是这个指标的评分人，按回避规定由其他人复核答复。"))
    if _entered(objection, person):
        raise NotAllowed(_("这项加分或扣分由您申报、核定或登记，按回避规定由其他人复核答复。"))
    return person


def _entered(objection: Objection, person: Person) -> bool:
    """Whether ``person`` claimed, decided or registered what the sum in question is made of."""
    where = {"scheme": objection.scheme_id, "organisation": objection.organisation_id}
    if objection.code == BONUS:
        mine = Q(claimed_by=person) | Q(decided_by=person)
        return BonusClaim.objects.filter(mine, **where).exists()
    if objection.code == PENALTY:
        return PenaltyEntry.objects.filter(registered_by=person, **where).exists()
    return False


def _contested_score(sheet: Sheet, definition: Definition, code: str) -> Decimal | None:
    """What the sheet has now. Raises ``InvalidInput`` on ``code`` for what cannot be objected to."""
    lines = list(SheetLine.objects.filter(sheet=sheet, code=code).exclude(status=Status.EXEMPT).defer("rows", "inputs"))
    if not lines and code not in {one.code for one in sums_of(definition)}:
        raise InvalidInput(errors={"code": _("请从列表中选择指标；免计的指标不参加评分。")})
    return frozen_score(sheet, lines, code)


def require_window(scheme: Scheme) -> None:
    """Raise ``Conflict`` unless objections are taken today; the last day counts."""
    if scheme.stage != Stage.PUBLISHED or scheme.objections_until is None:
        raise Conflict(_("现在不在公示期，不能提出申诉。"))
    if clock.today() > scheme.objections_until:
        raise Conflict(_("申诉截止日期是%s，已经过了。") % scheme.objections_until.isoformat())


def answer_days(definition: Definition) -> int:
    """Working days for an answer: the scheme's own, else the setting."""
    return stages.days_of(definition.process, "答复", settings.ANSWER_DAYS)


def _require_answerable(scheme: Scheme, objection: Objection, outcome: str, new: Decimal | None) -> None:
    if scheme.stage != Stage.PUBLISHED:
        raise Conflict(_("只有公示期间的申诉可以答复。"))
    if objection.state not in ANSWERS:
        raise Conflict(_("这项申诉已经办结：%s。") % objection.get_state_display())
    if objection.state == State.RETURNED and objection.remarked_on is None:
        raise Conflict(_("正在等评分人重评，重评以后才能答复。"))
    if outcome not in ANSWERS[objection.state]:
        raise InvalidInput(errors={"outcome": _("请选择一种答复。")})
    about = contested(inputs.definition_in_force(scheme), objection.code)
    if outcome == State.RETURNED and (about.indicator is None or not is_marked_by_people(about.indicator)):
        raise InvalidInput(errors={"outcome": _("这一项没有评分人可以重评，请维持或更正。")})
    if outcome == State.CORRECTED and new is None:
        raise InvalidInput(errors={"new": _("请填写更正后的得分。")})


def _claim(objection: Objection, old: str, new: str) -> Objection:
    if Objection.objects.filter(pk=objection.pk, state=old).update(state=new) != 1:
        stands = State(Objection.objects.values_list("state", flat=True).get(pk=objection.pk)).label
        raise Conflict(_("这项申诉刚刚有了变化：%s。请刷新后再看。") % stands)
    return Objection.objects.select_related("scheme__organisation", "organisation").get(pk=objection.pk)


def _twin(objection: Objection) -> Objection | None:
    """The same objection if it is open already. Raises ``Conflict`` for another one to the same indicator."""
    rows = Objection.objects.filter(
        scheme=objection.scheme, organisation=objection.organisation, code=objection.code
    ).exclude(state=State.WITHDRAWN)
    there = rows.first()
    if there is None:
        return None
    names = ("asked", "reason", "evidence", "filed_by_id")
    if there.state == State.FILED and all(getattr(there, name) == getattr(objection, name) for name in names):
        return there
    raise Conflict(_("这个指标已经提出过申诉，不能重复申诉。"))


def _require_secretary(actor: User, of: Sheet | Objection) -> None:
    if not access.may_confirm(actor, of.organisation):
        raise NotAllowed(_("申诉由被考核单位书记提出，请提请本单位书记办理。"))


def _marks(mark: Mark) -> Marks:
    return Marks(mark.level, mark.reason, mark.reviewer.name, mark.checked, mark.events)


def _remark(indicator: Indicator, mark: Mark, scheme: Scheme) -> str:
    if indicator.measure:
        return _("重评理由：%s") % mark.reason
    start, end = datetime.date(scheme.year, 1, 1), datetime.date(scheme.year, 12, 31)
    return score_of(indicator, None, _marks(mark), Span(start, end, end)).words
