"""Objections to the sums of bonus and penalty, and corrections whose total is the exact one to the last digit."""

from __future__ import annotations

import copy
import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from common import clock
from common.errors import InvalidInput, NotAllowed
from common.measures import Figure
from scoring import definitions
from scoring.calculating import result_of
from scoring.contested import contested
from scoring.entries import Entered
from scoring.formulas import Marks
from scoring.frequencies import Span
from scoring.models import BonusClaim, Correction, Objection, PenaltyEntry, Scheme, Sheet, SheetLine, Stage
from scoring.services.objections import answer_objection, file_objection
from scoring.services.storing import store_results
from tests.factories import SmallCollege
from tests.scoring.making import freeze, published, scheme_at, second_officer, write_sheet
from tests.scoring.places import publish_body
from tests.scoring.rules_making import body

D = Decimal
IN_WINDOW = datetime.date(2027, 1, 13)
NO_PENALTY = [
    {"name": "五星", "min": 80, "extra": ["无 K 类扣分"]},
    {"name": "四星", "min": 0},
]


@pytest.fixture
def sheet(college: SmallCollege) -> Sheet:
    """Published of ZB101: 60 + 20 + 10, a bonus of 0.5 and one penalty of 5: 85.5."""
    scheme = scheme_at(college, Stage.PUBLISHED, bands=NO_PENALTY)
    made = write_sheet(scheme, college.branches[0], "60", "20", "10", bonus=D("0.5"), penalty=D(-5))
    Sheet.objects.filter(pk=made.pk).update(total=D("85.5"))
    person = college.office.person
    assert person is not None
    where = {"scheme": scheme, "organisation": college.branches[0], "code": "K4"}
    PenaltyEntry.objects.create(**where, happened_on=datetime.date(2026, 5, 4), reason="通报", registered_by=person)
    freeze(scheme)
    return Sheet.objects.select_related("scheme__organisation", "organisation", "version").get(pk=made.pk)


def file(college: SmallCollege, sheet: Sheet, code: str, asked: str) -> Objection:
    with clock.moved(IN_WINDOW):
        return file_objection(
            actor=college.branch_secretary, sheet=sheet, code=code, asked=D(asked), reason="依据的文件已撤销"
        )


def correct(actor: Any, objection: Objection, new: str) -> Sheet:
    with clock.moved(IN_WINDOW):
        answer_objection(actor=actor, objection=objection, outcome="corrected", answer="已核对文件", new=D(new))
    return Sheet.objects.get(scheme=objection.scheme, organisation=objection.organisation)


def test_a_penalty_is_corrected_with_its_trace_and_the_band_follows(college: SmallCollege, sheet: Sheet) -> None:
    assert sheet.band == "四星"
    found = file(college, sheet, "扣分", "0")
    assert (found.current, found.asked) == (D(-5), D(0))
    after = correct(second_officer(college), found, "0")
    assert (after.penalty, after.bonus, after.total, after.published_total) == (D(0), D("0.5"), D("90.5"), D("85.5"))
    assert after.band == "五星"  # no penalty stands any more
    assert after.adjustments[-1] == {
        "code": "扣分", "name": "复核更正", "what": "", "points": "5.00",
        "words": "扣分合计经复核更正为0.00（原-5.00）。理由：已核对文件",
    }  # fmt: skip
    trace = Correction.objects.get()
    assert (trace.code, trace.old, trace.new) == ("扣分", D(-5), D(0))
    assert list(after.lines.values_list("corrected", flat=True)) == [False] * 3


def test_a_penalty_that_is_only_lowered_still_stands_in_the_way(college: SmallCollege, sheet: Sheet) -> None:
    after = correct(second_officer(college), file(college, sheet, "扣分", "0"), "-2.5")
    assert (after.penalty, after.total, after.band) == (D("-2.5"), D("88"), "四星")


