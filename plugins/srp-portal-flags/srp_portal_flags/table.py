"""The table of checks: what each is called, how loud it is, from where on it flags."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from srp_portal_flags.attackers import friendly_fire, npc, own_character, solo
from srp_portal_flags.bounds import Number, Switch
from srp_portal_flags.case import Case
from srp_portal_flags.contents import abyssal, cargo_share, value_gap
from srp_portal_flags.earlier import same_hull, value_median
from srp_portal_flags.eve import item_names, prices, stays
from srp_portal_flags.membership import joined, outside_groups


@dataclass(frozen=True, slots=True)
class Check:
    """One check.

    code: of its flag, and the name of its setting. default: of the setting, as text. find: gives
    the text of the flag, or None. questions: to EVE's API, begun before any check is made; a check
    that has some is off by default.
    """

    code: str
    level: Literal["info", "warning", "alert"]
    bounds: Switch | Number
    default: str
    find: Callable[[Case, Decimal], str | None]
    questions: tuple[Callable[[Case], Any], ...] = ()


def _count(high: int, unit: str = "") -> Number:
    return Number(Decimal(1), Decimal(high), unit)


def _percent() -> Number:
    return Number(Decimal("0.1"), Decimal(100), "%", is_whole=False)


#: In the order in which reviewers are shown what is found.
CHECKS: tuple[Check, ...] = (
    Check("own_character", "alert", Switch(), "on", own_character),
    Check("friendly_fire", "warning", _count(1000), "1", friendly_fire),
    Check("npc", "info", Switch(), "on", npc),
    Check("solo", "info", _count(1000), "1", solo),
    Check("outside_groups", "warning", Switch(), "on", outside_groups),
    Check("same_hull", "warning", _count(1440, "minutes"), "15", same_hull),
    Check(
        "value_median",
        "warning",
        Number(Decimal("1.1"), Decimal(1000), "times", is_whole=False),
        "2",
        value_median,
    ),
    Check("joined", "warning", _count(3650, "days"), "off", joined, (stays,)),
    Check("cargo_share", "warning", _percent(), "off", cargo_share, (prices,)),
    Check("value_gap", "warning", _percent(), "off", value_gap, (prices,)),
    Check("abyssal", "info", _count(1000), "off", abyssal, (item_names,)),
)
