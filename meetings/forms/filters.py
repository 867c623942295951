"""Filters of the list of records."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from common.formstyle import StyledForm
from meetings.models import MeetingKind, Section
from meetings.selectors import section_list
from orgs.models import Organisation

if TYPE_CHECKING:
    from orgs.models import User


class FilterForm(StyledForm):
    """Kind, organisation (name or code, with everything below it), state, days, words."""

    kind = forms.ModelChoiceField(
        MeetingKind.objects.all(), required=False, to_field_name="code", empty_label=_("全部类型"), label=_("类型")
    )
    organisation = forms.CharField(required=False, label=_("组织"))
    state = forms.ChoiceField(required=False, label=_("状态"))
    since = forms.DateField(required=False, label=_("从"))
    until = forms.DateField(required=False, label=_("到"))
    search = forms.CharField(required=False, label=_("主题或地点"), max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [("", _("全部状态")), *Section.State.choices]  # type: ignore[attr-defined]
        self.fields["organisation"].widget.attrs |= {"placeholder": _("名称或编码，含下级"), "maxlength": 100}

    def found(self, user: User) -> QuerySet[Section]:
        """The sections that match; a filter that cannot be read is left out and shown as wrong."""
        self.is_valid()
        wanted = dict(self.cleaned_data)
        text = (wanted.pop("organisation", "") or "").strip()
        days: dict[str, datetime.date | None] = {name: wanted.get(name) for name in ("since", "until")}
        rows = section_list(
            user=user,
            kind=wanted.get("kind"),
            organisation=None,
            state=wanted.get("state") or "",
            search=wanted.get("search") or "",
            **days,
        )
        return self._of_organisation(rows, user, text) if text else rows

    def _of_organisation(self, rows: QuerySet[Section], user: User, text: str) -> QuerySet[Section]:
        """Those of the one organisation of that code or name and below, else of all whose name contains the text."""
        exact = list(Organisation.objects.visible_to(user).filter(Q(code__iexact=text) | Q(name=text))[:2])
        if len(exact) == 1:
            return rows.under(exact[0])  # type: ignore[attr-defined]
        return rows.filter(organisation__name__icontains=text)

    @property
    def is_used(self) -> bool:
        """Whether anything is filtered."""
        return any(self.data.get(name) for name in self.fields)
