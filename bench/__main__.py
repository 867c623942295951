"""``python -m bench [--one-year]``: start the servers, measure, print, end them; 1 when a target was missed."""

from __future__ import annotations

import argparse
import signal
import sys
from typing import NoReturn

from bench.servers import place


def _asked_to_end(*_signal: object) -> NoReturn:
    sys.exit(143)


def main() -> int:
    """Do it; what was started is ended whatever happens."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--one-year", action="store_true", help="30,000 Tasks, all due in the current year")
    wanted = parser.parse_args()
    signal.signal(signal.SIGTERM, _asked_to_end)
    with place() as here:
        import django

        django.setup()
        from bench.run import run

        try:
            return run(here, wanted.one_year)
        except RuntimeError as error:
            sys.stderr.write(f"{here.last_words()}\n{error}\n")
            return 2


if __name__ == "__main__":
    sys.exit(main())
