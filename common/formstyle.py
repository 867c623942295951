"""Forms in the look of the platform: classes, native date pickers, help and error text wired to the field."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms.models import ModelChoiceIterator
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from common.texts import visible

FIRST_YEAR, LAST_YEAR = 1900, 2100
_DASHES = BLANK_CHOICE_DASH[0][1]
NOTHING_CHOSEN = _("请选择")
_REQUIRED = forms.Field.default_error_messages["required"]
_MISSING: tuple[tuple[type[forms.Widget], Any], ...] = (
    (forms.CheckboxSelectMultiple, _("请勾选“%(label)s”。")),
    (forms.CheckboxInput, _("请勾选“%(label)s”。")),
    (forms.Select, _("请选择“%(label)s”。")),
    (forms.FileInput, _("请选择“%(label)s”。")),
    (forms.Widget, _("请填写“%(label)s”。")),
)
_named = lazy(lambda words, label: str(words) % {"label": label}, str)
_CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxSelectMultiple, "form-check-input"),
    (forms.RadioSelect, "form-check-input"),
    (forms.CheckboxInput, "form-check-input"),
    (forms.Select, "form-select"),
    (forms.Widget, "form-control"),
)


class DateInput(forms.DateInput):
    """The browser's own date picker."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("format", "%Y-%m-%d")
        super().__init__(**kwargs)


class DateTimeInput(forms.DateTimeInput):
    """The browser's own date and time picker."""

    input_type = "datetime-local"

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("format", "%Y-%m-%dT%H:%M")
        super().__init__(**kwargs)


class PhoneInput(forms.TextInput):
    """A telephone number: phones show their keypad."""

    input_type = "tel"


class CodeInput(forms.TextInput):
    """A code or number as it is printed: nothing is corrected while it is typed."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        typed = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}
        super().__init__({**typed, **(attrs or {})})


class ReadOnce(ModelChoiceIterator):
    """The rows to choose from, read once for a form: Django reads them to look for an empty one, and to show them."""

    _rows: list[Any] | None = None

    def _read(self) -> list[Any]:
        if self._rows is None:
            self._rows = list(super().__iter__())
        return self._rows

    def __iter__(self) -> Iterator[Any]:
        """The choices."""
        return iter(self._read())

    def __bool__(self) -> bool:
        """Whether there is anything to choose: Django would ask the database once more."""
        return bool(self._read())


def choose(form: StyledMixin, name: str, rows: QuerySet[Any]) -> None:
    """Offer ``rows`` in the model choice field ``name`` of ``form``."""
    field = form.fields[name]
    if not isinstance(field, forms.ModelChoiceField):
        raise TypeError(f"{name} is not a choice of rows")
    field.queryset = rows


def plausible(day: datetime.date) -> None:
    """Refuse years that can only be a slip of the finger (9999, 0026): nothing here is before 1900 or after 2100."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValidationError(_("日期不合理，请检查年份。"))


class _VisibleText:
    """``to_python`` of a text field with what nobody sees left out of its value."""

    def __init__(self, field: forms.CharField) -> None:
        self._read = field.to_python
        self._keep_lines = isinstance(field.widget, forms.Textarea)
        self._strip = field.strip

    def __call__(self, value: Any) -> Any:
        read = self._read(value)
        if not isinstance(read, str):
            return read
        shown = visible(read, keep_lines=self._keep_lines)
        return shown.strip() if self._strip else shown


def _leave_out_unseen(field: forms.Field) -> None:
    """Passwords and hidden fields stay as they are sent: nobody types those by sight."""
    if not isinstance(field, forms.CharField) or isinstance(field.to_python, _VisibleText):
        return
    if not field.widget.is_hidden and not isinstance(field.widget, forms.PasswordInput):
        field.to_python = _VisibleText(field)  # type: ignore[method-assign]


def _choose_keyboard(field: forms.Field) -> None:
    """Which keyboard a phone shows, and what a browser fills in by itself: nothing that is not the user's own.

    A field about the user's own account says so itself (WCAG 2.2, 1.3.5). Only a number that is never
    negative gets the keyboard of figures, which has no minus.
    """
    attrs = field.widget.attrs
    least = getattr(field, "min_value", None)
    if isinstance(field.widget, forms.NumberInput) and least is not None and least >= 0:
        attrs.setdefault("inputmode", "numeric" if isinstance(field, forms.IntegerField) else "decimal")
    if type(field.widget) in (forms.TextInput, forms.EmailInput, PhoneInput):
        attrs.setdefault("autocomplete", "off")


def _say_what_is_missing(field: forms.Field) -> None:
    """Name the field in place of Django's words, which do not say what to do; a form's own words stay."""
    if field.label and field.error_messages.get("required") is _REQUIRED:
        words = next(words for kind, words in _MISSING if isinstance(field.widget, kind))
        field.error_messages["required"] = _named(words, field.label)


def _style(field: forms.Field) -> None:
    _leave_out_unseen(field)
    _say_what_is_missing(field)
    _choose_keyboard(field)
    if isinstance(field, forms.DateField | forms.DateTimeField) and plausible not in field.validators:
        field.validators.append(plausible)
    if isinstance(field, forms.DateTimeField) and not isinstance(field.widget, DateTimeInput | forms.HiddenInput):
        field.widget = DateTimeInput(attrs=field.widget.attrs)
    elif isinstance(field, forms.DateField) and not isinstance(field.widget, DateInput | forms.HiddenInput):
        field.widget = DateInput(attrs=field.widget.attrs)
    _name_nothing(field)
    css = next(css for kind, css in _CLASSES if isinstance(field.widget, kind))
    present = str(field.widget.attrs.get("class", ""))
    if not field.widget.is_hidden and css not in present:
        field.widget.attrs["class"] = f"{present} {css}".strip()


def _name_nothing(field: forms.Field) -> None:
    """Say 请选择 where Django would show dashes; what a form calls its empty choice itself stays."""
    if isinstance(field, forms.ModelChoiceField):
        if field.empty_label == _DASHES:
            field.empty_label = NOTHING_CHOSEN
        field.iterator = ReadOnce
        field.widget.choices = field.choices
    elif isinstance(field, forms.ChoiceField):
        shown: Any = field.choices
        choices = list(shown)
        if choices and choices[0][1] == _DASHES:
            field.choices = [(choices[0][0], NOTHING_CHOSEN), *choices[1:]]


def style(fields: dict[str, forms.Field]) -> None:
    """Give fields the platform's look; a form that adds fields of its own calls it again."""
    for field in fields.values():
        _style(field)


class StyledMixin:
    """Mix in before ``forms.Form`` or ``forms.ModelForm``; render with ``components/form.html``."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        style(self.fields)

    def add_invalid(self, error: Any) -> None:
        """Put an ``InvalidInput`` of a service on the form: on its fields where they exist, else on top."""
        errors: dict[str, str] = getattr(error, "errors", None) or {}
        on_top = [message for name, message in errors.items() if name not in self.fields]
        for name, message in errors.items():
            if name in self.fields:
                self.add_error(name, message)  # type: ignore[attr-defined]
        for message in on_top or ([] if errors else [error.message]):
            self.add_error(None, message)  # type: ignore[attr-defined]


class StyledForm(StyledMixin, forms.Form):
    """A plain form in the platform's look."""


class StyledModelForm(StyledMixin, forms.ModelForm):
    """A model form in the platform's look; services save, never the form."""
