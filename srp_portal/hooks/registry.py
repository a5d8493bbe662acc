"""The loaded plugins of an application, and every way in which the portal calls them.

Each implementation is called on its own and not through pluggy's multicall, for two reasons: the
context differs from plugin to plugin, and a failure must name its plugin. Order, including
`tryfirst` and `trylast`, is pluggy's.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

import pluggy

from srp_portal.hooks import border
from srp_portal.hooks.errors import PluginConfigurationError, PluginFailed, describe
from srp_portal.hooks.hosts import HostSet
from srp_portal.hooks.loading import (
    Implementation,
    LoadedPlugin,
    LoadedSource,
    LoadedTransformer,
    implementations,
)
from srp_portal.plugin import (
    DivisionInfo,
    Flag,
    Killmail,
    Panel,
    PluginContext,
    ProposedModifier,
    RequestEvent,
    UserInfo,
)

logger = logging.getLogger(__name__)

#: Makes the context of a plugin by its name: settings, hosts and cache are each plugin's own.
ContextFor = Callable[[str], PluginContext]

_CALLED_LATER = (
    "base_payout",
    "payout_modifiers",
    "review_flags",
    "request_panels",
    "validate_submission",
    "request_changed",
    "includeme",
)


class Configurator(Protocol):
    """The part of Pyramid's configurator that is used here."""

    def include(self, callable: Any) -> Any:  # noqa: A002 - Pyramid's own name
        """Calls a function with a configurator for its package."""


@dataclass(frozen=True, slots=True)
class PluginReport:
    """A line of `srp-portal plugins list`; reason says why a plugin is not enabled."""

    name: str
    distribution: str
    version: str
    hooks: tuple[str, ...]
    enabled: bool
    reason: str


