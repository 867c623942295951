"""Two languages: who gets which, and a catalogue that is whole, sound and compiled."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from dashboards.templatetags import navigation
from orgs.models import User
from tests.factories import make_user

sys.path.insert(0, str(settings.BASE_DIR / "bin"))

import catalogue_messages
import catalogues

pytestmark = pytest.mark.django_db


def html_lang(client: Client, **headers: str) -> str:
    page = client.get("/login/", headers=headers) if "_auth_user_id" not in client.session else client.get("/account/")
    return page.content.decode().partition('<html lang="')[2].partition('"')[0]


def test_chinese_until_somebody_switches(client: Client) -> None:
    assert html_lang(client, **{"accept-language": "en-US,en;q=0.9"}) == "zh-hans"
    client.post("/i18n/setlang/", {"language": "en", "next": "/login/"})
    assert html_lang(client) == "en"
    client.post("/i18n/setlang/", {"language": "zh-hans", "next": "/login/"})
    assert html_lang(client) == "zh-hans"


def test_account_keeps_its_language_on_every_device(client: Client) -> None:
    user = make_user()
    client.force_login(user)
    assert client.post("/i18n/setlang/", {"language": "en", "next": "/account/"}).headers["Location"] == "/account/"
    user.refresh_from_db()
    assert user.language == "en"
    other = Client()
    other.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hans"
    other.force_login(user)
    assert html_lang(other) == "en"


@pytest.mark.parametrize("language", ["", "de", "zh-hant"])
def test_a_language_there_is_none_of_changes_nothing(client: Client, language: str) -> None:
    user = make_user(language="en")
    client.force_login(user)
    client.post("/i18n/setlang/", {"language": language, "next": "/account/"})
    user.refresh_from_db()
    assert user.language == "en"


def test_what_is_not_offered_is_neither_shown_nor_kept(client: Client, settings: Any) -> None:
    """A college may offer fewer languages than the platform has."""
    settings.LANGUAGES = [("zh-hans", "简体中文")]
    navigation._menu.cache_clear()
    user = make_user(language="en")
    client.force_login(user)
    assert html_lang(client) == "zh-hans"
    client.post("/i18n/setlang/", {"language": "en", "next": "/account/"})
    User.objects.filter(pk=user.pk).update(language="")
    client.post("/i18n/setlang/", {"language": "en", "next": "/account/"})
    user.refresh_from_db()
    assert user.language == "" and html_lang(client) == "zh-hans"
    assert "English" not in client.get("/account/").content.decode()
    navigation._menu.cache_clear()


def found(source: str) -> list[tuple[str, str, str]]:
    return [(one.text, one.plural, one.context) for one in catalogue_messages.in_template(source)]


def test_template_messages_are_those_that_are_looked_up() -> None:
    source = (
        '{% load i18n %}{% translate "满100%" as x %}{{ _("甲") }}{% translate "乙" context "丙" %}\n'
        "  {% blocktranslate trimmed with a=b %}\n    共 {{ a }}\n    条\n  {% endblocktranslate %}\n"
        "{% blocktranslate count n=m asvar z %}{{ n }} 人{% plural %}{{ n }} 人们{% endblocktranslate %}"
    )
    assert found(source) == [
        ("满100%%", "", ""),
        ("甲", "", ""),
        ("乙", "", "丙"),
        ("共 %(a)s 条", "", ""),
        ("%(n)s 人", "%(n)s 人们", ""),
    ]


def test_python_messages_under_any_name() -> None:
    source = (
        "from django.utils.translation import gettext as now, npgettext\nfrom common.words import N_\n"
        'now("甲" "乙")\nnpgettext("丙", "一", "多", 2)\nN_("丁")\nother("戊")\nnow(f"{x}己")\n'
    )
    messages = [(one.text, one.plural, one.context) for one in catalogue_messages.in_python(source)]
    assert sorted(messages) == [("一", "多", "丙"), ("丁", "", ""), ("甲乙", "", "")]


@pytest.mark.parametrize(
    ("text", "plural", "words", "sound"),
    [
        ("%(n)s 人", "", "%(n)s people", True),
        ("%(n)s 人", "", "people", False),
        ("%(n)s 人", "%(n)s 人", ["one person", "%(n)s people"], True),
        ("%(n)s 人", "%(n)s 人", "%(n)s people", False),
        ("%s到%d", "", "%d to %s", False),
        ("人", "", "人 people", False),
        ("人", "", "", False),
        ("满100%%", "", "a full 100%", False),
        ("{}人", "", "{} people", True),
        ("<b>人</b>", "", "person", False),
    ],
)
def test_translations_are_checked(text: str, plural: str, words: Any, sound: bool) -> None:
    assert (catalogues.faults(catalogue_messages.Message(text, plural), words) == []) is sound


def test_every_translation_is_sound() -> None:
    known = catalogues.pooled()
    wrong = [
        f"{key!r}: {fault}"
        for wanted in catalogue_messages.messages().values()
        for key, message in wanted.items()
        if key in known
        for fault in catalogues.faults(message, known[key])
    ]
    assert wrong == []


def test_every_message_has_its_english() -> None:
    known = catalogues.pooled()
    missing = [key for wanted in catalogue_messages.messages().values() for key in wanted if key not in known]
    assert not missing, f"{len(missing)} messages lack English (make messages), for instance {missing[:10]}"


def test_the_compiled_catalogue_is_that_of_the_parts() -> None:
    assert catalogues.COMPILED.read_bytes() == catalogues.compiled(), "run: bin/setup test"