def test_a_bonus_is_corrected_within_its_cap(college: SmallCollege, sheet: Sheet) -> None:
    after = correct(second_officer(college), file(college, sheet, "加分", "2.5"), "2")
    assert (after.bonus, after.total) == (D(2), D(87))


@pytest.mark.parametrize(
    ("code", "asked"),
    [("加分", "3.01"), ("加分", "-1"), ("扣分", "1"), ("扣分", "-10.5"), ("扣分", "-5"), ("加分", "NaN")],
)
def test_what_the_sum_cannot_be_is_refused(college: SmallCollege, sheet: Sheet, code: str, asked: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        file(college, sheet, code, asked)
    assert list(refused.value.errors) == ["asked"]
    assert not Objection.objects.exists()


def test_a_scheme_without_a_bonus_has_none_to_object_to(college: SmallCollege) -> None:
    published(college, ("60", "20", "10"), bonus=None)
    sheet = Sheet.objects.select_related("scheme__organisation", "organisation", "version").get()
    with pytest.raises(InvalidInput) as refused:
        file(college, sheet, "加分", "0")
    assert list(refused.value.errors) == ["code"]


def test_who_registered_or_decided_it_does_not_answer(college: SmallCollege, sheet: Sheet) -> None:
    claimant, decider = college.branch_secretary.person, college.office.person
    assert claimant is not None and decider is not None
    about = {"scheme": sheet.scheme, "organisation": sheet.organisation, "code": "J4"}
    BonusClaim.objects.create(
        **about, achievement="案例", document_number="1", issuer="院", issued_on=IN_WINDOW, state="accepted",
        claimed_by=claimant, decided_by=decider,
    )  # fmt: skip
    for code, asked in (("扣分", "0"), ("加分", "3")):
        objection = file(college, sheet, code, asked)
        with pytest.raises(NotAllowed, match="由您申报、核定或登记"), clock.moved(IN_WINDOW):
            answer_objection(actor=college.office, objection=objection, outcome="upheld", answer="不变")
        with pytest.raises(InvalidInput), clock.moved(IN_WINDOW):  # nobody marks a sum anew
            answer_objection(
                actor=second_officer(college, f"二{code}"), objection=objection, outcome="returned", answer="重评"
            )
    assert set(Objection.objects.values_list("state", flat=True)) == {"filed"}


def test_the_pages_offer_and_show_it(college: SmallCollege, sheet: Sheet) -> None:
    client = Client()
    client.force_login(college.branch_secretary, "orgs.backends.AccountBackend")
    url = reverse("scoring:objection_new", args=[sheet.pk])
    with clock.moved(IN_WINDOW):
        page = client.get(url).content.decode()
        assert "加分合计（0.50/3）" in page and "扣分合计（-5.00/-10）" in page
        assert client.post(url, {"code": "扣分", "asked": "0", "reason": "文件已撤销"}).status_code == 302
        objection = Objection.objects.get()
        shown = client.get(reverse("scoring:objection_detail", args=[objection.pk])).content.decode()
        assert "扣分 合计（-10）" in shown and "-5.00 → 0.00" in shown
        assert "扣分 合计" in client.get(reverse("scoring:objection_list", args=[sheet.scheme_id])).content.decode()
        officer = second_officer(college)
        client.force_login(officer, "orgs.backends.AccountBackend")
        answer = reverse("scoring:objection_answer", args=[objection.pk])
        sent = {"outcome": "corrected", "new": "-1", "answer": "按一次计"}
        assert client.post(answer, sent).status_code == 302
        unit = client.get(reverse("scoring:publication_unit", args=[sheet.pk])).content.decode()
    assert "扣分合计经复核更正为-1.00（原-5.00）。理由：按一次计" in unit
    assert Sheet.objects.get().total == D("89.5")


# --- to the last digit


def _thirds() -> dict[str, Any]:
    """Three rates of 10/3 each that make 10 exactly, and what reviewers mark."""
    made = copy.deepcopy(body())
    rate = {"numerator": "已做", "denominator": "应做", "full_at": 1, "zero_at": 0, "empty_denominator": "full_mark"}
    made["blocks"][0]["indicators"] = [
        {"code": f"A{n}", "name": f"率{n}", "points": 20, "kind": "rate_linear", "source": "auto",
         "measure": "meetings.theme_days", "params": rate}
        for n in (1, 2, 3)
    ]  # fmt: skip
    made["blocks"][1]["indicators"][0]["params"]["items"] = [
        {"code": "a", "t": "每学期1次", "p": "20.005"}, {"code": "b", "t": "台账完整", "p": "9.995"},
    ]  # fmt: skip
    return made


def _result(scheme: Scheme) -> Any:
    definition = definitions.read(scheme.versions.get().body)
    figure = Figure(values={"numerator": D(1), "denominator": D(6)})
    marks = {"B1": Marks(checked={"a": True, "b": False}), "B2": Marks(events={"查实的代签": 2})}
    end = datetime.date(2026, 12, 31)
    return definition, result_of(
        definition,
        {f"A{n}": figure for n in (1, 2, 3)},
        Entered(marks=marks),
        Span(datetime.date(2026, 1, 1), end, end),
    )


def test_a_corrected_total_is_the_exact_one_where_kept_digits_would_round_the_other_way(college: SmallCollege) -> None:
    # 3 × 20 × 1/6 = 10, 20.005 and 7: 37.005, half up 37.01. Kept with six digits: 3 × 3.333333 + 27.005 = 37.004999.
    scheme = publish_body(college.committee, college.office, _thirds(), Stage.CHECK)
    scheme = Scheme.objects.select_related("organisation").get(pk=scheme.pk)
    definition, result = _result(scheme)
    unit = college.branches[0]
    with clock.moved(datetime.date(2026, 12, 31)):
        store_results(
            scheme=scheme, version=scheme.versions.get(), definition=definition, results={unit.pk: result},
            day=datetime.date(2026, 12, 31),
        )  # fmt: skip
    assert Sheet.objects.get().total == D("37.01")
    kept = sum((line.score or D(0) for line in SheetLine.objects.all()), D(0))
    assert kept == D("37.004999")
    Scheme.objects.filter(pk=scheme.pk).update(stage=Stage.PUBLISHED)
    freeze(scheme)
    sheet = Sheet.objects.select_related("scheme__organisation", "organisation", "version").get()
    after = correct(second_officer(college), file(college, sheet, "B2", "10"), "10")
    assert (after.total, after.base) == (D("40.01"), D("40.005"))
    assert after.lines.get(code="B2").unrounded == D(10)


def test_lines_kept_before_have_their_six_places(college: SmallCollege) -> None:
    published(college, ("60", "20", "10"))
    line = SheetLine.objects.get(code="B1")
    assert (line.exact, line.unrounded) == ("", D(20))


def test_what_an_objection_may_be_about() -> None:
    definition = definitions.read(body())
    assert [(one.low, one.high) for one in (contested(definition, code) for code in ("B1", "加分", "扣分"))] == [
        (D(0), D(30)), (D(0), D(3)), (D(-10), D(0)),
    ]  # fmt: skip
    with pytest.raises(KeyError):
        contested(definition, "Z9")


@pytest.mark.parametrize(
    ("part", "points", "words"),
    [
        ("bonus", {"cap": 1001}, "加分：“cap”应在0到1000之间，现为1001"),
        ("penalty", {"cap": -1001}, "扣分：“cap”应在-1000到1000之间，现为-1001"),
        ("penalty", {"cap": "-9.999"}, "扣分：“cap”最多两位小数，现为-9.999，请改正"),
    ],
)
def test_sums_that_a_sheet_could_not_keep_are_refused(part: str, points: dict[str, Any], words: str) -> None:
    made = body()
    made[part] |= points
    with pytest.raises(definitions.DefinitionFault) as refused:
        definitions.read(made)
    assert words in [problem.message for problem in refused.value.problems]
