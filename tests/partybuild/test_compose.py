"""What docs/operations.md says about variables is what docker-compose.yml does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

BASE = Path(__file__).resolve().parents[2]
COMPOSE = (BASE / "docker-compose.yml").read_text(encoding="utf-8")
NOT_PASSED = {"not passed on", "never", "–", "set by the file", "`/var/lib/partybuild`, volume `files`"}


def documented() -> dict[str, str]:
    """Variable → its column "in compose"."""
    table = (BASE / "docs" / "operations.md").read_text(encoding="utf-8").partition("### Variables")[2]
    found = {}
    for line in table.partition("\n\n")[2].partition("\n\n")[0].splitlines()[2:]:
        names, _meaning, value, _else = (cell.strip() for cell in line.strip("|").split("|"))
        found |= dict.fromkeys(re.findall(r"`([A-Z_]+)`", names), value)
    return found


VARIABLES = {name: value for name, value in documented().items() if value not in NOT_PASSED}


def test_the_table_was_read() -> None:
    assert {"SECRET_KEY", "LOG_LEVEL", "WEB_THREADS", "CONN_MAX_AGE", "HSTS_SECONDS", "PUBLISH"} <= VARIABLES.keys()


@pytest.mark.parametrize(("name", "value"), VARIABLES.items())
def test_a_documented_variable_reaches_the_containers_with_its_default(name: str, value: str) -> None:
    uses = set(re.findall(rf"\$\{{{name}(:[-?][^}}]*)?\}}", COMPOSE))
    if value == "required":
        assert uses
        assert all(use.startswith(":?") for use in uses)
    else:
        assert uses == {f":-{value.strip('`')}"}


@pytest.mark.parametrize("name", ["worker", "beat"])
def test_the_log_level_reaches_the_jobs_too(name: str) -> None:
    (command,) = re.findall(rf"command: \[celery, -A, partybuild, {name},.*", COMPOSE)
    assert '"${LOG_LEVEL:-INFO}"' in command
