"""ISK: parse what people type, keep it exact, show it."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Decimal

from srp_portal.domain.errors import InvalidInput

CENT = Decimal("0.01")
ZERO = Decimal("0.00")

#: The largest amount that the portal takes, in ISK (contract/http.md, "Working on a request").
LIMIT = Decimal("1000000000000.00")

_MULTIPLIERS = {"": 10**6, "k": 10**3, "m": 10**6, "b": 10**9}
_AMOUNT = re.compile(r"([0-9]{1,20}(?:\.[0-9]{0,14})?|\.[0-9]{1,14})[ ]?([kmb]?)", re.ASCII)
_PERCENT = re.compile(r"([0-9]{1,7}(?:\.[0-9]{0,3})?|\.[0-9]{1,3})[ ]?%?", re.ASCII)


def round_isk(amount: Decimal) -> Decimal:
    """The amount rounded half-even to 0.01 ISK."""
    return amount.quantize(CENT, rounding=ROUND_HALF_EVEN)


def to_hundredths(amount: Decimal) -> int:
    """Exact hundredths of ISK; raises ValueError for a finer or non-finite amount."""
    if not amount.is_finite():
        raise ValueError("ISK must be finite")
    scaled = amount.scaleb(2)
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{amount} ISK is finer than 0.01")
    return int(scaled)


def from_hundredths(hundredths: int) -> Decimal:
    """ISK with two decimals."""
    return Decimal(hundredths).scaleb(-2)


def parse_isk(text: str, *, field: str = "value") -> Decimal:
    """ISK from a form field, in millions unless it ends in k, m or b.

    `12.5`, `12.5m`, `1.2b`, `750k`: the decimal sign is a dot, no thousands signs. Result: 0 to
    LIMIT, two decimals. Raises InvalidInput. Rule: contract/http.md, "Working on a request".
    """
    typed = text.strip()
    if typed.startswith("-"):
        raise InvalidInput(field, f"“{_shorten(typed)}” is negative; choose a deduction instead.")
    if "," in typed:
        raise InvalidInput(
            field, f"“{_shorten(typed)}”: write a dot for decimals and no thousands signs."
        )
    match = _AMOUNT.fullmatch(typed.lower())
    if match is None:
        raise InvalidInput(
            field, f"“{_shorten(typed)}” is no amount: write 12.5, 12.5m, 1.2b or 750k."
        )
    amount = Decimal(match[1]) * _MULTIPLIERS[match[2]]
    if amount > LIMIT:
        raise InvalidInput(field, f"{_shorten(typed)} is more than {pretty_isk(LIMIT)} ISK.")
    if amount != round_isk(amount):
        raise InvalidInput(field, f"“{_shorten(typed)}” is finer than 0.01 ISK.")
    return round_isk(amount)


def parse_percent(text: str, *, field: str = "value") -> Decimal:
    """A fraction from a percentage in a form field: `12.5` or `12.5%` is 0.125.

    At most three decimals of a percent. Raises InvalidInput.
    """
    typed = text.strip()
    match = _PERCENT.fullmatch(typed)
    if match is None:
        raise InvalidInput(
            field,
            f"“{_shorten(typed)}” is no percentage: write 15 or 12.5, three decimals at most.",
        )
    return Decimal(match[1]).scaleb(-2)


def plain_isk(amount: Decimal) -> str:
    """`40000000.00`; nothing is `0.00`, whatever it was rounded from."""
    return f"{amount:z.2f}"


def pretty_isk(amount: Decimal) -> str:
    """`40,000,000.00`; nothing is `0.00`, whatever it was rounded from."""
    return f"{amount:z,.2f}"


def plain_hundredths(hundredths: int) -> str:
    """`plain_isk` of a whole number of hundredths, 0 or more, without a Decimal in between."""
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def pretty_hundredths(hundredths: int) -> str:
    """`pretty_isk` of a whole number of hundredths, 0 or more, without a Decimal in between."""
    return f"{hundredths // 100:,}.{hundredths % 100:02d}"


def short_isk(amount: Decimal) -> str:
    """`40.0 m`, `1.2 b`, `750.0 k`; an amount under a thousand in full."""
    for limit, unit in ((10**9, "b"), (10**6, "m"), (10**3, "k")):
        # 999,999,999 is shown as 1.0 b and not as 1000.0 m.
        rounds_up = Decimal(limit) / 20000 if limit > 10**3 else 0
        if abs(amount) >= limit - rounds_up:
            return f"{amount / limit:,.1f} {unit}"
    return pretty_isk(amount)


def short_hundredths(hundredths: int) -> str:
    """`short_isk` of a whole number of hundredths, 0 or more, without a Decimal in between."""
    for limit, unit in ((10**11, "b"), (10**8, "m"), (10**5, "k")):
        if hundredths >= limit - (limit // 20000 if limit > 10**5 else 0):
            tenths, rest = divmod(hundredths * 10, limit)
            # Half-even, as Decimals are formatted.
            tenths += rest * 2 > limit or (rest * 2 == limit and tenths % 2)
            return f"{tenths // 10:,}.{tenths % 10} {unit}"
    return pretty_hundredths(hundredths)


def percent_text(fraction: Decimal) -> str:
    """The unsigned percentage of a fraction with one to three decimals: `15.0`, `12.125`."""
    percent = abs(fraction).scaleb(2).quantize(Decimal("0.001"), rounding=ROUND_HALF_EVEN)
    whole, decimals = f"{percent:.3f}".split(".")
    return f"{whole}.{decimals.rstrip('0') or '0'}"


def _shorten(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
