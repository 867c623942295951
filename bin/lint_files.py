"""Rules that no linter has.

Locks name no host; no Python file is longer than 400 lines; every room is known to the linters; every icon of a template
is in the sprite.
"""

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
LONGEST = 400
HOST = re.compile(r"https?://|--(extra-)?index-url|\"resolved\"")
ICON = re.compile(r"(?:components/icon\.html[\"'] with name=|\{% icon )[\"']([a-z0-9-]+)[\"']")


def named_hosts() -> Iterator[str]:
    """Lines of the locks that name a host."""
    npm = [folder / name for folder in (BASE, BASE / "audit") for name in ("package-lock.json", ".npmrc")]
    for lock in [*sorted((BASE / "requirements").glob("*.txt")), *npm]:
        for number, line in enumerate(lock.read_text(encoding="utf-8").splitlines(), 1):
            if HOST.search(line):
                yield f"{lock.relative_to(BASE)}:{number}: names a host: {line.strip()}"


def long_files(packages: list[Path]) -> Iterator[str]:
    """Python files that should be taken apart."""
    for folder in [*packages, BASE / "bin"]:
        for path in sorted(folder.rglob("*.py")):
            length = len(path.read_text(encoding="utf-8").splitlines())
            if length > LONGEST and "migrations" not in path.parts:
                yield f"{path.relative_to(BASE)}: {length} lines; the longest allowed is {LONGEST}"


def unknown_rooms(packages: list[Path]) -> Iterator[str]:
    """Rooms that the import order or the type check has not been told of."""
    tools = tomllib.loads((BASE / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    order = tools["importlinter"]["contracts"][0]["layers"]
    for name in sorted({folder.name for folder in packages} - {"tests"}):
        if (
            name not in order
            or name not in tools["importlinter"]["root_packages"]
            or name not in tools["mypy"]["files"]
        ):
            yield f"{name}/: missing from import-linter's or mypy's lists in pyproject.toml"


def unknown_icons() -> Iterator[str]:
    """Icons that templates name and the sprite does not have."""
    icons = set((BASE / "static" / "icons.txt").read_text(encoding="utf-8").split())
    for path in sorted((BASE / "templates").rglob("*.html")):
        for name in sorted(set(ICON.findall(path.read_text(encoding="utf-8"))) - icons):
            yield f"{path.relative_to(BASE)}: icon {name} is not in static/icons.txt"


def main() -> None:
    """Print every offence; exit with 1 if there is one."""
    packages = [path.parent for path in sorted(BASE.glob("*/__init__.py"))]
    offences = [*named_hosts(), *long_files(packages), *unknown_rooms(packages), *unknown_icons()]
    print("\n".join(offences) or "Locks, lengths, rooms and icons are in order.")
    sys.exit(1 if offences else 0)


if __name__ == "__main__":
    main()
