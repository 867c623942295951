"""Settings of gunicorn, the same on a laptop and in a container: ``gunicorn -c python:partybuild.webserver``."""

import gc
from pathlib import Path

from partybuild import settings
from partybuild.environment import whole_number

wsgi_app = "partybuild.wsgi:application"
bind = f"{settings.BIND}:{settings.PORT}"
workers = whole_number("WEB_WORKERS", 2, 1, 64)
worker_class = "gthread"
threads = whole_number("WEB_THREADS", 4, 1, 64)
preload_app = True  # the workers share the memory of the code
timeout = 60
graceful_timeout = 10
max_requests = 5000
max_requests_jitter = 500
loglevel = "warning"
if Path("/dev/shm").is_dir():  # noqa: S108
    worker_tmp_dir = "/dev/shm"  # noqa: S108


def when_ready(server: object) -> None:
    """Load the pages before the workers fork, so that they share that memory too."""
    from django.template.loader import get_template
    from django.urls import get_resolver

    get_resolver().url_patterns  # noqa: B018 - reading it imports every page
    get_template("base.html")
    gc.collect()
    gc.freeze()
