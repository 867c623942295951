"""Dual sign-off (双签): two different people sign what a unit submits for an important directive, both or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.urls import reverse

from common import clock
from common.errors import Conflict, NotAllowed
from common.sentences import written as _
from notices.models import Notice
from notices.services import Message, owe
from orgs.models import Person
from tasks import signing_states as states
from tasks import transitions
from tasks.models import DirectiveUnit, DualSignature, Task
from tasks.services.changes import optional_text, require_state, require_text
from tasks.services.review import record_submission, require_submittable, submission_words
from tasks.services.signings import void_signings
from tasks.signers import signers_of, unit_to_sign
from tasks.truth import SIGNATURE_PREFIX

if TYPE_CHECKING:
    from orgs.models import User

SUBJECT = SIGNATURE_PREFIX


@transaction.atomic
def ask_signing(*, task: Task, actor: User, note: str, early_reason: str = "") -> DualSignature:
    """Ask the unit's secretary and its administrative head to sign ``note``, which is then submitted as it is.

    Asked again with other words, what was signed so far is void and both sign anew. Raises ``NotAllowed``,
    ``InvalidInput`` (as for submitting), ``Conflict`` (wrong state, nothing to sign, nobody to ask: the message says
    why and whom to ask). Side effects: messages to both.
    """
    require_submittable(task, actor)
    unit = unit_to_sign(task)
    if unit is None:
        raise Conflict(_("这件事不需要双签，直接提交即可。"))
    signers = signers_of(unit, clock.today())
    if signers.gap or signers.secretary is None or signers.head is None:
        raise Conflict(signers.gap)
    words = submission_words(task, note, early_reason)
    # One at a time: the row of the unit is the gate, also while nothing is being signed yet.
    DirectiveUnit.objects.select_for_update(of=("self",)).order_by().get(pk=unit.pk)
    same = {"text": words, "secretary": signers.secretary, "head": signers.head}
    if DualSignature.objects.filter(unit=unit, state__in=states.OPEN, **same).exists():
        raise Conflict(_("同样的内容已经提请双签，请等两人签署。"))
    void_signings(task_ids=[task.pk], cause=_("内容已修改，重新提请双签"))
    signature = _open(unit, words, actor, signers.secretary, signers.head)
    owe(messages=[_message(signature, unit, person) for person in (signers.secretary, signers.head)])
    return signature


def _open(unit: DirectiveUnit, words: str, actor: User, secretary: Person, head: Person) -> DualSignature:
    try:
        with transaction.atomic():
            return DualSignature.objects.create(
                unit=unit,
                text=words,
                directive_version=unit.directive.version,
                asked_by=actor,
                secretary=secretary,
                head=head,
            )
    except IntegrityError as error:
        raise Conflict(_("刚刚有人提请了双签，请刷新查看。")) from error


@transaction.atomic
def sign(*, signature: DualSignature, actor: User, opinion: str = "") -> DualSignature:
    """Sign as the one of the two that ``actor`` is; with the second signature the work is submitted, once.

    Raises ``NotAllowed`` (neither of the two), ``Conflict`` (signed already, ended, or the office has changed hands).
    Side effects: the state; with both the SUBMITTED event of the Task in the name of who asked.
    """
    signature = _locked(signature)
    as_secretary = require_signer(signature, actor)
    words = optional_text(opinion, "opinion")
    verb = states.SIGN_AS_SECRETARY if as_secretary else states.SIGN_AS_HEAD
    _require_in_office(signature)
    name = "secretary" if as_secretary else "head"
    _move(signature, verb, **{f"{name}_opinion": words, f"{name}_at": clock.now()})
    if signature.state == states.BOTH:
        _submit(signature)
    return signature


def _submit(signature: DualSignature) -> None:
    task = _task(signature)
    require_state(task, transitions.SUBMIT)
    names = {"secretary": signature.secretary.name, "head": signature.head.name}
    signed = _("（%(secretary)s、%(head)s双签）") % names
    record_submission(task, actor=signature.asked_by, words=signature.text, signed=signed)


@transaction.atomic
def refuse(*, signature: DualSignature, actor: User, reason: str) -> DualSignature:
    """Refuse, with the reason: the sign-off ends, whatever the other did; it may be asked for anew.

    Raises ``NotAllowed`` (neither of the two), ``InvalidInput`` (no reason), ``Conflict`` (ended already). Side
    effects: a message to who asked.
    """
    signature = _locked(signature)
    require_signer(signature, actor)
    words = require_text(reason, "reason", _("请写明不同意的理由，让提请人知道要改什么。"))
    person = actor.person.name if actor.person else ""
    _move(signature, states.REFUSE, end_cause=_("%(name)s不同意：%(reason)s") % {"name": person, "reason": words})
    if signature.asked_by.person_id is not None:
        owe(messages=[_refusal(signature, signature.asked_by.person_id, words)])
    return signature


def _locked(signature: DualSignature) -> DualSignature:
    """The signature as it is now, locked: two who sign at once take turns. One query."""
    rows = DualSignature.objects.select_for_update(of=("self",)).select_related(
        "unit__directive", "unit__organisation", "secretary", "head", "asked_by__person"
    )
    return rows.get(pk=signature.pk)


def require_signer(signature: DualSignature, actor: User) -> bool:
    """Whether ``actor`` signs as the secretary (else as the head); raises ``NotAllowed`` for everybody else."""
    if actor.person_id is None or actor.person_id not in (signature.secretary_id, signature.head_id):
        names = {"secretary": signature.secretary.name, "head": signature.head.name}
        raise NotAllowed(_("这份双签由%(secretary)s和%(head)s本人签署，您不能代签。") % names)
    return actor.person_id == signature.secretary_id


def _require_in_office(signature: DualSignature) -> None:
    now = signers_of(signature.unit, clock.today())
    if (now.secretary, now.head) != (signature.secretary, signature.head):
        raise Conflict(now.gap or _("书记或行政负责人已经换人，这份双签不再有效。请重新提请双签。"))


def _task(signature: DualSignature) -> Task:
    rows = Task.objects.select_for_update(of=("self",)).select_related("organisation")
    return rows.get(directive_unit=signature.unit_id)


def _move(signature: DualSignature, verb: str, **fields: Any) -> None:
    before = signature.state
    target = states.next_state(verb, before)
    if target is None:
        raise Conflict(refusal(signature, verb))
    rows = DualSignature.objects.filter(pk=signature.pk, state=before)
    if rows.update(state=target, **fields) != 1:
        raise Conflict(_("这份双签刚刚变化了，请刷新后再试。"))
    signature.state = target
    for name, value in fields.items():
        setattr(signature, name, value)


def refusal(signature: DualSignature, verb: str) -> str:
    """Why ``verb`` is refused in the state of the signature, and what to do."""
    if signature.state in states.OPEN:
        return _("您已经签过了，正在等另一位签署。")
    if signature.state == states.BOTH:
        return _("两人都已签署，已经提交核查。")
    return _("这份双签%(state)s（%(cause)s），须重新提请。") % {
        "state": signature.get_state_display(),
        "cause": signature.end_cause,
    }


def _message(signature: DualSignature, unit: DirectiveUnit, person: Person) -> Message:
    return Message(
        person_id=person.pk,
        kind=Notice.Kind.TO_SIGN.value,
        subject=f"{SUBJECT}:{signature.pk}",
        day=clock.today(),
        title=_("请双签：%s") % unit.directive.title,
        detail=_("%(unit)s的完成情况，书记和行政负责人都签后提交核查") % {"unit": unit.name},
        url=reverse("tasks:signature_detail", args=[signature.pk]),
    )


def _refusal(signature: DualSignature, person_id: int, words: str) -> Message:
    return Message(
        person_id=person_id,
        kind=Notice.Kind.RETURNED.value,
        subject=f"{SUBJECT}:{signature.pk}",
        day=clock.today(),
        title=_("双签未通过：%s") % signature.unit.directive.title,
        detail=words,
        url=reverse("tasks:task_detail", args=[signature.unit.task_id]),
    )
