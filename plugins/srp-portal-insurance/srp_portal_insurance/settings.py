"""The settings of the plugin, and which losses they leave out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches

from srp_portal.plugin import Killmail, SettingError

#: The levels that EVE sells, from the cheapest to the dearest.
LEVELS = ("Basic", "Standard", "Bronze", "Silver", "Gold", "Platinum")
_NAMES = ("level", "rate", "cost", "except_groups", "except_ships")
_COSTS = ("ignore", "subtract")
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,3})?)\s?%?", re.ASCII)
#: Insurance pays nothing for a ship that CONCORD shot.
_CONCORD = 1000125


@dataclass(frozen=True, slots=True)
class InsuranceSettings:
    """What is deducted, and for which ships.

    level: one of LEVELS, None for no deduction at all. rate: the fraction that is deducted, 0 to
    1. is_cost_subtracted: whether the price of the policy lessens what insurance pays.
    except_groups, except_ships: names, casefolded.
    """

    level: str | None
    rate: Decimal
    is_cost_subtracted: bool
    except_groups: frozenset[str]
    except_ships: frozenset[str]

    @classmethod
    def from_mapping(cls, settings: Mapping[str, str]) -> InsuranceSettings:
        """The settings, blank ones at their defaults.

        Raises SettingError for a wrong one, and for a name that no setting has: a slip of the pen
        must not leave a deduction out.
        """
        for name in sorted(set(settings) - set(_NAMES)):
            meant = get_close_matches(name, _NAMES, n=1)
            hint = f"did you mean {meant[0]}?" if meant else f"known are {', '.join(_NAMES)}"
            raise SettingError(name, f"is no setting of this plugin; {hint}")
        return cls(
            level=_choice(settings, "level", LEVELS),
            rate=_rate(settings.get("rate", "").strip() or "100"),
            is_cost_subtracted=_choice(settings, "cost", _COSTS) == "subtract",
            except_groups=_names(settings.get("except_groups", "")),
            except_ships=_names(settings.get("except_ships", "")),
        )

    def covers(self, killmail: Killmail) -> bool:
        """Whether insurance paid for a loss like this one, as far as the killmail tells."""
        return (
            killmail.ship.casefold() not in self.except_ships
            and killmail.ship_group.casefold() not in self.except_groups
            and all(attacker.corporation_id != _CONCORD for attacker in killmail.attackers)
        )


def _choice(settings: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str | None:
    value = settings.get(name, "").strip()
    if not value:
        return None
    for choice in choices:
        if value.casefold() == choice.casefold():
            return choice
    raise SettingError(name, f"must be one of {', '.join(choices)}, not {value}")


def _rate(text: str) -> Decimal:
    match = _PERCENT.fullmatch(text)
    rate = None if match is None else Decimal(match[1]) / 100
    if rate is None or rate > 1:
        raise SettingError("rate", f"must be a percentage from 0 to 100, not {text}")
    return rate


def _names(text: str) -> frozenset[str]:
    # Names in EVE hold spaces: a comma or a new line ends one.
    parts = (" ".join(part.split()) for part in re.split(r"[,\r\n]", text))
    return frozenset(part.casefold() for part in parts if part)
