"""Keys that lie in no database: derived from the server's secret, one for each use."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings

SEALING, CODES = "ballots.sealing", "ballots.codes"


def secret_key(use: str) -> bytes:
    """The key for ``use``; another SECRET_KEY gives another key (docs/decisions/0018-ballots.md)."""
    return hmac.digest(settings.SECRET_KEY.encode(), use.encode(), hashlib.sha256)
