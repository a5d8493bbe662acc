"""Every hook that a plugin may implement; an implementation takes the arguments that it names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from srp_portal.plugin.context import KillmailSource, PluginContext
from srp_portal.plugin.killmail import Killmail
from srp_portal.plugin.markers import hookspec
from srp_portal.plugin.types import (
    DivisionInfo,
    Flag,
    Panel,
    ProposedModifier,
    RequestEvent,
    Transformer,
    UserInfo,
)


@hookspec
def killmail_sources(settings: Mapping[str, str]) -> Iterable[KillmailSource]:  # type: ignore[empty-body]
    """Places that killmails come from; called once, at start."""


@hookspec
def base_payout(
    killmail: Killmail, division: DivisionInfo, context: PluginContext
) -> Decimal | None:
    """The base payout in ISK, or None to pass; the first plugin that answers wins."""


@hookspec
def payout_modifiers(  # type: ignore[empty-body]
    killmail: Killmail, division: DivisionInfo, submitter: UserInfo, context: PluginContext
) -> Iterable[ProposedModifier]:
    """Bonuses and penalties for a submission, given after its base payout."""


@hookspec
def review_flags(  # type: ignore[empty-body]
    killmail: Killmail, division: DivisionInfo, submitter: UserInfo, context: PluginContext
) -> Iterable[Flag]:
    """What reviewers and payers should look at; never blocks a submission."""


@hookspec
def request_panels(  # type: ignore[empty-body]
    killmail: Killmail, division: DivisionInfo, context: PluginContext
) -> Iterable[Panel]:
    """Small tables for the request page, made when a reviewer opens it."""


@hookspec
def validate_submission(
    killmail: Killmail, division: DivisionInfo, submitter: UserInfo, context: PluginContext
) -> None:
    """Refuses a submission by raising SubmissionRejected with the reason."""


@hookspec
def request_changed(event: RequestEvent, context: PluginContext) -> None:
    """Told after a change was committed, at least once; raise to be told again later."""


@hookspec
def transformers(settings: Mapping[str, str]) -> Iterable[Transformer]:  # type: ignore[empty-body]
    """Links to offer for attributes of a request; called once, at start."""


@hookspec
def includeme(config: Any) -> None:
    """Adds to the application by Pyramid's configurator; called at start."""
