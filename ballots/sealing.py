"""Counters under a seal: what is stored is the count plus a pad that only the server's secret gives; no Django.

While a ballot is open the database says who has voted. Bare counters beside that would tell the choice of the only one
so far who has, and two backups the choice of whoever voted between them. Sealed anew with every vote, all counters of
a group change every time, to numbers that say nothing without the secret.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence

SPACE = 1 << 62  # fits the signed eight bytes of a column
MOST = 1_000_000  # more votes than anybody has: the secret is not the one that sealed
_PAD_BYTES = 8


class SealBroken(Exception):
    """The counters were sealed with another secret."""


def new_seal() -> str:
    """A fresh seal: 128 random bits."""
    return secrets.token_hex(16)


def seal_counts(counts: Sequence[int], *, key: bytes, seal: str) -> list[int]:
    """``counts`` as they are stored under ``seal``."""
    return [(count + pad) % SPACE for count, pad in zip(counts, _pads(key, seal, len(counts)), strict=True)]


def open_counts(sealed: Sequence[int], *, key: bytes, seal: str) -> list[int]:
    """The counts that ``sealed`` holds. Raises ``SealBroken`` when the secret is another."""
    counts = [(kept - pad) % SPACE for kept, pad in zip(sealed, _pads(key, seal, len(sealed)), strict=True)]
    if any(count > MOST for count in counts):
        raise SealBroken
    return counts


def _pads(key: bytes, seal: str, number: int) -> list[int]:
    return [
        int.from_bytes(hmac.digest(key, f"{seal}:{place}".encode(), hashlib.sha256)[:_PAD_BYTES], "big") % SPACE
        for place in range(number)
    ]
