"""Rights and locks that several commands of the room share."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from common.errors import Conflict, InvalidInput, NotAllowed
from meetings.models import Draft, Gathering, MeetingKind, Section
from orgs import access

if TYPE_CHECKING:
    from orgs.models import Organisation, User

EDITABLE = (Section.State.PLANNED, Section.State.DRAFT, Section.State.RETURNED)
AMENDABLE = (Section.State.CONFIRMED, Section.State.RETURNED)
REASON_LENGTH = 300


def local_day(moment: datetime.datetime) -> datetime.date:
    """The calendar day of an aware time in Asia/Shanghai."""
    return timezone.localtime(moment).date()


def require_record(actor: User, organisation: Organisation, group_ids: Iterable[int | None]) -> None:
    """Raise ``NotAllowed`` unless ``actor`` may record there: RECORD, or as leader of all the groups concerned."""
    if access.may(actor, access.RECORD, organisation):
        return
    wanted = set(group_ids)
    if access.may(actor, access.RECORD_GROUP, organisation):
        if wanted and None not in wanted and wanted <= access.led_group_ids(actor):
            return
        raise NotAllowed(str(access.REASONS[access.RECORD_GROUP]))
    access.require(actor, access.RECORD, organisation)


def require_confirm(actor: User, organisation: Organisation) -> None:
    """Raise ``NotAllowed`` unless ``actor`` is the secretary (or the deputy while the office is vacant)."""
    if not access.may_confirm(actor, organisation):
        raise NotAllowed(str(access.REASONS[access.CONFIRM]))


def lock(gathering: Gathering) -> Gathering:
    """The gathering as it is now, locked until the transaction ends."""
    return Gathering.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=gathering.pk)


def sections_of(gathering: Gathering, organisation: Organisation) -> list[Section]:
    """The organisation's sections of a gathering that are not cancelled, in order. One query."""
    rows = Section.objects.filter(gathering=gathering, organisation=organisation)
    rows = rows.exclude(state=Section.State.CANCELLED).select_related("kind", "group", "organisation", "confirmed_by")
    return list(rows.order_by("kind__position", "pk"))


def own_part(actor: User, organisation: Organisation, sections: Sequence[Section]) -> list[Section]:
    """Of the sections those ``actor`` may record: all with RECORD, else those of the led groups."""
    if access.may(actor, access.RECORD, organisation):
        return list(sections)
    led = access.led_group_ids(actor)
    return [section for section in sections if section.group_id is not None and section.group_id in led]


def draft_of(gathering: Gathering, organisation: Organisation) -> Draft | None:
    """What the organisation is typing, if anything. One query."""
    rows = Draft.objects.filter(gathering=gathering, organisation=organisation)
    return rows.select_related("saved_by__person").first()


def require_open(gathering: Gathering, organisation: Organisation) -> None:
    """Raise ``Conflict`` unless the organisation's part may still change: open sections, or an amendment begun."""
    sections = sections_of(gathering, organisation)
    if not sections and organisation.pk != gathering.organisation_id:
        raise Conflict(_("本组织没有参加这次会议，请从“会议记录”里打开本组织的会议。"))
    if any(section.state in EDITABLE for section in sections) or draft_of(gathering, organisation) is not None:
        return
    if not sections:
        raise Conflict(_("这次会议已经取消，不能再改。需要的话，请另外登记一次会议。"))
    raise Conflict(_("记录已经核定。需要改动时，请先点“修改记录”并说明原因。"))


def require_addable(sections: Iterable[Section]) -> None:
    """Raise ``Conflict`` unless more may be added to a gathering with these ``sections`` (kind loaded).

    Something must be open still, and a talk stands alone.
    """
    present = [section for section in sections if section.state != Section.State.CANCELLED]
    if any(section.kind.form == MeetingKind.Form.TALK for section in present):
        raise Conflict(_("谈心谈话只记时间和对象，须单独登记。"))
    if not any(section.state in EDITABLE for section in present):
        raise Conflict(_("这次会议已经核定或取消，不能再加。请另外登记一次会议。"))


def require_reason(value: str, name: str = "reason", length: int = REASON_LENGTH) -> str:
    """The reason without blanks around it; ``InvalidInput`` on ``name`` when it is empty or too long."""
    text = value.strip()
    if not text:
        raise InvalidInput(errors={name: _("请写明原因。")})
    if len(text) > length:
        raise InvalidInput(errors={name: _("原因最多{count}字。").format(count=length)})
    return text
