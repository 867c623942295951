"""Printing codes for people without an account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from ballots import codes, states
from ballots.models import Allotment, Code, Urn
from ballots.secret import CODES, secret_key
from ballots.services.holding import hold, reason_of
from common import audit, clock
from common.errors import Conflict
from common.sentences import written as _

if TYPE_CHECKING:
    from orgs.models import User

MOST_TRIES = 50


@sensitive_variables("made")
def print_codes(*, allotment: Allotment, actor: User, reason: str = "") -> list[str]:
    """Make the codes of an allotment and give them as they are printed; they cannot be read again, by nobody.

    Printed before, a ``reason`` is needed: the codes not used yet become void and as many new ones are made. Raises
    ``NotAllowed``, ``Conflict`` (the ballot is not open; no codes here), ``InvalidInput`` on ``reason``. Side effects:
    digests, the day of printing, history with the reason.
    """
    with transaction.atomic():
        hold(allotment.group.ballot, states.VOTE, actor)
        # Before anything is void: nobody is voting with one of these codes now.
        Urn.objects.select_for_update().filter(group=allotment.group_id).first()
        held = Allotment.objects.select_for_update(of=("self",)).get(pk=allotment.pk)
        if not held.codes:
            raise Conflict(_("这里没有设投票码。"))
        if held.printed_on is not None:
            reason = reason_of(reason, _("投票码只打印一次；要作废未用的并重印，请写明原因。"))
        held.printed.filter(voted__isnull=True).delete()
        made = _make(held, held.codes - held.printed.count())
        held.printed_on = clock.today()
        audit.save(held, actor=actor, reason=reason or _("打印投票码"), update_fields=["printed_on"])
    return made


@sensitive_variables()
def _make(allotment: Allotment, number: int) -> list[str]:
    """Store the digests of ``number`` fresh codes; their first four signs belong to no other code."""
    fresh: dict[str, str] = {}
    for _try in range(MOST_TRIES):
        while len(fresh) < number:
            code = codes.new_code()
            fresh[code[: codes.LOCATOR]] = code
        taken = set(Code.objects.filter(locator__in=fresh).values_list("locator", flat=True))
        fresh = {locator: code for locator, code in fresh.items() if locator not in taken}
        if len(fresh) == number:
            break
    rows = []
    for locator, code in fresh.items():
        salt = codes.new_salt()
        digest = codes.digest(code, key=secret_key(CODES), salt=salt)
        rows.append(Code(allotment=allotment, locator=locator, salt=salt, digest=digest))
    Code.objects.bulk_create(rows)
    return [codes.written(code) for code in fresh.values()]
