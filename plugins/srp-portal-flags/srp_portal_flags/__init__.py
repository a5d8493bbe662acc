"""What a reviewer should look at twice; shown beside a request and never blocking it."""

from __future__ import annotations

from collections.abc import Mapping

from srp_portal.plugin import (
    DivisionInfo,
    Flag,
    Killmail,
    PluginContext,
    Transformer,
    UserInfo,
    hookimpl,
)
from srp_portal_flags.case import Case
from srp_portal_flags.review import review
from srp_portal_flags.settings import FlagSettings

API_VERSION = 1


@hookimpl
def transformers(settings: Mapping[str, str]) -> tuple[Transformer, ...]:
    """None: the hook is there for its moment, the start, which a wrong setting has to stop.

    Raises SettingError.
    """
    FlagSettings.from_mapping(settings)
    return ()


@hookimpl
def review_flags(
    killmail: Killmail, division: DivisionInfo, submitter: UserInfo, context: PluginContext
) -> list[Flag]:
    """At most one flag of each check that is on; a check that fails is left out and logged."""
    settings = FlagSettings.from_mapping(context.settings)
    with Case(killmail, division, submitter, context, settings.options) as case:
        return review(case, settings.thresholds)
