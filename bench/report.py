"""The table that is printed, and what was missed."""

from __future__ import annotations

import sys
import unicodedata
from dataclasses import dataclass, field


def say(line: str = "") -> None:
    """One line for whoever started the measurement."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


@dataclass(frozen=True)
class Line:
    """One figure beside its floor; without a target it is for information."""

    what: str
    figure: str
    floor: str = ""
    ratio: str = ""
    target: str = ""
    met: bool | None = None


@dataclass
class Report:
    """All lines of one run."""

    lines: list[Line] = field(default_factory=list)

    def add(self, line: Line) -> None:
        """Take a line up and show it at once."""
        self.lines.append(line)
        verdict = {None: "", True: "  met", False: "  MISSED"}[line.met]
        say(f"  {line.what}: {line.figure}{f' | {line.floor}' if line.floor else ''}{verdict}")

    @property
    def missed(self) -> list[Line]:
        """Lines whose target was not met."""
        return [line for line in self.lines if line.met is False]

    def print(self) -> None:
        """The whole table."""
        head = ("figure", "measured", "floor", "ratio", "target", "")
        rows = [head]
        for line in self.lines:
            verdict = {None: "", True: "met", False: "MISSED"}[line.met]
            rows.append((line.what, line.figure, line.floor, line.ratio, line.target, verdict))
        widths = [max(_width(row[column]) for row in rows) for column in range(len(head))]
        say()
        for number, row in enumerate(rows):
            say("| " + " | ".join(_padded(text, width) for text, width in zip(row, widths, strict=True)) + " |")
            if number == 0:
                say("|" + "|".join("-" * (width + 2) for width in widths) + "|")


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
