"""An SMTP server that keeps what it gets: ``python -m bench.sink PORT FILE``. A process of its own, without Django."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP


class Keeper:
    """Appends every mail to one file: a line of JSON (sender, recipients, length), then the mail itself."""

    def __init__(self, path: Path) -> None:
        self.file = path.open("ab")

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Keep one mail; it is on its way to the disk before the sender gets an answer."""
        head = {"from": envelope.mail_from, "to": envelope.rcpt_tos, "bytes": len(envelope.content)}
        self.file.write(json.dumps(head).encode() + b"\n" + envelope.content)
        self.file.flush()
        return "250 kept"


async def serve(port: int, path: Path) -> None:
    """Listen on this machine only, until told to end."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    keeper = Keeper(path)
    server = await loop.create_server(lambda: SMTP(keeper, enable_SMTPUTF8=True), "127.0.0.1", port)
    await ended.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
