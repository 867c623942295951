"""The demo college: the same for the same seed, only where it may be, and open to its seven roles."""

import datetime
import re

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from common import clock
from common.models import AcademicTerm, DemoState
from meetings.models import Gathering, Section
from notices.models import NightlyStep
from orgs.models import Organisation, Person, User
from partybuild.demo.accounts import PASSWORD, demo_accounts, give_passwords
from partybuild.demo.life import START
from tasks.models import Task, TaskEvent
from tests.demo import digest
from tests.demo.conftest import UNTIL, Played

pytestmark = pytest.mark.django_db
SHOWN = datetime.date(2026, 6, 15)
ROLES = ["党委书记", "组织部工作人员", "党总支书记", "党支部书记", "支部组织委员", "党小组组长", "普通党员"]


def day_of(moment: datetime.datetime) -> datetime.date:
    """The date in Shanghai."""
    return moment.astimezone(clock.SHANGHAI).date()


def test_the_same_seed_gives_the_same_college_in_another_process(played: Played) -> None:
    assert played.elsewhere == played.first


def test_another_seed_gives_another_life_to_the_same_people(played: Played) -> None:
    _people, life = played.first
    assert all(life[kind] != played.other_seed[kind] for kind in ("sections", "marks"))


def test_the_database_is_marked_and_has_its_day(played: Played) -> None:
    assert list(DemoState.objects.values_list("today", flat=True)) == [UNTIL]
    assert clock.today() == UNTIL


def test_the_whole_roster_is_there(played: Played) -> None:
    levels = Organisation.objects.order_by("depth").values_list("level", flat=True)
    assert {level: list(levels).count(level) for level in levels} == {"committee": 1, "general_branch": 8, "branch": 28}
    assert (Person.objects.count(), User.objects.count()) == (533, 533)
    assert AcademicTerm.objects.count() == 4


def test_life_keeps_to_its_days(played: Played) -> None:
    held = Section.objects.confirmed().values_list("held_on", flat=True)
    assert len(held) >= 8
    assert START <= min(held) <= max(held) <= UNTIL
    assert not Section.objects.exclude(state=Section.State.CONFIRMED).exists()
    for rows, moment in (
        (TaskEvent.objects, "at"),
        (Section.history, "history_date"),
        (Gathering.history, "created_at"),
    ):
        moments = rows.values_list(moment, flat=True)
        assert START <= day_of(min(moments)) <= day_of(max(moments)) <= UNTIL


def test_what_is_done_has_its_proof_and_nothing_else_has(played: Played) -> None:
    done = Task.objects.filter(state="done")
    assert done.count() == Section.objects.confirmed().count() > 0
    assert not done.filter(evidence_url="").exists()
    assert not Task.objects.exclude(state="done").exclude(evidence_url="").exists()


def test_the_last_night_has_run(played: Played) -> None:
    [whole] = NightlyStep.objects.filter(step=NightlyStep.WHOLE)
    assert (whole.day, whole.error) == (UNTIL - datetime.timedelta(days=1), "")
    assert whole.finished_at is not None
    assert day_of(whole.finished_at) == whole.day


def sign_in(user: User) -> str:
    """Sign in on the page as a browser does; the text of the desk."""
    browser = Client()
    answer = browser.post(reverse("orgs:login"), {"username": user.username, "password": PASSWORD}, follow=True)
    assert (answer.status_code, answer.redirect_chain) == (200, [("/", 302)])
    return answer.content.decode()


def test_the_accounts_of_the_demos_day_can_sign_in(played: Played) -> None:
    accounts = demo_accounts()
    # ZB203 elects its committee in September 2025: before, it has no commissioner.
    assert [account.role for account in accounts] == [role for role in ROLES if role != "支部组织委员"]
    for account in accounts:
        assert account.user.display_name in sign_in(account.user)


def test_seven_people_play_the_seven_roles_and_can_sign_in(played: Played) -> None:
    with clock.moved(SHOWN):
        give_passwords()
        accounts = demo_accounts()
        assert [account.role for account in accounts] == ROLES
        assert len({account.user.pk for account in accounts}) == 7
        for account in accounts:
            assert account.user.display_name in sign_in(account.user)
    places = {account.role: account.user.person.organisation.code for account in accounts[3:]}  # type: ignore[union-attr]
    assert set(places.values()) == {"ZB203"}


def test_nobody_else_can_sign_in(played: Played) -> None:
    with_password = {user.pk for user in User.objects.all() if user.has_usable_password()}
    assert with_password == {account.user.pk for account in demo_accounts()}


def test_the_accounts_are_listed_for_whoever_tries_the_demo(played: Played, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("demo_accounts")
    lines = capsys.readouterr().out.splitlines()
    assert [re.split(r"\t", line.strip())[1:3] for line in lines] == [
        [account.user.username, PASSWORD] for account in demo_accounts()
    ]


def test_a_database_that_holds_something_is_refused_and_left_alone(played: Played) -> None:
    with pytest.raises(CommandError, match="not empty"):
        call_command("seed_demo", until=UNTIL, seed=1)
    assert (digest.people(), digest.life()) == played.first
