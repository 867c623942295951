"""The room's settings with their defaults; entries that the rules leave to each school (R-APPRAISE-1 and others)."""

from __future__ import annotations

import datetime
from fractions import Fraction

from django.conf import settings


def excellent_max() -> Fraction:
    """Greatest share of excellent grades, ``APPRAISAL_EXCELLENT_MAX`` (text such as "1/3")."""
    return Fraction(str(getattr(settings, "APPRAISAL_EXCELLENT_MAX", "1/3")))


def excellent_base() -> str:
    """Of whom the share is taken, ``APPRAISAL_EXCELLENT_BASE``: ``appraised`` (graded), ``formal`` or ``members``."""
    return getattr(settings, "APPRAISAL_EXCELLENT_BASE", "appraised")


def late_entry_grace_days() -> int:
    """Days after the meeting within which confirming needs no reason, ``LATE_ENTRY_GRACE_DAYS``."""
    return settings.LATE_ENTRY_GRACE_DAYS


def draft_max_bytes() -> int:
    """Largest draft as JSON, ``DRAFT_MAX_BYTES``."""
    return getattr(settings, "DRAFT_MAX_BYTES", 512 * 1024)


def upload_max_bytes() -> int:
    """Largest file, ``UPLOAD_MAX_BYTES``."""
    return settings.UPLOAD_MAX_BYTES


def upload_quota_bytes() -> int:
    """All files of one organisation, ``UPLOAD_QUOTA_BYTES_PER_ORGANISATION``."""
    return settings.UPLOAD_QUOTA_BYTES_PER_ORGANISATION


def obligations_since() -> datetime.date | None:
    """First day for which anything is owed, ``OBLIGATIONS_SINCE``; ``None``: the periods of the first night."""
    return getattr(settings, "OBLIGATIONS_SINCE", None)


def min_days_to_owe() -> int:
    """Days that must be left before the due date for a new organisation to owe the period, ``MIN_DAYS_TO_OWE``."""
    return getattr(settings, "MIN_DAYS_TO_OWE", 10)


def study_hours_needed() -> int:
    """Hours of collective study that a member needs in a year (R-EDU-20), ``STUDY_HOURS_PER_YEAR``."""
    return getattr(settings, "STUDY_HOURS_PER_YEAR", 32)


def study_hours_share() -> Fraction:
    """Share of the members who must have them for the list's item, ``STUDY_HOURS_SHARE`` (text such as "0.95")."""
    return Fraction(str(getattr(settings, "STUDY_HOURS_SHARE", "0.95")))
