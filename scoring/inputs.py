"""What people may add to the figures, about whom, and until when: asked by every command that does so."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from common.sentences import written as _
from orgs import access
from orgs.models import Organisation
from scoring import definitions
from scoring.models import Scheme, SchemeVersion, Stage

if TYPE_CHECKING:
    from orgs.models import Person, User
    from orgs.querysets import OrganisationQuerySet
    from scoring.definitions import Definition

# From the publication of the rules to the four-eyes check; later only objections and corrections change a figure.
INPUT_STAGES = (Stage.RUNNING, Stage.STATEMENT, Stage.REVIEW, Stage.CHECK)


def last_day(scheme: Scheme) -> datetime.date:
    """The day whose organisations are assessed: today, at the latest the last of the scheme's year."""
    return min(clock.today(), datetime.date(scheme.year, 12, 31))


def assessed(scheme: Scheme) -> OrganisationQuerySet:
    """The organisations that the scheme assesses, in tree order."""
    rows = Organisation.objects.under(scheme.organisation)
    return rows.filter(level=scheme.applies_to).open_on(last_day(scheme))


def version_in_force(scheme: Scheme) -> SchemeVersion | None:
    """The published version; one query."""
    return SchemeVersion.objects.filter(scheme=scheme, state=SchemeVersion.State.PUBLISHED).first()


def definition_in_force(scheme: Scheme) -> Definition:
    """The rules in force. Raises ``Conflict`` when no version is published yet."""
    version = version_in_force(scheme)
    if version is None:
        raise Conflict(_("这个考核方案还没有发布，发布后才能登记和评分。"))
    return definitions.read(version.body)


def circles(scheme: Scheme, definition: Definition) -> list[str]:
    """Circles of imported scores that this version would close with the schemes in force, in words. One query."""
    others = SchemeVersion.objects.filter(
        scheme__organisation_id=scheme.organisation_id, scheme__year=scheme.year, state=SchemeVersion.State.PUBLISHED
    ).exclude(scheme=scheme)
    every = [definition, *(definitions.read(other.body) for other in others)]
    return [circle.words for circle in definitions.cycles(every) if definition.code in circle.codes]


def hold(scheme: Scheme) -> Scheme:
    """The scheme as it stands now, locked, so that publishing it waits. Must run in a transaction."""
    return Scheme.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=scheme.pk)


def require_open(scheme: Scheme, *, also: tuple[Stage, ...] = ()) -> None:
    """Raise ``Conflict`` with what to do unless figures may still be added to; ``also``: further stages."""
    if scheme.is_frozen:
        raise Conflict(_("结果已经公示，评分和登记已冻结。有异议请通过申诉和复核更正。"))
    if scheme.stage == Stage.DRAFT:
        raise Conflict(_("考核方案还没有发布，发布后才能登记和评分。"))
    if scheme.stage not in (*INPUT_STAGES, *also):
        raise Conflict(_("现在是党委会审定阶段，不能再评分和登记。需要更正的，请先退回四眼复核。"))


def require_assessed(scheme: Scheme, organisation: Organisation) -> None:
    """Raise ``InvalidInput`` on ``organisation`` unless the scheme assesses it."""
    if not assessed(scheme).filter(pk=organisation.pk).exists():
        raise InvalidInput(errors={"organisation": _("这个组织不在本方案的考核范围内，请重新选择。")})


def holds_office_within(actor: User, organisation: Organisation) -> bool:
    """Whether ``actor`` holds an office in the unit or below it: a branch's figures are its general branch's as well."""
    return any(held.path.startswith(organisation.path) for held in access.offices_of(actor))


def require_no_office(actor: User, organisation: Organisation) -> None:
    """Four eyes: raise ``NotAllowed`` for who holds an office in the unit. Membership alone does not recuse."""
    if holds_office_within(actor, organisation):
        words = _("您在%(unit)s任职，按回避规定不能为它评分、核定或登记，请由其他人办理。")
        raise NotAllowed(words % {"unit": organisation.name})


def person_of(actor: User) -> Person:
    """Who acts, by name. Raises ``NotAllowed`` for an account without a person."""
    if actor.person is None:
        raise NotAllowed(_("这个账号没有对应的人员，评分和登记须由本人实名办理。"))
    return actor.person


def required_text(text: str, field: str, words: str, limit: int = 500) -> str:
    """``text`` without blanks around it. Raises ``InvalidInput`` on ``field`` when it is empty or too long."""
    found = text.replace("\x00", "").strip()
    if not found:
        raise InvalidInput(errors={field: words})
    if len(found) > limit:
        raise InvalidInput(errors={field: _("最多%(limit)d字，请删减。") % {"limit": limit}})
    return found
