"""Publishing the results (公示): calculated once more, placed, frozen; and making them final after the objections."""

from __future__ import annotations

import datetime
import hashlib
import json
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import F

from common import calendars, clock
from common.errors import Conflict, InvalidInput
from common.sentences import written as _
from notices.services import owe
from orgs import access
from scoring import inputs, messages, stages
from scoring.models import Correction, Objection, Scheme, Sheet, Stage
from scoring.services.corrections import changed_since_publication
from scoring.services.objections import OPEN
from scoring.services.placing import award_places, refresh_median
from scoring.services.recalculating import recalculate
from scoring.services.stages import claim

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orgs.models import User
    from scoring.definitions import Definition

NAMED = 5  # units by name in one sentence


def publish_results(
    *, actor: User, scheme: Scheme, approval: str, approved_on: datetime.date | None, seen: str | None = None
) -> Scheme:
    """Publish after the committee's decision: ``approval`` names its meeting or document, ``approved_on`` its day.

    ``seen``: ``figures_token`` of the figures that were looked at; with it nothing else is published. The sheets are
    calculated first, in transactions of their own, so that a refusal leaves fresh figures to look at. Raises
    ``NotAllowed`` (CONFIGURE), ``InvalidInput`` by field, ``Conflict`` (stage, data missing, figures changed, somebody
    was faster). Side effects: sheets calculated, placed and frozen, ``StageEvent``, messages to the secretaries.
    """
    access.require(actor, access.CONFIGURE, scheme.organisation)
    fresh = Scheme.objects.select_related("organisation").get(pk=scheme.pk)
    if fresh.stage != Stage.APPROVAL:
        raise Conflict(_("现在是“%s”阶段，不能公示。请刷新后再看。") % fresh.get_stage_display())
    approval, day = _decision(fresh, approval, approved_on)
    recalculate(scheme=fresh)
    return _freeze(actor, fresh, approval, day, seen)


@transaction.atomic
def _freeze(actor: User, scheme: Scheme, approval: str, approved_on: datetime.date, seen: str | None) -> Scheme:
    definition = inputs.definition_in_force(scheme)
    today = clock.today()
    values = {"approval": approval, "approved_on": approved_on, "published_on": today}
    note = _("%(approval)s（%(day)s）") % {"approval": approval, "day": approved_on.isoformat()}
    held = claim(
        actor=actor, scheme=scheme, step=stages.FORWARD[Stage.APPROVAL], note=note, **values,
        objections_until=objections_until(definition, today),
    )  # fmt: skip
    award_places(scheme=held, definition=definition)
    _require_complete(held)
    if seen is not None and seen != figures_token(held):
        raise Conflict(_("公示前重新计算，得分或等次和您看到的不同。请核对下面的新结果，再点公示。"))
    sheets = Sheet.objects.filter(scheme=held)
    sheets.update(frozen_at=clock.now(), published_total=F("total"), published_band=F("band"))
    until = held.objections_until or today
    people = messages.secretaries_of(sheets.values_list("organisation_id", flat=True))
    owe(messages=messages.published(held, people.values(), until))
    return held


def objections_until(definition: Definition, published_on: datetime.date) -> datetime.date:
    """The last day for objections: publication and window both last so many working days after the day of
    publication; the later end counts. The scheme's own days go before the settings'.
    """
    shown = stages.days_of(definition.process, "公示", settings.PUBLICATION_DAYS)
    window = stages.days_of(definition.process, "申诉", settings.OBJECTION_DAYS)
    return calendars.add_workdays(published_on, max(shown, window))


def figures_token(scheme: Scheme) -> str:
    """What tells two states of all totals and bands apart. One query."""
    return token_of(Sheet.objects.filter(scheme=scheme))


def token_of(sheets: Iterable[Sheet]) -> str:
    """The same of sheets that are loaded, all of one scheme, in any order."""
    content = sorted([one.pk, str(one.total), one.band, one.band_words] for one in sheets)
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()[:16]


