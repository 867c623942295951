"""A secretary works through a list in a real browser: filters, saves the filter, accepts several at once, takes a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from common import clock
from tasks.models import Task
from tasks.services import submit_task
from tests.journeys.walking import DESK, PHONE, browser_of
from tests.tasks.conftest import TODAY
from tests.tasks.world import World, agreed, load, make_world

pytestmark = pytest.mark.browser


@pytest.fixture
def waiting(transactional_db: None) -> Iterator[World]:
    """Three items handed in by the commissioner, one of them named otherwise, and one by the secretary."""
    with clock.moved(TODAY):
        world = make_world()
        for key, title in (("a", "制定学习计划"), ("b", "补充学习材料"), ("c", "更新公示栏"), ("d", "整理学习笔记")):
            agreed(key, world.branch, title=title)
            submit_task(task=load(key), actor=world.secretary if key == "d" else world.commissioner, note="已做完")
    clock.set_demo_today(TODAY)
    yield world
    clock.set_demo_today(None)


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_filter_save_accept_export(
    chromium: Any, live_server: Any, waiting: World, viewport: dict[str, int], scripts: bool, tmp_path: Path
) -> None:
    is_phone = viewport is PHONE
    with browser_of(chromium, live_server, waiting.secretary, viewport, scripts=scripts) as page:
        page.goto("/tasks/")
        assert page.locator("tbody tr").count() == 4
        # Filter by pinyin and state; on a phone the conditions are behind a button that the keyboard reaches too.
        page.fill("#f-q", "xx")
        if is_phone:
            assert not page.locator("#f-state").is_visible()
            page.focus("#f-more")
            page.keyboard.press("Space")
        page.select_option("#f-state", "submitted")
        page.press("#f-q", "Enter")
        page.wait_for_url("**/tasks/?q=xx&**")
        assert page.locator("tbody tr").count() == 3
        assert page.evaluate("document.scrollingElement.scrollWidth") <= viewport["width"]
        save(page, "待核查的学习事项")
        accept_all_on_the_page(page, scripts)
        assert "预览：2 条可以办理，1 条不能" in page.inner_text("main, .page-header >> nth=0")
        page.click("text=确认核查通过 2 条")
        page.wait_for_selector("text=结果：已办理 2 条，没有办理 1 条")
        assert page.locator(".tb-results >> text=这是您自己提交的，须由他人核查。").count() == 1
        assert page.evaluate("document.scrollingElement.scrollWidth") <= viewport["width"]
        assert dict(Task.objects.values_list("natural_key", "state")) == {
            "a": "done",
            "b": "done",
            "c": "submitted",
            "d": "submitted",
        }
        page.click("text=返回列表")
        page.click("text=清除全部")
        page.click(".tb-saved >> text=待核查的学习事项")
        page.wait_for_url("**/tasks/?q=xx&state=submitted")
        assert [line[0] for line in taken(page, tmp_path)] == ["事项", "整理学习笔记"]
        assert not page.problems


def save(page: Any, name: str) -> None:
    """Keep the conditions under a name."""
    page.click("text=保存这组条件")
    page.fill("#f-name", name)
    page.press("#f-name", "Enter")
    page.wait_for_selector(f"text=已保存筛选“{name}”")


def accept_all_on_the_page(page: Any, scripts: bool) -> None:
    """Tick every row, with one box where scripts run; the header says how many."""
    if scripts and page.locator("[data-choose-page]").is_visible():
        page.check("[data-choose-page]")
        assert page.inner_text("[data-chosen-count]").strip() == "3"
    else:
        for box in page.locator("input[name=row]").all():
            box.check()
    page.click("text=批量核查通过…")
    page.wait_for_selector("text=预览：")


def taken(page: Any, folder: Path) -> list[list[str]]:
    """The lines of the CSV file that the page offers."""
    with page.expect_download() as download:
        page.click("text=CSV")
    download.value.save_as(folder / "list.csv")
    text = (folder / "list.csv").read_text(encoding="utf-8-sig")
    return list(csv.reader(io.StringIO(text)))
