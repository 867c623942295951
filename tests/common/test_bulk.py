"""Many rows in one statement, each with values of its own: on both databases."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.bulk import update_rows
from notices import services
from notices.models import Notice
from orgs.models import Person
from tests.factories import make_organisation
from tests.notices.builders import EVENING, make_person, message

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
COLUMNS = ["state", "attempts", "last_error", "sent_at"]


@pytest.fixture
def person() -> Person:
    return make_person(make_organisation("ZB101", level="branch"))


def owe(person: Person, count: int) -> list[int]:
    services.owe(messages=[message(person, number) for number in range(count)])
    return list(Notice.objects.order_by("id").values_list("pk", flat=True))


def rows() -> list[tuple[object, ...]]:
    return list(Notice.objects.order_by("id").values_list(*COLUMNS))


def test_every_row_gets_its_own_values_and_the_others_stay(person: Person) -> None:
    first, second, _third = owe(person, 3)
    values = [
        (second, "failed", 5, "连不上'; DROP TABLE x; --%s", None),
        (first, "sent", 1, "", EVENING + datetime.timedelta(microseconds=7)),
    ]
    with CaptureQueriesContext(connection) as queries:
        assert update_rows(Notice, COLUMNS, values) == 2
    assert len(queries) == 1
    assert rows() == [
        ("sent", 1, "", EVENING + datetime.timedelta(microseconds=7)),
        ("failed", 5, "连不上'; DROP TABLE x; --%s", None),
        ("pending", 0, "", None),
    ]


def test_a_column_of_nothing_but_null(person: Person) -> None:
    ids = owe(person, 2)
    Notice.objects.update(sent_at=EVENING)
    assert update_rows(Notice, ["sent_at"], [(pk, None) for pk in ids]) == 2
    assert [row[-1] for row in rows()] == [None, None]


def test_who_has_changed_meanwhile_is_left_alone(person: Person) -> None:
    first, second = owe(person, 2)
    Notice.objects.filter(pk=first).update(claim="mine")
    Notice.objects.filter(pk=second).update(claim="another's")
    written = update_rows(
        Notice,
        ["attempts"],
        [(first, 1), (second, 1)],
        same={"claim": "", "sent_at": EVENING},
        where={"claim": "mine"},
    )
    assert written == 1
    found = Notice.objects.order_by("id").values_list("attempts", "claim", "sent_at")
    assert list(found) == [(1, "", EVENING), (0, "another's", None)]


def test_the_same_for_all_and_nothing_to_write(person: Person) -> None:
    ids = owe(person, 2)
    assert update_rows(Notice, [], [(pk,) for pk in ids], same={"attempts": 3}) == 2
    assert [row[1] for row in rows()] == [3, 3]
    assert update_rows(Notice, ["attempts"], []) == 0


def test_more_rows_than_a_statement_takes(person: Person) -> None:
    ids = owe(person, 700)
    assert update_rows(Notice, ["attempts"], [(pk, place) for place, pk in enumerate(ids)]) == 700
    assert [row[1] for row in rows()] == list(range(700))
