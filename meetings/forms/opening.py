"""Opens the record form for a user: what is stored, what was typed, and the people it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from meetings.forms.convert import RecordReader, initial_values, person_text, typed_numbers
from meetings.forms.record import RecordForm, build_form, day_of
from meetings.forms.values import Values, tidy, without_reasons
from meetings.record import GatheringRecord
from meetings.selectors import FormState, form_state
from meetings.selectors.people import people_named

if TYPE_CHECKING:
    from meetings.selectors.part import Part
    from orgs.models import User


@dataclass(frozen=True)
class Opened:
    """The form of one organisation, for one user."""

    user: User
    state: FormState

    def page(self) -> RecordForm:
        """The form as it is opened: the draft, else the stored record, else the roll."""
        draft = self.state.draft
        if draft is not None and draft.data:
            typed = self._with_shared(tidy(draft.data), draft.data.get("shared"))
            return self.form(
                self._with_added(typed if self.state.is_whole else without_reasons(typed)), version=draft.version
            )
        is_first = self.state.record is None
        return self.form(self._initial(), version=draft.version if draft else 0, is_first=is_first)

    def _initial(self) -> Values:
        chair = self.state.committee[0] if self.state.committee else None
        return initial_values(self.state, self._names(), chair)

    def _with_shared(self, typed: Values, kept: object) -> Values:
        """Day, hours and place as they stand where the draft never had them: a group leader types only the group's part."""
        known = set(kept) if isinstance(kept, Mapping) else set()
        if "day" in known:
            return typed
        planned = {name: value for name, value in self._initial()["shared"].items() if name not in known}
        return {**typed, "shared": {**typed["shared"], **planned}}

    def _with_added(self, typed: Values) -> Values:
        """What was typed; sections added since are filled as a new form is, not left without marks."""
        added = [part for part in self.state.sections if str(part.section.pk) not in typed["sections"]]
        if not added:
            return typed
        initial = self._initial()["sections"]
        fresh = {str(part.section.pk): initial[str(part.section.pk)] for part in added}
        return {**typed, "sections": {**typed["sections"], **fresh}}

    def form(
        self,
        values: Values,
        *,
        version: int,
        errors: Mapping[str, str] | None = None,
        is_first: bool = False,
        message: str = "",
    ) -> RecordForm:
        """The form with these values and errors."""
        return build_form(
            self.state,
            values,
            version=version,
            approvers=self.state.committee,
            errors=errors,
            is_first=is_first,
            message=message,
        )

    def read(self, values: Values) -> GatheringRecord:
        """The record typed. Raises ``InvalidInput`` with what cannot be read."""
        known = {person.number: person for person in self.state.people}
        missing = typed_numbers(values) - known.keys()
        known |= {person.number: person for person in people_named(user=self.user, ids=(), numbers=missing)}
        return RecordReader(values, self.state, known).read()

    def _names(self) -> dict[int, str]:
        """``person_text`` of everybody whom the stored record names in a search field."""
        record = self.state.record
        if record is None:
            return {}
        ids = {guest.person_id for section in record.sections for guest in section.guests}
        ids.add(record.shared.lecturer_id if record.shared else None)
        known = {person.pk: person for person in [*self.state.named, *self.state.people]}
        return {pk: person_text(known[pk]) for pk in ids if pk in known}


def open_form(*, user: User, part: Part, values: Values | None = None) -> Opened:
    """State of one organisation's form; the roll is that of the day typed. Raises ``NotAllowed``.

    An amendment may move the day, which the sections do not show yet: then the day is that of the draft.
    """
    gathering, organisation = part.gathering, part.organisation
    if values is None and part.draft is not None and part.draft.data:
        values = tidy(part.draft.data)
    is_caller = gathering.organisation_id == organisation.pk
    day = day_of(values) if values is not None and is_caller else None
    return Opened(user, form_state(user=user, gathering=gathering, organisation=organisation, day=day, part=part))
