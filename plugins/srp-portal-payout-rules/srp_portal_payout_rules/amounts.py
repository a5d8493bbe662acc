"""ISK and percentages as the file writes them; exact, never floats."""

from __future__ import annotations

import re
from decimal import Decimal

from srp_portal_payout_rules.document import Section, shown

#: The largest amount and the largest percentage that a rule can name.
MOST_ISK, MOST_PERCENT = Decimal(10) ** 12, Decimal(1000)

_CENT = Decimal("0.01")
_THOUSANDTH = Decimal("0.001")
_FAR = 10**15
_AMOUNT = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,12})?) ?([kmb])", re.ASCII | re.IGNORECASE)
_UNITS = {"k": 10**3, "m": 10**6, "b": 10**9}
_HOW = 'write 450_000_000, or text with a unit such as "450m", "1.2b", "750k"'


def isk(section: Section, key: str) -> Decimal | None:
    """Positive ISK of a whole number of hundredths, None without the key; raises RulesError."""
    found = section.values.get(key)
    if found is None:
        return None
    if isinstance(found, str):
        match = _AMOUNT.fullmatch(found.strip())
        if match is None:
            raise section.error(f"{key} is no ISK: {shown(found)}; {_HOW}", key)
        amount = Decimal(match[1]) * _UNITS[match[2].lower()]
    else:
        amount = _number(section, key, f"ISK; {_HOW}")
    if not 0 < amount <= MOST_ISK:
        raise section.error(f"{key} must be more than 0 and at most {MOST_ISK:,f} ISK", key)
    if amount != amount.quantize(_CENT):
        raise section.error(f"{key} is finer than 0.01 ISK", key)
    return amount.quantize(_CENT)


def percent(section: Section, key: str, *, most: Decimal = MOST_PERCENT) -> Decimal | None:
    """A percentage above 0 with three decimals at most, None without the key.

    25 is 25 %. Raises RulesError.
    """
    if section.values.get(key) is None:
        return None
    number = _number(section, key, "a number: 25 is 25 %")
    if not 0 < number <= most:
        raise section.error(f"{key} must be more than 0 and at most {most}", key)
    if number != number.quantize(_THOUSANDTH):
        raise section.error(f"{key} has more than three decimals", key)
    return number


def percent_words(number: Decimal) -> str:
    """`25 %`, `12.5 %`."""
    return f"{number.normalize():f} %"


def _number(section: Section, key: str, what: str) -> Decimal:
    found = section.values[key]
    if isinstance(found, bool) or not isinstance(found, int | Decimal):
        raise section.error(f"{key} must be {what}, not {shown(found)}", key)
    # Far beyond what the callers take: arithmetic with such numbers overflows, or takes for ever.
    if isinstance(found, int) and abs(found) > _FAR:
        raise section.error(f"{key} is too large: {shown(found)}", key)
    number = Decimal(found)
    if not number.is_finite() or number.copy_abs() > _FAR:
        raise section.error(f"{key} is too large: {shown(found)}", key)
    if number and number.adjusted() < -12:
        raise section.error(f"{key} is too small: {shown(found)}", key)
    return number
