"""The pages: prepared, opened, voted in, printed, counted and read through forms alone; what each costs."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ballots.models import Allotment, Ballot, Code, HasVoted, PaperResult, Scope, Source
from ballots.services import Allotted, close_ballot, count_ballot, open_ballot, print_codes
from orgs.models import Office, User
from tests.ballots.world import FAIR, GOOD, World, allotment_of, draft, group, make_voter, opened, subject_of, vote
from tests.factories import make_officer

BACKEND = "orgs.backends.AccountBackend"


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, BACKEND)
    return client


def page(user: User, name: str, *args: Any) -> str:
    answer = client_of(user).get(reverse(f"ballots:{name}", args=args))
    assert answer.status_code == 200, answer.status_code
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def post(user: User, name: str, /, *args: Any, **data: Any) -> Any:
    return client_of(user).post(reverse(f"ballots:{name}", args=args), data)


def choices(ballot: Ballot, *grades: str) -> dict[str, str]:
    subjects = ballot.subjects.order_by("organisation__path")
    return {f"s{subject.pk}": grade for subject, grade in zip(subjects, grades, strict=True)}


def test_from_the_draft_to_the_result_by_forms(world: World) -> None:
    office, voters = world.office, world.voters
    sent = {
        "title": "满意度测评",
        "organisation": world.college.committee.pk,
        "opens_on": "2026-12-07",
        "closes_on": "2026-12-18",
        "min_ballots": "5",
        "grades": "好 95\n较好 85\n差 50",
    }
    post(office, "ballot_new", **sent)
    ballot = Ballot.objects.get()
    assert (ballot.words, ballot.created_by) == (["好", "较好", "差"], office)
    post(office, "subjects_edit", ballot.pk, organisations=[unit.pk for unit in world.units])
    names = "、".join(user.person.number for user in voters[:6])
    post(office, "group_new", ballot.pk, name="代表", weight="1", scope=Scope.ALL, source="", people=names)
    found = ballot.groups.get()
    assert found.electors.count() == 6
    post(office, "allotments_edit", ballot.pk, found.pk, codes_0="2", papers_0="2")
    assert "代表0" in page(office, "electors", ballot.pk)
    assert post(office, "ballot_act", ballot.pk, "open").status_code == 302
    for voter in voters[:6]:
        assert "等我投票" in page(voter, "ballot_list")
        answer = post(voter, "vote", ballot.pk, sure="on", **choices(ballot, "0", "x"))
        assert answer["Location"] == f"/ballots/{ballot.pk}/"
    assert "等我投票" not in page(voters[0], "ballot_list")
    assert "您已投票" in page(voters[0], "ballot_detail", ballot.pk)
    row = Allotment.objects.get()
    first, second = subject_of(ballot, world.units[0]).pk, subject_of(ballot, world.units[1]).pk
    counts = {f"s{pk}_{place}": "0" for pk in (first, second) for place in range(3)}
    people = {"counter": voters[0].person.number, "witness": voters[1].person.number}
    wrong = post(office, "paper_enter", ballot.pk, row.pk, papers="2", **people, **{**counts, f"s{first}_1": "3"})
    assert "不能超过收回票数" in wrong.content.decode()
    post(office, "paper_enter", ballot.pk, row.pk, papers="2", **people, **{**counts, f"s{first}_1": "2"})
    assert "计票人 代表0，监票人 代表1" in page(office, "papers", ballot.pk)
    post(office, "ballot_act", ballot.pk, "close")
    text = page(office, "ballot_detail", ballot.pk)
    assert "92.50" in text  # (6×95 + 2×85) / 8
    assert "有效票不足：收到 0 张，至少要 5 张" in text


def test_a_vote_that_is_not_complete_is_kept_and_marked(world: World) -> None:
    ballot = opened(world)
    subjects = list(ballot.subjects.order_by("organisation__path"))
    answer = post(world.voters[0], "vote", ballot.pk, **{f"s{subjects[0].pk}": "1"})
    text = answer.content.decode()
    assert answer.status_code == 400
    assert re.search(rf'name="s{subjects[0].pk}" value="1"[^>]*checked', text)
    assert "请选一个等次，或者选弃权" in text
    assert "请核对后勾选这里再提交" in text
    assert HasVoted.objects.count() == 0


def test_a_second_click_is_told_that_the_vote_counts_once(world: World) -> None:
    ballot = opened(world)
    sent = {"sure": "on", **choices(ballot, "0", "1")}
    assert post(world.voters[0], "vote", ballot.pk, **sent).status_code == 302
    again = post(world.voters[0], "vote", ballot.pk, **sent)
    assert again.status_code == 409
    assert "票已计入一次" in again.content.decode()
    assert "您已经投过票" in page(world.voters[0], "vote", ballot.pk)
    assert HasVoted.objects.count() == 1


def test_the_page_offers_no_unit_of_ones_own(world: World) -> None:
    ballot = draft(world)
    group(world, ballot, users=world.voters, scope=Scope.OTHERS)
    open_ballot(ballot=ballot, actor=world.office)
    text = page(world.voters[0], "vote", ballot.pk)
    assert "ZZ2党总支" in text
    assert "ZZ1党总支" not in text
    assert "按规定回避" in text


def test_codes_are_shown_once_and_vote_without_signing_in(world: World) -> None:
    ballot = draft(world)
    group(world, ballot, users=world.voters, scope=Scope.ALL, allotted=(Allotted(codes=2),))
    open_ballot(ballot=ballot, actor=world.office)
    row = allotment_of(ballot)
    sheet = post(world.office, "codes_print", ballot.pk, row.pk)
    slips = re.findall(r"\b(?:[2-9A-Z]{4}-){3}[2-9A-Z]{4}\b", sheet.content.decode())
    assert len(slips) == 2
    assert "no-store" in sheet["Cache-Control"]
    assert not any(slip in page(world.office, "codes", ballot.pk) for slip in slips)
    refused = post(world.office, "codes_print", ballot.pk, row.pk)
    assert refused.status_code == 400
    assert Code.objects.count() == 2
    nobody = Client()
    url = reverse("ballots:vote_by_code")
    form = nobody.post(url, {"code": slips[0].lower()})
    assert form.status_code == 200
    assert "ZZ1党总支" in form.content.decode()
    half = nobody.post(url, {"code": slips[0], "cast": "1"})
    assert half.status_code == 400
    assert f'name="code" value="{slips[0]}"' in half.content.decode()
    done = nobody.post(url, {"code": slips[0], "cast": "1", "sure": "on", **choices(ballot, "0", "x")})
    assert done["Location"] == "/ballot-code/done/"
    assert "您的票已计入" in nobody.get(done["Location"]).content.decode()
    again = nobody.post(url, {"code": slips[0], "cast": "1", "sure": "on", **choices(ballot, "0", "x")})
    assert again.status_code == 400
    assert "已经用过" in again.content.decode()
    assert nobody.cookies.keys() <= {name for name in nobody.cookies if "csrf" in name}  # nothing follows the slip
    assert HasVoted.objects.get().code.locator == slips[0][:4]


def test_after_the_counting_a_unit_reads_its_own_result_alone(world: World) -> None:
    second = make_officer(world.units[1], Office.SECRETARY, "二总支书记", home=world.college.branches[2])
    ballot = opened(world)
    for voter in world.voters:
        vote(ballot, voter, GOOD, FAIR)
    for user in (world.college.general_secretary, second):
        assert client_of(user).get(reverse("ballots:ballot_detail", args=[ballot.pk])).status_code == 404
    close_ballot(ballot=ballot, actor=world.office)
    for user, own, other in ((world.college.general_secretary, "95.00", "85.00"), (second, "85.00", "95.00")):
        text = page(user, "ballot_detail", ballot.pk)
        assert own in text
        assert other not in text
    plain = page(world.voters[0], "ballot_detail", ballot.pk)
    assert "结果由组织方公布" in plain
    assert "95.00" not in plain


def test_a_paper_result_is_withdrawn_with_a_reason(world: World) -> None:
    ballot = draft(world)
    group(world, ballot, users=world.voters, scope=Scope.ALL, allotted=(Allotted(papers=2),))
    open_ballot(ballot=ballot, actor=world.office)
    row = allotment_of(ballot)
    pks = ballot.subjects.values_list("pk", flat=True)
    counts = {f"s{pk}_{place}": "0" for pk in pks for place in range(4)}
    people = {"counter": world.voters[0].person.number, "witness": world.voters[1].person.number}
    post(world.office, "paper_enter", ballot.pk, row.pk, papers="2", **people, **counts)
    paper = PaperResult.objects.get()
    assert post(world.office, "paper_cancel", ballot.pk, paper.pk).status_code == 400
    post(world.office, "paper_cancel", ballot.pk, paper.pk, reason="抄错")
    paper.refresh_from_db()
    assert (paper.state, paper.reason) == ("cancelled", "抄错")
    assert "还没有登记" in page(world.office, "papers", ballot.pk)


def test_removing_a_group_and_cancelling(world: World) -> None:
    ballot = draft(world)
    found = group(world, ballot, users=world.voters)
    post(world.office, "group_remove", ballot.pk, found.pk)
    assert not ballot.groups.exists()
    refused = post(world.office, "ballot_act", ballot.pk, "open")
    assert refused.status_code == 400
    assert "各人群权重相加应为1" in refused.content.decode()
    post(world.office, "ballot_act", ballot.pk, "cancel", reason="不办了")
    assert "已作废：不办了" in page(world.office, "ballot_detail", ballot.pk)
    assert post(world.office, "ballot_act", ballot.pk, "burn").status_code == 404


def queries(user: User, name: str, *args: Any) -> int:
    client, url = client_of(user), reverse(f"ballots:{name}", args=args)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def large(world: World, groups: int) -> Ballot:
    """An open ballot with so many groups, each with people, codes and paper of both units."""
    ballot = draft(world, subject_key="")
    weights = {1: ["1"], 3: ["0.5", "0.3", "0.2"]}[groups]
    for number, weight in enumerate(weights):
        more = [make_voter(world.college.branches[1 + index % 2], f"多{number}{index}") for index in range(5)]
        slips = (Allotted(codes=2, papers=2), *(Allotted(unit, codes=1, papers=1) for unit in world.units[:groups]))
        source = Source.MEMBERS if number == 0 else Source.COMMITTEE
        group(world, ballot, f"群{number}", weight, more, scope=Scope.OTHERS, source=source, allotted=slips)
    return ballot


@pytest.mark.postgres
def test_pages_cost_the_same_however_much_is_on_them(world: World) -> None:
    one, three = large(world, 1), large(world, 3)
    costs: dict[str, list[int]] = {}

    def ask(user: User, name: str, *more: str) -> None:
        for ballot in (one, three):
            args = [getattr(ballot, attribute) for attribute in more]
            costs.setdefault(f"{name} {ballot.state}", []).append(queries(user, name, ballot.pk, *args))

    for name in ("ballot_detail", "ballot_edit", "subjects_edit", "electors", "group_new"):
        ask(world.office, name)
    for ballot in (one, three):
        found = ballot.groups.first()
        for name in ("group_edit", "allotments_edit"):
            costs.setdefault(name, []).append(queries(world.office, name, ballot.pk, found.pk))
        open_ballot(ballot=ballot, actor=world.office)
        row = Allotment.objects.filter(group=found, unit=None).select_related("group__ballot").get()
        print_codes(allotment=row, actor=world.office)
        costs.setdefault("paper_enter", []).append(queries(world.office, "paper_enter", ballot.pk, row.pk))
        ballot.refresh_from_db()
    for name in ("ballot_detail", "electors", "codes", "papers"):
        ask(world.office, name)
    ask(world.voters[0], "vote")
    for ballot in (one, three):
        vote(ballot, world.voters[0], GOOD)
        for voter in User.objects.filter(person__name__startswith="多", person__ballots_entitled__ballot=ballot):
            vote(ballot, voter, GOOD)
        close_ballot(ballot=ballot, actor=world.office)
        count_ballot(ballot=ballot, actor=world.office)
        ballot.refresh_from_db()
    ask(world.office, "ballot_detail")
    assert {name: counts for name, counts in costs.items() if len(set(counts)) > 1 or max(counts) > 10} == {}
    assert len(costs) == 14


@pytest.mark.postgres
def test_the_list_costs_the_same_with_one_and_three(world: World) -> None:
    opened(world, subject_key="")
    first = queries(world.voters[0], "ballot_list")
    opened(world, subject_key="")
    opened(world, subject_key="")
    assert queries(world.voters[0], "ballot_list") == first <= 10
