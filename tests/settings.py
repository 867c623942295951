"""The platform's own settings, made quick and kept away from the developer's files.

The suite uses SQLite unless ``TEST_DATABASE_URL`` names a PostgreSQL server (``make test`` runs the marked tests there too).
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_scratch = Path(tempfile.mkdtemp(prefix="partybuild-tests-"))
_owner = os.getpid()


def _remove_scratch() -> None:
    if os.getpid() == _owner:  # not in a forked child
        shutil.rmtree(_scratch, ignore_errors=True)


atexit.register(_remove_scratch)

for name in ("REDIS_URL", "EMAIL_URL", "SITE_URL", "PORT", "HTTPS", "DEBUG", "BEHIND_PROXY", "DATABASE_URL"):
    os.environ.pop(name, None)
os.environ["VAR_DIR"] = str(_scratch)
os.environ["DEMO"] = "1"
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's loop runs in the thread that asks the database
if os.environ.get("TEST_DATABASE_URL"):
    os.environ["DATABASE_URL"] = os.environ["TEST_DATABASE_URL"]

from partybuild.settings import *  # noqa: E402, F403
from partybuild.settings import DATABASES, INSTALLED_APPS, LOGGING, MIDDLEWARE, STORAGES  # noqa: E402

SECRET_KEY = "a key for tests and nothing else"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
AXES_ENABLED = False  # switched on by the tests that are about it
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = True
INSTALLED_APPS = [*INSTALLED_APPS, "zeal"]
MIDDLEWARE = ["tests.middleware.one_query_per_list", *MIDDLEWARE]
LOGGING = {**LOGGING, "root": {"handlers": [], "level": "WARNING"}}

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file of this run: browser tests ask from several threads, and two runs at once must not meet.
    DATABASES["default"]["TEST"] = {"NAME": str(_scratch / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
else:
    DATABASES["default"]["TEST"] = {"NAME": f"test_partybuild_{_owner}"}
