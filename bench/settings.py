"""The platform's own settings plus the pages to compare with; the environment comes from ``bench.servers``."""

from partybuild import settings as platform
from partybuild.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
STATIC_ROOT = platform.VAR_DIR / "staticfiles"  # of this run, so that the checkout's own is left alone
TEMPLATES = [
    {**platform.TEMPLATES[0], "DIRS": [platform.BASE_DIR / "templates", platform.BASE_DIR / "bench" / "templates"]}
]
MIDDLEWARE = ["bench.views.processor_time", *platform.MIDDLEWARE]
