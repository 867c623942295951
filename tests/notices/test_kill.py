"""A process killed half-way through the night, on a real mail server, in a process of its own."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from django.db import connection

from notices import services
from notices.models import Notice
from tests.factories import make_organisation
from tests.notices.builders import make_people, message

ROOT = Path(__file__).resolve().parents[2]
SEND = (
    "import json, django; django.setup(); from notices.services import send_pending; print(json.dumps(send_pending()))"
)


def environment(tmp_path: Path, port: int) -> dict[str, str]:
    """The platform's own settings on the database of this test."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        database = f"sqlite:///{name}"
    else:
        database = urlsplit(os.environ["TEST_DATABASE_URL"])._replace(path=f"/{quote(str(name))}").geturl()
    return {
        **{key: value for key, value in os.environ.items() if key != "REDIS_URL"},
        "DJANGO_SETTINGS_MODULE": "partybuild.settings",
        "DEMO": "1",
        "VAR_DIR": str(tmp_path),
        "DATABASE_URL": database,
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
    }


@pytest.mark.postgres
@pytest.mark.smtp
@pytest.mark.django_db(transaction=True)
def test_after_kill_9_nobody_is_missed_and_at_most_one_batch_is_doubled(sink, settings, tmp_path):
    branch = make_organisation("ZB101", make_organisation("DW"), level="branch")
    people = make_people(branch, 120)
    services.owe(messages=[message(person, n, subject=f"note:{n}") for person in people for n in (1, 2)])
    sink.stall_at = 71  # the twenty-first of the second batch
    process = subprocess.Popen([sys.executable, "-c", SEND], cwd=ROOT, env=environment(tmp_path, settings.EMAIL_PORT))
    try:
        while not sink.stalled.wait(0.1):
            assert process.poll() is None, "the process ended before the mail at which the server stalls"
    finally:
        process.kill()
        process.wait()
    assert Counter(Notice.objects.values_list("state", flat=True)) == {"sent": 100, "claimed": 100, "pending": 40}
    sink.stall_at = 0
    sink.release.set()

    counts = services.send_pending()
    assert (counts["persons"], counts["mails"], counts["sent"], counts["dropped"]) == (70, 70, 140, 0)
    received = Counter(sink.recipients())
    assert set(received) == {person.email for person in people}
    twice = [address for address, times in received.items() if times > 1]
    assert sorted(twice) == [person.email for person in people[50:70]]
    by_address: dict[str, set[str]] = {}
    for mail in sink.mails:
        by_address.setdefault(str(mail["to"]), set()).add(str(mail["message-id"]))
    assert all(len(ids) == 1 for ids in by_address.values()), "a doubled mail can be recognised by its Message-ID"

    assert services.send_pending()["mails"] == 0
    assert Counter(Notice.objects.values_list("state", flat=True)) == {"sent": 240}


@pytest.mark.postgres
@pytest.mark.smtp
@pytest.mark.django_db(transaction=True)
def test_two_processes_at_once_send_every_mail_once(sink, settings, tmp_path):
    branch = make_organisation("ZB101", make_organisation("DW"), level="branch")
    people = make_people(branch, 160)
    services.owe(messages=[message(person, subject="note:1") for person in people])
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", SEND],
            cwd=ROOT,
            env=environment(tmp_path, settings.EMAIL_PORT),
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    results = [json.loads(process.communicate(timeout=90)[0]) for process in processes]
    assert sum(result["sent"] for result in results) == 160
    assert sorted(sink.recipients()) == [person.email for person in people]
