"""Memory of the web processes after load, as Linux counts it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Memory:
    """Of one process, in MB: what is resident, and its share (a page that n processes hold counts 1/n for each)."""

    pid: int
    resident: float
    share: float

    @classmethod
    def of(cls, pid: int) -> Memory:
        """Now. Raises ``OSError`` when there is no such process, or no ``/proc``."""
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
        kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in lines}
        return cls(pid, kilobytes["Rss"] / 1024, kilobytes["Pss"] / 1024)

    def __str__(self) -> str:
        return f"{self.resident:.0f} MB resident, {self.share:.0f} MB as its share"


def of_children(pid: int) -> list[Memory]:
    """Of the processes that ``pid`` started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [Memory.of(int(child)) for child in children]
