"""The suite's own SMTP server is a real one."""

import pytest
from django.core.mail import send_mail


@pytest.mark.smtp
def test_a_mail_arrives(smtp_server):
    send_mail("题目", "正文", None, ["who@example.edu.cn"])
    [envelope] = smtp_server.envelopes
    assert envelope.rcpt_tos == ["who@example.edu.cn"]
