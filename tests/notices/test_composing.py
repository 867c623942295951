"""What the mails say, to the letter."""

import datetime
import re

import pytest
from django.core import mail
from django.utils.html import escape

from notices import services
from notices.models import Notice
from tests.factories import make_organisation
from tests.notices.builders import DAY, EVENING, make_person, message

pytestmark = pytest.mark.django_db

DIGEST = """王芳同志：

截至2026年6月15日，有 3 件事请您留意。

【已逾期】1 项
1. 5月主题党日
   应于 6月8日前完成
   http://127.0.0.1:8000/meetings/new/?task=7&kind=theme_day

【即将到期】2 项
1. 第二季度党员大会
   http://127.0.0.1:8000/tasks/8/
2. 第二季度党课
   http://127.0.0.1:8000/notices/

全部待办：
http://127.0.0.1:8000/

--
您收到这封邮件，是因为您是教工第一党支部的党员，或在党组织中承担着上面的工作；每晚最多一封，办结的不再提醒。
不想再收提醒邮件，可在“我的账号”里关闭（站内消息保留）：
http://127.0.0.1:8000/account/
"""


def html_of(message: mail.EmailMessage) -> str:
    [(content, kind)] = message.alternatives  # type: ignore[attr-defined]
    assert kind == "text/html"
    return str(content)


def test_the_digest_to_the_letter(branch):
    person = make_person(branch, name="王芳")
    services.owe(
        messages=[
            message(person, 8, kind="due_soon", title="第二季度党员大会"),
            message(person, 9, kind="due_soon", title="第二季度党课", url=""),
            message(
                person,
                7,
                title="5月主题党日",
                detail="应于 6月8日前完成",
                url="/meetings/new/?task=7&kind=theme_day",
            ),
        ]
    )
    services.send_pending(EVENING)
    [sent] = mail.outbox
    assert sent.subject == "党建提醒（6月15日）：已逾期 1 项，即将到期 2 项"
    assert sent.body.rstrip() == DIGEST.rstrip()
    html = html_of(sent)
    assert re.findall(r'href="([^"]+)"', html) == [
        "http://127.0.0.1:8000/meetings/new/?task=7&amp;kind=theme_day",
        "http://127.0.0.1:8000/tasks/8/",
        "http://127.0.0.1:8000/notices/",
        "http://127.0.0.1:8000/",
        "http://127.0.0.1:8000/account/",
    ]
    assert not re.search(r"<(script|style|img|link)\b", html)


def test_everybody_reads_the_name_of_the_own_branch(branch, root):
    other = make_organisation("ZB777", root, level="branch", name="<机关>支部")
    people = [make_person(branch, "P001"), make_person(other, "P002"), make_person(None, "P003")]
    people.append(make_person(branch, "P004"))
    services.owe(messages=[message(person, 1) for person in people])
    services.send_pending(EVENING)
    reasons = ["您是教工第一党支部的党员", "您是<机关>支部的党员", "您在党组织中承担着", "您是教工第一党支部的党员"]
    for sent, reason in zip(mail.outbox, reasons, strict=True):
        assert f"您收到这封邮件，是因为{reason}" in sent.body
        assert f"您收到这封邮件，是因为{escape(reason)}" in html_of(sent)


def test_markup_in_a_title_stays_text(branch):
    services.owe(messages=[message(make_person(branch), 1, title="<b>粗</b> & 细")])
    services.send_pending(EVENING)
    [sent] = mail.outbox
    assert "<b>粗</b> & 细" in sent.body
    assert "&lt;b&gt;粗&lt;/b&gt; &amp; 细" in html_of(sent)


def test_an_address_outside_the_site_becomes_the_bell(branch):
    services.owe(messages=[message(make_person(branch), 1, url="https://evil.example/")])
    services.send_pending(EVENING)
    assert "evil" not in mail.outbox[0].body + html_of(mail.outbox[0])


def test_what_was_due_the_day_before_is_overdue_after_midnight(branch):
    services.owe(messages=[message(make_person(branch), 1, kind="due_today")])
    services.send_pending(EVENING + datetime.timedelta(hours=6))
    assert mail.outbox[0].subject == "党建提醒（6月16日）：已逾期 1 项"


def test_a_line_break_in_an_urgent_title_cannot_add_a_head(branch):
    title = "退回\r\nBcc: all@example.edu.cn"
    services.owe(messages=[message(make_person(branch), 1, kind="returned", title=title, is_urgent=True)])
    assert services.send_pending(EVENING)["sent"] == 1
    assert mail.outbox[0].subject == "退回 Bcc: all@example.edu.cn"
    assert mail.outbox[0].message()["Bcc"] is None


def test_the_message_id_is_the_same_at_every_attempt_and_another_for_another_mail(branch, settings):
    person = make_person(branch)
    services.owe(messages=[message(person, 1), message(person, 2, kind="info")])
    services.send_pending(EVENING)
    Notice.objects.update(state="pending", attempts=1)  # as if the process had died before marking
    services.send_pending(EVENING + datetime.timedelta(hours=9))
    services.owe(messages=[message(person, 3, day=DAY)])
    services.send_pending(EVENING)
    first, again, other = (sent.extra_headers["Message-ID"] for sent in mail.outbox)
    assert first == again != other
