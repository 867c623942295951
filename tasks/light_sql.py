"""The light that a page shows, as SQL: for lists that are filtered and sorted by it.

``tasks.lighting.Lighting.shown`` says what it is; a test holds the two together.
"""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db.models import Case, CharField, F, IntegerField, Q, Value, When

from tasks import lights, transitions


def shown_light(today: datetime.date) -> Case:
    """The colour that a Task shows on ``today``: the stored one where only the night can tell, else by its days."""
    profiles = {name: lights.Profile.from_settings(data) for name, data in settings.LIGHT_PROFILES.items()}
    supporting = [name for name, profile in profiles.items() if profile.closes_with_lead]
    by_share = [name for name, profile in profiles.items() if profile.yellow_share is not None]
    stands_still = ~Q(state__in=[state for state in transitions.OPEN if state != transitions.SUBMITTED])
    whens = [
        When(stands_still, then=F("light")),
        When(profile__in=supporting, then=Value(lights.GREEN)),
        When(due_on__lt=today, then=Value(lights.RED)),
        When(profile__in=by_share, then=F("light")),
        When(window_start__gt=today, then=Value(lights.GREY)),
    ]
    for colour in (lights.ORANGE, lights.YELLOW):
        for name, profile in profiles.items():
            days = profile.orange_days if colour == lights.ORANGE else profile.yellow_days
            if days is not None and name not in by_share:
                last = today + datetime.timedelta(days=days)
                whens.append(When(profile=name, due_on__lte=last, then=Value(colour)))
    return Case(*whens, default=Value(lights.GREEN), output_field=CharField())


def severity(today: datetime.date) -> Case:
    """How much a Task wants to be looked at on ``today``: 0 closed, then grey to red; for sorting."""
    colour = shown_light(today)
    whens = [When(~Q(state__in=transitions.OPEN), then=Value(0))]
    whens += [When(Q(_colour_is(colour, name)), then=Value(number + 1)) for name, number in lights.SEVERITY.items()]
    return Case(*whens, default=Value(0), output_field=IntegerField())


def _colour_is(colour: Case, name: str) -> Q:
    from django.db.models.lookups import Exact

    return Q(Exact(colour, Value(name)))
