"""Claim tokens: which process works on a row, and whether that process is still there. No Django here."""

from __future__ import annotations

import os
import socket
import uuid
from pathlib import Path

_GONE = frozenset("ZX")  # zombie, dead


def new_token() -> str:
    """A token ``host:pid:starttime:uuid`` (at most 100 characters) for one claim of this process."""
    pid = os.getpid()
    return f"{_host()}:{pid}:{_started(pid) or 0}:{uuid.uuid4().hex}"


def owner_is_gone(token: str) -> bool:
    """Whether the process that made ``token`` certainly runs no more: it was on this host, and it is not there.

    A process of another host (or container) is never called gone; its lease has to run out.
    """
    host, _colon, rest = token.rpartition(":")[0].partition(":")
    pid_text, _colon, start = rest.partition(":")
    if host != _host() or not pid_text.isdecimal():
        return False
    pid = int(pid_text)
    if not _has_proc():
        return not _answers(pid)
    return _started(pid) != start


def _host() -> str:
    """Host name and process namespace: containers may share a name, never the numbers of their processes."""
    try:
        namespace = os.stat("/proc/self/ns/pid").st_ino
    except OSError:
        namespace = 0
    return f"{socket.gethostname().replace(':', '-')[:30]}.{namespace}"


def _has_proc() -> bool:
    return Path("/proc/self/stat").exists()


def _started(pid: int) -> str | None:
    """Start of the process in clock ticks since boot, so that a number used anew is told apart; None if gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in _GONE else fields[19]


def _answers(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
