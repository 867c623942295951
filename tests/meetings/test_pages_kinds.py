"""Kinds of meetings: who edits them, and what their page says."""

from __future__ import annotations

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
