"""What the office sees at a glance, and that one page asks for the unread messages only once."""

from __future__ import annotations

from notices import selectors, services
from notices.models import Notice
from notices.office import office_status
from orgs.models import User
from tests.notices.builders import make_person, message


def test_the_unread_messages_are_counted_along_for_one_use(branch, root, django_assert_num_queries):
    person, other = make_person(branch, "P001"), make_person(branch, "P002")
    services.owe(messages=[message(person, 1), message(person, 2), message(other, 3)])
    user = User.objects.get(person=person)
    with django_assert_num_queries(2):  # the grants and the status
        assert office_status(user).failed == 0
        assert selectors.unread_count(user) == 2
    Notice.objects.filter(subject="task:1").update(state="dropped", last_error="")
    with django_assert_num_queries(1):
        assert selectors.unread_count(user) == 1


def test_nobody_has_none(branch, django_user_model):
    technician = django_user_model.objects.create(username="technician", is_superuser=True)
    office_status(technician)
    assert selectors.unread_count(technician) == 0
