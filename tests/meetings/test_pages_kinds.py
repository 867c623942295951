"""Kinds of meetings: who edits them, and what their page says."""

from __future__ import annotations

import re

from django.test import Client

from tests.factories import SmallCollege
from tests.meetings.making import plan, queries

# --- Kinds --------------------------------------------------------------------------------------------------------------


def test_kinds_are_for_the_committee_office(client: Client, college: SmallCollege) -> None:
    for role, status in (("office", 200), ("committee_secretary", 200), ("branch_secretary", 403), ("member", 403)):
        client.force_login(getattr(college, role))
        for url in ("/settings/kinds/", "/settings/kinds/theme_day/", "/settings/kinds/new/"):
            assert client.get(url).status_code == status, (role, url)


def test_the_kinds_show_cadence_quorum_and_article(client: Client, college: SmallCollege) -> None:
    client.force_login(college.office)
    text = client.get("/settings/kinds/").content.decode()
    assert "每月，当月第 2 个周三" in text
    assert "到会有表决权人数 ≥ 应到的 1/2（含本数）" in text
    assert queries(client, "/settings/kinds/") <= 10


def test_a_kind_is_changed_with_a_reason(client: Client, college: SmallCollege) -> None:
    client.force_login(college.office)
    url = "/settings/kinds/lecture/"
    form = client.get(url).context["form"]
    values = {name: field.value() for name, field in ((one, form[one]) for one in form.fields)}
    values = {name: value for name, value in values.items() if value not in (None, False)}
    wrong = client.post(url, {**values, "quorum_numerator": "1", "reason": "试"})
    assert wrong.context["form"].errors["quorum_denominator"] == ["法定人数的分子和分母须同时填写，或都留空。"]
    answer = client.post(url, {**values, "cadence": "semester", "reason": "学校规定每学期一次"})
    assert answer.headers["Location"] == "/settings/kinds/"
    client.force_login(college.branch_secretary)
    lecture = plan(college.branch_secretary, college.branches[0], "lecture").sections.get().kind
    assert lecture.cadence == "semester"
    assert lecture.history.first().history_change_reason == "学校规定每学期一次"


def test_the_quorum_is_two_fields_under_one_question(client: Client, college: SmallCollege) -> None:
    client.force_login(college.office)
    page = client.get("/settings/kinds/members_meeting/").content.decode()
    (block,) = re.findall(r'<fieldset class="mb-3 quorum".*?</fieldset>', page, re.S)
    assert "法定人数：到会有表决权人数至少占应到的" in block
    assert re.findall(r'<label[^>]*for="(\w+)">(\w+)<', block) == [
        ("id_quorum_numerator", "分子"),
        ("id_quorum_denominator", "分母"),
    ]
    assert re.findall(r'name="(\w+)" value="(\d)"', block) == [("quorum_numerator", "1"), ("quorum_denominator", "2")]
    assert page.count('name="quorum_numerator"') == page.count('name="quorum_denominator"') == 1
    assert page.count('name="reason"') == 1
    values = {"quorum_numerator": "3", "quorum_denominator": "2", "reason": "试"}
    wrong = client.post("/settings/kinds/members_meeting/", {**_values(client), **values}).content.decode()
    assert "法定人数须大于0且不超过1。" in wrong
    assert 'name="quorum_numerator" value="3"' in wrong


def _values(client: Client) -> dict[str, object]:
    form = client.get("/settings/kinds/members_meeting/").context["form"]
    return {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}


def test_the_office_edits_the_pass_rule_on_the_page(client: Client, college: SmallCollege) -> None:
    client.force_login(college.office)
    assert "赞成票超过应到会有表决权人数的 1/2" in client.get("/settings/kinds/").content.decode()
    url = "/settings/kinds/members_meeting/"
    assert client.get(url).content.decode().count('name="pass_') == 3
    wrong = client.post(url, {**_values(client), "pass_numerator": "2", "reason": "试"})
    assert wrong.context["form"].errors["pass_numerator"] == ["通过票数须超过的份额要大于0、小于1，如过半数填1和2。"]
    values = {"pass_numerator": "2", "pass_denominator": "3", "pass_base": "present", "reason": "党委会决定"}
    assert client.post(url, {**_values(client), **values}).status_code == 302
    assert "赞成票超过到会有表决权人数的 2/3" in client.get("/settings/kinds/").content.decode()
    meeting = plan(college.branch_secretary, college.branches[0], "members_meeting")
    client.force_login(college.branch_secretary)
    form = client.get(f"/meetings/{meeting.pk}/record/").content.decode()
    shown = re.findall(r'data-pass-(\w+)="(\w+)"', form)
    assert shown == [("numerator", "2"), ("denominator", "3"), ("base", "present")]
