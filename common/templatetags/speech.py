"""``{{ cause|spoken }}``: a sentence that the platform wrote, in the reader's language. Known in every template."""

from __future__ import annotations

from django import template

from common.sentences import spoken

register = template.Library()
register.filter("spoken", spoken)
