"""What a single-use code looks like, and how it is recognised; no Django.

Sixteen signs without those that look alike: four to find the row, twelve (59 bits) that nobody guesses. Kept is a
digest with a salt of its own and the server's secret: a dump of the database gives no code away.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata

SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH, LOCATOR, BLOCK = 16, 4, 4


def new_code() -> str:
    """A fresh code, without the dashes."""
    return "".join(secrets.choice(SIGNS) for _place in range(LENGTH))


def new_salt() -> str:
    """A fresh salt: 128 random bits."""
    return secrets.token_hex(16)


def written(code: str) -> str:
    """A code as it is printed: four blocks of four."""
    return "-".join(code[start : start + BLOCK] for start in range(0, len(code), BLOCK))


def read(text: str) -> str:
    """The code that was typed: full width, small letters, blanks and dashes do not matter. Empty: it is none."""
    kept = "".join(sign for sign in unicodedata.normalize("NFKC", text).upper() if sign.isalnum())
    return kept if len(kept) == LENGTH and set(kept) <= set(SIGNS) else ""


def digest(code: str, *, key: bytes, salt: str) -> str:
    """What is kept of a code."""
    return hmac.digest(key, f"{salt}:{code}".encode(), hashlib.sha256).hex()


def is_code(code: str, kept: str, *, key: bytes, salt: str) -> bool:
    """Whether ``kept`` is the digest of ``code``; takes as long for a wrong one."""
    return hmac.compare_digest(digest(code, key=key, salt=salt), kept)
