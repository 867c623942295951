"""What the yearly process tells people, and whether it is still true when the mail goes out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from django.db.models import Q
from django.urls import reverse

from common import clock
from common.sentences import writing
from common.sentences import written as _
from notices.models import Notice
from notices.services import Message
from orgs import access
from orgs.models import Appointment, Office, Organisation, OrganisationUserPermission
from scoring.models import Objection, ReviewerSeat, Scheme, SelfStatement, Stage
from scoring.querysets import PUBLIC_STAGES

if TYPE_CHECKING:
    import datetime

STATEMENT, RESULT, OBJECTION = "scoring_statement", "scoring_result", "scoring_objection"
Kind = Notice.Kind


def secretaries_of(organisation_ids: Iterable[int]) -> dict[int, int]:
    """Person id of the secretary in office today, by organisation id. One query."""
    rows = Appointment.objects.in_force(clock.today()).filter(
        office=Office.SECRETARY, organisation_id__in=list(organisation_ids)
    )
    return {pk: person for pk, person in rows.values_list("organisation_id", "person_id") if pk is not None}


def leaders_of(organisation: Organisation) -> list[int]:
    """Person ids of those who lead schemes of ``organisation`` (CONFIGURE), today. One query."""
    today, step = clock.today(), Organisation.steplen
    above = [organisation.path[:end] for end in range(step, len(organisation.path) + 1, step)]
    rows = OrganisationUserPermission.objects.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=today),
        Q(valid_until__isnull=True) | Q(valid_until__gte=today),
        permission__codename=access.CONFIGURE,
        content_object__path__in=above,
        user__is_active=True,
        user__person__isnull=False,
    )
    return sorted(set(rows.values_list("user__person_id", flat=True)))


def statement_wanted(scheme: Scheme, secretaries: Mapping[int, int], codes: Mapping[int, str]) -> list[Message]:
    """The secretaries (by organisation id) are asked for the self-statements of their units."""
    return [
        Message(
            person_id=person,
            kind=Kind.DUE_SOON,
            subject=f"{STATEMENT}:{scheme.pk}:{pk}",
            day=clock.today(),
            title=_("请写%(year)d年“%(name)s”的单位自评") % {"year": scheme.year, "name": scheme.name},
            detail=_("只写说明，不重复传材料。"),
            url=reverse("scoring:statement_edit", args=[scheme.pk, codes[pk]]),
        )
        for pk, person in secretaries.items()
    ]


def published(scheme: Scheme, secretaries: Iterable[int], until: datetime.date) -> list[Message]:
    """The secretaries (person ids) are told that the results are published, and until when they may object."""
    title = _("%(year)d年“%(name)s”结果已公示") % {"year": scheme.year, "name": scheme.name}
    detail = _("有异议的，请在%(day)s前（含当日）按指标提出申诉。") % {"day": until.isoformat()}
    url = reverse("scoring:publication", args=[scheme.pk])
    return [_result(scheme, person, title, detail, url) for person in secretaries]


def final(scheme: Scheme, told: Mapping[int, str]) -> list[Message]:
    """The secretaries are told that the results stand; ``told``: what became of the own unit, by person id."""
    title = _("%(year)d年“%(name)s”结果已定稿") % {"year": scheme.year, "name": scheme.name}
    url = reverse("scoring:publication", args=[scheme.pk])
    return [_result(scheme, person, title, words, url) for person, words in told.items()]


def _result(scheme: Scheme, person: int, title: str, detail: str, url: str) -> Message:
    subject = f"{RESULT}:{scheme.pk}:{scheme.stage}"
    return Message(person, Kind.INFO, subject, clock.today(), title, detail, url)


def objection_filed(objection: Objection, people: Iterable[int]) -> list[Message]:
    """Those who lead the scheme have an objection to answer."""
    words = _("%(unit)s对指标%(code)s提出申诉，请在%(day)s前答复")
    until = objection.answer_by.isoformat() if objection.answer_by else ""
    title = words % {"unit": objection.organisation.name, "code": objection.code, "day": until}
    return [_about(objection, person, Kind.TO_REVIEW, title) for person in people]


@writing()
def objection_answered(objection: Objection, secretary: int | None) -> list[Message]:
    """The unit's secretary is told the answer."""
    words = _("对指标%(code)s的申诉已答复：%(state)s")
    title = words % {"code": objection.code, "state": objection.get_state_display()}
    return [] if secretary is None else [_about(objection, secretary, Kind.INFO, title)]


def mark_wanted_again(objection: Objection) -> list[Message]:
    """Those who mark the indicator are asked to mark it again. One query."""
    seats = ReviewerSeat.objects.filter(scheme=objection.scheme_id, code=objection.code)
    words = _("%(unit)s的指标%(code)s退回重评，请重新评分")
    title = words % {"unit": objection.organisation.name, "code": objection.code}
    url = reverse("scoring:objection_remark", args=[objection.pk])
    return [
        _about(objection, person, Kind.RETURNED, title, url) for person in seats.values_list("person_id", flat=True)
    ]


def _about(objection: Objection, person: int, kind: str, title: str, url: str = "") -> Message:
    url = url or reverse("scoring:objection_detail", args=[objection.pk])
    return Message(person, kind, f"{OBJECTION}:{objection.pk}", clock.today(), title, url=url)


def _parts(notice: Notice) -> list[str]:
    return notice.subject.split(":")[1:]


def statements_still_wanted(notices: list[Notice]) -> set[int]:
    """Ids of the messages whose unit still owes its self-statement. Two queries."""
    about = {notice.pk: (int(_parts(notice)[0]), int(_parts(notice)[1])) for notice in notices}
    schemes = {scheme for scheme, _unit in about.values()}
    open_ones = set(Scheme.objects.filter(pk__in=schemes, stage=Stage.STATEMENT).values_list("pk", flat=True))
    done = SelfStatement.objects.filter(scheme__in=open_ones, state=SelfStatement.State.SUBMITTED)
    given = set(done.values_list("scheme_id", "organisation_id"))
    return {pk for pk, key in about.items() if key[0] in open_ones and key not in given}


def results_still_public(notices: list[Notice]) -> set[int]:
    """Ids of the messages whose results are what they say: published, or final. One query."""
    about = {notice.pk: (int(_parts(notice)[0]), _parts(notice)[1]) for notice in notices}
    rows = Scheme.objects.filter(pk__in={pk for pk, _stage in about.values()}, stage__in=PUBLIC_STAGES)
    stages = set(rows.values_list("pk", "stage"))
    return {pk for pk, key in about.items() if key in stages}


def objections_still_stand(notices: list[Notice]) -> set[int]:
    """Ids of the messages whose objection is still where they say. One query."""
    about = {notice.pk: int(_parts(notice)[0]) for notice in notices}
    rows = Objection.objects.filter(pk__in=set(about.values())).values_list("pk", "state", "remarked_on")
    found = {pk: (state, remarked_on) for pk, state, remarked_on in rows}
    return {notice.pk for notice in notices if _stands(notice.kind, *found.get(about[notice.pk], ("", None)))}


def _stands(kind: str, state: str, remarked_on: object) -> bool:
    filed, returned = Objection.State.FILED, Objection.State.RETURNED
    if kind == Kind.TO_REVIEW:
        return state == filed or (state == returned and remarked_on is not None)
    if kind == Kind.RETURNED:
        return state == returned and remarked_on is None
    return state not in ("", filed, Objection.State.WITHDRAWN)


CHECKS = {STATEMENT: statements_still_wanted, RESULT: results_still_public, OBJECTION: objections_still_stand}
