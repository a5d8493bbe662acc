"""Plugins as the portal loads and calls them, against the sandbox and without a portal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

from srp_portal.esi import EsiClientProvider, EsiSettings
from srp_portal.esi.stores import MemoryStore
from srp_portal.hooks.context import ContextFactory, Tools
from srp_portal.hooks.manager import build_plugin_manager
from srp_portal.plugin import Killmail, PastRequest, PluginContext, ProposedModifier

if TYPE_CHECKING:
    from srp_portal.hooks.loading import EntryPoint
    from srp_portal.sandbox import Sandbox


class PluginBench:
    """Installed plugins, loaded with settings of a test's own; a context manager.

    universe: the started sandbox. enabled: names, None for all that are installed. settings: of
    each plugin by its name, without prefix. history: what `context.history` gives, whatever it is
    asked for. entry_points: in place of the installed ones. Raises what the portal's start would.
    """

    def __init__(
        self,
        universe: Sandbox,
        enabled: Sequence[str] | None = None,
        settings: Mapping[str, Mapping[str, str]] | None = None,
        history: Sequence[PastRequest] = (),
        entry_points: Iterable[EntryPoint] | None = None,
    ) -> None:
        own = settings or {}
        self._history = tuple(history)
        # Outages on purpose should not take the seconds that real ones deserve.
        esi = EsiSettings(
            base_url=universe.settings()["esi.base_url"],
            connection_error_max_retries=1,
            server_error_max_retries=1,
            server_error_backoff_factor=0.01,
            sandbox=True,
        )
        self.registry = build_plugin_manager(enabled, own, entry_points)
        self._contexts = ContextFactory(
            self.registry,
            Tools(
                settings=lambda plugin: own.get(plugin, {}),
                esi=EsiClientProvider(settings=esi).client,
                store=MemoryStore(),
                user_agent="srp-portal-plugin-tests",
                private_allowed=True,
            ),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._contexts.close()

    def context_for(self, plugin: str, earlier: Sequence[ProposedModifier] = ()) -> PluginContext:
        """The context that the hooks of a plugin get.

        earlier: its modifiers of the request, for rules that are applied once more.
        """
        return self._contexts.for_hooks(self._look_back, lambda _: earlier)(plugin)

    def source_of(self, url: str) -> str | None:
        """Name of the source that takes this link, None if none does."""
        loaded = self.registry.find_source(url)
        return None if loaded is None else loaded.name

    def fetch(self, url: str) -> Killmail:
        """The killmail behind a link, fetched and checked as for a submission.

        Raises LookupError where no source takes the link, and what the source raises.
        """
        loaded = self.registry.find_source(url)
        if loaded is None:
            raise LookupError(f"no source takes {url!r}")
        return self.registry.fetch(loaded, url, self._contexts.for_source(loaded, self._look_back))

    def _look_back(self, days: Any, ship_id: Any = None) -> Sequence[PastRequest]:
        del days, ship_id
        return self._history
