"""Party groups stand in the order people count them; a slip of the pen is told from another number."""

import datetime

import pytest

from orgs.forms.people import ChangeGroupForm, TransferInForm
from orgs.models import Group
from orgs.ordinals import LAST, is_slip_of, ordinal
from orgs.selectors.organisation import organisation_page
from orgs.selectors.roll import open_groups
from orgs.selectors.units import groups_in
from tests.factories import make_college, make_group


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("第一党小组", 1),
        ("第十党小组", 10),
        ("第十一党小组", 11),
        ("第二十党小组", 20),
        ("第二十三党小组", 23),
        ("第二〇党小组", 20),
        ("第12党小组", 12),
        ("教师党小组", LAST),
    ],
)
def test_numbers_in_names(name: str, number: int) -> None:
    assert ordinal(name) == number


@pytest.mark.parametrize(
    ("name", "other", "slip"),
    [
        ("第一党小组", "第一党小姐", True),
        ("第一党小组", "一党小组", True),
        ("第一党小组", "第一党小组组", True),
        ("第一党小组", "第1党小组", True),
        ("第一党小组", "第二党小组", False),
        ("第十党小组", "第十一党小组", False),
        ("第一党小组", "第一党小组", False),
        ("第一党小组", "教师党小组", False),
        ("第一党小组", "第一小组", True),
        ("第一党小组", "一小组", False),
    ],
)
def test_slips_of_the_pen(name: str, other: str, slip: bool) -> None:
    assert is_slip_of(name, other) is slip
    assert is_slip_of(other, name) is slip


@pytest.mark.django_db
def test_groups_stand_in_the_order_of_their_numbers() -> None:
    college = make_college()
    branch = college.branches[0]
    for number in ("十一", "三", "十", "二"):
        make_group(branch, f"第{number}党小组")
    make_group(branch, "教师党小组")
    wanted = [*(f"第{number}党小组" for number in ("一", "二", "三", "十", "十一")), "教师党小组"]
    assert [group.name for group in open_groups(branch, datetime.date(2026, 6, 15))] == wanted
    assert [group.name for group in groups_in(branch, 2026)] == wanted
    assert [group.name for group in organisation_page(college.office, branch).groups] == wanted


@pytest.mark.django_db
def test_forms_offer_groups_in_that_order() -> None:
    branch = make_college().branches[1]
    for name in ("第十党小组", "第二党小组", "教师党小组", "第一党小组"):
        make_group(branch, name)
    Group.objects.create(organisation=branch, name="第三党小组", dissolved_on=datetime.date(2026, 1, 1))
    for form in (TransferInForm(organisation=branch), ChangeGroupForm(organisation=branch)):
        names = [name for _value, name in form.fields["group"].choices]
        assert names[1:] == ["第一党小组", "第二党小组", "第十党小组", "教师党小组"]
