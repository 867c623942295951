"""What nobody sees is left out of what people type and paste; what is seen stays."""

import pytest
from django import forms

from common.formstyle import StyledForm
from common.spreadsheets import clean_text
from common.texts import visible


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("张\u200b三", "张三"),
        ("\u202e三张\u202c", "三张"),
        ("张\u00ad三\ufeff\u2060", "张三"),
        ("张\x00\x07三", "张三"),
        ("张\r\n三", "张  三"),
        ("张\u2028三", "张 三"),
        ("阿依古丽·买买提", "阿依古丽·买买提"),
        ("𬱟 (rare)", "𬱟 (rare)"),
    ],
)
def test_names_keep_what_is_seen(typed: str, kept: str) -> None:
    assert visible(typed) == kept


def test_longer_texts_keep_their_lines() -> None:
    assert visible("一\r\n二\u200b\t三\u2029四", keep_lines=True) == "一\r\n二\t三\n四"


def test_cells_are_cleaned_too() -> None:
    assert clean_text("\u200b张\u202e三\u3000") == "张三"


class Typed(StyledForm):
    """A line, a text, an address, a secret."""

    name = forms.CharField()
    text = forms.CharField(widget=forms.Textarea)
    mail = forms.EmailField(required=False)
    secret = forms.CharField(widget=forms.PasswordInput, strip=False)


def test_forms_are_cleaned_but_for_secrets() -> None:
    data = {"name": "\u200b 张\u202e三 ", "text": "一\n二\u200b", "mail": "a\u200b@b.example", "secret": "a\u200bb "}
    form = Typed(data)
    assert form.is_valid(), form.errors
    assert form.cleaned_data == {"name": "张三", "text": "一\n二", "mail": "a@b.example", "secret": "a\u200bb "}


def test_a_name_of_nothing_visible_is_missing() -> None:
    assert list(Typed({"name": "\u200b\u202e", "text": "x", "secret": "x"}).errors) == ["name"]
