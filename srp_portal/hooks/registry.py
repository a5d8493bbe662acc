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
from typing import Any, TypeVar

import pluggy

from srp_portal.hooks import border
from srp_portal.hooks.errors import PluginFailed, describe
from srp_portal.hooks.hosts import HostSet
from srp_portal.hooks.including import Check, Configurator, include_each
from srp_portal.hooks.loading import (
    Implementation,
    LoadedPlugin,
    LoadedSource,
    LoadedTransformer,
    implementations,
)
from srp_portal.hooks.running import Report, running
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

T = TypeVar("T", Flag, Panel)

_CALLED_LATER = (
    "base_payout",
    "payout_modifiers",
    "review_flags",
    "request_panels",
    "validate_submission",
    "request_changed",
    "includeme",
)


@dataclass(frozen=True, slots=True)
class PluginReport:
    """A line of `srp-portal plugins list`; reason: why a plugin is not enabled, or does nothing."""

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
        self.report: Report = border.unreported
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
        with border.guarded(loaded.plugin, f"{border.FETCH} {loaded.name}", self.report):
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
        calls = self.review_flag_calls(killmail, division, submitter, context_for)
        return [flag for call in calls for flag in call()]

    def review_flag_calls(
        self,
        killmail: Killmail,
        division: DivisionInfo,
        submitter: UserInfo,
        context_for: ContextFor,
    ) -> list[Callable[[], list[tuple[str, Flag]]]]:
        """A function for each plugin that flags, to be called in any thread, once."""
        arguments = {"killmail": killmail, "division": division, "submitter": submitter}
        return [
            self._skippable(call, arguments, context_for, border.checked_flags)
            for call in self._calls["review_flags"]
        ]

    def request_panels(
        self, killmail: Killmail, division: DivisionInfo, context_for: ContextFor
    ) -> list[tuple[str, Panel]]:
        """All panels with the names of their plugins; a failing plugin's are left out."""
        calls = self.request_panel_calls(killmail, division, context_for)
        return [panel for call in calls for panel in call()]

    def request_panel_calls(
        self, killmail: Killmail, division: DivisionInfo, context_for: ContextFor
    ) -> list[Callable[[], list[tuple[str, Panel]]]]:
        """A function for each plugin that has panels, to be called in any thread, once."""
        arguments = {"killmail": killmail, "division": division}
        return [
            self._skippable(call, arguments, context_for, border.checked_panels)
            for call in self._calls["request_panels"]
        ]

    def _skippable(
        self,
        call: Implementation,
        arguments: dict[str, Any],
        context_for: ContextFor,
        checked: Callable[[str, object], list[T]],
    ) -> Callable[[], list[tuple[str, T]]]:
        """Calls a hook that must not stop anything."""

        def ask() -> list[tuple[str, T]]:
            prepared = _prepare(call, arguments, context_for)
            found: list[T] = []
            with border.skipped(call.plugin, call.hook, self.report):
                found = checked(call.plugin, call(**prepared))
            return [(call.plugin, each) for each in found]

        return ask

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
                with running(plugin, call.hook, self.report):
                    call(event=event, context=context)
                return
        raise LookupError(f"no plugin {plugin} wants to be told of changes")

    def includeme(self, config: Configurator, check: Check = lambda _: None) -> None:
        """Lets each plugin add to the application; raises PluginConfigurationError with its name.

        Half a configuration can't be taken back, so this failure stops the start. check: called
        after each plugin, with its name; raises where what it added conflicts with what was there.
        """
        include_each(self._calls["includeme"], config, check)


def _prepare(
    call: Implementation, arguments: dict[str, Any], context_for: ContextFor
) -> dict[str, Any]:
    """The arguments, with the plugin's context where it is wanted.

    Made outside the guards: a failure in here is the portal's own, and no plugin's.
    """
    if call.wants_context:
        return {**arguments, "context": context_for(call.plugin)}
    return arguments
