"""Nobody's choice can be told: not from a dump of every table, not from two, not from statements, logs or reports."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.core.signals import got_request_exception
from django.db import connection, models, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.views.debug import ExceptionReporter

from ballots.models import Ballot, GroupResult, HasVoted, PaperCount, Tally
from ballots.sealing import SealBroken, open_counts
from ballots.selectors.pages import visible_ballots
from ballots.services import Allotted, cast_code_vote, close_ballot, open_ballot, print_codes
from ballots.services.voting import cast_vote
from orgs.models import User
from tests.ballots.world import BAD, FAIR, GOOD, PLAIN, World, allotment_of, draft, group, marks, opened, vote

BACKEND = "orgs.backends.AccountBackend"
# Random by making: another run of the very same votes has others.
RANDOM = {"sealed", "seal", "session_key", "session_data", "locator", "salt", "digest", "code_id"}
Dump = dict[str, list[str]]


def dump() -> Dump:
    """Every column of every row of every table, histories, sessions and logs included, in the order they lie there."""
    found = {}
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{name}"')  # noqa: S608 - the database's own name
            columns = [each[0] for each in cursor.description]
            found[name] = [str(dict(zip(columns, row, strict=True))) for row in cursor.fetchall()]
    return found


def masked(dumped: Dump) -> Dump:
    """The dump without what is random by making, in an order that does not depend on it."""
    out = {}
    for table, rows in dumped.items():
        hidden = RANDOM | ({"id"} if table in ("ballots_hasvoted", "ballots_code") else set())
        pattern = re.compile(rf"'({'|'.join(sorted(hidden))})': ('[^']*'|\d+)")
        out[table] = sorted(pattern.sub(r"'\1': ?", row) for row in rows)
    return out


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside has not happened."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def prepared(world: World) -> tuple[Ballot, list[str]]:
    """An open ballot: five voters in one group, three in a small one, and five codes in a third."""
    ballot = draft(world)
    group(world, ballot, "大群", "0.5", world.voters[:5])
    group(world, ballot, "小群", "0.2", world.voters[5:])
    group(world, ballot, "群众", "0.3", allotted=(Allotted(codes=5),))
    open_ballot(ballot=ballot, actor=world.office)
    return ballot, print_codes(allotment=allotment_of(ballot), actor=world.office)


def everybody_votes(world: World, ballot: Ballot, slips: list[str], grades: list[int]) -> None:
    """Each voter gives one grade to both units; the codes give the last two grades by turns."""
    for voter, grade in zip(world.voters, grades, strict=False):
        vote(ballot, voter, grade, grade)
    for slip, grade in zip(slips, grades[8:], strict=True):
        cast_code_vote(code=slip, marks=marks(ballot, dict.fromkeys(world.units, grade)))


ONE = [GOOD, BAD, FAIR, PLAIN, GOOD, BAD, GOOD, FAIR, GOOD, BAD, FAIR, GOOD, PLAIN]
# The same grades given by other people of the same groups.
SWAPPED = [BAD, GOOD, GOOD, FAIR, PLAIN, FAIR, BAD, GOOD, PLAIN, GOOD, GOOD, BAD, FAIR]


def after(world: World, act: Callable[[Ballot, list[str]], Any]) -> Dump:
    """The dump after ``act``, which is then undone, with everything before it the same."""
    with undone():
        ballot, slips = prepared(world)
        act(ballot, slips)
        return dump()


def test_while_it_is_open_the_dump_does_not_depend_on_any_choice(world: World) -> None:
    one = after(world, lambda ballot, slips: everybody_votes(world, ballot, slips, ONE))
    for other in (SWAPPED, [GOOD] * 13, [BAD] * 13):
        found = after(world, lambda ballot, slips, other=other: everybody_votes(world, ballot, slips, other))
        assert masked(found) == masked(one)
    assert len(one["ballots_hasvoted"]) == 13
    assert one["ballots_hasvoted"] != masked(one)["ballots_hasvoted"]  # the mask bites


def test_counted_the_dump_tells_the_sums_and_not_who_gave_what(world: World) -> None:
    def act(grades: list[int]) -> Callable[[Ballot, list[str]], None]:
        def run(ballot: Ballot, slips: list[str]) -> None:
            everybody_votes(world, ballot, slips, grades)
            close_ballot(ballot=ballot, actor=world.office)
            assert [list(row) for row in GroupResult.objects.values_list("name", "counts")] == [
                ["大群", [2, 1, 1, 1]],
                ["小群、群众", [3, 2, 1, 2]],  # three are never shown alone, nor kept
            ] * 2

        return run

    assert masked(after(world, act(ONE))) == masked(after(world, act(SWAPPED)))


@pytest.mark.parametrize(("one", "other"), [((GOOD, BAD), (BAD, GOOD)), ((FAIR, PLAIN), (PLAIN, FAIR))])
def test_the_only_one_of_a_small_group_who_voted_cannot_be_told(
    world: World, one: tuple[int, int], other: tuple[int, int]
) -> None:
    """Of three entitled one came: what that one chose, or somebody of the large group, leaves the same dump."""

    def act(grades: tuple[int, int]) -> Callable[[Ballot, list[str]], None]:
        def run(ballot: Ballot, slips: list[str]) -> None:
            large, alone = grades
            everybody_votes(world, ballot, [], [large, *ONE[1:5], alone])
            close_ballot(ballot=ballot, actor=world.office)
            assert set(GroupResult.objects.values_list("name", "ballots")) == {("大群、小群、群众", 6)}

        return run

    assert masked(after(world, act(one))) == masked(after(world, act(other)))


def test_the_first_vote_alone_cannot_be_read(world: World) -> None:
    """One person has voted: bare counters would say what."""
    ballot, _slips = prepared(world)
    before = dict(Tally.objects.values_list("pk", "sealed"))
    vote(ballot, world.voters[5], GOOD, BAD)
    now = dict(Tally.objects.values_list("pk", "sealed"))
    group_of = dict(Tally.objects.values_list("pk", "group__name"))
    mine = [pk for pk, name in group_of.items() if name == "小群"]
    steps = [now[pk] - before[pk] for pk in mine]
    assert len(set(steps)) == len(mine) == 10  # two dumps: every counter of the group moved, each by another number
    assert min(abs(step) for step in steps) > 1000
    assert min(now.values()) > 1000
    assert all(now[pk] == before[pk] for pk in group_of if pk not in mine)
    with pytest.raises(SealBroken):
        open_counts([now[pk] for pk in sorted(mine)], key=b"a guess", seal=ballot.groups.get(name="小群").urn.seal)


def test_no_table_connects_a_voter_with_a_grade() -> None:
    """By structure: what holds counts knows no person, account, code or time; what knows voters holds no count."""
    voters = {"orgs_person", "orgs_user", "ballots_code", "ballots_elector", "ballots_hasvoted"}
    holders = {Tally, GroupResult, PaperCount}
    for model in apps.get_app_config("ballots").get_models():
        fields = model._meta.concrete_fields
        targets = {field.related_model._meta.db_table for field in fields if field.related_model}
        timed = any(isinstance(field, models.DateField | models.TimeField) for field in fields)
        if model in holders:
            assert not targets & voters and not timed, model
        if targets & {"ballots_code"} or model is HasVoted:
            assert not timed, model
            assert {field.name for field in fields} == {"id", "ballot", "person", "code"}
    assert not hasattr(Tally, "history")
    assert not hasattr(HasVoted, "history")
    # None refers to a counter, so nothing can be joined to one but through group and unit.
    assert [one for one in Tally._meta.related_objects if not one.hidden] == []
    assert [one for one in HasVoted._meta.related_objects if not one.hidden] == []


def statements(act: Callable[[], None]) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        act()
    return [
        re.sub(r"'?\b[0-9a-f]{32}\b'?|\b\d{5,}\b|\"s\d+_x\d+\"", "?", each["sql"]) for each in captured.captured_queries
    ]


def test_a_vote_writes_every_counter_of_the_group_in_one_statement_whatever_the_choice(world: World) -> None:
    ballot, _slips = prepared(world)
    found = []
    for grades in ((GOOD, GOOD), (BAD, None)):
        with undone():
            chosen = marks(ballot, dict(zip(world.units, grades, strict=True)))
            found.append(
                statements(lambda chosen=chosen: cast_vote(ballot=ballot, marks=chosen, actor=world.voters[0]))
            )
    assert found[0] == found[1]
    writes = [sql for sql in found[0] if sql.startswith("UPDATE") and "ballots_tally" in sql]
    assert len(writes) == 1
    assert writes[0].count("WHEN") == 10


def signed_in(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user, BACKEND)
    return client


def sent(ballot: Ballot, grade: str) -> dict[str, str]:
    return {**{f"s{subject.pk}": grade for subject in ballot.subjects.all()}, "sure": "on"}


def test_nothing_of_it_is_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    ballot = opened(world)
    caplog.set_level(logging.DEBUG)
    url = reverse("ballots:vote", args=[ballot.pk])
    assert signed_in(world.voters[0]).post(url, sent(ballot, "3")).status_code == 302
    assert signed_in(world.voters[1]).post(url, sent(ballot, "7")).status_code == 400
    assert signed_in(world.voters[0]).post(url, sent(ballot, "3")).status_code == 409
    words = caplog.text
    for subject in ballot.subjects.all():
        assert f"s{subject.pk}=" not in words
        assert f"'s{subject.pk}'" not in words
    assert "差" not in words


def report(world: World, ballot: Ballot, grade: str) -> str:
    """What the error report says when the database fails in the middle of a vote: the trace and every local name."""
    caught: list[str] = []

    def keep(request: Any, **_kwargs: Any) -> None:
        reporter = ExceptionReporter(request, *sys.exc_info(), is_email=True)
        caught.append(reporter.get_traceback_text() + reporter.get_traceback_html())

    got_request_exception.connect(keep)
    try:
        with undone():
            data = sent(ballot, grade)
            answer = signed_in(world.voters[0]).post(reverse("ballots:vote", args=[ballot.pk]), data)
        assert answer.status_code == 500
    finally:
        got_request_exception.disconnect(keep)
    return caught[0]


def unlike(text: str) -> list[str]:
    """The report without addresses of objects, random identifiers, cookies and large numbers."""
    text = re.sub(r"0x[0-9a-f]+|[0-9a-f]{8}-[0-9a-f-]{27}|\b[0-9a-f]{32}\b|\b\d{6,}\b|sessionid[^\n]*", "?", text)
    text = re.sub(r"\b(pre|post|[cv])\d{12,}|s\d+_x\d+", "?", text)
    text = re.sub(r"\d\d:\d\d:\d\d|\d+\.\d{4,}", "?", text)  # when it happened
    text = re.sub(r"wsgi\.\w+[^\n]*|CONTENT_LENGTH[^\n]*", "?", text)
    return [line for line in text.splitlines() if "Cookie" not in line and "COOKIE" not in line]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the failure is made with a trigger of SQLite")
def test_an_error_report_is_the_same_whatever_was_chosen(world: World) -> None:
    ballot = opened(world)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TRIGGER full BEFORE UPDATE ON ballots_tally BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    first, second = (report(world, ballot, grade) for grade in ("0", "3"))
    assert "disk full" in first
    assert "<Marks>" in first or "********************" in first
    for subject in ballot.subjects.all():
        assert re.search(rf"s{subject.pk}\s*(=|</td>)", first)  # the field is named, its value is not
    assert unlike(first) == unlike(second)


def test_the_pages_are_kept_nowhere(world: World) -> None:
    ballot = opened(world)
    url = reverse("ballots:vote", args=[ballot.pk])
    client = signed_in(world.voters[0])
    page, done = client.get(url), client.post(url, sent(ballot, "0"))
    code_page = Client().get(reverse("ballots:vote_by_code"))
    for answer in (page, done, code_page):
        assert "no-store" in answer["Cache-Control"]
    # A page with a form keeps ``same-origin``: browsers send "Origin: null" under no-referrer, and CSRF refuses it.
    assert [answer["Referrer-Policy"] for answer in (page, done, code_page)] == [
        "same-origin",
        "no-referrer",
        "same-origin",
    ]
    assert Client().get(reverse("ballots:code_done"))["Referrer-Policy"] == "no-referrer"


def test_before_the_end_no_page_shows_a_count_to_anybody(world: World) -> None:
    ballot, slips = prepared(world)
    pages: dict[str, str] = {}
    for grades in ([GOOD] * 13, [BAD] * 13):
        with undone():
            everybody_votes(world, ballot, slips, grades)
            for user in (world.office, world.college.committee_secretary, world.college.general_secretary):
                if not visible_ballots(user).filter(pk=ballot.pk).exists():
                    continue
                client = signed_in(user)
                for name in ("ballot_detail", "electors", "codes", "papers"):
                    text = client.get(reverse(f"ballots:{name}", args=[ballot.pk])).content.decode()
                    text = re.sub(r'(csrfmiddlewaretoken" value=|X-CSRFToken": )"[^"]*"', "", text)
                    assert pages.setdefault(f"{user.pk} {name}", text) == text
    assert "已投 5/5" in pages[f"{world.office.pk} ballot_detail"]
    assert "不足5人，不显示投票人数" in pages[f"{world.office.pk} ballot_detail"]
    assert "已投 3/3" not in pages[f"{world.office.pk} ballot_detail"]
