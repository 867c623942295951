"""A real worker takes a real message: from the folder that the demo uses, and from Redis."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# A task that leaves a mark; the worker imports it with --include.
JOB = """
from pathlib import Path
from partybuild.celery import app

@app.task(name="tests.mark")
def mark(path):
    Path(path).write_text("done")
"""


def mark_through_worker(tmp_path: Path, environment: dict[str, str]) -> None:
    """Send one message, start a worker, wait for the mark, and end the worker politely."""
    (tmp_path / "markjob.py").write_text(JOB)
    mark = tmp_path / "mark"
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    clean = {
        **kept,
        "DJANGO_SETTINGS_MODULE": "partybuild.settings",
        "VAR_DIR": str(tmp_path / "var"),
        "DEMO": "1",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}",
        **environment,
    }
    celery = [sys.executable, "-m", "celery", "-A", "partybuild"]
    worker = subprocess.Popen(
        [*celery, "worker", "--loglevel", "WARNING", "--without-gossip", "--without-mingle", "--include", "markjob"],
        cwd=ROOT,
        env=clean,
    )
    try:
        sent = subprocess.run([*celery, "call", "tests.mark", "-a", f'["{mark}"]'], cwd=ROOT, env=clean, timeout=60)
        assert sent.returncode == 0
        deadline = time.monotonic() + 30
        while not mark.exists() and worker.poll() is None and time.monotonic() < deadline:
            time.sleep(0.1)
        assert mark.exists(), "the message was not worked on within 30 seconds"
        worker.terminate()
        assert worker.wait(20) == 0
    finally:
        worker.kill()
        worker.wait()


def test_the_demo_queue_is_a_folder(tmp_path):
    mark_through_worker(tmp_path, {})
    assert (tmp_path / "var" / "broker" / "control").is_dir()


@pytest.mark.redis
def test_redis_is_the_queue_when_it_is_named(tmp_path, redis_url):
    mark_through_worker(tmp_path, {"REDIS_URL": redis_url})
    assert not (tmp_path / "var" / "broker").exists()
