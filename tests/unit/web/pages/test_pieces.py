"""The small pieces of HTML: whatever stands in them stays text."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markupsafe import Markup

from srp_portal.web import pieces

HOSTILE = """</b><script>alert('x')</script>" onload="y&amp;{{ 7 * 7 }}"""
PICTURES = pieces.Pictures("https://images.example")


class Found(HTMLParser):
    """The elements and the text of a piece, as a browser has them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: dict[str, str | None] = {}
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes.update(attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize(
    ("piece", "elements", "attribute", "text"),
    [
        (pieces.icon, ["svg", "use"], "href", ""),
        (pieces.status_chip, ["span", "svg", "use"], "data-status", HOSTILE),
        (
            lambda name: pieces.copy_button(name, name, name),
            ["button", "svg", "use", "span"],
            "data-copy",
            HOSTILE,
        ),
        (lambda name: PICTURES.ship(587, name), ["img"], "alt", ""),
        (lambda name: PICTURES.pilot(90000001, name), ["img"], "alt", ""),
        (lambda name: pieces.Pictures(name).item(34), ["img"], "src", ""),
    ],
)
def test_piece_when_a_name_is_hostile_then_is_shown_as_text(
    piece: Callable[[str], Markup], elements: list[str], attribute: str, text: str
) -> None:
    made = piece(HOSTILE)
    found = Found(made)
    assert isinstance(made, Markup)
    assert found.elements == elements
    assert HOSTILE in (found.attributes[attribute] or "")
    assert "onload" not in found.attributes
    assert found.text == text


def test_copy_button_when_what_it_copies_is_hostile_then_is_a_label() -> None:
    found = Found(pieces.copy_button("1", HOSTILE))
    assert found.attributes["title"] == found.attributes["aria-label"] == f"Copy {HOSTILE}"


def test_plain_text_when_hostile_then_keeps_line_breaks_alone() -> None:
    found = Found(pieces.plain_text(f"{HOSTILE}\n{HOSTILE}"))
    assert found.elements == ["br"]
    assert found.text == HOSTILE * 2


def test_picture_when_its_id_is_no_number_then_is_refused() -> None:
    with pytest.raises(ValueError, match="format"):
        PICTURES.alliance('1"onload="')  # type: ignore[arg-type]


@pytest.mark.parametrize(("size", "asked"), [(24, 64), (64, 64), (65, 256), (128, 256)])
def test_picture_when_sized_then_asks_for_one_that_is_large_enough(size: int, asked: int) -> None:
    found = Found(PICTURES.ship(587, "Rifter", size))
    assert found.attributes["src"] == f"https://images.example/types/587/render?size={asked}"
    assert found.attributes["width"] == found.attributes["height"] == str(size)


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2014, 7, 9, 1, 2, 3, 999_999, tzinfo=UTC),
        datetime(2014, 7, 9, 1, 2, 3),  # noqa: DTZ001 - as SQLite has it
        datetime(2014, 7, 9, 4, 2, 3, tzinfo=timezone(timedelta(hours=3))),
    ],
)
def test_evetime_when_of_any_zone_then_is_utc(moment: datetime) -> None:
    now = datetime(2014, 7, 9, 4, 3, tzinfo=UTC)
    assert pieces.evetime(moment, now) == (
        '<time datetime="2014-07-09T01:02:03Z" title="3 h ago">2014-07-09 01:02</time>'
    )


@pytest.mark.parametrize(
    ("hundredths", "lines"), [(0, ["0"]), (99_999, ["999.99"]), (100_000, ["1,000", "1.0 k"])]
)
def test_payout_when_under_a_thousand_then_has_no_short_form(
    hundredths: int, lines: list[str]
) -> None:
    value = Decimal(hundredths).scaleb(-2)
    assert Found(pieces.payout_lines(hundredths)).text == "".join(lines)
    assert pieces.short(value) == pieces.short_payout(hundredths)
    assert Found(pieces.short(value)).text == "".join(lines[1:])
    assert Found(pieces.amount(value)).text == f"{lines[0]} ISK"


def test_icon_when_a_template_names_one_then_its_shape_is_in_the_sprite() -> None:
    templates = Path(pieces.__file__).parent / "templates"
    shapes = set(re.findall(r'id="icon-([a-z]+)"', (templates / "_sprite.jinja2").read_text()))
    named = {
        name
        for template in templates.glob("*.jinja2")
        for name in re.findall(r'"([a-z]+)"\|icon', template.read_text())
    }
    assert "plus" in named
    assert named <= shapes
