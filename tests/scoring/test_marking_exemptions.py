"""Exemption of one unit from one indicator: asked with a reason, decided by somebody above."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from common.errors import Conflict, InvalidInput, NotAllowed
from scoring.models import Recalculation, Scheme, UnitExemption
from scoring.services.exemptions import ask_exemption, decide_exemption
from tests.factories import ROLES, SmallCollege
from tests.scoring.rules_making import RUBRIC, in_force

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 5, 1)


@pytest.fixture
def scheme(college: SmallCollege) -> Scheme:
    """In force."""
    made = in_force(college)
    Recalculation.objects.all().delete()
    return made


def asked(college: SmallCollege, scheme: Scheme, **values: Any) -> UnitExemption:
    sent = {"actor": college.branch_secretary, "organisation": college.branches[0], "code": RUBRIC} | values
    return ask_exemption(scheme=scheme, **({"reason": "支部刚成立"} | sent))


EXEMPTIONS = [
    ("asked", True, "approved"),
    ("asked", False, "refused"),
    ("approved", False, "refused"),
    ("approved", True, None),
    ("refused", True, None),
    ("refused", False, None),
]


@pytest.mark.parametrize(("state", "approve", "new"), EXEMPTIONS)
def test_which_exemptions_may_be_decided(
    college: SmallCollege, scheme: Scheme, state: str, approve: bool, new: str | None
) -> None:
    made = asked(college, scheme)
    UnitExemption.objects.update(state=state)
    if new:
        found = decide_exemption(actor=college.office, exemption=made, approve=approve, decision="同意")
        assert (found.state, found.decided_by, found.decided_on) == (
            new,
            college.office.person,
            datetime.date(2026, 6, 15),
        )
        assert list(Recalculation.objects.values_list("organisation__code", flat=True)) == ["ZB101"]
    else:
        with pytest.raises(Conflict, match="已经审批过"):
            decide_exemption(actor=college.office, exemption=made, approve=approve, decision="同意")


@pytest.mark.parametrize("role", ROLES)
def test_who_asks_and_who_decides_exemptions(college: SmallCollege, scheme: Scheme, role: str) -> None:
    actor = getattr(college, role)
    if role in ("branch_secretary", "commissioner"):
        made = asked(college, scheme, actor=actor)
    else:
        with pytest.raises(NotAllowed):
            asked(college, scheme, actor=actor)
        made = asked(college, scheme)
    if role in ("office", "committee_secretary"):
        assert decide_exemption(actor=actor, exemption=made, approve=True, decision="").state == "approved"
    else:
        with pytest.raises(NotAllowed):
            decide_exemption(actor=actor, exemption=made, approve=True, decision="")


def test_an_exemption_is_asked_once_with_a_reason_for_a_line_of_the_scheme(
    college: SmallCollege, scheme: Scheme
) -> None:
    for values, field in (({"code": "Z9"}, "code"), ({"reason": ""}, "reason")):
        with pytest.raises(InvalidInput) as caught:
            asked(college, scheme, **values)
        assert list(caught.value.errors) == [field]
    asked(college, scheme)
    with pytest.raises(Conflict, match="已经申请过"):
        asked(college, scheme)
