"""Self-statements: their length, who writes and submits them, two writers at once."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from common.errors import Conflict, InvalidInput, NotAllowed
from notices.models import Notice
from notices.services import still_true
from orgs.models import User
from scoring import statements
from scoring.models import SelfStatement, Stage
from scoring.services.stages import remind_statements
from scoring.services.statements import Stale, reopen_statement, save_statement, submit_statement
from tests.factories import SmallCollege
from tests.scoring.making import go, scheme_at
from tests.scoring.rules_making import at_stage

GOOD, BAD = "做" * 30, "缺" * 10


@pytest.mark.parametrize(
    ("achieved", "lacking", "expected"),
    [
        (2250, 750, {}),
        (2251, 750, {"achieved": "too_long", "lacking": "too_little"}),
        (2249, 751, {}),
        (2250, 751, {"achieved": "too_long"}),
        (3, 1, {}),
        (4, 1, {"lacking": "too_little"}),
        (5, 2, {}),  # 2 of 7 is more than a quarter
        (0, 10, {"achieved": "empty"}),
        (10, 0, {"lacking": "empty"}),
        (0, 0, {"achieved": "empty", "lacking": "empty"}),
    ],
)
def test_length_rules_at_their_edges(achieved: int, lacking: int, expected: dict[str, str]) -> None:
    assert statements.faults("做" * achieved, "缺" * lacking) == expected


def test_blanks_and_line_breaks_are_not_counted() -> None:
    found = statements.lengths(" 做 了\n两　件\t事 ", "缺\r\n一")
    assert (found.achieved, found.lacking, found.total, found.wanted) == (5, 2, 7, 2)
    assert statements.faults("  \n ", "　") == {"achieved": "empty", "lacking": "empty"}


def _words(college: SmallCollege, **changes: object) -> dict[str, object]:
    scheme = changes.pop("scheme", None) or scheme_at(college, Stage.STATEMENT)
    facts = {"scheme": scheme, "organisation": college.branches[0], "achieved": GOOD, "lacking": BAD, "seen": 0}
    return facts | changes


def test_an_officer_drafts_and_the_secretary_submits(college: SmallCollege) -> None:
    words = _words(college)
    save_statement(actor=college.commissioner, **words)
    with pytest.raises(NotAllowed):
        submit_statement(actor=college.commissioner, **words | {"seen": 1})
    found = submit_statement(actor=college.branch_secretary, **words | {"seen": 1})
    assert (found.state, found.submitted_by) == ("submitted", college.branch_secretary.person)
    assert submit_statement(actor=college.branch_secretary, **words | {"seen": 1}).version == found.version
    with pytest.raises(Conflict):
        save_statement(actor=college.commissioner, **words | {"achieved": "改", "seen": found.version})


@pytest.mark.parametrize("role", ["office", "general_secretary", "member", "outsider", "group_leader"])
def test_nobody_else_writes_it(college: SmallCollege, role: str) -> None:
    words = _words(college)
    with pytest.raises(NotAllowed):
        save_statement(actor=getattr(college, role), **words)
    with pytest.raises(NotAllowed):
        submit_statement(actor=getattr(college, role), **words)
    assert not SelfStatement.objects.exists()


def test_a_faulty_one_is_refused_by_field_with_numbers_and_nothing_is_written(college: SmallCollege) -> None:
    words = _words(college, achieved="做" * 3000, lacking="缺" * 10)
    with pytest.raises(InvalidInput) as refused:
        submit_statement(actor=college.branch_secretary, **words)
    assert refused.value.errors == {
        "achieved": "两部分合计3010字，超过3000字，请删减10字。",
        "lacking": "问题部分10字，不到全文3010字的四分之一，请写具体。",
    }
    assert not SelfStatement.objects.exists()


def test_the_second_of_two_writers_is_told_and_loses_nothing(college: SmallCollege) -> None:
    words = _words(college)
    save_statement(actor=college.commissioner, **words)
    with pytest.raises(Stale):
        save_statement(actor=college.branch_secretary, **words | {"achieved": "另写的话"})
    kept = SelfStatement.objects.get()
    assert (kept.achieved, kept.version) == (GOOD, 1)


@pytest.mark.parametrize("stage", [stage for stage in Stage.values if stage != Stage.STATEMENT])
def test_only_while_the_stage_lasts(college: SmallCollege, stage: str) -> None:
    words = _words(college)
    at_stage(words["scheme"], stage)  # type: ignore[arg-type]
    with pytest.raises(Conflict):
        save_statement(actor=college.branch_secretary, **words)


def test_taken_back_it_is_a_draft_again(college: SmallCollege) -> None:
    words = _words(college)
    submit_statement(actor=college.branch_secretary, **words)
    where = {"scheme": words["scheme"], "organisation": words["organisation"]}
    with pytest.raises(NotAllowed):
        reopen_statement(actor=college.commissioner, **where)
    assert reopen_statement(actor=college.branch_secretary, **where).state == "draft"
    with pytest.raises(Conflict):
        reopen_statement(actor=college.branch_secretary, **where)


def test_secretaries_are_asked_once_a_day_and_no_longer_when_they_have_submitted(college: SmallCollege) -> None:
    scheme = go(college.office, scheme_at(college), Stage.RUNNING)
    # ZB102 has no secretary.
    wanted = Notice.objects.filter(subject__startswith="scoring_statement:").order_by("person_id")
    assert {one.person for one in wanted} == {college.branch_secretary.person, college.outsider.person}
    assert still_true(wanted) == {one.pk for one in wanted}
    assert remind_statements(actor=college.office, scheme=scheme) == 0
    submit_statement(actor=college.branch_secretary, **_words(college, scheme=scheme))
    assert still_true(wanted) == {one.pk for one in wanted if one.person == college.outsider.person}
    at_stage(scheme, Stage.REVIEW)
    assert still_true(wanted) == set()
    with pytest.raises(Conflict):
        remind_statements(actor=college.office, scheme=scheme)
    with pytest.raises(NotAllowed):
        remind_statements(actor=college.general_secretary, scheme=scheme)


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user, "orgs.backends.AccountBackend")
    return client


def test_the_page_keeps_the_input_of_the_second_writer_and_shows_what_is_there(college: SmallCollege) -> None:
    scheme = scheme_at(college, Stage.STATEMENT)
    save_statement(actor=college.commissioner, **_words(college, scheme=scheme))
    client, url = _client(college.branch_secretary), reverse("scoring:statement_edit", args=[scheme.pk, "ZB101"])
    sent = {"achieved": "书记另写的话", "lacking": "问题", "seen": "0", "action": "save"}
    answer = client.post(url, sent)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "书记另写的话" in page and GOOD in page and 'name="seen" value="1"' in page
    assert client.post(url, sent | {"seen": "1"}).status_code == 302
    assert SelfStatement.objects.get().achieved == "书记另写的话"


def test_a_faulty_submission_keeps_the_input(college: SmallCollege) -> None:
    scheme = scheme_at(college, Stage.STATEMENT)
    client, url = _client(college.branch_secretary), reverse("scoring:statement_edit", args=[scheme.pk, "ZB101"])
    answer = client.post(url, {"achieved": GOOD, "lacking": "缺", "seen": "0", "action": "submit"})
    assert answer.status_code == 400
    assert GOOD in answer.content.decode() and "不到全文31字的四分之一" in answer.content.decode()


def test_a_neighbour_does_not_find_it(college: SmallCollege) -> None:
    scheme = scheme_at(college, Stage.STATEMENT)
    save_statement(actor=college.commissioner, **_words(college, scheme=scheme))
    url = reverse("scoring:statement", args=[scheme.pk, "ZB101"])
    assert _client(college.outsider).get(url).status_code == 404
    listed = _client(college.outsider).get(reverse("scoring:statement_list", args=[scheme.pk])).content.decode()
    assert "ZB101" not in listed and "ZB201" in listed
