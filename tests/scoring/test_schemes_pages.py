"""Pages of schemes: upload, edit on forms that fit the kind, two at once with the input kept, publish, export."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orgs.models import User
from scoring import bodies, definitions, registry
from scoring.definition_checks import KIND_WORDS
from scoring.forms_indicators import IndicatorForm
from scoring.models import ReviewerSeat, Scheme, SchemeVersion
from scoring.services.schemes import load_schemes
from scoring.services.versions import start_draft
from tests.factories import SmallCollege, make_admin
from tests.scoring.rules_making import BODY, RUBRIC, draft, in_force, publish, raw

pytestmark = pytest.mark.django_db
BACKEND = "orgs.backends.AccountBackend"


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, BACKEND)
    return client


def page(client: Client, name: str, *args: Any, query: str = "") -> str:
    response = client.get(reverse(f"scoring:{name}", args=args) + query)
    assert response.status_code == 200
    return response.content.decode()


def send(client: Client, name: str, /, *args: Any, query: str = "", **data: Any) -> Any:
    return client.post(reverse(f"scoring:{name}", args=args) + query, data)


def seen(version: SchemeVersion) -> str:
    return bodies.digest(SchemeVersion.objects.get(pk=version.pk).body)


def upload(client: Client, content: bytes) -> Any:
    return send(client, "scheme_import", upload=SimpleUploadedFile("方案.yaml", content))


# --- import and export


def test_an_exported_version_imported_again_is_the_same(college: SmallCollege) -> None:
    scheme = in_force(college)
    client = browser(college.office)
    response = client.get(reverse("scoring:version_export", args=[scheme.versions.get().pk]))
    assert response["Content-Disposition"] == 'attachment; filename="BR-TEST-v1.yaml"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert upload(client, response.content).status_code == 302
    first, second = SchemeVersion.objects.order_by("number")
    assert second.body == first.body == BODY
    assert second.state == "draft"
    text = page(client, "version_changes", second.pk)
    assert "内容完全相同" in text


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"a: &a [1]\nb: *a", id="alias"),
        pytest.param(b"x" * 5_000_000, id="5MB"),
        pytest.param(b"blocks: 5\nyear: [1]", id="wrong types"),
        pytest.param(b"\x00\x01\x02", id="binary"),
        pytest.param(b"- a", id="list"),
        pytest.param("name: ！！<script>alert(1)</script>".encode(), id="markup"),
    ],
)
def test_garbage_writes_nothing_and_says_what_is_wrong(college: SmallCollege, content: bytes) -> None:
    response = upload(browser(college.office), content)
    text = response.content.decode()
    assert response.status_code == 400
    assert "什么都没有写入" in text
    assert "<script>alert" not in text
    assert not Scheme.objects.exists()


def test_all_faults_of_a_file_are_listed_with_their_path(college: SmallCollege) -> None:
    response = upload(browser(college.office), raw(full_mark=90, bands=[{"name": "好", "min": 5}], year=1))
    text = response.content.decode()
    assert "文件有3处问题" in text
    for path in ("year", "blocks", "bands"):
        assert f'<span class="rule-code">{path}</span>' in text


def test_a_second_draft_is_refused_on_the_field(college: SmallCollege) -> None:
    draft(college)
    response = upload(browser(college.office), raw())
    assert (response.status_code, "已有第1版草稿" in response.content.decode()) == (400, True)


# --- editing


INDICATOR = {
    "name": "特色成效",
    "block": "A",
    "points": "60",
    "source": "manual",
    "levels-0-name": "突出",
    "levels-0-s": "60",
    "levels-1-name": "一般",
    "levels-1-s": "20",
}


def test_an_indicator_is_edited_on_its_form(college: SmallCollege) -> None:
    made, client = draft(college), browser(college.office)
    text = page(client, "indicator_edit", made.pk, RUBRIC)
    assert 'name="levels-1-s"' in text
    assert 'value="30.5"' in text
    response = send(client, "indicator_edit", made.pk, RUBRIC, seen=seen(made), **INDICATOR)
    assert response.status_code == 302
    line = SchemeVersion.objects.get().body["blocks"][0]["indicators"][0]
    assert line["params"] == {"levels": [{"name": "突出", "s": 60}, {"name": "一般", "s": 20}]}
    assert line["code"] == RUBRIC


def test_what_is_wrong_stands_at_the_field_and_the_input_stays(college: SmallCollege) -> None:
    made, client = draft(college), browser(college.office)
    sent = INDICATOR | {"levels-0-s": "59", "levels-1-s": "二十", "name": "新名称"}
    response = send(client, "indicator_edit", made.pk, RUBRIC, seen=seen(made), **sent)
    text = response.content.decode()
    assert response.status_code == 400
    assert "第2行的“得分”应为数字，现为“二十”" in text
    assert 'value="新名称"' in text
    sent["levels-1-s"] = "20"
    text = send(client, "indicator_edit", made.pk, RUBRIC, seen=seen(made), **sent).content.decode()
    assert "没有一个档次能得满分60分" in text
    assert SchemeVersion.objects.get().body == BODY


def test_another_kind_keeps_the_chosen_block(college: SmallCollege) -> None:
    version, client = draft(college), browser(college.office)
    kept = '<input type="hidden" name="block" value="B2">'
    assert kept in page(client, "indicator_new", version.pk, query="?block=B2")
    assert 'type="hidden" name="block"' not in page(client, "indicator_new", version.pk)


def test_a_new_indicator_of_another_kind_and_an_exemption(college: SmallCollege) -> None:
    made, client = draft(college), browser(college.office)
    text = page(client, "indicator_new", made.pk, query="?kind=checklist&block=B")
    assert 'name="items-0-auto"' in text
    sent = {
        "code": "B3", "name": "新核对", "block": "B", "points": "5", "source": "manual", "seen": seen(made),
        "items-0-code": "x", "items-0-t": "台账", "items-0-p": "5", "exempt_reason": "今年不查",
    }  # fmt: skip
    response = send(client, "indicator_new", made.pk, query="?kind=checklist&block=B", **sent)
    assert response.status_code == 400
    assert "approved_by" in response.content.decode()
    sent |= {"exempt_approved_by": "党委", "exempt_approved_on": "2026-03-01"}
    assert send(client, "indicator_new", made.pk, query="?kind=checklist&block=B", **sent).status_code == 302
    line = SchemeVersion.objects.get().body["blocks"][1]["indicators"][2]
    assert line["exempt"] == {"reason": "今年不查", "approved_by": "党委", "approved_on": "2026-03-01"}
    text = page(client, "version_detail", made.pk)
    assert "还有1处问题" in text
    assert reverse("scoring:block_edit", args=[made.pk, "B"]) in text


def test_sections_are_tables_of_rows_and_an_emptied_row_goes(college: SmallCollege) -> None:
    made, client = draft(college), browser(college.office)
    text = page(client, "version_section", made.pk, "bonus")
    assert 'name="table-1-code"' in text
    sent = {
        "cap": "3", "stacking": "sum", "proof": "文件编号\n扫描件",
        "table-0-code": "J3", "table-0-name": "市级荣誉", "table-0-points": "2", "table-1-code": " ",
    }  # fmt: skip
    assert send(client, "version_section", made.pk, "bonus", seen=seen(made), **sent).status_code == 302
    bonus = SchemeVersion.objects.get().body["bonus"]
    assert bonus["table"] == [{"code": "J3", "name": "市级荣誉", "points": 2}]
    assert (bonus["stacking"], bonus["proof"]) == ("sum", ["文件编号", "扫描件"])
    bands = {"bands-0-name": "五星", "bands-0-min": "90", "bands-0-quota_max_ratio": "0.15", "bands-0-quota_round": "floor",
             "bands-0-extra": "无 K 类扣分；出席率不低于0.90", "bands-1-name": "其余", "bands-1-min": "0"}  # fmt: skip
    assert send(client, "version_section", made.pk, "bands", seen=seen(made), **bands).status_code == 302
    band = SchemeVersion.objects.get().body["bands"][0]
    assert (band["quota_max_ratio"], band["extra"]) == (0.15, ["无 K 类扣分", "出席率不低于0.90"])
    assert bodies.problems_of(SchemeVersion.objects.get().body) == []


def test_the_second_of_two_writers_keeps_the_input_and_saves_again(college: SmallCollege) -> None:
    made = draft(college)
    first, second = browser(college.office), browser(college.committee_secretary)
    read = seen(made)
    assert send(first, "block_edit", made.pk, "A", seen=read, name="甲改的", points="60").status_code == 302
    response = send(second, "block_edit", made.pk, "B", seen=read, name="乙改的", points="40")
    text = response.content.decode()
    assert response.status_code == 409
    assert "另一个人刚改过这份草稿" in text
    assert 'value="乙改的"' in text
    fresh = seen(made)
    assert f'name="seen" value="{fresh}"' in text
    assert send(second, "block_edit", made.pk, "B", seen=fresh, name="乙改的", points="40").status_code == 302
    assert [block["name"] for block in SchemeVersion.objects.get().body["blocks"]] == ["甲改的", "乙改的"]


def test_moving_and_removing(college: SmallCollege) -> None:
    made, client = draft(college), browser(college.office)
    send(client, "version_arrange", made.pk, seen=seen(made), what="indicator", code="B2", verb="up")
    send(client, "version_arrange", made.pk, seen=seen(made), what="indicator", code="A1", verb="remove")
    full = send(client, "version_arrange", made.pk, seen=seen(made), what="block", code="B", verb="remove")
    assert (full.status_code, "板块里还有指标" in full.content.decode()) == (409, True)
    send(client, "version_arrange", made.pk, seen=seen(made), what="block", code="A", verb="remove")
    found = SchemeVersion.objects.get().body["blocks"]
    assert [(block["code"], [one["code"] for one in block["indicators"]]) for block in found] == [("B", ["B2", "B1"])]


def test_publishing_on_the_page(college: SmallCollege) -> None:
    made = draft(college)
    text = page(browser(college.office), "version_publish", made.pk)
    assert "您是拟稿人或最后修改人" in text
    client = browser(college.committee_secretary)
    assert "您是拟稿人" not in page(client, "version_publish", made.pk)
    response = send(client, "version_publish", made.pk, seen=seen(made), note="党委会通过")
    assert response.status_code == 302
    again = send(client, "version_publish", made.pk, seen=seen(made), note="党委会通过")
    assert again.status_code == 409
    assert SchemeVersion.objects.get().state == "published"


@pytest.mark.parametrize("kind", sorted(KIND_WORDS))
def test_every_kind_has_a_form(college: SmallCollege, kind: str) -> None:
    made = draft(college)
    text = page(browser(college.office), "indicator_new", made.pk, query=f"?kind={kind}")
    assert f'<option value="{kind}" selected>' in text


def test_every_shipped_indicator_passes_its_own_form_unchanged(college: SmallCollege) -> None:
    """What the form reads and writes back is what the scheme says: an edit of one field changes nothing else."""
    load_schemes(actor=make_admin())
    for version in SchemeVersion.objects.filter(scheme__year=2026):
        blocks = [(block["code"], block["name"]) for block in version.body["blocks"]]
        for block, line in bodies.indicators(version.body):
            initial = IndicatorForm.initial_of(block["code"], line)
            more = {"kind": line["kind"], "blocks": blocks, "measures": registry.measures(), "indicator": line}
            form = IndicatorForm(_sent(IndicatorForm(initial=initial, **more)), **more)
            assert form.is_valid(), (line["code"], form.errors)
            edit = bodies.put_indicator(block["code"], form.data_of())
            assert definitions.read(edit(dict(version.body))) == definitions.read(version.body), line["code"]


def _sent(form: IndicatorForm) -> dict[str, str]:
    """What a browser sends of an unchanged form."""
    sent: dict[str, str] = {}
    for name, field in form.fields.items():
        value = form.get_initial_for_field(field, name)
        if hasattr(field, "columns"):
            for number, row in enumerate(value or []):
                sent |= {f"{name}-{number}-{key}": "1" if cell is True else str(cell) for key, cell in row.items()}
        else:
            sent[name] = "" if value is None else str(value)
    return sent


# --- reviewers


def test_a_reviewer_is_found_by_name_and_removed(college: SmallCollege) -> None:
    scheme, client = in_force(college), browser(college.office)
    sent = {"code": RUBRIC, "person": "总支书记"}
    assert send(client, "scheme_reviewers", scheme.pk, **sent).status_code == 302
    response = send(client, "scheme_reviewers", scheme.pk, **sent)
    text = response.content.decode()
    assert (response.status_code, "已经是这个指标的评分人" in text) == (400, True)
    assert "已评0/3" in text
    response = send(client, "scheme_reviewers", scheme.pk, code=RUBRIC, person="没有这人")
    assert "没有找到“没有这人”" in response.content.decode()
    send(client, "reviewer_remove", ReviewerSeat.objects.get().pk)
    assert not ReviewerSeat.objects.exists()


# --- cost


def test_the_list_costs_the_same_for_one_scheme_and_for_three(college: SmallCollege) -> None:
    def cost(name: str, *args: Any) -> int:
        client = browser(college.office)
        with CaptureQueriesContext(connection) as captured:
            page(client, name, *args)
        return len(captured)

    scheme = in_force(college)
    first = cost("scheme_list"), cost("scheme_detail", scheme.pk), cost("scheme_reviewers", scheme.pk)
    for number in (2, 3):
        publish(college, draft(college, code=f"Y{number}", year=2026 + number))
        publish(college, start_draft(actor=college.office, scheme=scheme), note=f"第{number}次")
    assert (cost("scheme_list"), cost("scheme_detail", scheme.pk), cost("scheme_reviewers", scheme.pk)) == first
    assert max(first) <= 10
