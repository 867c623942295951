"""Choosing people: from a short list, or by typing a name, a number or pinyin initials."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.forms.widgets import Script
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.formstyle import NOTHING_CHOSEN, StyledMixin, choose
from orgs.models import Group, Organisation, Person
from orgs.ordinals import ordinal
from orgs.querysets import PersonQuerySet
from orgs.selectors import candidates

NAMED_IN_AN_ERROR = 5
_BETWEEN = re.compile(r"[、，,；;\n]+")
HOW = gettext_lazy("姓名、工号/学号或拼音首字母")


class PersonChoice(forms.ModelChoiceField):
    """A person by name and number, from a list short enough to read."""

    def label_from_instance(self, obj: Person) -> str:
        """Name and number, since names repeat."""
        return candidates.written(obj)


class PeopleChoice(forms.ModelMultipleChoiceField):
    """Several people by name and number, from a list short enough to read."""

    def label_from_instance(self, obj: Person) -> str:
        """Name and number, since names repeat."""
        return candidates.written(obj)


class _SearchMedia:
    css = {"all": ["partybuild/people.css"]}
    js = [Script("partybuild/people.js", defer=True)]


class PersonSearch(forms.TextInput):
    """A text field with a list of people that follows what is typed; without JavaScript it is a text field."""

    template_name = "orgs/widgets/person.html"
    Media = _SearchMedia

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"placeholder": HOW, **(attrs or {})})

    def _render(self, template_name: str, context: dict[str, Any], renderer: Any = None) -> SafeString:
        return render_to_string(template_name, context)  # the project's templates, not those that ship with an app


class PeopleSearch(PersonSearch):
    """Several such fields of one name, one a person, always with empty ones to go on with."""

    template_name = "orgs/widgets/people.html"
    EMPTY = 2

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """Every field that holds something."""
        sent = data.getlist(name) if hasattr(data, "getlist") else data.get(name) or []
        texts = [str(text) for text in ([sent] if isinstance(sent, str) else sent)]
        return [text for text in texts if text.strip()]

    def format_value(self, value: Any) -> list[str]:
        """As many texts as there are people."""
        return [str(text) for text in value or []]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """The template's ``rows``: every value, then empty ones; the first row carries the field's id."""
        context = super().get_context(name, value, attrs)
        texts = [*self.format_value(value), *[""] * self.EMPTY]
        pk = context["widget"]["attrs"].get("id", name)
        context["rows"] = [(pk if place == 0 else f"{pk}_{place}", text) for place, text in enumerate(texts)]
        return context


class _Searching:
    """What both search fields share: the people, and finding the one that was meant."""

    people: PersonQuerySet

    def _one(self, text: str) -> Person:
        found = candidates.meant_by(self.people, text)
        if len(found) == 1:
            return found[0]
        if found:
            words = _("有 %(count)s 位“%(text)s”，请写工号/学号：%(names)s。")
            raise ValidationError(words % {"count": len(found), "text": text.strip(), "names": _named(found)})
        near = candidates.search(self.people, text)
        if near:
            words = _("“%(text)s”不够明确，请写工号/学号：%(names)s。")
            raise ValidationError(words % {"text": text.strip(), "names": _named(near)})
        raise ValidationError(_("没有找到“%(text)s”，请核对姓名或工号/学号。") % {"text": text.strip()})


class PersonField(_Searching, forms.CharField):
    """One of ``people``, typed; cleans to the ``Person``, or ``None`` when it may stay empty."""

    widget = PersonSearch

    def __init__(self, *, people: PersonQuerySet, **kwargs: Any) -> None:
        super().__init__(**kwargs, max_length=100)
        self.people = people

    def prepare_value(self, value: Any) -> Any:
        """A person as initial value is written out; what was typed stays as it was."""
        return candidates.written(value) if isinstance(value, Person) else value

    def clean(self, value: Any) -> Any:
        """The person meant. Raises ``ValidationError`` that says who could be meant."""
        text = super().clean(value)
        return self._one(text) if text else None


class PeopleField(_Searching, forms.Field):
    """Some of ``people``, typed one a row (or separated by 、); cleans to a list without repetitions."""

    widget = PeopleSearch

    def __init__(self, *, people: PersonQuerySet, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", gettext_lazy("可以不填；一行写一人，也可以用顿号隔开几个人"))
        super().__init__(**kwargs)
        self.people = people

    def clean(self, value: Any) -> Any:
        """The people meant, in the order typed. Raises ``ValidationError`` with one message for each that is unclear."""
        texts = [text for row in super().clean(value) or [] for text in _BETWEEN.split(row) if text.strip()]
        found: dict[int, Person] = {}
        unclear: list[ValidationError] = []
        for text in texts:
            try:
                person = self._one(text)
            except ValidationError as error:
                unclear.append(error)
            else:
                found[person.pk] = person
        if unclear:
            raise ValidationError(unclear)
        return list(found.values())


def _named(people: list[Person]) -> str:
    rows = [f"{candidates.written(person)}{person.organisation}" for person in people[:NAMED_IN_AN_ERROR]]
    return "、".join(rows) + ("…" if len(people) > NAMED_IN_AN_ERROR else "")


def person_field(label: Any, people: PersonQuerySet, *, searched: bool, required: bool = True) -> forms.Field:
    """One person: typed and searched for, or (``searched`` false) taken from a short list."""
    if searched:
        return PersonField(label=label, people=people, required=required)
    return PersonChoice(label=label, queryset=people, required=required)


def people_field(label: Any, people: PersonQuerySet, *, searched: bool) -> forms.Field:
    """Several people or none: typed and searched for, or taken from a short list."""
    if searched:
        return PeopleField(label=label, people=people, required=False)
    help_text = _("可以不选，也可以选几个人（电脑上按住 Ctrl 点选）")
    return PeopleChoice(label=label, queryset=people, required=False, help_text=help_text)


def share_choices(fields: Iterable[forms.Field], people: PersonQuerySet) -> None:
    """Offer ``people`` in several short lists after reading them once."""
    rows = [(person.pk, candidates.written(person)) for person in people]
    for field in fields:
        if isinstance(field, PeopleChoice):
            field.choices = rows
        elif isinstance(field, PersonChoice):
            field.choices = [("", NOTHING_CHOSEN), *rows]


def choose_group(form: StyledMixin, organisation: Organisation) -> None:
    """Offer the open Party groups of ``organisation`` in the field ``group``, in the order of their numbers. One query."""
    rows = Group.objects.filter(organisation=organisation, dissolved_on__isnull=True)
    choose(form, "group", rows)
    field = cast(forms.ModelChoiceField, form.fields["group"])
    found = sorted(rows, key=lambda group: (ordinal(group.name), group.pk))
    field.choices = [("", field.empty_label or ""), *((group.pk, group.name) for group in found)]
