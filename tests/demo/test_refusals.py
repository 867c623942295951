"""Where no demo may be made, and what stays of one that could not be finished: nothing."""

import datetime
import gc
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from common import clock
from common.models import AcademicTerm, DemoState
from meetings.models import MeetingKind
from orgs.models import Organisation, Person, User
from partybuild.demo.accounts import demo_accounts
from partybuild.demo.college import seed
from partybuild.demo.life import START
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db
UNTIL = datetime.date(2025, 1, 6)


@pytest.fixture(autouse=True)
def collecting_as_before() -> Iterator[None]:
    """The seeding changes how its process collects garbage."""
    thresholds = gc.get_threshold()
    yield
    gc.set_threshold(*thresholds)


def rows() -> list[int]:
    """How much there is of what the demo makes."""
    models: list[Any] = [Organisation, Person, User, AcademicTerm, MeetingKind, DemoState]
    return [model._default_manager.count() for model in models]


def test_a_real_installation_is_refused(settings: Any) -> None:
    before = rows()
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("seed_demo", until=UNTIL)
    with pytest.raises(clock.ClockRefused):
        seed(until=UNTIL, number=1, say=print)
    with pytest.raises(ImproperlyConfigured, match="DEMO=1"):
        demo_accounts()
    settings.DEMO = True
    assert rows() == before


def test_one_organisation_or_one_person_is_enough_to_be_refused() -> None:
    make_organisation("DW")
    with pytest.raises(CommandError, match="not empty"):
        call_command("seed_demo", until=UNTIL)
    Organisation.objects.all().delete()
    make_person(None)
    with pytest.raises(CommandError, match="not empty"):
        call_command("seed_demo", until=UNTIL)
    assert (Organisation.objects.count(), Person.objects.count()) == (0, 1)


@pytest.mark.parametrize("until", [START, START - datetime.timedelta(days=1)])
def test_a_day_before_the_demo_begins_is_refused(until: datetime.date) -> None:
    with pytest.raises(CommandError, match="must be after 2025-01-01"):
        call_command("seed_demo", until=until)
    assert not Organisation.objects.exists()


def test_accounts_are_not_listed_before_there_is_a_demo() -> None:
    with pytest.raises(CommandError, match="seed_demo"):
        call_command("demo_accounts")


def test_a_demo_that_could_not_be_finished_leaves_nothing() -> None:
    before = rows()

    def stop(_words: str) -> None:
        assert Organisation.objects.count() == 37
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        seed(until=UNTIL, number=1, say=stop)
    assert rows() == before
