"""What several checks share of the settings."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from srp_portal_flags.bounds import Number, Switch


@dataclass(frozen=True, slots=True)
class Options:
    """How far back earlier requests count, how many make a median, and whether names are asked for.

    history_days: days. history_requests: number of requests.
    """

    history_days: int = 90
    history_requests: int = 5
    names: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """One setting that is no check: its bounds and its default as text."""

    name: str
    bounds: Switch | Number
    default: str


OPTIONS: tuple[Option, ...] = (
    Option("history_days", Number(Decimal(1), Decimal(3650), unit="days", may_be_off=False), "90"),
    Option("history_requests", Number(Decimal(1), Decimal(1000), may_be_off=False), "5"),
    Option("names", Switch(), "off"),
)
