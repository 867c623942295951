"""``prepare``, ``serve`` and ``probe``: what ``make run`` and the containers start."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from partybuild.management.commands import prepare
from tests.partybuild.test_supervisor import alive, wait_for

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def called(monkeypatch):
    """The commands that ``prepare`` calls, in order, instead of running them."""
    names: list[str] = []
    monkeypatch.setattr(prepare, "call_command", lambda name, **options: names.append(name))
    return names


@pytest.mark.django_db
def test_an_empty_demo_is_filled(called):
    call_command("prepare")
    assert called == ["migrate", "seed_demo"]


@pytest.mark.django_db
def test_a_demo_with_data_is_left_alone(called, django_user_model):
    django_user_model.objects.create_user("somebody")
    call_command("prepare")
    assert called == ["migrate"]


@pytest.mark.django_db
def test_a_real_installation_gets_no_demo_data(called, settings):
    settings.DEMO = False
    call_command("prepare")
    assert called == ["migrate"]


def test_a_silent_beat_is_not_well(settings, tmp_path):
    settings.CELERY_BEAT_SCHEDULE_FILENAME = str(tmp_path / "beat-schedule")
    with pytest.raises(CommandError, match="silent"):
        call_command("probe", "beat")
    schedule = tmp_path / "beat-schedule.dat"
    schedule.touch()
    call_command("probe", "beat")
    long_ago = time.time() - 3600
    os.utime(schedule, (long_ago, long_ago))
    with pytest.raises(CommandError, match="silent"):
        call_command("probe", "beat")


def test_a_web_server_that_is_not_there_is_not_well(settings, free_port):
    settings.PORT = free_port
    with pytest.raises(CommandError, match="no answer"):
        call_command("probe", "web")


def children(parent: int) -> dict[str, int]:
    """Process numbers of the direct children of ``parent`` by what they are."""
    found = {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if int(path.joinpath("stat").read_text().rsplit(")", 1)[1].split()[1]) == parent:
                words = path.joinpath("cmdline").read_bytes().replace(b"\0", b" ").decode()
                if kind := re.search(r"\b(gunicorn|worker|beat)\b", words.replace("running the worker", "")):
                    found[kind[1]] = int(path.name)
        except OSError:  # ended meanwhile
            continue
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_one_command_serves_and_one_signal_ends_it(tmp_path, free_port):
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    environment = {
        **kept,
        "DEMO": "1",
        "VAR_DIR": str(tmp_path),
        "PORT": str(free_port),
        "DJANGO_SETTINGS_MODULE": "partybuild.settings",
    }
    manage = [sys.executable, str(ROOT / "manage.py")]

    def manage_py(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*manage, *words], env=environment, capture_output=True, text=True, timeout=120)

    def answers() -> bool:
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{free_port}/readyz", timeout=60).status == 200
        except urllib.error.URLError:
            return False

    assert manage_py("migrate", "--verbosity", "0").returncode == 0
    output = tmp_path / "output"
    with output.open("w") as file:
        served = subprocess.Popen([*manage, "serve"], env=environment, stdout=file, stderr=file)
    try:
        wait_for(answers, 60)
        wait_for(lambda: f"http://127.0.0.1:{free_port}" in output.read_text())
        first = children(served.pid)
        assert set(first) == {"gunicorn", "worker", "beat"}
        assert manage_py("probe", "web").returncode == 0

        second_start = manage_py("serve")
        assert second_start.returncode != 0 and f"Port {free_port} is taken" in second_start.stderr

        os.kill(first["worker"], signal.SIGKILL)
        wait_for(lambda: children(served.pid).get("worker", first["worker"]) != first["worker"])
        last = children(served.pid)
        served.send_signal(signal.SIGINT)
        assert served.wait(30) == 0
        assert not any(alive(number) for number in [*first.values(), *last.values()])
    finally:
        served.terminate()
        served.wait(30)
