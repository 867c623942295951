"""Keeps a few commands alive together: a dead one is started again, and the end of one run is the end of all of it."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import FrameType

PR_SET_PDEATHSIG = 1
SETTLED_AFTER = 60.0  # seconds alive after which the back-off begins anew


def _end_with_parent() -> None:
    """In the child: be told to stop even when the supervisor itself was killed (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """One command, in a process group of its own."""

    name: str
    words: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    start_at: float = 0.0

    def start(self) -> None:
        """Start the command."""
        self.process = subprocess.Popen(self.words, start_new_session=True, preexec_fn=_end_with_parent)
        self.started = time.monotonic()

    def signal_group(self, number: signal.Signals) -> None:
        """Send a signal to the command and everything it started."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)


class Supervisor:
    """Runs the commands until it is told to stop."""

    def __init__(
        self, commands: Mapping[str, Sequence[str]], say: Callable[[str], None], patience: float = 15.0
    ) -> None:
        self.children = [Child(name, words) for name, words in commands.items()]
        self.say = say
        self.patience = patience
        self.stopping = False

    def run(self, ready: Callable[[], bool] = lambda: True, on_ready: Callable[[], None] = lambda: None) -> None:
        """Start everything, call ``on_ready`` once ``ready`` says yes, and watch until SIGINT, SIGTERM or SIGHUP."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)
        announced = False
        try:
            while not self.stopping:
                for child in self.children:
                    self._look_after(child)
                if not announced and ready():
                    announced = True
                    on_ready()
                time.sleep(0.2)
        finally:
            self._end_all()

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        if child.process is None:
            if now >= child.start_at:
                child.start()
        elif child.process.poll() is not None:
            child.signal_group(signal.SIGKILL)  # what it may have left behind
            child.failures = 1 if now - child.started > SETTLED_AFTER else child.failures + 1
            delay = min(2.0 ** (child.failures - 1), 30.0)
            self.say(f"{child.name} ended with status {child.process.returncode}; starting it again in {delay:.0f} s.")
            child.process, child.start_at = None, now + delay

    def _end_all(self) -> None:
        for child in self.children:
            child.signal_group(signal.SIGTERM)
        deadline = time.monotonic() + self.patience
        for child in self.children:
            if child.process is not None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.process.wait(max(0.0, deadline - time.monotonic()))
                child.signal_group(signal.SIGKILL)
                child.process.wait()
