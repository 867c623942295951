"""The night: order, stamps, failures, catching up, two at once, and the command."""

import datetime
import json
from io import StringIO
from unittest.mock import ANY

import pytest
from django.core.management import CommandError, call_command

from common import clock
from notices import claims
from notices.models import NightlyStep
from partybuild import jobs, nightly
from tests.factories import make_college
from tests.partybuild import steps

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 6, 15)
OK = {"first": {"done": 1}, "reminders": {"new": 2}, "mail": {"sent": 3}}


@pytest.fixture(autouse=True)
def own_steps(request, monkeypatch):
    if request.node.name == "test_the_real_steps_run_on_a_real_college":
        return
    steps.ran.clear()
    steps.broken.clear()
    names = ("first", "reminders", "mail")
    monkeypatch.setattr(nightly, "STEPS", [(name, f"tests.partybuild.steps.{name}") for name in names])


def day(number: int) -> datetime.date:
    return DAY.replace(day=number)


def night_row(number: int = 15) -> NightlyStep:
    return NightlyStep.objects.get(day=day(number), step="night")


def run_command(*arguments: str) -> dict:
    out = StringIO()
    call_command("nightly", *arguments, stdout=out)
    return json.loads(out.getvalue())


def test_steps_run_in_order_and_are_stamped():
    with clock.moved(DAY):
        result = nightly.run_night(DAY)
        now = clock.now()
    assert result == {"day": "2026-06-15", "ok": True, "steps": OK, "errors": {}, "skipped": ""}
    assert [entry[0] for entry in steps.ran] == ["first", "reminders", "mail"]
    stamps = NightlyStep.objects.order_by("pk").values_list("step", "started_at", "finished_at", "counts", "error")
    assert list(stamps) == [
        ("night", now, now, {"steps": 3, "failed": 0}, ""),
        *((step, now, now, counts, "") for step, counts in OK.items()),
    ]
    assert nightly.last_good_night() == DAY


def test_a_second_run_does_everything_again_and_leaves_one_row_per_step():
    nightly.run_night(DAY)
    assert nightly.run_night(DAY)["steps"] == OK
    assert NightlyStep.objects.count() == 4


def test_a_failing_step_does_not_stop_the_mails_and_is_told(caplog):
    steps.broken.add("first")
    result = nightly.run_night(DAY)
    assert not result["ok"]
    assert result["errors"] == {"first": "ValueError: no luck"}
    assert result["steps"] == {"reminders": {"new": 2}, "mail": {"sent": 3}}
    assert "Traceback" in caplog.text
    row = NightlyStep.objects.get(step="first")
    assert (row.error, row.finished_at is not None) == ("ValueError: no luck", True)
    assert night_row().error == "first"
    assert nightly.last_good_night() is None
    steps.broken.clear()
    assert nightly.run_night(DAY)["ok"]
    assert nightly.last_good_night() == DAY
    assert NightlyStep.objects.get(step="first").error == ""


def test_a_step_that_is_not_there_is_an_error_and_not_passed_over(monkeypatch):
    monkeypatch.setattr(nightly, "STEPS", [("lights", "nowhere.nightly.lights"), *nightly.STEPS])
    result = nightly.run_night(DAY)
    assert result["errors"] == {"lights": "ModuleNotFoundError: No module named 'nowhere'"}
    assert result["steps"] == OK


def test_reminders_catch_up_from_the_last_day_they_were_written():
    nightly.run_night(day(10))
    steps.broken.add("first")
    nightly.run_night(day(12))
    nightly.run_night(day(15))
    nightly.run_night(day(15))
    since = [entry[1:] for entry in steps.ran if entry[0] == "reminders"]
    assert since == [(day(10), day(9)), (day(12), day(10)), (day(15), day(12)), (day(15), day(12))]


def test_without_sending_the_mails_wait():
    result = nightly.run_night(DAY, send=False)
    assert list(result["steps"]) == ["first", "reminders"]
    assert not NightlyStep.objects.filter(step="mail").exists()


def test_a_night_that_another_process_is_at_is_left_alone():
    with clock.moved(DAY):
        NightlyStep.objects.create(
            day=DAY, step="night", started_at=clock.now(), claim="elsewhere.1:1:1:x", claimed_at=clock.now()
        )
        result = nightly.run_night(DAY)
    assert result["skipped"] == "another process is running this night"
    assert (result["ok"], steps.ran) == (False, [])
    assert night_row().claim == "elsewhere.1:1:1:x"


@pytest.mark.parametrize("how", ["gone", "out of time"])
def test_the_night_of_a_dead_process_is_taken_over(how):
    host, pid, start, rest = claims.new_token().split(":")
    token = f"{host}:{pid}:{int(start) - 1}:{rest}" if how == "gone" else "elsewhere.1:1:1:x"
    with clock.moved(DAY):
        age = datetime.timedelta(0) if how == "gone" else nightly.LEASE
        NightlyStep.objects.create(
            day=DAY, step="night", started_at=clock.now(), claim=token, claimed_at=clock.now() - age
        )
        assert nightly.run_night(DAY)["ok"]
    assert night_row().claim == ""


