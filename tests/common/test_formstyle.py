"""Every form looks alike: classes, the browser's date pickers, errors of services at their fields."""

import datetime
import re

import pytest
from django import forms

from common.errors import InvalidInput
from common.formstyle import StyledForm, StyledModelForm, choose
from common.models import AcademicTerm
from notices.models import Notice


class EveryField(StyledForm):
    """One field of each look."""

    text = forms.CharField(help_text="如 ZB203")
    day = forms.DateField(widget=forms.DateInput(attrs={"data-max": "today"}))
    moment = forms.DateTimeField()
    choice = forms.ChoiceField(choices=[("1", "一")])
    yes = forms.BooleanField()
    several = forms.MultipleChoiceField(choices=[("1", "一")], widget=forms.CheckboxSelectMultiple)
    one = forms.ChoiceField(choices=[("1", "一")], widget=forms.RadioSelect)
    file = forms.FileField()
    own = forms.CharField(widget=forms.Textarea(attrs={"class": "font-monospace"}))
    secret = forms.DateField(widget=forms.HiddenInput)


class TermForm(StyledModelForm):
    """A model form."""

    class Meta:
        model = AcademicTerm
        fields = ("code", "start")


def attribute(form: forms.BaseForm, name: str, wanted: str) -> str | None:
    """An attribute of a field's first input as it is rendered."""
    found = re.search(rf'{wanted}="([^"]*)"', re.findall(r"<(?:input|select|textarea)[^>]*>", str(form[name]))[0])
    return found and found[1]


@pytest.mark.parametrize(
    ("name", "css"),
    [
        ("text", "form-control"),
        ("day", "form-control"),
        ("choice", "form-select"),
        ("yes", "form-check-input"),
        ("several", "form-check-input"),
        ("one", "form-check-input"),
        ("file", "form-control"),
        ("own", "font-monospace form-control"),
        ("secret", None),
    ],
)
def test_each_widget_has_its_class(name: str, css: str | None) -> None:
    assert attribute(EveryField(), name, "class") == css


@pytest.mark.django_db
def test_days_and_moments_use_the_browsers_pickers() -> None:
    form = EveryField(initial={"day": datetime.date(2026, 6, 5), "moment": datetime.datetime(2026, 6, 5, 14, 30)})
    assert (attribute(form, "day", "type"), attribute(form, "day", "value")) == ("date", "2026-06-05")
    assert (attribute(form, "moment", "type"), attribute(form, "moment", "value")) == (
        *("datetime-local", "2026-06-05T14:30"),
    )
    assert attribute(form, "secret", "type") == "hidden"
    assert (attribute(TermForm(), "start", "type"), attribute(TermForm(), "start", "class")) == ("date", "form-control")


def test_what_the_form_says_about_a_date_field_stays() -> None:
    assert attribute(EveryField(), "day", "data-max") == "today"
    assert " required" in str(EveryField()["day"])


def test_what_the_pickers_send_is_understood_as_shanghais_time() -> None:
    form = EveryField({"day": "2026-06-05", "moment": "2026-06-05T14:30"})
    form.is_valid()
    assert form.cleaned_data["day"] == datetime.date(2026, 6, 5)
    moment = datetime.datetime(2026, 6, 5, 6, 30, tzinfo=datetime.UTC)
    assert form.cleaned_data["moment"] == moment


def test_forms_share_nothing() -> None:
    first = EveryField()
    first.fields["text"].widget.attrs["class"] = "changed"
    assert attribute(EveryField(), "text", "class") == "form-control"


def test_help_and_error_are_wired_to_the_field() -> None:
    form = EveryField({})
    form.is_valid()
    assert attribute(form, "text", "aria-describedby") == "id_text_helptext id_text_error"
    assert attribute(form, "text", "aria-invalid") == "true"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (InvalidInput("请先停用旧学期。"), {"__all__": ["请先停用旧学期。"]}),
        (InvalidInput(errors={"start": "日期重叠。"}), {"start": ["日期重叠。"]}),
        (
            InvalidInput(errors={"start": "日期重叠。", "end": "太早。"}),
            {"start": ["日期重叠。"], "__all__": ["太早。"]},
        ),
    ],
)
@pytest.mark.django_db
def test_an_error_of_a_service_stands_where_it_belongs(error: InvalidInput, expected: dict[str, list[str]]) -> None:
    form = TermForm({"code": "2026-2027-1", "start": "2026-09-07"})
    assert form.is_valid()
    form.add_invalid(error)
    assert not form.is_valid()
    assert form.errors == expected
    assert attribute(form, "code", "value") == "2026-2027-1"


@pytest.mark.django_db
def test_rows_are_offered_in_choices_of_rows_only() -> None:
    class Chooser(StyledForm):
        term = forms.ModelChoiceField(AcademicTerm.objects.none())
        text = forms.CharField()

    term = AcademicTerm.objects.create(code="a", start=datetime.date(2026, 3, 2), end=datetime.date(2026, 7, 12))
    AcademicTerm.objects.create(code="b", start=datetime.date(2026, 9, 7), end=datetime.date(2027, 1, 17))
    form = Chooser({"term": term.pk, "text": "x"})
    choose(form, "term", AcademicTerm.objects.filter(code="a"))
    assert form.is_valid()
    assert [str(label) for _value, label in form.fields["term"].choices] == ["请选择", "a"]  # type: ignore[attr-defined]
    with pytest.raises(TypeError, match="text"):
        choose(form, "text", AcademicTerm.objects.all())


class DeskForm(StyledModelForm):
    """Selects as Django makes them: of a model's choices, of rows, of one's own."""

    own = forms.ChoiceField(choices=[("", "不限"), ("1", "一")])
    term = forms.ModelChoiceField(AcademicTerm.objects.none())
    named = forms.ModelChoiceField(AcademicTerm.objects.none(), empty_label="全部学期")

    class Meta:
        model = Notice
        fields = ("kind", "state")


@pytest.mark.django_db
def test_an_empty_choice_says_what_to_do_and_never_shows_dashes() -> None:
    form = DeskForm()
    shown = {name: re.findall(r'<option value=""[^>]*>([^<]*)<', str(form[name])) for name in form.fields}
    assert shown == {"kind": ["请选择"], "state": [], "own": ["不限"], "term": ["请选择"], "named": ["全部学期"]}
    sent = DeskForm({"kind": "", "state": "pending", "own": "1", "term": "", "named": ""})
    assert sent.errors["kind"] == ["请选择“类型”。"]


class Missing(StyledForm):
    """One field of each kind that has to be there, and one with words of its own."""

    words = forms.CharField(label="理由")
    choice = forms.ChoiceField(label="类别", choices=[("", "---------"), ("a", "甲")])
    several = forms.MultipleChoiceField(label="单位", choices=[("a", "甲")], widget=forms.CheckboxSelectMultiple)
    agreed = forms.BooleanField(label="我已核对")
    file = forms.FileField(label="扫描件")
    own = forms.CharField(label="投票码", error_messages={"required": "请输入纸条上的投票码。"})


def test_what_is_missing_is_named() -> None:
    assert {name: list(errors) for name, errors in Missing({}).errors.items()} == {
        "words": ["请填写“理由”。"],
        "choice": ["请选择“类别”。"],
        "several": ["请勾选“单位”。"],
        "agreed": ["请勾选“我已核对”。"],
        "file": ["请选择“扫描件”。"],
        "own": ["请输入纸条上的投票码。"],
    }