class PluginRegistry:
    """What `build_plugin_manager` gives; one per application, safe to use from several threads."""

    def __init__(
        self,
        manager: pluggy.PluginManager,
        plugins: Sequence[LoadedPlugin],
        reports: Sequence[PluginReport],
    ) -> None:
        self.reports = tuple(reports)
        self.names = tuple(plugin.name for plugin in plugins)
        #: Takes note of failures; the application puts its own in place.
        self.report: border.Report = border.unreported
        self._hosts = {plugin.name: plugin.hosts for plugin in plugins}
        self._calls = {hook: implementations(manager, hook) for hook in _CALLED_LATER}
        by_name = {plugin.name: plugin for plugin in plugins}
        self._calls["request_changed"] = tuple(
            call for call in self._calls["request_changed"] if by_name[call.plugin].listens
        )
        # Sources and transformers in the order in which pluggy would call the hooks.
        self.sources: tuple[LoadedSource, ...] = tuple(
            source
            for call in implementations(manager, "killmail_sources")
            for source in by_name[call.plugin].sources
        )
        self.transformers: tuple[LoadedTransformer, ...] = tuple(
            transformer
            for call in implementations(manager, "transformers")
            for transformer in by_name[call.plugin].transformers
        )

    def hosts(self, plugin: str) -> HostSet:
        """All hosts that the plugin declared; raises KeyError for one that is not loaded."""
        return self._hosts[plugin]

    def find_source(self, url: str) -> LoadedSource | None:
        """The first source that takes this link.

        Where none does, raises PluginFailed for one whose `matches` raised: the link may be its.
        """
        failed: PluginFailed | None = None
        for loaded in self.sources:
            hook = f"matches of source {loaded.name}"
            try:
                with border.guarded(loaded.plugin, hook, self.report):
                    is_taken = bool(loaded.source.matches(url))
            # An answer such as KillmailNotFound has no meaning here: nothing was fetched.
            except (PluginFailed, *border.ANSWERS) as error:
                logger.warning("Plugin %s: %s failed: %s", loaded.plugin, hook, describe(error))
                failed = failed or PluginFailed(loaded.plugin, hook, describe(error))
            else:
                if is_taken:
                    return loaded
        if failed is not None:
            raise failed
        return None

    def fetch(self, loaded: LoadedSource, url: str, context: PluginContext) -> Killmail:
        """The verified killmail behind a link.

        context: with the hosts of this source. Raises the public errors (KillmailNotFound,
        KillmailUnverified, SubmissionRejected, SourceUnavailable), else PluginFailed.
        """
        with border.guarded(loaded.plugin, f"fetch of source {loaded.name}", self.report):
            result = loaded.source.fetch(url, context)
            return border.checked_killmail(loaded.plugin, loaded.name, result)

    def base_payout(
        self, killmail: Killmail, division: DivisionInfo, context_for: ContextFor
    ) -> Decimal | None:
        """ISK from the first plugin that answers, None if none does.

        Raises the public errors, else PluginFailed.
        """
        arguments = {"killmail": killmail, "division": division}
        for call in self._calls["base_payout"]:
            prepared = _prepare(call, arguments, context_for)
            with border.guarded(call.plugin, call.hook, self.report):
                result = call(**prepared)
                amount = border.checked_base_payout(call.plugin, result)
            if amount is not None:
                return amount
        return None

    def payout_modifiers(
        self,
        killmail: Killmail,
        division: DivisionInfo,
        submitter: UserInfo,
        context_for: ContextFor,
    ) -> list[tuple[str, ProposedModifier]]:
        """All proposed modifiers with the names of their plugins.

        Raises the public errors, else PluginFailed: a payout is never silently wrong.
        """
        arguments = {"killmail": killmail, "division": division, "submitter": submitter}
        found: list[tuple[str, ProposedModifier]] = []
        for call in self._calls["payout_modifiers"]:
            prepared = _prepare(call, arguments, context_for)
            with border.guarded(call.plugin, call.hook, self.report):
                result = call(**prepared)
                modifiers = border.checked_modifiers(call.plugin, result)
            found.extend((call.plugin, modifier) for modifier in modifiers)
        return found

    def validate_submission(
        self,
        killmail: Killmail,
        division: DivisionInfo,
        submitter: UserInfo,
        context_for: ContextFor,
    ) -> None:
        """Raises SubmissionRejected where a plugin refuses, PluginFailed where one fails."""
        arguments = {"killmail": killmail, "division": division, "submitter": submitter}
        for call in self._calls["validate_submission"]:
            prepared = _prepare(call, arguments, context_for)
            with border.guarded(call.plugin, call.hook, self.report):
                result = call(**prepared)
                border.check_nothing(call.plugin, call.hook, result)

    def review_flags(
        self,
        killmail: Killmail,
        division: DivisionInfo,
        submitter: UserInfo,
        context_for: ContextFor,
    ) -> list[tuple[str, Flag]]:
        """All flags with the names of their plugins; a failing plugin's are left out."""
        arguments = {"killmail": killmail, "division": division, "submitter": submitter}
        found: list[tuple[str, Flag]] = []
        for call in self._calls["review_flags"]:
            prepared = _prepare(call, arguments, context_for)
            with border.skipped(call.plugin, call.hook, self.report):
                flags = border.checked_flags(call.plugin, call(**prepared))
                found.extend((call.plugin, flag) for flag in flags)
        return found

    def request_panels(
        self, killmail: Killmail, division: DivisionInfo, context_for: ContextFor
    ) -> list[tuple[str, Panel]]:
        """All panels with the names of their plugins; a failing plugin's are left out."""
        arguments = {"killmail": killmail, "division": division}
        found: list[tuple[str, Panel]] = []
        for call in self._calls["request_panels"]:
            prepared = _prepare(call, arguments, context_for)
            with border.skipped(call.plugin, call.hook, self.report):
                panels = border.checked_panels(call.plugin, call(**prepared))
                found.extend((call.plugin, panel) for panel in panels)
        return found

    @property
    def has_panels(self) -> bool:
        """Whether any plugin adds panels to the request page."""
        return bool(self._calls["request_panels"])

    @property
    def request_changed_subscribers(self) -> tuple[str, ...]:
        """Names of the plugins that want to be told of changes, in order."""
        return tuple(call.plugin for call in self._calls["request_changed"])

    def notify(self, plugin: str, event: RequestEvent, context: PluginContext) -> None:
        """Tells one plugin of one event, and raises whatever its hook raises.

        Raises LookupError for a plugin that does not subscribe (any more).
        """
        for call in self._calls["request_changed"]:
            if call.plugin == plugin:
                call(event=event, context=context)
                return
        raise LookupError(f"no plugin {plugin} wants to be told of changes")

    def includeme(self, config: Configurator, check: Callable[[], object] = lambda: None) -> None:
        """Lets each plugin add to the application; raises PluginConfigurationError with its name.

        Half a configuration can't be taken back, so this failure stops the start. check: called
        after each plugin; raises where what it added conflicts with what was there.
        """
        for call in self._calls["includeme"]:
            try:
                # Not called directly: include() makes asset names relative to the plugin.
                config.include(_includable(call))
                check()
            except (Exception, SystemExit) as error:
                raise PluginConfigurationError(
                    f"plugin {call.plugin}: its includeme failed: {describe(error)}"
                ) from error


def _includable(call: Implementation) -> Callable[[Any], None]:
    """The plugin's includeme as a function of its module, under a name that is its own.

    Pyramid includes a function once by module and name, and would in silence leave out that of a
    second plugin which shares it.
    """

    def includeme(config: Any) -> None:
        call(config=config)

    includeme.__module__ = call.function.__module__
    includeme.__name__ = f"includeme of plugin {call.plugin}"
    return includeme


def _prepare(
    call: Implementation, arguments: dict[str, Any], context_for: ContextFor
) -> dict[str, Any]:
    """The arguments, with the plugin's context where it is wanted.

    Made outside the guards: a failure in here is the portal's own, and no plugin's.
    """
    if call.wants_context:
        return {**arguments, "context": context_for(call.plugin)}
    return arguments
