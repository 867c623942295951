"""Who holds a claim, and is that process still there?"""

import subprocess
import sys
from pathlib import Path

from notices import claims

ROOT = Path(__file__).resolve().parents[2]


def other_process() -> tuple["subprocess.Popen[str]", str]:
    """A process that says its token and waits for its input to end."""
    code = "from notices.claims import new_token; print(new_token(), flush=True); input()"
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    return process, process.stdout.readline().strip()


def test_a_token_fits_its_column_and_is_never_the_same():
    first, second = claims.new_token(), claims.new_token()
    assert len(first) <= 100
    assert first != second
    assert first.rpartition(":")[0] == second.rpartition(":")[0]


def test_a_live_owner_is_not_gone_and_a_killed_one_is():
    process, token = other_process()
    assert not claims.owner_is_gone(token)
    process.kill()
    assert claims.owner_is_gone(token) or process.poll() is None
    process.wait()
    assert claims.owner_is_gone(token)


def test_a_number_used_by_a_newer_process_does_not_keep_the_claim():
    host, pid, start, rest = claims.new_token().split(":")
    assert claims.owner_is_gone(f"{host}:{pid}:{int(start) - 1}:{rest}")


def test_another_host_is_never_called_gone():
    _host, _pid, start, rest = claims.new_token().split(":")
    assert not claims.owner_is_gone(f"elsewhere.1:999999999:{start}:{rest}")
    assert not claims.owner_is_gone("")
