"""Sending what is owed: claim, re-check, one digest per person, mark."""

from __future__ import annotations

import datetime
import smtplib
import time
from collections import Counter
from contextlib import suppress
from typing import Any

from django.core.mail import get_connection

from common import clock
from common.sentences import written as _
from notices import claims
from notices.models import Notice
from notices.services import claiming
from notices.services.claiming import Outcome, Scope
from notices.services.composing import Mail, address_of, compose, group_mails
from notices.services.truth import still_true

COUNTS = ("persons", "mails", "sent", "dropped", "retried", "failed")
# A batch that a slow server draws out ends well before its lease does; the rest goes back into the queue.
BATCH_SECONDS = claiming.LEASE.total_seconds() / 2
BREAKS_IN_A_ROW = 3  # then the server counts as down
# Reminders that a later one of the same row in this table replaces; every other message stands for itself.
_REMINDERS: dict[str, str] = {
    Notice.Kind.OVERDUE: "deadline",
    Notice.Kind.DUE_TODAY: "deadline",
    Notice.Kind.DUE_SOON: "deadline",
    Notice.Kind.TO_REVIEW: "review",
}

State = Notice.State


def send_pending(now: datetime.datetime | None = None, *, between_nights: bool = False) -> dict[str, int]:
    """Send every message that is due, in batches of fifty people; returns the counts of this run.

    Args: ``now``, the time that due dates and back-off go by (default: the clock, read anew for each batch);
    ``between_nights``: leave digests to their night and take only what is urgent, retried or left behind.

    Counts: ``persons`` and ``mails`` that got through; ``sent``, ``dropped`` (no longer true, or no mail possible),
    ``retried`` (tried in vain, waits) and ``failed`` (attempts used up) count messages. Four queries a batch: claim,
    read, re-check (one per room concerned), mark. Must not run inside a transaction: a claim has to be visible to
    other processes before the first mail leaves. A process killed within a batch leaves at most that batch to be
    sent twice and none unsent. Side effects: mails, and the states of the messages.
    """
    counts: Counter[str] = Counter(dict.fromkeys(COUNTS, 0))
    scope = Scope.read(between_nights)
    while True:
        at = now or clock.now()
        due = scope.due(at)
        batch = Batch(at, counts)
        if not claiming.claim_batch(due, batch.token, at):
            if Notice.objects.filter(due).exists():
                continue  # another process took these very people in the same moment
            break
        people = batch.send()
        if batch.server_down:
            retried, failed = claiming.postpone(due, batch.server_down, at)
            counts.update(retried=retried, failed=failed)
            break
        if people < claiming.PEOPLE_PER_BATCH:
            break
    return dict(counts)


