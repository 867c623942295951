"""The system checks of the house."""

from pathlib import Path

import pytest
from django.core.checks import run_checks

from partybuild import checks


def ids(messages):
    return [message.id for message in messages]


def test_the_shipped_settings_pass():
    assert not [message for message in run_checks() if message.is_serious() and not message.is_silenced()]


@pytest.mark.parametrize(("name", "value"), [("BIND", "0.0.0.0"), ("ALLOWED_HOSTS", ["*"])])
def test_a_demo_open_to_others_is_refused(settings, name, value):
    setattr(settings, name, value)
    assert ids(checks.demo_stays_at_home(None)) == ["partybuild.E001"]


def test_uploads_under_a_served_folder_are_refused(settings):
    settings.MEDIA_ROOT = Path(settings.STATIC_ROOT) / "uploads"
    assert ids(checks.uploads_stay_private(None)) == ["partybuild.E002"]


def test_mails_must_lead_to_this_platform(settings):
    settings.SITE_URL = "https://elsewhere.example.edu.cn"
    assert ids(checks.mails_lead_here(None)) == ["partybuild.E003"]


def test_a_real_installation_without_redis_is_warned(settings):
    settings.DEMO, settings.REDIS_URL = False, ""
    assert ids(checks.real_queue(None)) == ["partybuild.W001"]
    settings.REDIS_URL = "redis://queue:6379/0"
    assert checks.real_queue(None) == []
