"""The bell, the deliveries of the office, and the demo's mails, as pages."""

import datetime

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common import clock
from notices import mailbox, services
from notices.models import NightlyStep, Notice
from tests.factories import make_officer, make_organisation
from tests.notices.builders import DAY, EVENING, make_people, make_person, message

pytestmark = pytest.mark.django_db


@pytest.fixture
def today():
    with clock.moved(DAY):
        yield DAY


@pytest.fixture
def office(root):
    return make_officer(root)


def failed(person, number, **extra):
    services.owe(messages=[message(person, number, **extra)])
    Notice.objects.filter(subject=f"task:{number}").update(
        state="failed", attempts=5, last_error="连接不上邮件服务器：refused"
    )
    return Notice.objects.get(subject=f"task:{number}")


def test_the_bell_page_shows_own_messages_and_never_those_of_others(branch, client, today):
    mine, other = make_person(branch, "P001"), make_person(branch, "P002")
    services.owe(messages=[message(mine, 1, title="我的事"), message(other, 2, title="别人的事")])
    client.force_login(mine.user)
    page = client.get(reverse("notices:bell")).content.decode()
    assert "我的事" in page
    assert "别人的事" not in page
    theirs = Notice.objects.get(person=other)
    assert client.get(reverse("notices:open", args=[theirs.pk])).status_code == 404
    theirs.refresh_from_db()
    assert theirs.read_at is None


def test_opening_a_message_reads_it_and_leads_to_its_page(branch, client, today):
    person = make_person(branch)
    services.owe(messages=[message(person, 1, url="/tasks/1/?x=1"), message(person, 2, url="//evil.example/")])
    one, two = Notice.objects.order_by("pk")
    client.force_login(person.user)
    assert client.get(reverse("notices:open", args=[one.pk])).url == "/tasks/1/?x=1"
    assert client.get(reverse("notices:open", args=[two.pk])).url == reverse("notices:bell")
    assert Notice.objects.filter(read_at__isnull=True).count() == 0


def test_all_can_be_marked_as_read(branch, client, today):
    mine, other = make_person(branch, "P001"), make_person(branch, "P002")
    services.owe(messages=[message(mine, 1), message(mine, 2), message(other, 3)])
    client.force_login(mine.user)
    assert client.get(reverse("notices:read_all")).status_code == 405
    client.post(reverse("notices:read_all"))
    assert list(Notice.objects.filter(read_at__isnull=True).values_list("subject", flat=True)) == ["task:3"]


def test_an_empty_bell_says_what_to_do(branch, client, today):
    client.force_login(make_person(branch).user)
    assert "看看我的工作台" in client.get(reverse("notices:bell")).content.decode()


def queries_of(client, address):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_the_pages_cost_the_same_for_one_row_and_for_twenty(root, branch, client, today, office):
    person = make_person(branch)
    addresses = {reverse("notices:bell"): person.user, reverse("notices:delivery_list"): office}
    services.owe(messages=[message(person, 0)])
    costs = []
    for _round in range(2):
        for address, user in addresses.items():
            client.force_login(user)
            costs.append(queries_of(client, address))
        others = make_people(branch, 20) if not Notice.objects.filter(subject="task:9").exists() else []
        services.owe(messages=[message(each, 9) for each in [person, *others]])
    assert costs[:2] == costs[2:]
    assert max(costs) <= 10


def test_deliveries_are_for_the_office_and_of_its_own_tree(root, branch, client, today, office):
    elsewhere = make_organisation("DW02")
    inside = failed(make_person(branch, "P001", name="本校的人"), 1)
    outside = failed(make_person(elsewhere, "P002", name="外校的人"), 2)
    address = reverse("notices:delivery_list")
    for user in (make_officer(branch), inside.person.user):
        client.force_login(user)
        assert client.get(address).status_code == 403
        assert client.post(reverse("notices:resend"), {"notice": inside.pk}).status_code == 403
    client.force_login(office)
    page = client.get(address).content.decode()
    assert "本校的人" in page
    assert "外校的人" not in page
    assert "连接不上邮件服务器：refused" in page
    assert "重发全部失败的 1 条" in page
    assert client.post(reverse("notices:resend"), {"notice": outside.pk}).status_code == 404
    client.post(reverse("notices:resend"))
    assert list(Notice.objects.order_by("pk").values_list("state", flat=True)) == ["pending", "failed"]


def test_failed_ones_stand_first_whatever_their_age_and_old_sent_ones_are_gone(branch, client, today, office):
    person = make_person(branch)
    old = DAY - datetime.timedelta(days=31)
    failed(person, 1, day=old)
    services.owe(messages=[message(person, 2, day=old), message(person, 3), message(person, 4)])
    Notice.objects.filter(subject__in=["task:2", "task:3"]).update(state="sent")
    client.force_login(office)
    rows = client.get(reverse("notices:delivery_list")).context["page"].object_list
    assert [row.subject for row in rows] == ["task:1", "task:4", "task:3"]
    rows = client.get(reverse("notices:delivery_list"), {"state": "sent"}).context["page"].object_list
    assert [row.subject for row in rows] == ["task:3"]


def test_sending_again_tells_the_truth(branch, client, today, office):
    row = failed(make_person(branch), 1)
    client.force_login(office)
    answer = client.post(reverse("notices:resend"), {"notice": row.pk}, follow=True).content.decode()
    assert "已重新排队 1 条" in answer
    answer = client.post(reverse("notices:resend"), {"notice": row.pk}, follow=True).content.decode()
    assert "1 条没有重发：后来已有新的邀请，或者状态已经变化" in answer and "已重新排队" not in answer
    assert client.post(reverse("notices:resend"), {"notice": "abc"}).status_code == 404
    answer = client.post(reverse("notices:resend"), follow=True).content.decode()
    assert "没有发送失败的消息需要重发" in answer


