"""The settings of the plugin."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from srp_portal.plugin import SettingError

_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,3})?)\s*%?", re.ASCII)
_PERCENTAGES = ("deduction", "most", "no_fit")
_ALL = Decimal(1)


@dataclass(frozen=True, slots=True)
class DoctrineSettings:
    """Where the fits are, and what is suggested.

    folder: of the fits. accept: a file, None without one. deduction: fraction of the payout for
    each module that differs, None for no suggestion. most: of all these together. no_fit: fraction
    where the hull has no fit, None for no suggestion.
    """

    folder: Path
    accept: Path | None
    deduction: Decimal | None
    most: Decimal
    no_fit: Decimal | None

    @classmethod
    def from_mapping(cls, settings: Mapping[str, str]) -> DoctrineSettings | None:
        """The settings, None where no folder is set; raises SettingError for a wrong one."""
        given = {name: text.strip() for name, text in settings.items() if text.strip()}
        shares = {name: _fraction(name, given[name]) for name in _PERCENTAGES if name in given}
        folder = given.get("folder")
        if folder is None:
            for name in ("accept", *_PERCENTAGES):
                if name in given:
                    raise SettingError("folder", f"must be set where {name} is")
            return None
        if "most" in shares and "deduction" not in shares:
            raise SettingError("deduction", "must be set where most is")
        return cls(
            folder=Path(folder),
            accept=Path(given["accept"]) if "accept" in given else None,
            deduction=shares.get("deduction"),
            most=shares.get("most", _ALL),
            no_fit=shares.get("no_fit"),
        )


def _fraction(setting: str, text: str) -> Decimal:
    match = _PERCENT.fullmatch(text)
    fraction = None if match is None else Decimal(match[1]).scaleb(-2)
    if fraction is None or not 0 < fraction <= _ALL:
        raise SettingError(
            setting,
            f"must be a percentage above 0 and up to 100, such as 5 or 2.5, not {text[:40]}",
        )
    return fraction
