"""Publishing: only whole sheets, dates over holidays, frozen inputs, what everybody may read; and the final result."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from common.models import CalendarDay
from meetings.services import load_kinds, return_section
from notices.models import Notice
from notices.services import still_true
from orgs.models import Level, User
from scoring.models import Difference, PenaltyEntry, Scheme, Sheet, SheetLine, Stage, VetoEntry
from scoring.services.objections import answer_objection, file_objection
from scoring.services.publication import figures_token, finalise_results
from scoring.services.recalculating import recalculate
from tests.factories import SmallCollege, make_organisation
from tests.meetings.making import confirm, plan
from tests.scoring import places
from tests.scoring.making import PUBLISHED_ON, mark_all, publish_now, published, scheme_at, write_sheet

D = Decimal
ANSWERED, FINAL_DAY = datetime.date(2027, 1, 15), datetime.date(2027, 1, 19)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, "orgs.backends.AccountBackend")
    return client


def ready(college: SmallCollege, **changes: object) -> Scheme:
    """A scheme that waits for the approval, with marks of everything."""
    scheme = scheme_at(college, Stage.APPROVAL, **changes)
    mark_all(scheme, *college.branches)
    return scheme


def test_publishing_calculates_places_freezes_and_tells(college: SmallCollege) -> None:
    scheme = ready(college)
    done = publish_now(college.office, scheme)
    assert (done.stage, done.approval, done.published_on) == ("published", "党委会2027年第1次会议", clock.today())
    sheets = list(Sheet.objects.order_by("organisation__path"))
    assert [(one.total, one.published_total, one.frozen_at) for one in sheets] == [(D(100), D(100), clock.now())] * 3
    # Three tied for one place of 五星 (3 × 50 % rounded down): only the committee can tell them apart.
    assert {one.band for one in sheets} == {"四星"} == {one.published_band for one in sheets}
    assert all("需党委会票决" in one.band_words and one.limited_by_quota for one in sheets)
    told = Notice.objects.filter(subject=f"scoring_result:{scheme.pk}:published")
    assert {one.person for one in told} == {college.branch_secretary.person, college.outsider.person}
    assert still_true(told) == {one.pk for one in told}


def test_who_may_publish(college: SmallCollege) -> None:
    scheme = ready(college)
    for role in ("general_secretary", "branch_secretary", "member", "outsider"):
        with pytest.raises(NotAllowed):
            publish_now(getattr(college, role), scheme)
    assert not Sheet.objects.exists()


@pytest.mark.parametrize("stage", [stage for stage in Stage.values if stage != Stage.APPROVAL])
def test_only_from_the_approval(college: SmallCollege, stage: str) -> None:
    with pytest.raises(Conflict):
        publish_now(college.office, scheme_at(college, stage))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"approval": "  "}, "approval"),
        ({"approval": "字" * 201}, "approval"),
        ({"approved_on": None}, "approved_on"),
        ({"approved_on": datetime.date(2026, 6, 16)}, "approved_on"),  # tomorrow
        ({"approved_on": datetime.date(2025, 12, 31)}, "approved_on"),
    ],
)
def test_the_decision_is_asked_for(college: SmallCollege, values: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        publish_now(college.office, scheme_at(college, Stage.APPROVAL), **values)
    assert list(refused.value.errors) == [field]


def test_a_rated_sheet_without_data_blocks_and_is_named(college: SmallCollege) -> None:
    scheme = scheme_at(college, Stage.APPROVAL)
    mark_all(scheme, *college.branches[:2])
    with pytest.raises(Conflict, match="缺数据不得公示：ZB201党支部（3项）"):
        publish_now(college.office, scheme)
    assert Scheme.objects.get(pk=scheme.pk).stage == "approval"
    assert not Sheet.objects.filter(frozen_at__isnull=False).exists() and not Notice.objects.exists()


def test_a_unit_that_is_not_rated_does_not_block(college: SmallCollege) -> None:
    scheme = ready(college, min_age_months=12)
    young = make_organisation("ZB202", college.general_branches[1], founded_on=datetime.date(2026, 2, 1))
    assert publish_now(college.office, scheme).stage == "published"
    sheet = Sheet.objects.get(organisation=young)
    assert (sheet.is_rated, sheet.total, sheet.band) == (False, None, "")


def test_a_dissolved_unit_blocks_nothing_and_takes_no_place(college: SmallCollege) -> None:
    """Two places of five stars for four units (50 %), one for three: the fourth was dissolved in May, its data missing."""
    scheme = ready(college)
    gone = make_organisation("ZB202", college.general_branches[1], dissolved_on=datetime.date(2026, 5, 1))
    sheet = write_sheet(scheme, gone, "60", None, None)
    assert publish_now(college.office, scheme).stage == "published"
    sheet.refresh_from_db()
    assert (sheet.is_rated, sheet.total, sheet.band) == (False, None, "")
    assert sheet.unrated_words == "已于2026-05-01撤销，不参评"
    words = Sheet.objects.get(organisation=college.branches[0]).band_words
    assert "五星名额只剩1个（3个单位×50%为1个）" in words
    page = client_of(college.member).get(reverse("scoring:publication", args=[scheme.pk])).content.decode()
    assert "已于2026-05-01撤销，不参评" in page and "参评3个" in page and "成立不满" not in page


def test_other_figures_than_those_looked_at_are_not_published(college: SmallCollege) -> None:
    scheme = ready(college)
    recalculate(scheme=scheme)
    looked_at = figures_token(scheme)
    mark = scheme.marks.get(organisation=college.branches[0], code="B2")
    mark.events = {"查实的代签": 2}
    mark.save()
    with pytest.raises(Conflict, match="和您看到的不同"):
        publish_now(college.office, scheme, seen=looked_at)
    assert Scheme.objects.get(pk=scheme.pk).stage == "approval"
    # The new figures are there to be looked at.
    assert Sheet.objects.get(organisation=college.branches[0]).total == D(97)
    assert publish_now(college.office, scheme, seen=figures_token(scheme)).stage == "published"


def test_the_page_publishes_what_it_shows_and_keeps_the_decision_when_it_is_refused(college: SmallCollege) -> None:
    scheme = scheme_at(college, Stage.APPROVAL)
    client, url = client_of(college.office), reverse("scoring:publish", args=[scheme.pk])
    sent = {"approval": "党委会第3次会议", "approved_on": "2026-06-15", "seen": ""}
    answer = client.post(url, sent)
    page = answer.content.decode()
    assert answer.status_code == 409 and "党委会第3次会议" in page and "ZB101党支部（3项）" in page
    mark_all(scheme, *college.branches)
    answer = client.post(url, sent | {"seen": "0" * 16})
    assert answer.status_code == 409 and "和您看到的不同" in answer.content.decode()
    assert "须党委会票决" in answer.content.decode()
    fresh = answer.context["form"].data["seen"]
    assert client.post(url, sent | {"seen": fresh}).status_code == 302
    assert Scheme.objects.get(pk=scheme.pk).stage == "published"


@pytest.mark.parametrize(
    ("published_on", "process", "last"),
    [
        # National Day 2026: 1 to 7 October off, Saturday 10 October worked; Sunday 20 September worked as well.
        (datetime.date(2026, 9, 29), (), datetime.date(2026, 10, 12)),  # 30, 8, 9, 10, 12
        (datetime.date(2026, 9, 18), (), datetime.date(2026, 9, 24)),  # Sun 20, 21, 22, 23, 24
        (datetime.date(2026, 6, 15), (), datetime.date(2026, 6, 23)),  # 16, 17, 18; 19 is 端午; 22, 23
        # The later of the two counts: seven days shown, three for objections.
        (datetime.date(2026, 9, 29), ((7, 3),), datetime.date(2026, 10, 14)),
        (datetime.date(2026, 9, 29), ((1, 2),), datetime.date(2026, 10, 8)),
    ],
)
def test_the_window_counts_working_days(
    college: SmallCollege, published_on: datetime.date, process: tuple[tuple[int, int], ...], last: datetime.date
) -> None:
    steps = [
        {"step": 1, "name": "公示", "days": shown} | {} for shown, _window in process
    ] + [{"step": 2, "name": "申诉", "window_days": window} for _shown, window in process]  # fmt: skip
    scheme = ready(college, process=steps) if steps else ready(college)
    with clock.moved(published_on):
        assert publish_now(college.office, scheme).objections_until == last


def test_the_office_may_correct_the_calendar(college: SmallCollege) -> None:
    CalendarDay.objects.create(date=datetime.date(2026, 6, 16), is_workday=False, name="校庆")
    assert publish_now(college.office, ready(college)).objections_until == datetime.date(2026, 6, 24)


# --- frozen inputs


def frozen_with_meeting(college: SmallCollege) -> tuple[Scheme, object]:
    """A published scheme whose first indicator reads the meetings of ZB101, and the meeting."""
    load_kinds()
    content = places.body("BR-2026", Level.BRANCH)
    content["blocks"][0]["indicators"][0]["measure"] = "meetings.sound_meetings"
    branch = college.branches[0]
    section = confirm(
        college.branch_secretary, plan(college.branch_secretary, branch, "members_meeting"), branch, leave={}
    )
    scheme = places.publish_body(college.committee, college.office, content, Stage.APPROVAL)
    for unit in college.branches:
        for code, found in (("1.2", {"events": {}}), ("2.1", {"level": "突出"})):
            scheme.marks.create(organisation=unit, code=code, reason="查阅", reviewer=college.office.person, **found)
    return publish_now(college.office, Scheme.objects.get(pk=scheme.pk)), section


def test_a_record_changed_after_publication_makes_one_difference_and_changes_nothing(college: SmallCollege) -> None:
    scheme, section = frozen_with_meeting(college)
    sheet = Sheet.objects.get(organisation=college.branches[0])
    before = (
        sheet.total,
        sheet.band,
        list(SheetLine.objects.filter(sheet=sheet).values_list("code", "score", "words")),
    )
    assert before[0] == D(100)
    assert recalculate(scheme=scheme)["differences"] == 0
    return_section(actor=college.general_secretary, section=section, reason="会议内容写得太简单")  # type: ignore[arg-type]
    for _again in range(2):
        recalculate(scheme=scheme)
    sheet.refresh_from_db()
    after = (sheet.total, sheet.band, list(SheetLine.objects.filter(sheet=sheet).values_list("code", "score", "words")))
    assert after == before
    difference = Difference.objects.get()
    assert (difference.sheet, difference.code, difference.frozen) == (sheet, "1.1", D(40))
    assert difference.current != D(40)
    page = client_of(college.office).get(reverse("scoring:differences", args=[scheme.pk])).content.decode()
    assert "这张表本身不改变任何得分" in page and "ZB101" in page and "40.00" in page
    other = client_of(college.outsider).get(reverse("scoring:differences", args=[scheme.pk])).content.decode()
    assert "ZB101" not in other and "没有差异" in other


# --- what everybody reads


ROWS = (("60", "30", "10"), ("60", "19", "10"), ("30.5", "30", "10"))


def test_everybody_reads_totals_blocks_bands_and_words_but_no_secrets(college: SmallCollege) -> None:
    scheme = published(college, *ROWS)
    sheet = Sheet.objects.get(organisation=college.branches[0])
    sheet.adjustments = [
        {"code": "J3", "name": "市级荣誉", "what": "样板支部", "points": "2", "words": "市委1号"},
        {"code": "K4", "name": "弄虚作假", "what": "1件", "points": "-5", "words": "某某被处分的细节"},
    ]
    sheet.save()
    line = sheet.lines.get(code="A1")
    line.rows = [{"label": "某次会议的名单", "counts": True}]
    line.save()
    for role in ("member", "outsider", "branch_secretary", "office"):
        client = client_of(getattr(college, role))
        page = client.get(reverse("scoring:publication", args=[scheme.pk])).content.decode()
        assert "100.00" in page and "得分100.00，定为五星" in page and "因名额限制" not in page
        assert "五星至多1个，现1个" in page and "ZB201" in page and "不作名次" in page
        own = client.get(reverse("scoring:publication_unit", args=[sheet.pk])).content.decode()
        assert "A1按评定" in own and "弄虚作假" in own and "市委1号" in own
        assert "某某被处分的细节" not in own and "某次会议的名单" not in own


def test_a_veto_shows_its_item_and_not_its_reason(college: SmallCollege) -> None:
    load_kinds()
    scheme = published(college, *ROWS)
    meeting = plan(college.branch_secretary, college.branches[0], "members_meeting").sections.get()
    VetoEntry.objects.create(
        scheme=scheme, organisation=college.branches[1], code="V6", reason="张某的细节", decision=meeting,
        registered_by=college.office.person,
    )  # fmt: skip
    PenaltyEntry.objects.create(
        scheme=scheme, organisation=college.branches[1], code="K4", happened_on=PUBLISHED_ON, reason="李某的细节",
        registered_by=college.office.person,
    )  # fmt: skip
    sheet = Sheet.objects.get(organisation=college.branches[1])
    client = client_of(college.member)
    for url in (
        reverse("scoring:publication", args=[scheme.pk]),
        reverse("scoring:publication_unit", args=[sheet.pk]),
    ):
        page = client.get(url).content.decode()
        assert "连续两季未开大会" in page and "张某" not in page and "李某" not in page


def test_quota_words_are_on_the_page(college: SmallCollege) -> None:
    scheme = published(college, ("60", "30", "10"), ("60", "30", "5.5"), ("60", "20", "10"))
    page = client_of(college.member).get(reverse("scoring:publication", args=[scheme.pk])).content.decode()
    assert page.count("因名额限制</span>") == 2
    assert "达到五星线90，因名额限制（3个单位×50%为1个）未列入；定为四星" in page


def test_ties_are_on_the_page(college: SmallCollege) -> None:
    scheme = published(college, ("60", "30", "10"), ("60", "30", "10"), ("30.5", "30", "10"))
    page = client_of(college.member).get(reverse("scoring:publication", args=[scheme.pk])).content.decode()
    assert "与ZB102党支部并列" in page and "需党委会票决" in page


@pytest.mark.parametrize("stage", [stage for stage in Stage.values if stage not in ("published", "final")])
def test_nothing_is_public_before(college: SmallCollege, stage: str) -> None:
    scheme = scheme_at(college, stage)
    sheet = write_sheet(scheme, college.branches[0], "60", "30", "10")
    for role in ("member", "branch_secretary", "office"):
        client = client_of(getattr(college, role))
        assert client.get(reverse("scoring:publication", args=[scheme.pk])).status_code == 404
        assert client.get(reverse("scoring:publication_unit", args=[sheet.pk])).status_code == 404


def test_public_pages_cost_the_same_with_more_units(college: SmallCollege) -> None:
    scheme = published(college, *ROWS[:1])
    client = client_of(college.branch_secretary)
    sheet = Sheet.objects.get()
    names = ("publication", "differences", "objection_list", "process")
    urls = [reverse(f"scoring:{name}", args=[scheme.pk]) for name in names]
    urls.append(reverse("scoring:publication_unit", args=[sheet.pk]))

    def counts() -> list[int]:
        found = []
        for url in urls:
            client.get(url)
            with CaptureQueriesContext(connection) as caught:
                assert client.get(url).status_code == 200
            found.append(len(caught))
        return found

    before = counts()
    for number, unit in enumerate(college.branches[1:]):
        other = write_sheet(scheme, unit, "60", "30", str(number))
        Difference.objects.create(sheet=other, code="A1", frozen=D(60), current=D(1), found_at=clock.now())
    Difference.objects.create(sheet=sheet, code="A1", frozen=D(60), current=D(1), found_at=clock.now())
    Difference.objects.create(sheet=sheet, code="B2", frozen=D(60), current=D(1), found_at=clock.now())
    assert counts() == before
    assert max(before) <= 10, before


def test_many_units_come_in_pages_under_their_general_branches(
    college: SmallCollege, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two a page instead of a hundred: ZB101 and ZB102 of ZZ1, then ZB201 of ZZ2; all at once for the printer."""
    monkeypatch.setattr("scoring.selectors.publication.PER_PAGE", 2)
    scheme = published(college, ("60", "30", "10"), ("60", "30", "9"), ("30.5", "30", "8"))
    client, url = client_of(college.member), reverse("scoring:publication", args=[scheme.pk])
    units = [*college.branches, *college.general_branches]

    def shown(query: str) -> list[str]:
        page = client.get(url + query).content.decode().split("<main")[1]
        assert "参评3个" in page and "五星至多1个" in page
        return [one.code for one in units if f">{one.name}<" in page]

    first = ["ZB101", "ZB102", "ZZ1"]
    assert shown("") == shown("?page=1") == shown("?page=x") == first
    assert shown("?page=2") == shown("?page=99") == ["ZB201", "ZZ2"]
    assert shown("?all=1") == ["ZB101", "ZB102", "ZB201", "ZZ1", "ZZ2"]


