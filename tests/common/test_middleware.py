"""A view that lets an error of the domain through is answered in plain words, with the right code."""

import re
from typing import Any

import pytest
from django.test import Client

from common.errors import DomainError
from orgs.models import User
from tests.common.errors_of_views import ERRORS

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.common.addresses")]


@pytest.fixture(params=["anonymous", "signed in"])
def visitor(request: pytest.FixtureRequest) -> Client:
    """A browser."""
    browser = Client(headers={"accept-language": "zh-CN"})
    if request.param == "signed in":
        browser.force_login(User.objects.create(username="somebody"))
    return browser


@pytest.mark.parametrize(
    ("name", "status", "title", "message"),
    [
        ("forbidden", 403, "您没有这个权限", "只有支部书记可以确认这份记录。"),
        ("conflict", 409, "内容已经变化", "这份记录刚被王芳修改过，请刷新后再试。"),
        ("invalid", 400, "没有完成", "请检查表格"),
        ("invalid-field", 400, "没有完成", "会议日期不能晚于今天。；请填写地点。"),
        ("domain", 400, "没有完成", "现在不能办理。"),
    ],
)
def test_an_error_is_a_page_in_chinese(visitor: Client, name: str, status: int, title: str, message: str) -> None:
    response = visitor.get(f"/failing/{name}/")
    text = response.content.decode()
    main = text[text.index("<main") : text.index("</main>")]
    assert response.status_code == status
    assert re.search(r'<html lang="zh-hans" ', text)
    assert re.findall(r'class="empty-(?:title|subtitle)[^"]*">([^<]*)<', main) == [title, message]
    assert '<a class="btn btn-primary" href="/">回到我的工作台</a>' in main
    assert "HX-Retarget" not in response.headers


@pytest.mark.parametrize(("name", "status"), [("forbidden", 403), ("conflict", 409), ("invalid", 400)])
@pytest.mark.parametrize("method", ["get", "post"])
def test_htmx_gets_a_toast_for_the_corner(visitor: Client, method: str, name: str, status: int) -> None:
    response: Any = getattr(visitor, method)(f"/failing/{name}/", headers={"HX-Request": "true"})
    text = response.content.decode()
    error = ERRORS[name]
    assert isinstance(error, DomainError)
    assert response.status_code == status
    assert (response["HX-Retarget"], response["HX-Reswap"]) == ("#toasts", "beforeend")
    assert text.count("data-toast>") == 1
    assert f">{error.message}</div>" in text
    assert "<html" not in text


def test_the_corner_for_toasts_is_on_every_page(visitor: Client) -> None:
    assert 'id="toasts"' in visitor.get("/failing/conflict/").content.decode()


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_message_is_text_and_never_markup(visitor: Client, headers: dict[str, str]) -> None:
    text = visitor.get("/failing/hostile/", headers=headers).content.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_other_errors_go_on_to_django(visitor: Client) -> None:
    assert visitor.get("/failing/missing/").status_code == 404
    with pytest.raises(KeyError, match="a mistake of ours"):
        visitor.get("/failing/bug/")


def test_what_was_typed_is_there_to_be_copied(visitor: Client) -> None:
    sent = {
        "note": "已与各单位逐一核对，请党委会审定<b>",
        "seen": "check",
        "new_password": "long-enough-secret",
        "code": "ABCD-EFGH-JKLM",
    }
    main = visitor.post("/failing/conflict/", sent).content.decode().partition("<main")[2]
    assert "已与各单位逐一核对，请党委会审定&lt;b&gt;" in main and "您写的内容在下面" in main
    assert "long-enough-secret" not in main and "ABCD-EFGH-JKLM" not in main
    assert "您写的内容在下面" not in visitor.post("/failing/conflict/", {"seen": "check"}).content.decode()
