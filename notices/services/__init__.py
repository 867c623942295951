"""Commands of the room ``notices``: the only writers of messages."""

from notices.services.delivery import send_pending
from notices.services.invitations import invite
from notices.services.inviting_all import invite_all
from notices.services.outbox import Message, owe
from notices.services.reading import mark_read
from notices.services.resending import resend
from notices.services.truth import register_check, still_true

__all__ = [
    "Message",
    "invite",
    "invite_all",
    "mark_read",
    "owe",
    "register_check",
    "resend",
    "send_pending",
    "still_true",
]
