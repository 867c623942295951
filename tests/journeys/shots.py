"""Pictures of pages for looking at: only when the environment names a folder, ``SHOTS=/tmp/shots pytest tests/journeys``."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any


def wanted() -> bool:
    """Whether pictures are to be kept."""
    return bool(os.environ.get("SHOTS"))


def keep(page: Any, role: str, name: str) -> None:
    """Keep the whole page as ``<folder>/<width>/<role>/<name>.png``."""
    if not wanted():
        return
    folder = Path(os.environ["SHOTS"]) / str(page.viewport_size["width"]) / role
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{re.sub(r'[^a-z0-9_.-]+', '-', name.lower())}.png", full_page=True)
