"""Is what a message says about a ballot still true when it is about to be sent?"""

from __future__ import annotations

from ballots import states
from ballots.models import Elector
from ballots.services.messages import without_vote
from notices.models import Notice


def ballots_still_wait(notices: list[Notice]) -> set[int]:
    """Ids of the messages whose ballot is open and whose reader has not voted in it. One query."""
    about = {notice.pk: (int(notice.subject.partition(":")[2]), notice.person_id) for notice in notices}
    rows = Elector.objects.filter(
        ballot__in={ballot for ballot, _person in about.values()},
        person__in={person for _ballot, person in about.values()},
        ballot__state=states.OPEN,
    )
    waiting = set(without_vote(rows).values_list("ballot_id", "person_id"))
    return {pk for pk, key in about.items() if key in waiting}
