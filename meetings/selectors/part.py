"""A gathering with its sections, and the part of one organisation in it, as the record form opens them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import F, FilteredRelation, Q
from django.shortcuts import get_object_or_404

from meetings.models import Draft, Gathering, Section
from meetings.rights import draft_of, sections_of
from meetings.selectors.detail import with_vacancy

if TYPE_CHECKING:
    from orgs.models import Organisation, User

_DRAFT = ("id", "data", "version", "saved_by_id", "saved_at")


@dataclass(frozen=True)
class Part:
    """What one organisation has in a gathering: its sections that are not cancelled, in order, and its draft."""

    gathering: Gathering
    organisation: Organisation
    sections: list[Section]  # kind, group, organisation and confirmed_by loaded
    draft: Draft | None


@dataclass(frozen=True)
class Whole:
    """A gathering with all its sections, cancelled ones too; each with its organisation's draft."""

    gathering: Gathering
    sections: list[Section]

    @property
    def organisations(self) -> list[Organisation]:
        """The calling organisation and those of the sections, in tree order."""
        found = {section.organisation_id: section.organisation for section in self.sections}
        found.setdefault(self.gathering.organisation_id, self.gathering.organisation)
        return sorted(found.values(), key=lambda organisation: organisation.path)

    def part(self, organisation: Organisation) -> Part:
        """The part of ``organisation``. No query when it has a section."""
        own = [section for section in self.sections if section.organisation_id == organisation.pk]
        present = [section for section in own if section.state != Section.State.CANCELLED]
        draft = _draft(own[0]) if own else draft_of(self.gathering, organisation)
        return Part(self.gathering, organisation, present, draft)


def whole_gathering(*, user: User, pk: int) -> Whole:
    """A gathering that ``user`` may see. One query, one more for one without sections.

    Raises ``Http404``. What is in the drafts is only for who may record for their organisation.
    """
    visible = Gathering.objects.visible_to(user).filter(pk=pk)
    sections = list(_with_draft(Section.objects.filter(gathering__in=visible.values("pk"))))
    if not sections:
        return Whole(get_object_or_404(visible.select_related("organisation", "lecturer")), [])
    gathering = sections[0].gathering
    for section in sections:
        section.gathering = gathering
    return Whole(gathering, sections)


def _with_draft(sections: Any) -> Any:
    """``sections`` with everything the form shows of them, and the columns of their organisation's draft."""
    typed = FilteredRelation("gathering__drafts", condition=Q(gathering__drafts__organisation=F("organisation")))
    rows = with_vacancy(sections).select_related(
        "kind", "group", "organisation", "confirmed_by", "gathering__organisation", "gathering__lecturer"
    )
    columns = {f"draft_{name}": F(f"typed__{name}") for name in _DRAFT}
    return rows.alias(typed=typed).annotate(**columns).order_by("kind__position", "pk")


def _draft(section: Any) -> Draft | None:
    """The draft that came with a section."""
    if section.draft_id is None:
        return None
    names = [*_DRAFT, "gathering_id", "organisation_id"]
    values = [*(getattr(section, f"draft_{name}") for name in _DRAFT), section.gathering_id, section.organisation_id]
    ordered = dict(zip(names, values, strict=True))
    fields = [field.attname for field in Draft._meta.concrete_fields]
    draft = Draft.from_db(DEFAULT_DB_ALIAS, fields, [ordered[name] for name in fields])
    draft.gathering = section.gathering
    return draft


def part_of(gathering: Gathering, organisation: Organisation) -> Part:
    """The part of ``organisation`` in a gathering that is at hand already. Two queries."""
    return Part(gathering, organisation, sections_of(gathering, organisation), draft_of(gathering, organisation))
