"""The night's work beside sending the very same mails to the same SMTP server."""

from __future__ import annotations

import email.policy
import json
import smtplib
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes
from email.parser import BytesHeaderParser
from pathlib import Path
from statistics import median
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import connection

from bench.report import Line, Report
from common import clock
from notices.models import NightlyStep, Notice
from partybuild.nightly import run_night

NIGHTS = 3  # measured, after one to warm up and to count queries in
NIGHT_TIMES = 2.0
QUERIES_PER_BATCH = 4
WRITES = 'UPDATE "notices_notice"'
CLAIMS = "SELECT DISTINCT"  # the people of a batch


@dataclass(frozen=True)
class Kept:
    """One mail as the SMTP server got it."""

    sender: str
    recipient: str
    content: bytes

    @property
    def message_id(self) -> str:
        """Its Message-ID."""
        return str(BytesHeaderParser().parsebytes(self.content)["Message-ID"])


class Spool:
    """Reads what arrived at the SMTP server since the last look."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.offset = 0

    def new(self) -> list[Kept]:
        """The mails since the last call."""
        found = []
        with self.path.open("rb") as file:
            file.seek(self.offset)
            while line := file.readline():
                head = json.loads(line)
                found.append(Kept(head["from"], head["to"][0], file.read(head["bytes"])))
            self.offset = file.tell()
        return found


class Nights:
    """The same night again and again: what it wrote is put back in between."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS bench_lights")
            cursor.execute("CREATE TABLE bench_lights AS SELECT id, light, light_cause FROM tasks_task")
            cursor.execute("SELECT max(id) FROM tasks_taskevent")
            self.last_event = cursor.fetchone()[0]

    def back(self) -> None:
        """As it was in the afternoon: lights of last night, no messages."""
        Notice.objects.all().delete()
        NightlyStep.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM tasks_taskevent WHERE id > %s", [self.last_event])
            cursor.execute(
                "UPDATE tasks_task AS task SET light = old.light, light_cause = old.light_cause FROM bench_lights AS old "
                "WHERE old.id = task.id AND (task.light, task.light_cause) <> (old.light, old.light_cause)"
            )
            cursor.execute("VACUUM ANALYZE")

    def run(self) -> tuple[float, dict[str, float], dict[str, Any]]:
        """Seconds of one whole night, seconds by step, and its counts. Raises ``RuntimeError`` on an error."""
        self.back()
        started = time.perf_counter()
        result = run_night(clock.today())
        seconds = time.perf_counter() - started
        if not result["ok"]:
            raise RuntimeError(f"The night failed: {result}")
        steps = NightlyStep.objects.exclude(step=NightlyStep.WHOLE)
        by_step = {row.step: (row.finished_at - row.started_at).total_seconds() for row in steps if row.finished_at}
        return seconds, by_step, result["steps"]


def queries_by_batch(nights: Nights) -> tuple[list[int], int, dict[str, Any]]:
    """Queries of each batch of mails (from its claim to the next), those of writing the reminders, the counts."""
    seen: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        _seconds, _steps, counts = nights.run()
    writes = [place for place, sql in enumerate(seen) if sql.startswith(WRITES)]
    claims = [place for place in writes if CLAIMS in seen[place]]
    batches = []
    for place, claim in enumerate(claims):
        later = claims[place + 1 :]
        marks = [write for write in writes if write > claim and write not in claims and (not later or write < later[0])]
        if marks:  # a claim that found nobody left is no batch
            batches.append((later[0] if later else marks[-1] + 1) - claim)
    reminders = sum('"notices_notice"' in sql and sql.startswith(("INSERT", "SELECT")) for sql in seen[: claims[0]])
    return batches, reminders, counts


def send_again(mails: list[Kept]) -> float:
    """Seconds for the same mails, ready-made, through one connection of the standard library."""
    started = time.perf_counter()
    with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=settings.EMAIL_TIMEOUT) as server:
        for mail in mails:
            server.sendmail(mail.sender, [mail.recipient], mail.content)
    return time.perf_counter() - started