def test_of_many_it_says_how_many_were_left_out_and_why(branch, client, today, office):
    """One failed reminder, and a failed invitation after which another one waits."""
    person = make_person(branch)
    failed(person, 1)
    old = failed(person, 2)
    Notice.objects.filter(pk=old.pk).update(kind="invitation")
    services.owe(messages=[message(person, 3)])
    Notice.objects.filter(subject="task:3").update(kind="invitation")
    client.force_login(office)
    answer = client.post(reverse("notices:resend"), follow=True).content.decode()
    assert "已重新排队 1 条" in answer and "1 条没有重发：后来已有新的邀请" in answer


def test_when_no_night_ended_well_the_page_says_what_to_do(branch, client, today, office):
    client.force_login(office)
    NightlyStep.objects.create(day=DAY, step="night", error="lights", started_at=EVENING, finished_at=EVENING)
    page = client.get(reverse("notices:delivery_list")).content.decode()
    assert "还没有一晚全部顺利完成。" in page
    assert "还没有到第一个晚上" not in page


def test_the_office_reads_how_the_nights_went(branch, client, today, office):
    client.force_login(office)
    first = client.get(reverse("notices:delivery_list")).content.decode()
    assert "还没有到第一个晚上：每晚 20:00 自动写出提醒并发信" in first
    assert not [word for word in ("beat", "worker", "manage.py", "nightly") if word in first.partition("<main")[2]]
    stamps = {"started_at": EVENING, "finished_at": EVENING}
    before = DAY - datetime.timedelta(days=1)
    NightlyStep.objects.create(day=before, step="night", **stamps)
    NightlyStep.objects.create(day=DAY, step="night", error="lights", **stamps)
    NightlyStep.objects.create(day=DAY, step="lights", error="ValueError: 灯坏了", **stamps)
    NightlyStep.objects.create(day=DAY, step="mail", counts={"sent": 12}, **stamps)
    response = client.get(reverse("notices:delivery_list"))
    assert response.context["last_good"] == before
    page = response.content.decode()
    for words in ("有步骤失败", "更新亮灯", "ValueError: 灯坏了", "发送邮件", "发出 12"):
        assert words in page


@pytest.fixture
def demo_mail(settings):
    settings.EMAIL_BACKEND = "notices.mailbox.MailFolderBackend"
    message = EmailMultiAlternatives("题目", "正文 http://127.0.0.1:8000/tasks/1/", None, ["a@example.edu.cn"])
    message.attach_alternative("<p style='color:red'>网页<script>alert(1)</script></p>", "text/html")
    message.send()
    [name] = mailbox.names()
    return name


def test_the_demo_writes_one_private_file_per_mail(demo_mail, settings):
    path = settings.MAIL_DIR / demo_mail
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in settings.MAIL_DIR.iterdir()] == [demo_mail]
    stored = mailbox.read(demo_mail)
    assert (stored.subject, stored.recipient) == ("题目", "a@example.edu.cn")
    assert stored.text.strip() == "正文 http://127.0.0.1:8000/tasks/1/"


def test_the_mail_written_last_stands_first(settings):
    settings.EMAIL_BACKEND = "notices.mailbox.MailFolderBackend"
    assert mailbox.names() == []
    sender = get_connection()
    for number in range(3):
        with clock.moved(EVENING - datetime.timedelta(days=number)):
            sender.send_messages([EmailMultiAlternatives(f"第{number}封", "", None, ["a@example.edu.cn"])])
    stored = [mailbox.read(name) for name in mailbox.names()]
    assert [mail.subject for mail in stored if mail] == ["第2封", "第1封", "第0封"]


def test_demo_mails_are_read_on_pages(branch, client, demo_mail):
    address = reverse("notices:demo_mail_list")
    assert client.get(address).url.startswith("/login/")
    client.force_login(make_person(branch).user)
    assert "题目" in client.get(address).content.decode()
    page = client.get(reverse("notices:demo_mail_detail", args=[demo_mail])).content.decode()
    assert '<a href="http://127.0.0.1:8000/tasks/1/"' in page
    assert "alert(1)" not in page
    html = client.get(reverse("notices:demo_mail_html", args=[demo_mail]))
    assert "alert(1)" in html.content.decode()
    assert html["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-top-navigation-by-user-activation"
    )


@pytest.mark.parametrize("name", ["..%2Fsecret_key", "secret_key", ".draft-x", "a.eml/../../secret_key", "none.eml"])
def test_only_mails_of_the_folder_are_read(branch, client, demo_mail, settings, name):
    (settings.MAIL_DIR.parent / "secret_key").write_text("secret")
    (settings.MAIL_DIR / "secret_key").write_text("secret")
    client.force_login(make_person(branch).user)
    assert client.get(f"/demo/mails/{name}/").status_code == 404
    assert client.get(f"/demo/mails/{name}/html/").status_code == 404
    assert mailbox.read(name.replace("%2F", "/")) is None


def test_outside_the_demo_there_are_no_such_pages(branch, client, demo_mail, settings):
    client.force_login(make_person(branch).user)
    settings.DEMO = False
    for address in ("/demo/mails/", f"/demo/mails/{demo_mail}/", f"/demo/mails/{demo_mail}/html/"):
        assert client.get(address).status_code == 404
