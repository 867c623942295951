"""Ties that the rules cannot break: the committee's vote decides, and nobody else."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.test import Client

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from orgs.models import Office
from scoring import definitions
from scoring.models import Scheme, Sheet, Stage, TieVote
from scoring.services.placing import award_places
from scoring.services.votes import enter_tie_vote, ties_of
from tests.factories import ROLES, SmallCollege, make_officer, make_organisation
from tests.scoring.places import publish_body, write_sheet

DAY = datetime.date(2026, 6, 14)


@pytest.fixture
def scheme(college: SmallCollege) -> Scheme:
    """Four general branches, a quota of one (30 % of four, rounded down): ZZ1 and ZZ2 are level at 95, ZZ3 has 92."""
    found = publish_body(college.committee, college.office, stage=Stage.APPROVAL)
    for unit, total in zip(college.general_branches, ("95", "95"), strict=True):
        write_sheet(found, unit, total)
    write_sheet(found, make_organisation("ZZ3", college.committee), "92")
    write_sheet(found, make_organisation("ZZ4", college.committee), "70")
    place(found)
    return found


def place(scheme: Scheme) -> None:
    version = scheme.versions.get(state="published")
    award_places(scheme=scheme, definition=definitions.read(version.body))


def bands() -> dict[str, str]:
    return dict(Sheet.objects.values_list("organisation__code", "band"))


def vote(college: SmallCollege, scheme: Scheme, *codes: str, **values: Any) -> list[TieVote]:
    """The first of ``codes`` goes first."""
    ids = dict(Sheet.objects.values_list("organisation__code", "organisation_id"))
    places = {ids[code]: number for number, code in enumerate(codes, 1)}
    sent = {"actor": college.office, "places": places, "decision": "党委会第3次会议", "decided_on": DAY} | values
    return enter_tie_vote(scheme=scheme, **sent)


def test_without_a_vote_nobody_of_the_tie_gets_the_place(college: SmallCollege, scheme: Scheme) -> None:
    assert bands() == {"ZZ1": "良好", "ZZ2": "良好", "ZZ3": "良好", "ZZ4": "合格"}
    assert [[one.organisation.code for one in group] for group in ties_of(scheme)] == [["ZZ1", "ZZ2"]]
    assert "需党委会票决" in Sheet.objects.get(organisation__code="ZZ1").band_words


def test_the_vote_gives_the_place(college: SmallCollege, scheme: Scheme) -> None:
    vote(college, scheme, "ZZ2", "ZZ1")
    assert bands() == {"ZZ1": "良好", "ZZ2": "优秀", "ZZ3": "良好", "ZZ4": "合格"}
    assert ties_of(scheme) == []
    rows = TieVote.objects.order_by("place").values_list("organisation__code", "place", "among", "decision")
    assert list(rows) == [("ZZ2", 1, 2, "党委会第3次会议"), ("ZZ1", 2, 2, "党委会第3次会议")]
    place(scheme)
    assert bands()["ZZ2"] == "优秀"


def test_a_vote_that_figures_have_overtaken_is_void(college: SmallCollege, scheme: Scheme) -> None:
    vote(college, scheme, "ZZ2", "ZZ1")
    Sheet.objects.filter(organisation__code="ZZ1").update(total="95.01")
    place(scheme)
    assert (bands()["ZZ1"], bands()["ZZ2"]) == ("优秀", "良好")
    assert "票决" not in Sheet.objects.get(organisation__code="ZZ1").band_words
    # level again, but not where the committee saw them
    Sheet.objects.filter(organisation__code="ZZ2").update(total="95.01")
    place(scheme)
    assert (bands()["ZZ1"], bands()["ZZ2"]) == ("良好", "良好")
    assert [[one.organisation.code for one in group] for group in ties_of(scheme)] == [["ZZ1", "ZZ2"]]
    # level with somebody nobody voted on: open again
    Sheet.objects.filter(organisation__code__in=["ZZ1", "ZZ3"]).update(total="96")
    place(scheme)
    assert [[one.organisation.code for one in group] for group in ties_of(scheme)] == [["ZZ1", "ZZ3"]]


def test_a_second_vote_takes_the_place_of_the_first_and_leaves_its_trace(college: SmallCollege, scheme: Scheme) -> None:
    """ZZ1 and ZZ2 at 95; then ZZ1 and ZZ3 at 96: the vote of ZZ2 stays the first, that of ZZ1 is the second."""
    vote(college, scheme, "ZZ2", "ZZ1")
    Sheet.objects.filter(organisation__code__in=["ZZ1", "ZZ3"]).update(total="96")
    vote(college, scheme, "ZZ3", "ZZ1", decision="党委会第4次会议")
    rows = TieVote.objects.order_by("organisation__code").values_list("organisation__code", "number", "place", "total")
    figures = [(code, number, place, str(total)) for code, number, place, total in rows]
    assert figures == [("ZZ1", 2, 2, "96.00"), ("ZZ2", 1, 1, "95.00"), ("ZZ3", 2, 1, "96.00")]
    assert bands()["ZZ3"] == "优秀"
    history = TieVote.history.filter(organisation__code="ZZ1").order_by("history_id")
    assert list(history.values_list("number", "decision", "history_user")) == [
        (1, "党委会第3次会议", college.office.pk),
        (2, "党委会第4次会议", college.office.pk),
    ]


@pytest.mark.parametrize("stage", [one for one in Stage.values if one not in (Stage.CHECK, Stage.APPROVAL)])
def test_only_between_check_and_publication(college: SmallCollege, scheme: Scheme, stage: str) -> None:
    Scheme.objects.update(stage=stage)
    with pytest.raises(Conflict):
        vote(college, scheme, "ZZ2", "ZZ1")
    assert not TieVote.objects.exists()


@pytest.mark.parametrize("role", [role for role in ROLES if role not in ("committee_secretary", "office")])
def test_only_the_office(college: SmallCollege, scheme: Scheme, role: str) -> None:
    with pytest.raises(NotAllowed):
        vote(college, scheme, "ZZ2", "ZZ1", actor=getattr(college, role))


def test_nobody_enters_the_vote_about_a_unit_of_their_own(college: SmallCollege, scheme: Scheme) -> None:
    make_officer(college.general_branches[0], Office.DEPUTY, person=college.office.person)
    with pytest.raises(NotAllowed):
        vote(college, scheme, "ZZ2", "ZZ1")


@pytest.mark.parametrize("codes", [("ZZ1", "ZZ3"), ("ZZ1",), ("ZZ1", "ZZ2", "ZZ3"), ()])
def test_only_those_that_are_tied(college: SmallCollege, scheme: Scheme, codes: tuple[str, ...]) -> None:
    with pytest.raises(Conflict):
        vote(college, scheme, *codes)


def test_what_is_wrong_is_named_by_field(college: SmallCollege, scheme: Scheme) -> None:
    ids = [one.pk for one in college.general_branches]
    cases: list[tuple[dict[str, Any], str]] = [
        ({"places": dict.fromkeys(ids, 1)}, "places"),
        ({"places": dict(zip(ids, (1, 3), strict=True))}, "places"),
        ({"decision": "  "}, "decision"),
        ({"decision": "字" * 201}, "decision"),
        ({"decided_on": None}, "decided_on"),
        ({"decided_on": clock.today() + datetime.timedelta(days=1)}, "decided_on"),
    ]
    for values, field in cases:
        with pytest.raises(InvalidInput) as refused:
            vote(college, scheme, "ZZ2", "ZZ1", **values)
        assert list(refused.value.errors) == [field]
    assert not TieVote.objects.exists()


def test_on_the_page(college: SmallCollege, scheme: Scheme) -> None:
    client = Client()
    client.force_login(college.office)
    first, second = (one.pk for one in college.general_branches)
    url = f"/schemes/{scheme.pk}/votes/"
    assert "ZZ3" not in client.get(url).content.decode().split("<main")[1]
    sent = {f"place_{first}": "1", f"place_{second}": "1", "decision": "党委会第3次会议", "decided_on": "2026-06-14"}
    answer = client.post(url, sent)
    assert (answer.status_code, "不同的次序" in answer.content.decode()) == (400, True)
    assert "党委会第3次会议" in answer.content.decode()
    assert client.post(url, sent | {f"place_{second}": "2"}).status_code == 302
    assert bands()["ZZ1"] == "优秀"
    assert "没有等待票决的并列" in client.get(url).content.decode()
    assert client.post(url, sent).status_code == 409


@pytest.mark.parametrize("stage", [Stage.CHECK, Stage.APPROVAL])
def test_the_process_page_leads_there(college: SmallCollege, scheme: Scheme, stage: str) -> None:
    Scheme.objects.update(stage=stage)
    client = Client()
    client.force_login(college.office)
    link, url = f'href="/schemes/{scheme.pk}/votes/"', f"/schemes/{scheme.pk}/process/"
    assert link in client.get(url).content.decode()
    vote(college, scheme, "ZZ2", "ZZ1")
    assert link not in client.get(url).content.decode()
