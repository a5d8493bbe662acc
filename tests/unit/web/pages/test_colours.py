"""Every colour that carries text can be read on every ground, in both themes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import srp_portal

TOKENS = Path(srp_portal.__file__).parent / "web" / "static" / "css" / "tokens.css"
THEMES = ("light", "dark")
GROUNDS = ("ground", "surface", "raised", "hover")
STATUSES = ("evaluating", "incomplete", "approved", "paid", "rejected")
WORDS = ("text", "muted", "accent", "good", "notice", "danger", *STATUSES)

#: WCAG 2.2, 1.4.3: contrast of text; 1.4.11: of what marks a control.
READABLE, VISIBLE = 4.5, 3.0

_COLOUR = re.compile(r"--([a-z-]+): light-dark\(#([0-9a-f]{6}), #([0-9a-f]{6})\);")

Colour = tuple[float, float, float]


def read_colours() -> dict[str, dict[str, Colour]]:
    """Theme to name to red, green and blue, 0 to 1."""
    found: dict[str, dict[str, Colour]] = {theme: {} for theme in THEMES}
    for name, *pair in _COLOUR.findall(TOKENS.read_text("utf-8")):
        for theme, digits in zip(THEMES, pair, strict=True):
            red, green, blue = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
            found[theme][name] = (red, green, blue)
    return found


COLOURS = read_colours()


def luminance(colour: Colour) -> float:
    """Relative luminance as WCAG defines it."""
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: Colour, other: Colour) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def mixed(colour: Colour, ground: Colour, share: float) -> Colour:
    red, green, blue = (share * a + (1 - share) * b for a, b in zip(colour, ground, strict=True))
    return (red, green, blue)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("word", WORDS)
def test_colour_of_words_when_on_a_ground_is_readable(theme, ground, word):
    assert contrast(COLOURS[theme][word], COLOURS[theme][ground]) >= READABLE


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("status", STATUSES)
def test_status_when_on_its_own_chip_is_readable(theme, status):
    colour = COLOURS[theme][status]
    for ground in GROUNDS:
        # The share is the chip's background in parts.css.
        chip = mixed(colour, COLOURS[theme][ground], 0.09)
        assert contrast(colour, chip) >= READABLE, ground


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    ("words", "ground"),
    [("on-accent", "accent"), ("on-accent", "accent-hover"), ("on-danger", "danger")],
    ids=["primary", "primary pointed at", "danger"],
)
def test_words_on_a_button_when_filled_are_readable(theme, words, ground):
    assert contrast(COLOURS[theme][words], COLOURS[theme][ground]) >= READABLE


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("mark", ["line-control", "focus"])
def test_edge_of_a_control_when_on_a_ground_is_visible(theme, mark):
    for ground in ("ground", "surface", "raised"):
        assert contrast(COLOURS[theme][mark], COLOURS[theme][ground]) >= VISIBLE, ground
