"""A short demo, played once for the room's tests; meanwhile another process plays the same in a database of its own."""

import gc
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import settings

from common import clock
from partybuild.demo.college import seed
from partybuild.demo.life import Life
from tests.demo import digest

# A busy machine is no finding.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

ROOT = Path(__file__).resolve().parents[2]
UNTIL = date(2025, 1, 4)
ELSEWHERE = """
import datetime, json, django
from django.conf import settings
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
django.setup()
from django.core.management import call_command
from tests.demo import digest
call_command("seed_demo", until=datetime.date.fromisoformat("{until}"), seed=1)
print(json.dumps([digest.people(), digest.life()]))
"""


@dataclass(frozen=True)
class Played:
    """Digests of the people and of their life in two runs, and of the life that another seed gives them."""

    first: tuple[str, dict[str, str]]
    elsewhere: tuple[str, dict[str, str]]
    other_seed: dict[str, str]


@pytest.fixture(autouse=True)
def forgotten_demo_day() -> Iterator[None]:
    """The process remembers the demo's day for a while: no test leaves one to the next."""
    clock._demo_cache = None
    yield
    clock._demo_cache = None


@contextmanager
def rolled_back() -> Iterator[None]:
    """Nothing of the block stays: neither its rows nor what the process remembers."""
    thresholds = gc.get_threshold()  # the seeding raises them for its process
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        gc.set_threshold(*thresholds)
        clock._demo_cache = None


def _start_elsewhere(folder: Path) -> "subprocess.Popen[str]":
    """Another process with an empty copy of the database and another order of its sets."""
    source, target = str(connection.settings_dict["NAME"]), str(folder / "partybuild.sqlite3")
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    mine = {"DEMO": "1", "VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "partybuild.settings", "PYTHONHASHSEED": "7"}
    command = [sys.executable, "-c", ELSEWHERE.format(until=UNTIL)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, env={**kept, **mine}, stdout=pipe, stderr=pipe, text=True)


@pytest.fixture(scope="module")
def played(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """The demo of seed 1 in the database while the tests of one module run, and the digests of two other runs."""
    if connection.vendor != "sqlite":
        pytest.skip("copies its database as a file")
    other_seed: list[dict[str, str]] = []

    def on_the_way(_words: str) -> None:
        """The roster is in and nothing has happened yet: another seed plays from here, and is forgotten."""
        with rolled_back():
            Life(seed=2, until=UNTIL, say=lambda _words: None).play()
            other_seed.append(digest.life())

    folder = tmp_path_factory.mktemp("elsewhere")
    with django_db_blocker.unblock(), _start_elsewhere(folder) as process, rolled_back():
        seed(until=UNTIL, number=1, say=on_the_way)
        first = (digest.people(), digest.life())
        output, problems = process.communicate(timeout=300)
        assert process.returncode == 0, problems
        people, life = json.loads(output.splitlines()[-1])
        yield Played(first, (people, life), other_seed[0])
