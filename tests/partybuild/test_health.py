"""The two health addresses and the headers that every answer carries."""

import pytest
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder


def test_healthz_asks_nothing(client, django_assert_num_queries):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.postgres
@pytest.mark.django_db
def test_readyz_when_all_is_well(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):
        answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (200, b"ready\n")


@pytest.mark.postgres
@pytest.mark.django_db
def test_readyz_names_the_room_whose_migration_is_missing(client):
    recorder = MigrationRecorder(connection)
    newest = recorder.migration_qs.filter(app="sessions").latest("id")
    newest.delete()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"migrations missing: sessions\n")


def test_readyz_without_a_database(client, monkeypatch):
    def fail(self):
        raise DatabaseError("gone")

    monkeypatch.setattr(MigrationRecorder, "applied_migrations", fail)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"database unreachable\n")


def test_every_answer_forbids_what_the_platform_does_not_use(client):
    answer = client.get("/healthz")
    policy = dict(rule.strip().split(" ", 1) for rule in answer["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"


@pytest.mark.postgres(only=True)
@pytest.mark.django_db
def test_the_second_run_is_on_postgresql():
    assert connection.vendor == "postgresql"
