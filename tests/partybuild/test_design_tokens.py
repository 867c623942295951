"""The colours: every one a token, and every word readable on what it stands on, in both themes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

STYLES = Path(__file__).resolve().parents[2] / "static" / "partybuild"
APP = (STYLES / "app.css").read_text(encoding="utf-8")
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(")
TOKEN = re.compile(r"(--pb-[a-z0-9-]+): (#[0-9a-f]{6});")
TEXT, CONTROL = 4.5, 3.0  # WCAG 2.2: 1.4.3 and 1.4.11


def block(opening: str) -> dict[str, str]:
    """The tokens of the block that begins with ``opening``."""
    found = APP.partition(opening)[2].partition("}")[0]
    return dict(TOKEN.findall(found))


LIGHT = block(':root, [data-bs-theme="light"] {')
DARK = block('@media screen {\n  [data-bs-theme="dark"] {')
THEMES = {"light": LIGHT, "dark": DARK}


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb`` (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_the_arithmetic_is_that_of_the_recommendation() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


def test_both_themes_have_the_same_tokens() -> None:
    assert len(LIGHT) > 40
    assert LIGHT.keys() == DARK.keys()


PAPERS = ("bg", "surface", "well", "hover")
WORDS = [
    *((ink, paper) for ink in ("ink", "ink-2", "accent-ink", "red", "green", "orange") for paper in PAPERS),
    *(("ink-3", paper) for paper in ("bg", "surface", "well")),
    *((tone, f"{tone}-bg") for tone in ("grey", "green", "yellow", "orange", "red", "gold", "info")),
    *(("ink", f"{tone}-bg") for tone in ("grey", "green", "yellow", "orange", "red", "gold", "info", "accent")),
    *(("ink", f"heat-{step}") for step in (1, 2, 3, 4)),
    ("ink-2", "grey-bg"),
    ("accent-ink", "accent-bg"),
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
]
SIGNS = [
    *(("control", paper) for paper in ("bg", "surface")),
    *(("focus", paper) for paper in ("bg", "surface", "well")),
    *((f"{tone}-fill", "surface") for tone in ("done", "share", "red", "green")),
]


@pytest.mark.parametrize("theme", THEMES)
def test_words_can_be_read(theme: str) -> None:
    tokens = THEMES[theme]
    faint = {
        f"{word} on {paper}": round(found, 2)
        for word, paper in WORDS
        if (found := contrast(tokens[f"--pb-{word}"], tokens[f"--pb-{paper}"])) < TEXT
    }
    assert not faint


@pytest.mark.parametrize("theme", THEMES)
def test_what_is_pressed_and_what_has_the_focus_can_be_seen(theme: str) -> None:
    tokens = THEMES[theme]
    faint = {
        f"{sign} on {paper}": round(found, 2)
        for sign, paper in SIGNS
        if (found := contrast(tokens[f"--pb-{sign}"], tokens[f"--pb-{paper}"])) < CONTROL
    }
    assert not faint


def test_no_style_sheet_has_a_colour_of_its_own() -> None:
    faults = []
    for path in sorted(STYLES.glob("*.css")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            is_token = path.name == "app.css" and line.lstrip().startswith(("--pb-", "--tblr-primary-rgb"))
            if not is_token and not line.lstrip().startswith("/*") and COLOUR.search(line):
                faults.append(f"{path.name}:{number}: {line.strip()[:90]}")
    assert not faults, "\n".join(faults)


def test_every_token_that_is_used_is_defined() -> None:
    defined = set(
        re.findall(r"(--pb-[a-z0-9-]+):", "".join(path.read_text(encoding="utf-8") for path in STYLES.glob("*.css")))
    )
    used = {
        name
        for path in STYLES.glob("*.css")
        for name in re.findall(r"var\((--pb-[a-z0-9-]+)", path.read_text(encoding="utf-8"))
    }
    assert used <= defined, used - defined


def test_chinese_is_not_letter_spaced() -> None:
    wide = [
        f"{path.name}: {value}"
        for path in STYLES.glob("*.css")
        for value in re.findall(r"letter-spacing:\s*([^;]+);", path.read_text(encoding="utf-8"))
        if value not in ("0", "normal")
    ]
    assert not wide