@transaction.atomic
def finalise_results(*, actor: User, scheme: Scheme) -> Scheme:
    """Make the results final after the window, with every objection answered.

    Raises ``NotAllowed`` (CONFIGURE), ``Conflict`` with what is still open. Side effects: ``StageEvent``, the middle
    of the peers, messages to the secretaries: those whose total or band changed are told from what to what, and why.
    """
    access.require(actor, access.CONFIGURE, scheme.organisation)
    held = inputs.hold(scheme)
    if held.stage != Stage.PUBLISHED or held.objections_until is None:
        raise Conflict(_("现在是“%s”阶段，不能定稿。请刷新后再看。") % held.get_stage_display())
    if clock.today() <= held.objections_until:
        raise Conflict(_("申诉到%s（含当日）截止，以后才能定稿。") % held.objections_until.isoformat())
    left = Objection.objects.filter(scheme=held, state__in=OPEN).count()
    if left:
        raise Conflict(_("还有%d项申诉没有办结，全部答复以后才能定稿。") % left)
    final = claim(
        actor=actor, scheme=held, step=stages.FORWARD[Stage.PUBLISHED], note=_("申诉办结"), final_on=clock.today()
    )
    refresh_median(scheme=final)
    owe(messages=messages.final(final, _told(final)))
    return final


def _told(scheme: Scheme) -> dict[int, str]:
    """What to tell the secretary of each unit, by person id."""
    units = Sheet.objects.filter(scheme=scheme).values_list("organisation_id", flat=True)
    people = messages.secretaries_of(units)
    told = dict.fromkeys(people.values(), _("得分和等次与公示时相同。"))
    corrected = corrected_units(scheme)
    for sheet in changed_since_publication(scheme):
        if sheet.organisation_id in people:
            told[people[sheet.organisation_id]] = changed_words(sheet, corrected)
    return told


def corrected_units(scheme: Scheme) -> dict[int, str]:
    """Names of the units whose scores were corrected, by id. One query."""
    rows = Correction.objects.filter(scheme=scheme).order_by("organisation__path")
    return dict(rows.values_list("organisation_id", "organisation__name"))


def changed_words(sheet: Sheet, corrected: dict[int, str]) -> str:
    """What became of a sheet since it was published, and through whom; empty when nothing changed."""
    parts = []
    if sheet.total != sheet.published_total:
        parts.append(_("得分由%(old)s更正为%(new)s") % {"old": sheet.published_total, "new": sheet.total})
    if sheet.band != sheet.published_band:
        words = {"old": sheet.published_band or _("未定"), "new": sheet.band or _("未定")}
        parts.append(_("等次由%(old)s变为%(new)s") % words)
    if not parts:
        return ""
    others = [name for pk, name in corrected.items() if pk != sheet.organisation_id]
    if sheet.organisation_id not in corrected and others:
        parts.insert(0, _("因%s的得分经申诉复核更正") % _some(others))
    why = sheet.band_words if sheet.band != sheet.published_band else ""
    return f"{'，'.join(parts)}。{why}"


def _some(names: Iterable[str]) -> str:
    found = list(names)
    shown = "、".join(found[:NAMED])
    return shown if len(found) <= NAMED else _("%(names)s等%(count)d个单位") % {"names": shown, "count": len(found)}


def lacking(scheme: Scheme) -> list[Sheet]:
    """Rated sheets without a total, in tree order: these hinder the publication. One query."""
    rows = Sheet.objects.filter(scheme=scheme, is_rated=True, total__isnull=True)
    return list(rows.select_related("organisation").order_by("organisation__path"))


def _require_complete(scheme: Scheme) -> None:
    if not Sheet.objects.filter(scheme=scheme, is_rated=True).exists():
        raise Conflict(_("没有参评单位的评分表，不能公示。"))
    if gaps := lacking(scheme):
        words = _("缺数据不得公示：%(units)s。缺的不按0分算，请先补齐。")
        raise Conflict(words % {"units": _some(f"{one.organisation.name}（{one.missing}项）" for one in gaps)})


def _decision(scheme: Scheme, approval: str, approved_on: datetime.date | None) -> tuple[str, datetime.date]:
    errors: dict[str, str] = {}
    try:
        approval = inputs.required_text(approval, "approval", _("请写明党委会会议名称或文号。"), limit=200)
    except InvalidInput as error:
        errors |= error.errors
    if approved_on is None:
        errors["approved_on"] = _("请填写党委会审定日期。")
    elif approved_on > clock.today():
        errors["approved_on"] = _("审定日期不能晚于今天，党委会审定以后才能公示。")
    elif approved_on < datetime.date(scheme.year, 1, 1):
        errors["approved_on"] = _("审定日期早于考核年度，请核对。")
    if errors or approved_on is None:
        raise InvalidInput(errors=errors)
    return approval, approved_on
