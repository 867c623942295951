"""Inviting people to set their password."""

import re

import pytest
from django.core import mail
from django.urls import reverse

from common import clock
from common.errors import InvalidInput, NotAllowed
from notices import services
from notices.models import Notice
from orgs.models import User
from tests.factories import make_officer, make_organisation
from tests.notices.builders import EVENING, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(root):
    return make_officer(root)


def test_the_link_in_the_mail_sets_the_password(office, branch, client, django_capture_on_commit_callbacks):
    person = make_person(branch, "P007", name="李明", formal_on=None)
    person.user.set_unusable_password()
    person.user.save()
    with clock.moved(EVENING), django_capture_on_commit_callbacks(execute=True):
        services.invite(person=person, actor=office)
    [sent] = mail.outbox
    assert (sent.to, sent.subject) == (["p007@example.edu.cn"], "邀请您使用党建平台")
    assert "李明同志：" in sent.body
    assert "您的账号是 P007。" in sent.body
    [link] = re.findall(r"http://127\.0\.0\.1:8000(/welcome/\S+)", sent.body)
    page = client.get(link, follow=True)
    answer = client.post(
        page.redirect_chain[-1][0], {"new_password1": "brand-new-words", "new_password2": "brand-new-words"}
    )
    assert answer.status_code == 302
    assert User.objects.get(username="P007").check_password("brand-new-words")
    assert User.objects.get(username="P007").invited_at == EVENING


def test_no_row_ever_holds_the_link(office, branch):
    services.invite(person=make_person(branch), actor=office)
    row = Notice.objects.get()
    assert (row.kind, row.url, row.is_urgent) == ("invitation", "", True)
    services.send_pending(EVENING)
    row.refresh_from_db()
    assert row.state == "sent"
    assert "welcome" not in " ".join(str(value) for value in row.__dict__.values())


def test_a_waiting_invitation_is_not_doubled_and_a_later_one_is_a_new_mail(office, branch):
    person = make_person(branch)
    with clock.moved(EVENING):
        services.invite(person=person, actor=office)
        services.invite(person=person, actor=office)
    assert Notice.objects.count() == 1
    services.send_pending(EVENING)
    with clock.moved(EVENING.replace(hour=21)):
        services.invite(person=person, actor=office)
        services.send_pending()
    assert len({sent.extra_headers["Message-ID"] for sent in mail.outbox}) == 2


def test_an_invitation_reaches_people_who_switched_reminders_off(office, branch):
    person = make_person(branch)
    User.objects.filter(person=person).update(receives_mail=False)
    services.invite(person=person, actor=office)
    assert services.send_pending(EVENING)["sent"] == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"account": False}, "没有启用的账号"),
        ({"is_active": False}, "没有启用的账号"),
        ({"email": None}, "没有登记邮箱"),
    ],
)
def test_who_cannot_be_invited(office, branch, change, words):
    person = make_person(branch, **{key: value for key, value in change.items() if key != "is_active"})
    if change.get("is_active") is False:
        person.user.is_active = False
        person.user.save()
    with pytest.raises(InvalidInput, match=words):
        services.invite(person=person, actor=office)
    assert not Notice.objects.exists()


def test_only_who_manages_the_organisation_invites(root, branch):
    person = make_person(branch)
    stranger = make_officer(make_organisation("DW02"))
    for actor in (make_officer(branch), stranger, person.user):
        with pytest.raises(NotAllowed):
            services.invite(person=person, actor=actor)
    assert not Notice.objects.exists()


def test_a_broken_broker_does_not_break_the_request(office, branch, settings, client, caplog, monkeypatch):
    from kombu.exceptions import OperationalError

    from notices import jobs

    def no_broker(**options: object) -> None:
        raise OperationalError("no broker")

    monkeypatch.setattr(jobs.send_pending, "apply_async", no_broker)
    client.force_login(office)
    person = make_person(branch)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.db.transaction.on_commit", lambda function: function())
        client.post(reverse("notices:invite", args=[person.number]))
    assert Notice.objects.get().state == "pending"
    assert "No broker" in caplog.text


def test_the_page_invites_and_says_so(office, branch, client):
    person = make_person(branch, "P007", name="李明")
    client.force_login(office)
    address = reverse("notices:invite", args=["P007"])
    assert client.get(address).status_code == 405
    answer = client.post(address)
    assert answer.url == reverse("orgs:person_detail", args=["P007"])
    assert Notice.objects.get().person == person
    client.force_login(make_officer(branch))
    assert client.post(address).status_code == 403
    client.force_login(make_officer(make_organisation("DW02")))
    assert client.post(address).status_code == 404
    assert Notice.objects.count() == 1
