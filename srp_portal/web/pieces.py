"""Small pieces of HTML that pages are full of, each made in one place: signs, amounts, times.

Templates use them as filters, such as `{{ "plus"|icon }}`: a filter is called directly, and one of
a constant when the template is compiled, while a macro costs as much as a row of a list. What comes
from outside is escaped here, so that the results are safe where an element may stand.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

from srp_portal.domain import money


@lru_cache(maxsize=128)
def icon(name: str) -> Markup:
    """A sign of the page's sprite. It repeats what words beside it say: hidden from screen readers.

    The shapes are those of templates/_sprite.jinja2.
    """
    return _html(f'<svg class="icon" aria-hidden="true"><use href="#icon-{escape(name)}"/></svg>')


def status_chip(status: str, is_withdrawn: bool = False, is_large: bool = False) -> Markup:
    """A status: always the same word, colour and sign."""
    return _html(
        f'<span class="chip{" chip-large" if is_large else ""}" data-status="{escape(status)}">'
        f"{icon(status)}{'withdrawn' if is_withdrawn else escape(status)}</span>"
    )


def copy_button(text: str, what: str, label: str = "") -> Markup:
    """A button that copies exactly what a field of the game takes.

    what: says what is copied, such as `the pilot`.
    """
    name = escape(what)
    return _html(
        f'<button type="button" class="copy needs-script" data-copy="{escape(text)}"'
        f' aria-label="Copy {name}" title="Copy {name}">{icon("copy")}'
        f"<span data-copy-label>{escape(label)}</span></button>"
    )


def amount(value: Decimal, unit: bool = True) -> Markup:
    """ISK in full, without `.00`, with the short form as its title."""
    return _amount(whole_isk(value), money.short_isk(value), unit)


def short(value: Decimal) -> Markup:
    """ISK in the short form, where it says more than the number itself; else nothing."""
    return _short(money.short_isk(value)) if value >= 1000 else Markup()


def whole_isk(value: Decimal) -> str:
    """ISK with thousands, without `.00`."""
    return money.pretty_isk(value).removesuffix(".00")


def payout_lines(hundredths: int) -> Markup:
    """A payout in a cell of a list: in full, and below in the short form."""
    brief = money.short_hundredths(hundredths)
    full = money.pretty_hundredths(hundredths).removesuffix(".00")
    second = _short(brief) if hundredths >= 100_000 else ""
    return _html(
        f'<div class="two-lines"><span class="strong">{_amount(full, brief, False)}</span>'
        f"{second}</div>"
    )


def short_payout(hundredths: int) -> Markup:
    """`short` of a whole number of hundredths."""
    return _short(money.short_hundredths(hundredths)) if hundredths >= 100_000 else Markup()


def _html(text: str) -> Markup:
    """Marks as HTML what a function above has made of its own text and of escaped parts."""
    return Markup(text)  # noqa: S704


def _amount(full: str, brief: str, unit: bool) -> Markup:
    shown = ' <span class="isk-unit">ISK</span>' if unit else ""
    return _html(f'<span class="isk" title="{brief}">{full}{shown}</span>')


def _short(brief: str) -> Markup:
    return _html(f'<span class="isk-short">{brief}</span>')


def evetime(moment: datetime, now: datetime | None = None) -> Markup:
    """A time element in EVE time, relative in its title. moment: aware, or in UTC."""
    utc = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    # By isoformat, which is several times as fast as strftime.
    text = utc.isoformat(" ", "seconds")
    return _html(
        f'<time datetime="{text[:10]}T{text[11:19]}Z"'
        f' title="{relative(utc, now or datetime.now(UTC))}">{text[:16]}</time>'
    )


def relative(moment: datetime, now: datetime) -> str:
    """How long ago, roughly: `3 h ago`."""
    seconds = int((now - moment).total_seconds())
    direction, seconds = ("ago", seconds) if seconds >= 0 else ("from now", -seconds)
    for unit, length in (("y", 31_557_600), ("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length} {unit} {direction}"
    return "just now"


def plain_text(text: str) -> Markup:
    """Plain text as HTML: escaped, with its line breaks, nothing else."""
    return Markup("<br>").join(escape(line) for line in text.split("\n"))


class Pictures:
    """Pictures from the image server at an address; sized so that nothing jumps when they come."""

    def __init__(self, base_url: str) -> None:
        self._base = escape(base_url)

    def filters(self) -> dict[str, Callable[..., Markup]]:
        """The filters of templates, by name; each takes an id of EVE."""
        return {
            "ship_picture": self.ship,
            "pilot_picture": self.pilot,
            "item_picture": self.item,
            "corporation_picture": self.corporation,
            "alliance_picture": self.alliance,
        }

    def ship(self, type_id: int, name: str, size: int = 32) -> Markup:
        """The ship as it looks."""
        path = f"types/{type_id:d}/render?size={64 if size <= 64 else 256}"
        return self._picture("picture picture-ship", path, size, name)

    def pilot(self, character_id: int, name: str, size: int = 32) -> Markup:
        """The portrait."""
        path = f"characters/{character_id:d}/portrait?size={64 if size <= 64 else 256}"
        return self._picture("picture picture-pilot", path, size, name)

    def item(self, type_id: int) -> Markup:
        """The item's icon, beside its name."""
        return self._picture("picture", f"types/{type_id:d}/icon?size=32", 24)

    def corporation(self, corporation_id: int) -> Markup:
        """The logo, beside the name."""
        return self._picture("picture", f"corporations/{corporation_id:d}/logo?size=64", 24)

    def alliance(self, alliance_id: int) -> Markup:
        """The logo, beside the name."""
        return self._picture("picture", f"alliances/{alliance_id:d}/logo?size=64", 24)

    def _picture(self, kind: str, path: str, size: int, name: str = "") -> Markup:
        return _html(
            f'<img class="{kind}" src="{self._base}/{path}" width="{size:d}" height="{size:d}"'
            f' alt="{escape(name)}" loading="lazy" decoding="async">'
        )


#: The filters that need no settings, by the names that templates use.
FILTERS: dict[str, Callable[..., Any]] = {
    "icon": icon,
    "status_chip": status_chip,
    "copy_button": copy_button,
    "amount": amount,
    "short": short,
    "payout_lines": payout_lines,
    "short_payout": short_payout,
    "isk": money.pretty_isk,
    "isk_short": money.short_isk,
    "isk_plain": money.plain_isk,
    "hundredths": money.pretty_hundredths,
    "hundredths_plain": money.plain_hundredths,
    "evetime": evetime,
    "plain_text": plain_text,
}
