"""Commands of the room: the only writers of gatherings, sections, drafts, attachments and kinds."""

from meetings.services.attachments import add_attachment, delete_attachment
from meetings.services.confirming import amend_sections, confirm_sections, start_amendment
from meetings.services.drafts import mark_ready, save_draft
from meetings.services.kinds import load_kinds, save_kind
from meetings.services.planning import PlannedSection, add_section, plan_gathering
from meetings.services.review import cancel_section, require_cancellable, require_returnable, return_section

__all__ = [
    "PlannedSection",
    "add_attachment",
    "add_section",
    "amend_sections",
    "cancel_section",
    "confirm_sections",
    "delete_attachment",
    "load_kinds",
    "mark_ready",
    "plan_gathering",
    "require_cancellable",
    "require_returnable",
    "return_section",
    "save_draft",
    "save_kind",
    "start_amendment",
]
