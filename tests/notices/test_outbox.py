"""Owing messages, and reading them."""

import datetime

import pytest

from common import clock
from notices import selectors, services
from notices.models import Notice
from tests.factories import make_officer, make_organisation
from tests.notices.builders import DAY, make_person, message, states

pytestmark = pytest.mark.django_db


def test_a_message_is_owed_once_a_day(branch):
    person = make_person(branch)
    twice = [message(person, 1), message(person, 1), message(person, 2)]
    assert services.owe(messages=twice) == 2
    assert services.owe(messages=[*twice, message(person, 1, day=DAY + datetime.timedelta(days=1))]) == 1
    assert states() == [("task:1", "pending"), ("task:2", "pending"), ("task:1", "pending")]


def test_a_title_too_long_for_the_column_is_shortened(branch):
    person = make_person(branch)
    services.owe(messages=[message(person, title="长" * 400, detail="细" * 300)])
    row = Notice.objects.get()
    assert row.title == "长" * 299 + "…"
    assert row.detail == "细" * 300


def test_owing_one_message_or_fifty_costs_one_reading_and_one_writing(branch, django_assert_num_queries):
    person = make_person(branch)
    with clock.moved(DAY):
        for count in (1, 50):
            with django_assert_num_queries(2 + 2):  # and the savepoint of the transaction
                services.owe(messages=[message(person, n, kind=f"info{count}") for n in range(count)])


def test_more_messages_than_one_statement_takes(branch):
    person = make_person(branch)
    assert services.owe(messages=[message(person, n) for n in range(900)]) == 900
    assert services.owe(messages=[message(person, n) for n in range(901)]) == 1


def test_the_bell_shows_only_ones_own(branch):
    mine, other = make_person(branch, "P001"), make_person(branch, "P002")
    services.owe(messages=[message(mine, 1), message(other, 2)])
    assert [item.notice.title for item in selectors.bell_page(mine.user, 1)[1]] == ["事项1"]
    assert selectors.unread_count(mine.user) == 1


def test_the_bell_leaves_out_what_was_dropped_as_untrue_and_invitations(branch):
    person = make_person(branch)
    kinds = [message(person, 1), message(person, 2), message(person, 3, kind="invitation"), message(person, 4)]
    services.owe(messages=kinds)
    Notice.objects.filter(subject="task:1").update(state="dropped", last_error="")
    Notice.objects.filter(subject="task:2").update(state="dropped", last_error="未发邮件：没有登记邮箱")
    assert [item.notice.title for item in selectors.bell_page(person.user, 1)[1]] == ["事项4", "事项2"]
    assert selectors.unread_count(person.user) == 2


def test_reading_marks_only_ones_own(branch):
    mine, other = make_person(branch, "P001"), make_person(branch, "P002")
    services.owe(messages=[message(mine, 1), message(mine, 2), message(other, 3)])
    ids = dict(Notice.objects.values_list("subject", "pk"))
    with clock.moved(DAY):
        assert services.mark_read(actor=mine.user, notice_ids=[ids["task:1"], ids["task:3"]]) == 1
        assert services.mark_read(actor=mine.user) == 1
        assert services.mark_read(actor=mine.user) == 0
    assert list(Notice.objects.filter(read_at__isnull=True).values_list("subject", flat=True)) == ["task:3"]


def test_the_bell_says_what_no_longer_holds_in_one_query_more(branch, no_checks, django_assert_num_queries):
    person = make_person(branch)
    services.owe(messages=[message(person, 1), message(person, 2)])
    no_checks["task"] = lambda rows: {row.pk for row in rows if row.subject == "task:2"}
    with django_assert_num_queries(2):  # the count and the page
        items = [(item.notice.subject, item.holds) for item in selectors.bell_page(person.user, 1)[1]]
    assert items == [("task:2", True), ("task:1", False)]


def test_an_account_without_a_person_has_no_messages(branch, django_user_model, django_assert_num_queries):
    make_person(branch)
    technician = django_user_model.objects.create(username="technician", is_superuser=True)
    with django_assert_num_queries(0):
        assert selectors.unread_count(technician) == 0
    assert selectors.bell_page(technician, 1)[1] == []


def test_the_office_sees_deliveries_of_its_own_tree_only(root, branch):
    officer = make_officer(root)
    elsewhere_root = make_organisation("DW02")
    elsewhere = make_organisation("ZB901", elsewhere_root, level="branch")
    stranger = make_officer(elsewhere_root)
    services.owe(messages=[message(make_person(branch, "P001"), 1, day=clock.today())])
    services.owe(messages=[message(make_person(elsewhere, "P901"), 2, day=clock.today())])
    assert [row.subject for row in selectors.deliveries(officer)] == ["task:1"]
    assert [row.subject for row in selectors.deliveries(stranger)] == ["task:2"]
    assert selectors.delivery_counts(officer)["pending"] == 1
    assert not selectors.deliveries(make_person(branch, "P002").user)
