"""A demo of its own: a seeded folder kept beside this file, a copy of it for each run, on a port that was free."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
SEEDED = Path(os.environ.get("AUDIT_VAR", BASE / "audit" / "seeded"))
STAMP = "seeded-by"
START_SECONDS, END_SECONDS = 90, 30
# What a developer may have set for the platform must not reach this demo.
NOT_OURS = (
    "DATABASE_URL",
    "REDIS_URL",
    "EMAIL_URL",
    "SITE_URL",
    "HTTPS",
    "DEBUG",
    "BEHIND_PROXY",
    "BIND",
    "DJANGO_SETTINGS_MODULE",
)


@dataclass(frozen=True)
class Demo:
    """A running demo."""

    address: str  # without a slash at the end
    folder: Path


@contextmanager
def running() -> Iterator[Demo]:
    """Start a demo on a copy of the seeded folder; end it by its process id and remove the copy.

    The first run seeds (some minutes); so does one after the play of the demo or a migration has changed.
    ``AUDIT_VAR`` names another folder that has been seeded already.
    """
    _seed()
    folder = Path(tempfile.mkdtemp(prefix="partybuild-audit-"))
    try:
        shutil.copytree(SEEDED, folder / "var")
        port = _free_port()
        environment = _environment(folder / "var", port)
        _manage("prepare", environment)
        with (folder / "server.log").open("wb") as log:
            words = [sys.executable, "manage.py", "serve"]
            server = subprocess.Popen(words, cwd=BASE, env=environment, stdout=log, stderr=log, start_new_session=True)
            try:
                _wait(port, server, folder / "server.log")
                yield Demo(f"http://127.0.0.1:{port}", folder / "var")
            finally:
                _end(server)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _seed() -> None:
    """Fill the seeded folder unless it was filled by the same play."""
    if "AUDIT_VAR" in os.environ:
        return
    sources = sorted([*(BASE / "partybuild" / "demo").rglob("*.py"), *BASE.glob("*/migrations/*.py")])
    play = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    stamp = SEEDED / STAMP
    if stamp.is_file() and stamp.read_text() == play:
        return
    print("  demo college for the audit (once, some minutes) …", flush=True)
    shutil.rmtree(SEEDED, ignore_errors=True)
    SEEDED.mkdir(parents=True)
    _manage("prepare", _environment(SEEDED, _free_port()))
    stamp.write_text(play)


def _environment(var: Path, port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
    return {**kept, "VAR_DIR": str(var), "DEMO": "1", "PORT": str(port), "LOG_LEVEL": "WARNING"}


def _manage(command: str, environment: dict[str, str]) -> None:
    subprocess.run(
        [sys.executable, "manage.py", command], cwd=BASE, env=environment, check=True, stdout=subprocess.DEVNULL
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    """Until the port answers. Raises ``RuntimeError`` with the server's words when it does not."""
    ends = time.monotonic() + START_SECONDS
    while True:
        with socket.socket() as probe:
            probe.settimeout(0.5)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if server.poll() is not None or time.monotonic() > ends:
            raise RuntimeError(f"The demo did not start:\n{log.read_text()[-3000:]}")
        time.sleep(0.2)


def _end(server: subprocess.Popen[bytes]) -> None:
    """The supervisor ends its own children when it is told to stop."""
    if server.poll() is None:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()
