"""Sending: who gets what, at which cost, and what happens when the mail server does not play along."""

import datetime
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from notices import services
from notices.models import NightlyStep, Notice
from notices.services import claiming
from orgs.models import User
from tests.factories import make_officer
from tests.notices.builders import DAY, EVENING, make_people, make_person, message, states

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
NOTHING = {"persons": 0, "mails": 0, "sent": 0, "dropped": 0, "retried": 0, "failed": 0}
MINUTE = datetime.timedelta(minutes=1)


def counts(**given: int) -> dict[str, int]:
    return {**NOTHING, **given}


def owe_one_each(people: list[Any]) -> None:
    services.owe(messages=[message(person, position) for position, person in enumerate(people)])


def test_one_digest_per_person_and_nothing_the_second_time(branch):
    first, second = make_person(branch, "P001"), make_person(branch, "P002")
    services.owe(messages=[message(first, 1), message(first, 2, kind="due_soon"), message(second, 3)])
    assert services.send_pending(EVENING) == counts(persons=2, mails=2, sent=3)
    assert [m.to for m in mail.outbox] == [["p001@example.edu.cn"], ["p002@example.edu.cn"]]
    assert services.send_pending(EVENING) == NOTHING
    assert services.send_pending(EVENING + datetime.timedelta(days=1)) == NOTHING
    row = Notice.objects.get(subject="task:1")
    assert (row.state, row.attempts, row.sent_at, row.claim) == ("sent", 1, EVENING, "")
    assert row.message_id == f"<20260615.{first.pk}.digest.{row.pk}@127.0.0.1>"


def test_what_is_no_longer_true_is_dropped(branch, no_checks):
    first, second = make_person(branch, "P001"), make_person(branch, "P002")
    services.owe(messages=[message(first, 1), message(first, 2), message(second, 3), message(second, 9, subject="x:9")])
    asked: list[list[str]] = []

    def only_the_first(rows: list[Notice]) -> set[int]:
        asked.append([row.subject for row in rows])
        return {row.pk for row in rows if row.subject == "task:1"}

    no_checks["task"] = only_the_first
    assert services.send_pending(EVENING) == counts(persons=2, mails=2, sent=2, dropped=2)
    assert asked == [["task:1", "task:2", "task:3"]]
    assert states() == [("task:1", "sent"), ("task:2", "dropped"), ("task:3", "dropped"), ("x:9", "sent")]
    assert "事项2" not in mail.outbox[0].body


def test_nobody_is_written_to_when_nothing_is_true_any_more(branch, no_checks):
    services.owe(messages=[message(make_person(branch), 1)])
    no_checks["task"] = lambda rows: set()
    assert services.send_pending(EVENING) == counts(dropped=1)
    assert mail.outbox == []


def test_who_gets_no_mail_keeps_the_message_and_the_reason(branch):
    people = {
        "没有平台账号": make_person(branch, "P001", account=False),
        "账号已停用": make_person(branch, "P002"),
        "没有登记邮箱": make_person(branch, "P003", email=None),
        "本人关闭了提醒邮件": make_person(branch, "P004"),
    }
    User.objects.filter(username="P002").update(is_active=False)
    User.objects.filter(username="P004").update(receives_mail=False)
    owe_one_each(list(people.values()))
    assert services.send_pending(EVENING) == counts(dropped=4)
    assert mail.outbox == []
    found = dict(Notice.objects.values_list("last_error", "person_id"))
    assert found == {f"未发邮件：{reason}": person.pk for reason, person in people.items()}
    assert Notice.objects.in_bell().count() == 4


def test_urgent_messages_get_a_mail_of_their_own(branch):
    person = make_person(branch)
    services.owe(
        messages=[
            message(person, 1),
            message(person, 2, kind="info", title="核查结果已变更", is_urgent=True),
            message(person, 3),
        ]
    )
    assert services.send_pending(EVENING) == counts(persons=1, mails=2, sent=3)
    assert sorted(m.subject for m in mail.outbox) == ["党建提醒（6月15日）：已逾期 2 项", "核查结果已变更"]


def test_after_a_missed_night_only_the_newest_reminder_of_a_thing_is_sent(branch):
    person = make_person(branch)
    yesterday = DAY - datetime.timedelta(days=1)
    services.owe(
        messages=[
            message(person, 1, kind="due_today", day=yesterday, title="昨天说今天到期"),
            message(person, 1, kind="overdue", title="已逾期一天"),
            message(person, 1, kind="info", day=yesterday, title="换了承办人"),
        ]
    )
    assert services.send_pending(EVENING) == counts(persons=1, mails=1, sent=2, dropped=1)
    assert "昨天说今天到期" not in mail.outbox[0].body
    assert "换了承办人" in mail.outbox[0].body


def test_between_nights_digests_wait_but_urgent_retried_and_left_behind_messages_go(branch):
    people = make_people(branch, 5)
    services.owe(messages=[message(people[0], 1, day=DAY), message(people[1], 2, is_urgent=True)])
    services.owe(messages=[message(person, 3 + n) for n, person in enumerate(people[2:])])
    Notice.objects.filter(subject="task:3").update(attempts=1, next_attempt_at=EVENING - MINUTE)
    Notice.objects.filter(subject="task:4").update(
        state="claimed", claim="elsewhere.1:1:1:x", claimed_at=EVENING - claiming.LEASE
    )
    Notice.objects.filter(subject="task:5").update(
        state="claimed", claim="elsewhere.1:1:1:y", claimed_at=EVENING - claiming.LEASE + MINUTE
    )
    assert services.send_pending(EVENING, between_nights=True) == counts(persons=3, mails=3, sent=3)
    assert states() == [
        ("task:1", "pending"),
        ("task:2", "sent"),
        ("task:3", "sent"),
        ("task:4", "sent"),
        ("task:5", "claimed"),
    ]
    NightlyStep.objects.create(day=DAY, step=NightlyStep.MAIL, started_at=clock.now() + MINUTE)
    assert services.send_pending(EVENING, between_nights=True) == counts(persons=1, mails=1, sent=1)
    assert ("task:1", "sent") in states()