def write_again(mails: list[Kept]) -> float:
    """Seconds for the same mails, their texts ready, written and sent by Django through one connection."""
    messages = [_message(mail) for mail in mails]
    started = time.perf_counter()
    with get_connection() as server:
        server.send_messages(messages)
    return time.perf_counter() - started


def _message(mail: Kept) -> EmailMultiAlternatives:
    parsed = message_from_bytes(mail.content, policy=email.policy.default)
    text, html = (part.get_content() for part in parsed.iter_parts())
    message = EmailMultiAlternatives(
        subject=str(parsed["Subject"]),
        body=text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[mail.recipient],
        headers={name: str(parsed[name]) for name in ("Message-ID", "Date", "Auto-Submitted")},
    )
    message.attach_alternative(html, "text/html")
    return message


def _check(mails: list[Kept], counts: dict[str, Any], people: int) -> None:
    """Everybody got one mail, nobody two, and the counts say so."""
    per_person = Counter(mail.recipient for mail in mails)
    if len(per_person) != people or set(per_person.values()) != {1} or counts["mail"]["mails"] != people:
        raise RuntimeError(f"{len(mails)} mails to {len(per_person)} of {people} people: {counts['mail']}")


def measure_night(report: Report, spool: Spool, people: int, size: str) -> None:
    """The whole night (five steps) beside writing the same mails; queries per batch of fifty people."""
    nights = Nights()
    spool.new()
    batches, reminders, counts = queries_by_batch(nights)
    _check(spool.new(), counts, people)
    taken: list[float] = []
    written: list[float] = []
    sent: list[float] = []
    steps: list[dict[str, float]] = []
    for _night in range(NIGHTS):
        seconds, by_step, counts = nights.run()
        mails = spool.new()
        _check(mails, counts, people)
        taken.append(seconds)
        steps.append(by_step)
        written.append(_again(write_again, mails, spool))
        sent.append(_again(send_again, mails, spool))
    nights.back()
    _report(report, size, f"{people} mails, {counts['mail']['sent']} messages", taken, written, sent)
    by_step = {name: median(each[name] for each in steps) for name in steps[0]}
    report.add(Line(f"  by step, {size}", ", ".join(f"{name} {value:.2f}" for name, value in by_step.items()) + " s"))
    report.add(
        Line(
            f"  queries of a batch of 50 people, {size}",
            f"{max(batches)} at most in {len(batches)} batches",
            target=f"≤ {QUERIES_PER_BATCH}",
            met=max(batches) <= QUERIES_PER_BATCH,
        )
    )
    report.add(Line(f"  writing the reminders, {size}", f"{reminders} queries on the outbox"))


def _again(floor: Callable[[list[Kept]], float], mails: list[Kept], spool: Spool) -> float:
    """Seconds of one floor. Raises ``RuntimeError`` unless it sent the night's mails, all and only them."""
    seconds = floor(mails)
    again = spool.new()
    if sorted((each.recipient, each.message_id) for each in again) != sorted(
        (each.recipient, each.message_id) for each in mails
    ):
        raise RuntimeError(f"{floor.__name__} sent other mails than the night.")
    return seconds


def _report(report: Report, size: str, mails: str, taken: list[float], written: list[float], sent: list[float]) -> None:
    night, floor, bare = median(taken), median(written), median(sent)
    report.add(
        Line(
            f"the night, {size}, {mails}",
            f"{night:.2f} s (longest {max(taken):.2f})",
            f"{floor:.2f} s (longest {max(written):.2f}) the same mails by Django",
            f"{night / floor:.2f}",
            f"≤ {NIGHT_TIMES:.0f} × floor",
            night <= NIGHT_TIMES * floor,
        )
    )
    report.add(
        Line(
            f"  the same, {size}",
            f"{night:.2f} s",
            f"{bare:.2f} s (longest {max(sent):.2f}) ready-made, SMTP alone",
            f"{night / bare:.2f}",
        )
    )