class Batch:
    """The messages of up to fifty people under one claim, sent through one connection."""

    def __init__(self, now: datetime.datetime, counts: Counter[str]) -> None:
        self.now = now
        self.counts = counts
        self.token = claims.new_token()
        self.notices: list[Notice] = []
        self.outcomes: dict[int, Outcome] = {}
        self.server_down = ""

    def send(self) -> int:
        """Send the claimed messages; returns the number of people. Whatever happens, what was tried is marked."""
        self.notices = claiming.claimed(self.token)
        try:
            self._deliver(group_mails(self._worth_sending()))
        finally:
            for notice in self.notices:
                self.outcomes.setdefault(notice.pk, claiming.untouched(notice))
            claiming.mark(self.token, self.outcomes)
        return len({notice.person_id for notice in self.notices})

    def _worth_sending(self) -> list[Notice]:
        """The messages that are still true and can be mailed; the others are dropped."""
        true = still_true(self.notices)
        newest = _newest_days(self.notices)
        kept = []
        for notice in self.notices:
            if notice.pk not in true or notice.day < newest.get(_reminder_key(notice), notice.day):
                self._drop(notice, "")
            elif reason := _no_mail_because(notice):
                self._drop(notice, reason)
            else:
                kept.append(notice)
        return kept

    def _drop(self, notice: Notice, reason: str) -> None:
        self.outcomes[notice.pk] = Outcome(State.DROPPED, notice.attempts, error=reason)
        self.counts["dropped"] += 1

    def _deliver(self, mails: list[Mail]) -> None:
        connection = get_connection()
        ends = time.monotonic() + BATCH_SECONDS
        reached: set[int] = set()
        breaks = 0
        try:
            for position, mail in enumerate(mails):
                if time.monotonic() > ends:
                    break
                try:
                    connection.open()
                except OSError as error:
                    self._give_up(mails[position:], error)
                    break
                broken = self._send_one(connection, mail, reached)
                breaks = breaks + 1 if broken else 0
                if broken and breaks >= BREAKS_IN_A_ROW:
                    self._give_up(mails[position + 1 :], broken)
                    break
        finally:
            _close(connection)
        self.counts["persons"] += len(reached)

    def _send_one(self, connection: Any, mail: Mail, reached: set[int]) -> OSError | None:
        """Send one mail and note its outcome; returns the error if the connection broke over it."""
        try:
            connection.send_messages([compose(mail, self.now, connection)])
        except (OSError, ValueError) as error:
            # After any error the next mail begins with a new connection: the old one may be half-way through this.
            _close(connection)
            self._failed(mail, error)
            is_refusal = isinstance(error, smtplib.SMTPException) and not isinstance(
                error, smtplib.SMTPServerDisconnected
            )
            return error if isinstance(error, OSError) and not is_refusal else None
        for notice in mail.notices:
            self.outcomes[notice.pk] = Outcome(
                State.SENT, notice.attempts + 1, message_id=mail.message_id, sent_at=self.now
            )
        reached.add(mail.person.pk)
        self.counts["mails"] += 1
        self.counts["sent"] += len(mail.notices)
        return None

    def _failed(self, mail: Mail, error: Exception) -> None:
        for notice in mail.notices:
            outcome = claiming.failed_attempt(notice, explain(error), self.now)
            self.outcomes[notice.pk] = outcome
            self.counts["failed" if outcome.state == State.FAILED else "retried"] += 1

    def _give_up(self, mails: list[Mail], error: OSError) -> None:
        """The server is down: the rest of the batch waits like everything else that is due."""
        for mail in mails:
            self._failed(mail, error)
        self.server_down = explain(error)


def _reminder_key(notice: Notice) -> tuple[int, str, str]:
    return (notice.person_id, notice.subject, _REMINDERS.get(notice.kind, ""))


def _newest_days(notices: list[Notice]) -> dict[tuple[int, str, str], datetime.date]:
    """The latest day of each person's reminders of the same thing: after a missed night only the newest is sent."""
    newest: dict[tuple[int, str, str], datetime.date] = {}
    for notice in notices:
        key = _reminder_key(notice)
        if key[2]:
            newest[key] = max(notice.day, newest.get(key, notice.day))
    return newest


def _no_mail_because(notice: Notice) -> str:
    """Why no mail may go out, in plain words; empty when it may. The message stays in the bell."""
    user = getattr(notice.person, "user", None)
    if user is None:
        return _("未发邮件：没有平台账号")
    if not user.is_active:
        return _("未发邮件：账号已停用")
    if not address_of(notice.person):
        return _("未发邮件：没有登记邮箱")
    if not user.receives_mail and notice.kind != Notice.Kind.INVITATION:
        return _("未发邮件：本人关闭了提醒邮件")
    return ""


def explain(error: Exception) -> str:
    """A mail error in plain words with the server's own answer, at most 500 characters."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, answer = next(iter(error.recipients.values()))
        text = _("收件地址被邮件服务器拒收：%(answer)s") % {"answer": _answer(code, answer)}
    elif isinstance(error, smtplib.SMTPAuthenticationError):
        text = _("邮件服务器不接受平台的账号和密码：%(answer)s") % {
            "answer": _answer(error.smtp_code, error.smtp_error)
        }
    elif isinstance(error, smtplib.SMTPResponseException):
        text = _("邮件服务器拒收：%(answer)s") % {"answer": _answer(error.smtp_code, error.smtp_error)}
    elif isinstance(error, OSError):
        text = _("连接不上邮件服务器：%(answer)s") % {"answer": error}
    else:
        text = _("邮件内容或地址有误：%(answer)s") % {"answer": error}
    return text[:500]


def _answer(code: int, answer: bytes | str) -> str:
    words = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    return f"{code} {words}"


def _close(connection: Any) -> None:
    with suppress(OSError):
        connection.close()
