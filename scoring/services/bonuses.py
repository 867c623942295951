"""Bonus claims: claimed by the unit with proof, decided by the office, never by who claimed or belongs to the unit's officers."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from common import audit, clock, uploads
from common.errors import Conflict, InvalidInput, NotAllowed
from common.files import accepted_type
from common.sentences import written as _
from orgs import access
from scoring import inputs
from scoring.models import BonusClaim, Scheme
from scoring.services.waiting import ask_again

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from orgs.models import Organisation, User

State = BonusClaim.State
# What was accepted may be taken back, with a reason; what was refused is claimed anew.
DECISIONS: dict[str, frozenset[str]] = {
    State.CLAIMED: frozenset({State.ACCEPTED, State.REFUSED}),
    State.ACCEPTED: frozenset({State.REFUSED}),
    State.REFUSED: frozenset(),
    State.WITHDRAWN: frozenset(),
}
SCAN = "扫描件"  # in the scheme's list of proofs
MOST_CLAIMS = 30  # of one organisation in a year, whatever became of them: each may carry a file


@dataclass(frozen=True)
class Achievement:
    """What is claimed, as its document says."""

    code: str
    achievement: str
    document_number: str
    issuer: str
    issued_on: datetime.date
    note: str = ""


@transaction.atomic
def claim_bonus(
    *, actor: User, scheme: Scheme, organisation: Organisation, facts: Achievement, upload: UploadedFile | None = None
) -> BonusClaim:
    """Claim points for an achievement of the own organisation.

    Raises ``NotAllowed`` without RECORD there; ``InvalidInput`` by field (the file on ``upload``, required where the
    scheme asks for a scan); ``Conflict`` (stage, claimed already, too many claims). Side effects: keeps the file.
    """
    access.require(actor, access.RECORD, organisation)
    person = inputs.person_of(actor)
    held = inputs.hold(scheme)
    inputs.require_open(held)
    inputs.require_assessed(held, organisation)
    values = _checked(held, facts, has_file=upload is not None)
    if BonusClaim.objects.filter(scheme=held, organisation=organisation).count() >= MOST_CLAIMS:
        raise Conflict(_("本年度已申报%(most)d项，达到上限，请联系组织部。") % {"most": MOST_CLAIMS})
    same = BonusClaim.objects.filter(scheme=held, organisation=organisation, state__in=(State.CLAIMED, State.ACCEPTED))
    if same.filter(code=facts.code, document_number=values["document_number"]).exists():
        raise Conflict(_("同一文件的这项加分已经申报过，请看列表。"))
    claim = BonusClaim(scheme=held, organisation=organisation, claimed_by=person, **values)
    if upload is not None:
        kind = accepted_type(upload)
        claim.file_name, claim.content_type = uploads.clean_name(upload.name or "", kind), kind.content_type
        claim.file.save(claim.file_name, upload, save=False)
    return audit.save(claim, actor=actor, reason=_("申报加分"))


@transaction.atomic
def withdraw_bonus(*, actor: User, claim: BonusClaim) -> BonusClaim:
    """Take a claim back before it is decided. Raises ``NotAllowed``, ``Conflict`` (stage, decided)."""
    access.require(actor, access.RECORD, claim.organisation)
    inputs.person_of(actor)
    inputs.require_open(inputs.hold(claim.scheme))
    found = BonusClaim.objects.select_for_update(of=("self",)).get(pk=claim.pk)
    if found.state != State.CLAIMED:
        raise Conflict(_("这项申报已经%(state)s，不能撤回。") % {"state": found.get_state_display()})
    found.state = State.WITHDRAWN
    return audit.save(found, actor=actor, reason=_("撤回申报"))


@transaction.atomic
def decide_bonus(*, actor: User, claim: BonusClaim, accept: bool, decision: str) -> BonusClaim:
    """Accept or refuse a claim; an acceptance may later be taken back (refused) with a reason.

    Raises ``NotAllowed`` (CONFIGURE; the claimant; an office in the unit), ``InvalidInput`` on ``decision`` (a refusal
    says why; an award that the rules in force do not have), ``Conflict`` (stage, decided already). Side effects: sheets
    are asked for anew.
    """
    access.require(actor, access.CONFIGURE, claim.scheme.organisation)
    person = inputs.person_of(actor)
    held = inputs.hold(claim.scheme)
    inputs.require_open(held)
    found = BonusClaim.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=claim.pk)
    if found.claimed_by_id == person.pk:
        raise NotAllowed(_("不能核定自己申报的加分，请由其他负责人核定。"))
    inputs.require_no_office(actor, found.organisation)
    new = State.ACCEPTED if accept else State.REFUSED
    if new not in DECISIONS[found.state]:
        raise Conflict(_("这项申报已经处理过（%(state)s），请刷新后再看。") % {"state": found.get_state_display()})
    if not accept:
        decision = inputs.required_text(decision, "decision", _("请写明不认定的理由，申报单位会看到。"))
    elif found.code not in _awards(held):
        raise InvalidInput(errors={"decision": _("现行方案里已没有这个加分项，只能不予认定。")})
    found.state, found.decided_by, found.decision = new, person, decision.strip()[:500]
    audit.save(found, actor=actor, reason=found.decision or _("核定加分"))
    ask_again([found.organisation_id])
    return found


def asks_for_scan(scheme: Scheme) -> bool:
    """Whether the rules in force ask for a scan of the document."""
    return SCAN in inputs.definition_in_force(scheme).bonus.proof


def _awards(scheme: Scheme) -> set[str]:
    return {award.code for award in inputs.definition_in_force(scheme).bonus.awards}


def _checked(scheme: Scheme, facts: Achievement, *, has_file: bool) -> dict[str, object]:
    errors: dict[str, str] = {}
    values: dict[str, object] = {"code": facts.code, "issued_on": facts.issued_on, "note": facts.note.strip()[:500]}
    if facts.code not in _awards(scheme):
        errors["code"] = _("方案里没有这个加分项，请从列表中选择。")
    for name, words in (
        ("achievement", _("请填写成果名称。")),
        ("document_number", _("请填写文件编号。")),
        ("issuer", _("请填写发文单位。")),
    ):
        try:
            values[name] = inputs.required_text(getattr(facts, name), name, words, limit=100)
        except InvalidInput as error:
            errors |= error.errors
    if facts.issued_on.year != scheme.year:
        errors["issued_on"] = _("公布日期应在%(year)d年内，其他年度的成果在其他年度申报。") % {"year": scheme.year}
    elif facts.issued_on > clock.today():
        errors["issued_on"] = _("公布日期不能在今天以后。")
    if not has_file and asks_for_scan(scheme):
        errors["upload"] = _("请上传文件的扫描件。")
    if errors:
        raise InvalidInput(errors=errors)
    return values
