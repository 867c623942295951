"""Inviting everybody of an organisation who has no password yet."""

from __future__ import annotations

import datetime

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common import clock
from common.errors import NotAllowed
from notices import services
from notices.invitees import Invitees, invitees
from notices.models import Notice
from orgs.models import Organisation, Person, User
from tests.factories import make_officer, make_organisation
from tests.notices.builders import EVENING, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(root):
    return make_officer(root)


def waiting(branch: Organisation, number: str, **extra) -> Person:
    """Somebody with an account and no password of their own."""
    person = make_person(branch, number, **extra)
    person.user.set_unusable_password()
    person.user.save()
    return person


def numbers(found: Invitees) -> dict[str, list[str]]:
    """Who is where, by number."""
    groups = ("invited", "invited_today", "failed", "without_mail", "without_account", "disabled")
    return {name: [person.number for person in getattr(found, name)] for name in groups if getattr(found, name)} | {
        "ready": found.ready
    }


@pytest.fixture
def people(root, branch):
    """One of each sort in the branch, one in a neighbour, and one in another college."""
    sibling = make_organisation("ZB102", root, level="branch")
    for number in ("P1", "P2"):
        waiting(branch, number)
    waiting(sibling, "S1")
    waiting(make_organisation("DW02"), "X1")
    waiting(branch, "NOMAIL", email=None)
    waiting(branch, "CLOSED")
    User.objects.filter(username="CLOSED").update(is_active=False)
    make_person(branch, "NOACCOUNT", account=False)
    make_person(branch, "READY")
    left = waiting(branch, "LEFT")
    Person.objects.filter(pk=left.pk).update(organisation=None)
    return branch


def test_everybody_below_is_sorted(office, root, people):
    assert numbers(invitees(root)) == {
        "invited": ["P1", "P2", "S1"],
        "without_mail": ["NOMAIL"],
        "without_account": ["NOACCOUNT"],
        "disabled": ["CLOSED"],
        "ready": 2,  # READY and the officer
    }
    assert numbers(invitees(people))["invited"] == ["P1", "P2"]


def test_everybody_without_a_password_gets_one_mail(office, root, people, django_capture_on_commit_callbacks):
    with clock.moved(EVENING), django_capture_on_commit_callbacks(execute=True):
        done = services.invite_all(organisation=root, actor=office)
    assert numbers(done)["invited"] == ["P1", "P2", "S1"]
    assert sorted(address for sent in mail.outbox for address in sent.to) == [
        f"{number}@example.edu.cn" for number in ("p1", "p2", "s1")
    ]
    assert {sent.subject for sent in mail.outbox} == {"邀请您使用党建平台"}
    invited = User.objects.filter(invited_at=EVENING).values_list("username", flat=True)
    assert sorted(invited) == ["P1", "P2", "S1"]


def test_pressing_again_sends_nothing_twice_before_and_after_the_mail_left(office, root, people):
    with clock.moved(EVENING):
        services.invite_all(organisation=people, actor=office)
        again = services.invite_all(organisation=root, actor=office)
        assert numbers(again)["invited"] == ["S1"]
        assert numbers(again)["invited_today"] == ["P1", "P2"]
        services.send_pending()
        assert numbers(services.invite_all(organisation=root, actor=office)).get("invited") is None
        services.send_pending()
    assert len(mail.outbox) == 3


def test_who_was_invited_alone_today_is_left_out_and_is_invited_tomorrow(office, root, people):
    with clock.moved(EVENING):
        services.invite(person=Person.objects.get(number="P1"), actor=office)
        services.send_pending()
        assert numbers(services.invite_all(organisation=root, actor=office))["invited_today"] == ["P1"]
        services.send_pending()
    with clock.moved(EVENING + datetime.timedelta(days=1)):
        assert numbers(services.invite_all(organisation=root, actor=office))["invited"] == ["P1", "P2", "S1"]
        services.send_pending()
    assert len(mail.outbox) == 6