@pytest.mark.parametrize(("people", "queries"), [(50, 4), (150, 12)])
def test_a_batch_of_fifty_people_costs_four_queries(branch, no_checks, people, queries):
    everybody = make_people(branch, people)
    services.owe(messages=[message(person, n) for person in everybody for n in (1, 2, 3)])
    no_checks["task"] = lambda rows: set(
        Notice.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True)
    )
    with CaptureQueriesContext(connection) as before:
        services.send_pending(EVENING - datetime.timedelta(days=900), between_nights=True)
    with CaptureQueriesContext(connection) as captured:
        assert services.send_pending(EVENING) == counts(persons=people, mails=people, sent=3 * people)
    # Besides the batches: whose claims are dead, and that nothing is left (claim and look).
    assert len(captured) == queries + 3, [query["sql"][:80] for query in captured]
    assert len(before) == 4


@pytest.mark.smtp
def test_a_batch_shares_one_connection_and_the_mail_has_its_heads(branch, sink):
    people = make_people(branch, 3)
    owe_one_each(people)
    services.send_pending(EVENING)
    assert sink.recipients() == [person.email for person in people]
    assert len(sink.sessions) == 1
    first = sink.mails[0]
    row = Notice.objects.get(person=people[0])
    assert first["message-id"] == row.message_id
    assert first["auto-submitted"] == "auto-generated"
    assert first["date"].datetime == EVENING
    assert [part.get_content_type() for part in first.iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.smtp
def test_a_refused_address_is_tried_again_and_then_fails_and_can_be_sent_again(branch, root, sink):
    officer = make_officer(root)
    refused, fine = make_person(branch, "P001"), make_person(branch, "P002")
    sink.refused = {"p001@example.edu.cn"}
    owe_one_each([refused, fine])
    now = EVENING
    assert services.send_pending(now) == counts(persons=1, mails=1, sent=1, retried=1)
    for pause in claiming.BACK_OFF[:-1]:
        assert services.send_pending(now + pause - MINUTE) == NOTHING
        now += pause
        assert services.send_pending(now, between_nights=True) == counts(retried=1)
    now += claiming.BACK_OFF[-1]
    assert services.send_pending(now) == counts(failed=1)
    row = Notice.objects.get(person=refused)
    assert (row.state, row.attempts) == ("failed", 5)
    assert row.last_error == "收件地址被邮件服务器拒收：550 no such mailbox"
    assert services.send_pending(now + datetime.timedelta(days=9)) == NOTHING

    sink.refused = set()
    with clock.moved(now):
        assert services.resend(notice_ids=[row.pk], actor=officer) == 1
        assert services.resend(notice_ids=[row.pk], actor=officer) == 0
        assert services.send_pending(between_nights=True) == counts(persons=1, mails=1, sent=1)
    assert sink.recipients() == ["p002@example.edu.cn", "p001@example.edu.cn"]
    row.refresh_from_db()
    assert (row.state, row.attempts, row.last_error) == ("sent", 1, "")


def test_a_server_that_is_down_postpones_everybody_without_trying_each(branch, settings, free_port):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    owe_one_each(make_people(branch, 120))
    now = EVENING
    assert services.send_pending(now) == counts(retried=120)
    row = Notice.objects.order_by("-pk").first()
    assert row and (row.attempts, row.next_attempt_at) == (1, EVENING + 5 * MINUTE)
    assert row.last_error.startswith("连接不上邮件服务器：")
    for pause in claiming.BACK_OFF[:-1]:
        now += pause
        assert services.send_pending(now) == counts(retried=120)
    assert services.send_pending(now + claiming.BACK_OFF[-1]) == counts(failed=120)
    assert set(Notice.objects.values_list("state", "attempts")) == {("failed", 5)}


@pytest.mark.smtp
def test_a_server_back_again_gets_everything_once(branch, settings, sink):
    people = make_people(branch, 60)
    owe_one_each(people)
    right, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    assert services.send_pending(EVENING) == counts(retried=60)
    settings.EMAIL_PORT = right
    assert services.send_pending(EVENING + 5 * MINUTE, between_nights=True) == counts(persons=60, mails=60, sent=60)
    assert sink.recipients() == [person.email for person in people]


def test_an_unexpected_error_gives_the_batch_back(branch, monkeypatch):
    people = make_people(branch, 3)
    owe_one_each(people)
    Notice.objects.filter(subject="task:1").update(kind="unheard of")
    with pytest.raises(KeyError):
        services.send_pending(EVENING)
    assert states() == [("task:0", "sent"), ("task:1", "pending"), ("task:2", "pending")]


def test_a_claim_that_was_taken_over_is_not_overwritten(branch):
    services.owe(messages=[message(make_person(branch), 1)])
    row = Notice.objects.get()
    Notice.objects.update(state="claimed", claim="somebody else", claimed_at=EVENING)
    assert claiming.mark("mine", {row.pk: claiming.Outcome("sent", 1)}) == 0
    assert services.send_pending(EVENING) == NOTHING
