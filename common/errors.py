"""What went wrong, in plain words for the person who did it."""

from __future__ import annotations

from collections.abc import Mapping

from common.sentences import spoken


class DomainError(Exception):
    """Base of the errors that a person can do something about.

    ``message`` says what to do, to whoever is at the page; ``written`` is what may be stored.
    """

    code = "error"

    def __init__(self, message: object = "", *, code: str = "") -> None:
        self.written = str(message)
        self.code = code or self.code
        super().__init__(self.written)

    @property
    def message(self) -> str:
        """What to do, in the language of the reader."""
        return spoken(self.written)


class NotAllowed(DomainError):
    """The person may see it but may not do it (403)."""

    code = "not_allowed"


class Conflict(DomainError):
    """Somebody else was faster, or the state does not allow it (409)."""

    code = "conflict"


class InvalidInput(DomainError):
    """The input is wrong (400); ``errors`` maps field names to messages."""

    code = "invalid"

    def __init__(self, message: object = "", errors: Mapping[str, object] | None = None, *, code: str = "") -> None:
        self.errors = {name: spoken(text) for name, text in (errors or {}).items()}
        super().__init__(message or "；".join(self.errors.values()), code=code)
