"""The supervisor: restarts what dies, leaves nothing behind."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# A child that starts a child of its own, writes down both numbers, and waits.
CHILD = (
    "import os, subprocess, sys, time; "
    "inner = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); "
    "open(sys.argv[1], 'a').write(f'{os.getpid()} {inner.pid}\\n'); time.sleep(60)"
)
PARENT = (
    "import sys; sys.path.insert(0, {root!r}); "
    "from partybuild.supervisor import Supervisor; "
    "Supervisor({{'child': [sys.executable, '-c', {child!r}, {log!r}]}}, print, patience=3).run()"
)


def alive(number: int) -> bool:
    """Whether the process runs (a zombie does not)."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


def wait_for(what: Callable[[], object], seconds: float = 15.0) -> None:
    """Wait until ``what()`` is true."""
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def numbers(log: Path) -> list[list[int]]:
    """The process numbers written so far, one pair per start."""
    if not log.exists():
        return []
    return [[int(word) for word in line.split()] for line in log.read_text().splitlines()]


@pytest.fixture
def supervised(tmp_path: Path):
    """A supervisor with one child, in a process of its own, and the log of the child."""
    log = tmp_path / "log"
    code = PARENT.format(root=str(ROOT), child=CHILD, log=str(log))
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    wait_for(lambda: len(numbers(log)) == 1)
    yield process, log
    process.kill()
    process.wait()
    for pair in numbers(log):
        for number in pair:
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_end_of_one_is_the_end_of_all(supervised, number):
    process, log = supervised
    process.send_signal(number)
    assert process.wait(10) == 0
    wait_for(lambda: not any(alive(each) for pair in numbers(log) for each in pair))


def test_a_dead_child_is_started_again_and_its_orphans_end(supervised):
    process, log = supervised
    [[child, grandchild]] = numbers(log)
    os.kill(child, signal.SIGKILL)
    wait_for(lambda: len(numbers(log)) == 2)
    assert not alive(grandchild)
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=10)
    assert "child ended with status -9; starting it again in 1 s." in output


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_children_end_when_the_supervisor_is_killed(supervised):
    process, log = supervised
    process.kill()
    wait_for(lambda: not alive(numbers(log)[0][0]))