# --- final


def test_final_only_after_the_window_and_all_answers(college: SmallCollege) -> None:
    scheme = published(college, *ROWS)
    sheet = Sheet.objects.get(organisation=college.branches[0])
    with clock.moved(datetime.date(2027, 1, 18)):  # the last day of the window
        objection = file_objection(actor=college.branch_secretary, sheet=sheet, code="B2", asked=D(9), reason="多给了")
        with pytest.raises(Conflict, match="2027-01-18"):
            finalise_results(actor=college.office, scheme=scheme)
    with clock.moved(FINAL_DAY):
        with pytest.raises(Conflict, match="还有1项申诉"):
            finalise_results(actor=college.office, scheme=scheme)
        answer_objection(actor=college.office, objection=objection, outcome="upheld", answer="核对无误")
        with pytest.raises(NotAllowed):
            finalise_results(actor=college.general_secretary, scheme=scheme)
        done = finalise_results(actor=college.office, scheme=scheme)
        assert (done.stage, done.final_on) == ("final", FINAL_DAY)
        with pytest.raises(Conflict):
            finalise_results(actor=college.office, scheme=scheme)


def test_who_loses_a_place_through_a_correction_is_told_in_words(college: SmallCollege) -> None:
    scheme = published(college, ("60", "30", "5.5"), ("60", "20", "10"), ("60", "30", "5"))
    first, third = (Sheet.objects.get(organisation=college.branches[number]) for number in (0, 2))
    assert (first.band, third.band) == ("五星", "四星")  # 95.5 and 95, one place
    with clock.moved(ANSWERED):
        objection = file_objection(actor=college.outsider, sheet=third, code="B2", asked=D(10), reason="没有代签")
        answer_objection(
            actor=college.office, objection=objection, outcome="corrected", answer="核对签名属实", new=D("8.5")
        )
    first.refresh_from_db()
    third.refresh_from_db()
    assert (first.band, first.total, third.band, third.total) == ("四星", D("95.50"), "五星", D("98.50"))
    page = client_of(college.member).get(reverse("scoring:publication", args=[scheme.pk])).content.decode()
    words = "因ZB201党支部的得分经申诉复核更正，等次由五星变为四星"
    assert words in page and "得分由95.00更正为98.50，等次由四星变为五星" in page
    with clock.moved(FINAL_DAY):
        finalise_results(actor=college.office, scheme=scheme)
    told = Notice.objects.get(subject=f"scoring_result:{scheme.pk}:final", person=college.branch_secretary.person)
    assert told.detail.startswith(words) and "因名额限制（3个单位×50%为1个）未列入" in told.detail
    own = Notice.objects.get(subject=f"scoring_result:{scheme.pk}:final", person=college.outsider.person)
    assert own.detail.startswith("得分由95.00更正为98.50")
