"""Words of pure modules: marked for the catalogue here, translated where they are shown. No Django here."""

from __future__ import annotations


def N_(text: str) -> str:
    """Mark ``text`` for the catalogue and return it unchanged; whoever shows it passes it through gettext."""
    return text
