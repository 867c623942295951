"""Saved filters: one's own alone, by list and name, at most twenty."""

from __future__ import annotations

import pytest
from django.test import Client

from common.errors import InvalidInput
from common.models import SavedFilter
from common.tables.saving import save_filter
from orgs.models import User
from tasks.models import Task
from tasks.pages.all_tasks import TaskTable
from tests.tasks.world import World, agreed

URL = "/tasks/"


def table(user: User, **params: str) -> TaskTable:
    return TaskTable(Task.objects.visible_to(user), user=user, params=params, path=URL)


def save(client: Client, query: str, name: str) -> str:
    """Send the form; what the page then says."""
    return client.post(f"{URL}?{query}", {"do": "save", "name": name}, follow=True).content.decode()


def test_a_filter_is_saved_shown_and_leads_back(world: World, client: Client) -> None:
    agreed("x", world.branch)
    client.force_login(world.secretary)
    page = save(client, "page=3&foo=1&sort=-due&state=open&q=%E5%AD%A6%E4%B9%A0", "  每周  要看的 ")
    assert "已保存筛选“每周 要看的”" in page
    [saved] = SavedFilter.objects.all()
    # Without the page and without what the list does not know; in the list's own order of words.
    assert (saved.user, saved.page, saved.query) == (
        world.secretary,
        "tasks",
        "q=%E5%AD%A6%E4%B9%A0&state=open&sort=-due",
    )
    found = client.get(URL).content.decode()
    assert 'href="/tasks/?q=%E5%AD%A6%E4%B9%A0&amp;state=open&amp;sort=-due"' in found
    assert 'aria-current="true"' in client.get(f"{URL}?{saved.query}").content.decode()


def test_the_same_name_is_replaced_and_another_list_has_its_own(world: World, client: Client) -> None:
    client.force_login(world.secretary)
    save(client, "state=open", "常用")
    save(client, "state=done", "常用")
    assert list(SavedFilter.objects.values_list("query", flat=True)) == ["state=done"]
    client.post("/meetings/?state=confirmed", {"do": "save", "name": "常用"})
    assert list(SavedFilter.objects.order_by("page").values_list("page", "query")) == [
        ("sections", "state=confirmed"),
        ("tasks", "state=done"),
    ]
    assert [saved.query for saved in table(world.secretary).saved] == ["state=done"]


def test_nobody_sees_or_deletes_those_of_others(world: World, client: Client) -> None:
    mine = save_filter(table=table(world.secretary, state="open"), actor=world.secretary, name="我的")
    client.force_login(world.deputy)
    assert "我的</a>" not in client.get(URL).content.decode()
    client.post(URL, {"do": "forget", "saved": mine.pk})
    assert SavedFilter.objects.filter(pk=mine.pk).exists()
    client.force_login(world.secretary)
    client.post("/meetings/", {"do": "forget", "saved": mine.pk})  # not a filter of that list
    assert SavedFilter.objects.filter(pk=mine.pk).exists()
    page = client.post(f"{URL}?light=red", {"do": "forget", "saved": mine.pk}, follow=True)
    assert page.redirect_chain == [(f"{URL}?light=red", 302)]
    assert "已删除筛选“我的”" in page.content.decode()
    assert not SavedFilter.objects.exists()
    for senseless in ("", "abc", "-1", "9" * 40):
        assert client.post(URL, {"do": "forget", "saved": senseless}).status_code == 302


@pytest.mark.parametrize(
    ("params", "name", "words"),
    [
        ({"state": "open"}, "   ", "起个名称"),
        ({"state": "open"}, "长" * 31, "最多30个字"),
        ({}, "全部", "现在没有任何条件"),
        ({"state": "nonsense"}, "没有的", "现在没有任何条件"),
    ],
)
def test_what_cannot_be_saved(world: World, params: dict[str, str], name: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        save_filter(table=table(world.secretary, **params), actor=world.secretary, name=name)
    assert not SavedFilter.objects.exists()


def test_twenty_are_enough_and_a_refusal_is_said_on_the_page(world: World, client: Client) -> None:
    for number in range(20):
        save_filter(table=table(world.secretary, q=str(number)), actor=world.secretary, name=f"第{number}个")
    client.force_login(world.secretary)
    assert "最多存20个筛选" in save(client, "q=21", "第21个")
    assert "已保存" in save(client, "q=again", "第3个")
    assert SavedFilter.objects.count() == 20
    save_filter(table=table(world.deputy, q="1"), actor=world.deputy, name="别人的不算")


def test_what_is_sent_must_make_sense(world: World, client: Client) -> None:
    client.force_login(world.secretary)
    assert "没有看懂要做什么" in client.post(URL, {"do": "explode"}, follow=True).content.decode()
