"""The settings of the plugin: a threshold for each check, and what checks share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches

from srp_portal.plugin import SettingError
from srp_portal_flags.options import OPTIONS, Options
from srp_portal_flags.table import CHECKS


@dataclass(frozen=True, slots=True)
class FlagSettings:
    """thresholds: by code, of the checks that are on, in the order of the table."""

    thresholds: Mapping[str, Decimal]
    options: Options

    @classmethod
    def from_mapping(cls, settings: Mapping[str, str]) -> FlagSettings:
        """The settings, blank ones at their defaults.

        Raises SettingError for a wrong one, and for a name that no setting has: a check that
        somebody meant to change must not go on as before because of a slip of the pen.
        """
        _refuse_unknown(settings)
        thresholds = {}
        for check in CHECKS:
            threshold = check.bounds.parse(
                check.code, settings.get(check.code, "").strip() or check.default
            )
            if threshold is not None:
                thresholds[check.code] = threshold
        shared = {
            option.name: option.bounds.parse(
                option.name, settings.get(option.name, "").strip() or option.default
            )
            for option in OPTIONS
        }
        options = Options(
            history_days=int(shared["history_days"] or 0),
            history_requests=int(shared["history_requests"] or 0),
            names=shared["names"] is not None,
        )
        return cls(thresholds, options)


def _refuse_unknown(settings: Mapping[str, str]) -> None:
    known = [check.code for check in CHECKS] + [option.name for option in OPTIONS]
    for name in sorted(set(settings) - set(known)):
        meant = get_close_matches(name, known, n=1)
        hint = f"; did you mean {meant[0]}?" if meant else ""
        raise SettingError(name, f"is no setting of this plugin{hint}")
