"""Settings from the environment: typed, loud, and the demo fenced in."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REAL = {
    "DATABASE_URL": "postgres://u:p@db.example.edu.cn/partybuild",
    "REDIS_URL": "redis://queue.example.edu.cn:6379/0",
    "SECRET_KEY": "k" * 50,
    "ALLOWED_HOSTS": "party.example.edu.cn, localhost",
    "SITE_URL": "https://party.example.edu.cn/",
    "EMAIL_URL": "smtp+tls://robot:secret@mail.example.edu.cn:587",
    "MAIL_SENDER": "robot@example.edu.cn",
}
READ = """
import json
from partybuild import settings
names = [n for n in dir(settings) if n.isupper()]
print(json.dumps({n: getattr(settings, n) for n in names}, default=str))
"""


def load(tmp_path: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Read the settings in a fresh process with this environment only."""
    clean = {"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path / "var"), **environment}
    return subprocess.run([sys.executable, "-c", READ], cwd=ROOT, env=clean, capture_output=True, text=True)


def settings_for(tmp_path: Path, environment: dict[str, str]) -> dict:
    done = load(tmp_path, environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_an_empty_environment_is_the_demo_at_home(tmp_path):
    found = settings_for(tmp_path, {})
    assert found["DEMO"] is True
    assert found["BIND"] == "127.0.0.1"
    assert set(found["ALLOWED_HOSTS"]) == {"127.0.0.1", "localhost", "[::1]"}
    assert found["SITE_URL"] == "http://127.0.0.1:8000"
    assert found["MAIL_DIR"] == str(tmp_path / "var" / "mails")
    assert not found["EMAIL_BACKEND"].endswith("smtp.EmailBackend")
    assert found["CELERY_BROKER_URL"] == "filesystem://localhost"
    assert found["DATABASES"]["default"]["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert found["MEDIA_ROOT"] == str(tmp_path / "var" / "uploads")


def test_the_demo_keeps_its_generated_key_to_itself(tmp_path):
    first = settings_for(tmp_path, {})["SECRET_KEY"]
    assert len(first) >= 50
    assert settings_for(tmp_path, {})["SECRET_KEY"] == first
    assert (tmp_path / "var" / "secret_key").stat().st_mode & 0o077 == 0


def test_the_demo_stays_at_home_whatever_the_environment_says(tmp_path):
    found = settings_for(tmp_path, {"BIND": "0.0.0.0", "ALLOWED_HOSTS": "*", "PORT": "8123"})
    assert found["BIND"] == "127.0.0.1"
    assert "*" not in found["ALLOWED_HOSTS"]
    assert found["SITE_URL"] == "http://127.0.0.1:8123"


def test_a_database_address_ends_the_demo(tmp_path):
    found = settings_for(tmp_path, REAL)
    assert found["DEMO"] is False
    assert found["SITE_URL"] == "https://party.example.edu.cn"
    assert found["ALLOWED_HOSTS"] == ["party.example.edu.cn", "localhost"]
    assert found["SESSION_COOKIE_SECURE"] and found["CSRF_COOKIE_SECURE"] and found["SECURE_SSL_REDIRECT"]
    assert found["SECURE_HSTS_SECONDS"] > 0
    assert found["CELERY_BROKER_URL"] == REAL["REDIS_URL"]
    assert found["EMAIL_HOST"] == "mail.example.edu.cn" and found["EMAIL_USE_TLS"] is True
    assert not (tmp_path / "var" / "secret_key").exists()


def test_the_demo_on_a_database_must_be_asked_for(tmp_path):
    found = settings_for(tmp_path, {"DATABASE_URL": REAL["DATABASE_URL"], "DEMO": "1"})
    assert found["DEMO"] is True and found["BIND"] == "127.0.0.1"


def test_everything_that_is_missing_is_named_at_once(tmp_path):
    done = load(tmp_path, {"DATABASE_URL": REAL["DATABASE_URL"]})
    assert done.returncode != 0
    assert "SECRET_KEY, ALLOWED_HOSTS, SITE_URL, EMAIL_URL, MAIL_SENDER" in done.stderr


def test_leaving_the_demo_needs_a_database(tmp_path):
    environment = {name: value for name, value in REAL.items() if name != "DATABASE_URL"} | {"DEMO": "0"}
    done = load(tmp_path, environment)
    assert done.returncode != 0 and "DATABASE_URL" in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DEMO", "ture", "neither yes nor no"),
        ("PORT", "80a", "not a whole number"),
        ("PORT", "70000", "not a whole number"),
        ("WORKER_THREADS", "0", "not a whole number"),
        ("HTTPS", "maybe", "neither yes nor no"),
        ("SECRET_KEY", "short", "too short"),
        ("SITE_URL", "http://party.example.edu.cn", "https://"),
    ],
)
def test_a_wrong_value_stops_the_start(tmp_path, name, value, said):
    done = load(tmp_path, {**REAL, name: value})
    assert done.returncode != 0
    assert said in done.stderr


def test_plain_http_can_be_asked_for(tmp_path):
    found = settings_for(tmp_path, {**REAL, "HTTPS": "0", "SITE_URL": "http://party.example.edu.cn"})
    assert not found["SESSION_COOKIE_SECURE"] and not found["SECURE_SSL_REDIRECT"]
    assert found["SECURE_HSTS_SECONDS"] == 0
