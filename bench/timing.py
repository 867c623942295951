"""Taking times: one thing after the other, in turn, so that noise of the machine falls on all of them alike."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median, quantiles

WARM_UP = 10
ROUNDS = 60


@dataclass(frozen=True)
class Times:
    """Milliseconds of many repetitions; ``processor`` is what a page itself took of a core, where it says so."""

    median: float
    p95: float
    processor: float = 0.0

    @classmethod
    def of(cls, seconds: list[float], processor: list[float]) -> Times:
        """From single times in seconds (at least two) and processor times in milliseconds."""
        p95 = quantiles(seconds, n=20, method="inclusive")[-1]
        return cls(1000 * median(seconds), 1000 * p95, median(processor))

    def __str__(self) -> str:
        return f"{self.median:.1f} ms (p95 {self.p95:.1f})"


def in_turn(
    things: Mapping[str, Callable[[], float]], rounds: int = ROUNDS, warm_up: int = WARM_UP
) -> dict[str, Times]:
    """Do all ``things`` in turn, ``warm_up`` + ``rounds`` times; the times of the rounds by name.

    Each gives back the processor time it knows of, in milliseconds (0: it does not).
    """
    taken: dict[str, list[float]] = {name: [] for name in things}
    processor: dict[str, list[float]] = {name: [] for name in things}
    for number in range(warm_up + rounds):
        for name, thing in things.items():
            started = time.perf_counter()
            own = thing()
            if number >= warm_up:
                taken[name].append(time.perf_counter() - started)
                processor[name].append(own)
    return {name: Times.of(taken[name], processor[name]) for name in things}


class Browser:
    """One signed-in client on one kept connection to this machine."""

    def __init__(self, port: int, cookie: str) -> None:
        self.port = port
        self.headers = {"Cookie": cookie, "Accept-Language": "zh-CN", "Host": f"127.0.0.1:{port}"}
        self.connection = self._connect()

    def _connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def get(self, path: str) -> str:
        """The page at ``path``. Raises ``RuntimeError`` unless it is answered with 200."""
        return self._answer(path)[0].decode()

    def visit(self, path: str) -> Callable[[], float]:
        """A thing to do in turn: fetch ``path``; gives the page's processor time in milliseconds."""
        return lambda: float(self._answer(path)[1]["X-Processor-Milliseconds"] or 0)

    def process_of(self, path: str) -> int:
        """Id of the web process that answers, over a new connection."""
        self.connection.close()
        return int(self._answer(path)[1]["X-Process"] or 0)

    def close(self) -> None:
        """End the connection."""
        self.connection.close()

    def _answer(self, path: str) -> tuple[bytes, http.client.HTTPMessage]:
        try:
            response = self._send(path)
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            # The server ends a connection that was idle for two seconds.
            self.connection.close()
            self.connection = self._connect()
            response = self._send(path)
        body = response.read()
        if response.status != 200:
            where = response.getheader("Location", "")
            raise RuntimeError(f"GET {path}: {response.status} {where}\n{body[:500].decode(errors='replace')}")
        return body, response.headers

    def _send(self, path: str) -> http.client.HTTPResponse:
        self.connection.request("GET", path, headers=self.headers)
        return self.connection.getresponse()
