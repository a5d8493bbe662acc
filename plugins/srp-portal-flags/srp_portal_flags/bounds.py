"""How the text of a setting becomes a threshold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from srp_portal.plugin import SettingError

#: What switches a check off.
OFF = frozenset({"off", "no", "false"})
_ON = frozenset({"on", "yes", "true"})

# No exponents, no thousands signs, no digits of other scripts: what people read is what counts.
_NUMBER = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,6})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Switch:
    """A setting that is on or off."""

    def parse(self, name: str, text: str) -> Decimal | None:
        """1 for on, None for off; raises SettingError that names the setting."""
        word = text.strip().lower()
        if word in OFF:
            return None
        if word not in _ON:
            raise SettingError(name, f"must be on or off, not {text.strip()}")
        return Decimal(1)


@dataclass(frozen=True, slots=True)
class Number:
    """A setting that is a number from `low` to `high`, or off.

    unit: what may follow the number, with or without a space. is_whole: no decimals.
    """

    low: Decimal
    high: Decimal
    unit: str = ""
    is_whole: bool = True
    may_be_off: bool = True

    def parse(self, name: str, text: str) -> Decimal | None:
        """The number, None for off; raises SettingError that names the setting."""
        word = text.strip().lower()
        if self.may_be_off and word in OFF:
            return None
        digits = word.removesuffix(self.unit).rstrip() if self.unit else word
        number = Decimal(digits) if _NUMBER.fullmatch(digits) else None
        if (
            number is None
            or not self.low <= number <= self.high
            or (self.is_whole and number != number.to_integral_value())
        ):
            raise SettingError(name, f"must be {self}, not {text.strip()}")
        return number

    def __str__(self) -> str:
        kind = "a whole number" if self.is_whole else "a number"
        unit = f" {self.unit}" if self.unit else ""
        return f"{kind} from {self.low} to {self.high}{unit}{' or off' if self.may_be_off else ''}"
