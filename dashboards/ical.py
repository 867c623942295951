"""Planned meetings as an iCalendar file (RFC 5545)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings
from icalendar import Calendar, Event

if TYPE_CHECKING:
    from meetings.models import Section

DEFAULT_LENGTH = datetime.timedelta(hours=1)


def meetings_file(sections: Iterable[Section], stamped_at: datetime.datetime) -> bytes:
    """One event per gathering; without an end it lasts an hour. No names of persons leave the platform this way."""
    file = Calendar()
    file.add("prodid", "-//Partybuild//zh-CN")
    file.add("version", "2.0")
    by_gathering = {section.gathering_id: section for section in sections}
    for section in by_gathering.values():
        gathering = section.gathering
        event = Event()
        event.add("uid", f"gathering-{gathering.pk}@{settings.SITE_URL.split('//')[-1].split(':')[0]}")
        event.add("dtstamp", stamped_at)
        event.add("dtstart", gathering.starts_at)
        event.add("dtend", gathering.ends_at or gathering.starts_at + DEFAULT_LENGTH)
        words = dict.fromkeys([section.kind.name, gathering.title])  # a line one may not open has the kind for title
        event.add("summary", " ".join(words))
        if gathering.place:
            event.add("location", gathering.place)
        file.add_component(event)
    return file.to_ical()
