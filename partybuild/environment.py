"""Typed readers of environment variables that fail loudly and name every problem at once."""

import os
import secrets
import tempfile
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from environ import Env

env = Env()

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off"})


def is_set(name: str) -> bool:
    """Whether the variable is there and not blank."""
    return bool(os.environ.get(name, "").strip())


def flag(name: str, default: bool) -> bool:
    """A yes or no; anything else (``DEMO=ture``) is an error, never a silent no."""
    if not is_set(name):
        return default
    value = os.environ[name].strip().lower()
    if value not in TRUE | FALSE:
        raise ImproperlyConfigured(f"{name}={value!r} is neither yes nor no: use 1 or 0.")
    return value in TRUE


def whole_number(name: str, default: int, low: int, high: int) -> int:
    """A whole number between ``low`` and ``high``."""
    if not is_set(name):
        return default
    text = os.environ[name].strip()
    if not text.isdecimal() or not low <= int(text) <= high:
        raise ImproperlyConfigured(f"{name}={text!r} is not a whole number from {low} to {high}.")
    return int(text)


def text_list(name: str) -> list[str]:
    """Comma-separated words, blanks dropped."""
    return [word.strip() for word in os.environ.get(name, "").split(",") if word.strip()]


def require(reason: str, *names: str) -> None:
    """Stop with one message that lists every variable of ``names`` that is missing."""
    missing = [name for name in names if not is_set(name)]
    if missing:
        raise ImproperlyConfigured(f"Missing from the environment: {', '.join(missing)} ({reason}).")


def generated_secret(path: Path) -> str:
    """The secret kept in ``path``, made on first use; two processes starting at once agree on one."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=path.parent)  # readable by the owner only
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(50))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            os.unlink(draft)
    return path.read_text().strip()