def test_a_failed_mail_is_told_and_left_to_the_delivery_page(office, root, people):
    with clock.moved(EVENING):
        services.invite_all(organisation=people, actor=office)
        Notice.objects.filter(person__number="P1").update(state=Notice.State.FAILED)
        Notice.objects.filter(person__number="P2").update(state=Notice.State.DROPPED)
        assert numbers(services.invite_all(organisation=people, actor=office)) == {
            "invited": ["P2"],  # what was dropped never left
            "failed": ["P1"],
            "without_mail": ["NOMAIL"],
            "without_account": ["NOACCOUNT"],
            "disabled": ["CLOSED"],
            "ready": 1,
        }
    assert Notice.objects.filter(person__number="P1").count() == 1


def test_only_who_manages_the_organisation_invites_it(root, people):
    stranger = make_officer(Organisation.objects.get(code="DW02"))
    for actor in (make_officer(people), stranger, User.objects.get(username="READY")):
        with pytest.raises(NotAllowed):
            services.invite_all(organisation=people, actor=actor)
    assert not Notice.objects.exists()


def test_the_page_shows_who_is_reached_before_anything_is_sent(office, root, people, client):
    client.force_login(office)
    url = reverse("notices:invite_all", args=["DW"])
    page = client.get(url).content.decode()
    assert "发送 3 封邀请" in page
    assert "没有登记邮箱：请先在人员页补上，或请本人到组织部办理（1）" in page
    assert 'href="/people/NOMAIL/"' in page
    assert not Notice.objects.exists()
    answer = client.post(url, follow=True)
    assert [str(message) for message in answer.context["messages"]] == [
        "已排入3封邀请邮件，几分钟内发出，结果见“提醒投递”。1人没有登记邮箱，没有发。"
    ]
    assert "现在没有需要发送的邀请。" in answer.content.decode()
    again = client.post(url, follow=True)
    assert [str(message) for message in again.context["messages"]] == ["没有需要发送的邀请。"]
    assert Notice.objects.count() == 3


def test_the_page_is_found_where_people_are_managed(office, root, people, client):
    link = f'href="{reverse("notices:invite_all", args=["DW"])}"'
    client.force_login(office)
    assert link in client.get(reverse("orgs:roster_import")).content.decode()
    assert link in client.get(reverse("orgs:organisation_detail", args=["DW"])).content.decode()


def test_the_page_costs_the_same_queries_for_one_person_and_for_three(office, root, people, client):
    client.force_login(office)
    counts = []
    for number in ("Q1", "Q2", "Q3"):
        waiting(people, number)
        waiting(people, f"{number}N", email=None)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get(reverse("notices:invite_all", args=["DW"]))
        counts.append(sum("SAVEPOINT" not in query["sql"] for query in captured.captured_queries))
    assert counts[0] == counts[2] <= 10, counts


def test_many_people_cost_few_queries(office, root, branch, django_assert_max_num_queries):
    for number in range(40):
        waiting(branch, f"M{number:03d}")
    with django_assert_max_num_queries(12):
        assert len(services.invite_all(organisation=root, actor=office).invited) == 40


def test_a_failed_invitation_after_which_another_was_written_is_not_sent_again(office, root, people):
    """Yesterday's mail failed, today everybody is invited anew: sending the old one again would be the second mail."""
    first = services.invite_all(organisation=root, actor=office)
    person = first.invited[0]
    old = Notice.objects.get(person=person)
    Notice.objects.filter(pk=old.pk).update(state=Notice.State.FAILED, day=old.day - datetime.timedelta(days=1))
    again = services.invite_all(organisation=root, actor=office)
    assert [one.pk for one in again.invited] == [person.pk]
    assert services.resend(notice_ids=[old.pk], actor=office) == 0
    assert list(Notice.objects.filter(person=person).order_by("pk").values_list("state", flat=True)) == [
        Notice.State.FAILED,
        Notice.State.PENDING,
    ]


def test_a_failed_invitation_that_is_sent_again_keeps_everybody_else_from_inviting(office, root, people):
    person = services.invite_all(organisation=root, actor=office).invited[0]
    old = Notice.objects.get(person=person)
    Notice.objects.filter(pk=old.pk).update(state=Notice.State.FAILED, day=old.day - datetime.timedelta(days=1))
    assert services.resend(notice_ids=[old.pk], actor=office) == 1
    assert person not in services.invite_all(organisation=root, actor=office).invited
    services.invite(person=person, actor=office)
    assert Notice.objects.filter(person=person).count() == 1