def test_a_night_that_was_taken_over_meanwhile_stops(monkeypatch):
    def steal(today: datetime.date) -> dict[str, int]:
        NightlyStep.objects.filter(step="night").update(claim="elsewhere.1:1:1:x")
        return {}

    monkeypatch.setattr(steps, "first", steal)
    result = nightly.run_night(DAY)
    assert result["skipped"] == "another process took this night over"
    assert steps.ran == []
    assert night_row().finished_at is None


def test_a_night_stopped_by_hand_can_start_again_at_once(monkeypatch):
    def stop(today: datetime.date) -> dict[str, int]:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(steps, "first", stop)
        with pytest.raises(KeyboardInterrupt):
            nightly.run_night(DAY)
    assert (night_row().claim, night_row().finished_at) == ("", None)
    assert nightly.run_night(DAY)["ok"]


def test_the_command_moves_the_demo_clock_to_that_evening():
    assert run_command("--date", "2026-06-15")["steps"] == OK
    assert steps.ran == [("first", DAY, DAY), ("reminders", DAY, day(14)), ("mail", DAY, DAY)]
    assert night_row().started_at == datetime.datetime(2026, 6, 15, 20, tzinfo=clock.SHANGHAI)


def test_the_command_without_a_date_is_today():
    with clock.moved(day(3)):
        assert run_command()["day"] == "2026-06-03"


def test_the_command_tells_a_failure_by_its_exit_status():
    steps.broken.add("first")
    out = StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("nightly", "--date", "2026-06-15", stdout=out)
    assert caught.value.returncode == 1
    assert json.loads(out.getvalue())["errors"] == {"first": "ValueError: no luck"}


def test_the_command_tells_that_it_did_nothing():
    now = datetime.datetime(2026, 6, 15, 20, tzinfo=clock.SHANGHAI)
    NightlyStep.objects.create(day=DAY, step="night", started_at=now, claim="elsewhere.1:1:1:x", claimed_at=now)
    with pytest.raises(CommandError) as caught:
        call_command("nightly", "--date", "2026-06-15", stdout=StringIO())
    assert caught.value.returncode == 2


def test_a_wrong_date_is_said_in_words():
    with pytest.raises(CommandError, match="is not a date like 2026-06-15"):
        call_command("nightly", "--date", "15.6.2026")


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "9999-12-31"])
def test_an_odd_year_is_refused_before_anything_runs(day):
    with pytest.raises(CommandError, match="is no plausible day: the year has to be from 2000 to"):
        call_command("nightly", "--date", day)
    assert steps.ran == []


def test_a_real_installation_keeps_its_clock_and_refuses_the_future(settings):
    today = clock.today()
    settings.DEMO = False
    with pytest.raises(CommandError, match="has not come yet"):
        call_command("nightly", "--date", str(today + datetime.timedelta(days=1)))
    yesterday = today - datetime.timedelta(days=1)
    err = StringIO()
    call_command("nightly", "--date", str(yesterday), stdout=StringIO(), stderr=err)
    assert ("first", yesterday, today) in steps.ran
    assert "Lights will stand as of" in err.getvalue()


def test_the_job_does_a_night_once_but_again_after_a_failure():
    with clock.moved(DAY):
        steps.broken.add("first")
        assert not jobs.nightly.delay().get()["ok"]
        steps.broken.clear()
        assert jobs.nightly.delay().get()["ok"]
        assert jobs.nightly.delay().get()["skipped"] == "already done"
    assert [entry[0] for entry in steps.ran].count("mail") == 2


def test_the_worker_knows_both_jobs():
    from partybuild.celery import app

    app.loader.import_default_modules()
    assert {"partybuild.nightly", "notices.send_pending"} <= set(app.tasks)


@pytest.mark.postgres
def test_the_real_steps_run_on_a_real_college():
    with clock.moved(datetime.datetime(2026, 6, 15, 20, tzinfo=clock.SHANGHAI)):
        make_college()
        first = nightly.run_night(DAY)
        second = nightly.run_night(DAY)
    assert first == {"day": "2026-06-15", "ok": True, "steps": ANY, "errors": {}, "skipped": ""}
    assert list(first["steps"]) == [
        "grants",
        "open_tasks",
        "lists",
        "list_records",
        "study_hours",
        "directives",
        "follow_ups",
        "lights",
        "slips",
        "ballots",
        "scores",
        "reminders",
        "mail",
    ]
    assert second["ok"]
    assert second["steps"]["mail"]["mails"] == 0
    assert json.loads(json.dumps(first)) == first
