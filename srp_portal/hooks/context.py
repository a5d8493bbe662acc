"""Makes the context that hooks and sources are given."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import requests

from srp_portal.hooks.hosts import HostSet
from srp_portal.hooks.loading import LoadedSource
from srp_portal.hooks.registry import PluginRegistry
from srp_portal.hooks.sessions import Remaining, no_limit, plugin_session
from srp_portal.plugin import History, PluginContext, ProposedModifier

logger = logging.getLogger(__name__)

#: Longest key in characters, largest value in bytes of JSON, longest time in seconds.
KEY_LENGTH, VALUE_SIZE, LONGEST_S = 200, 64 * 1024, 30 * 86_400


#: The modifiers of a plugin, by its name, that a request has already.
Earlier = Callable[[str], Sequence[ProposedModifier]]


def _nothing_earlier(plugin: str) -> Sequence[ProposedModifier]:
    """A request that is only being submitted."""
    del plugin
    return ()


class Store(Protocol):
    """Bytes under names, for a while; the application's cache."""

    def get(self, key: str) -> bytes | None:
        """The value, or None."""

    def set(self, key: str, value: bytes, seconds: float) -> None:
        """Keeps a value for so many seconds at most."""


class PluginCache:
    """A plugin's part of the application's cache.

    Values are what JSON can carry. Raises ValueError for a key, a value or a time out of bounds,
    TypeError for a value that JSON can't carry. A store that is down is an empty one.
    """

    def __init__(self, store: Store, plugin: str) -> None:
        self._store = store
        self._plugin = plugin

    def get(self, key: str) -> Any:
        """What was set under the key, or None."""
        name = self._name(key)
        try:
            kept = self._store.get(name)
        # Whatever library the store is made of: a cache that is down must stop no submission.
        except Exception:
            logger.warning("The cache can't be read for plugin %s", self._plugin, exc_info=True)
            return None
        return None if kept is None else json.loads(kept)

    def set(self, key: str, value: Any, seconds: float) -> None:
        """Keeps a value for so many seconds at most."""
        name = self._name(key)
        if not 0 < seconds <= LONGEST_S:
            raise ValueError(f"seconds must lie within 0 and {LONGEST_S}, not {seconds!r}")
        kept = json.dumps(value, separators=(",", ":")).encode()
        if len(kept) > VALUE_SIZE:
            raise ValueError(f"the value of {key!r} is larger than {VALUE_SIZE} bytes")
        try:
            self._store.set(name, kept, seconds)
        except Exception:
            logger.warning("The cache can't be written for plugin %s", self._plugin, exc_info=True)

    def _name(self, key: str) -> str:
        if not isinstance(key, str) or not 0 < len(key) <= KEY_LENGTH:
            raise ValueError(f"a key must be text of 1 to {KEY_LENGTH} characters, not {key!r}")
        return f"plugin:{self._plugin}:{key}"


@dataclass(frozen=True, slots=True)
class Tools:
    """What all plugins of an application share.

    settings: of a plugin by its name, without prefix. private_allowed: hosts may have private
    addresses (the sandbox). remaining: seconds left for the work at hand.
    """

    settings: Callable[[str], Mapping[str, str]]
    esi: Any
    store: Store
    user_agent: str
    private_allowed: bool = False
    remaining: Remaining = no_limit


class ContextFactory:
    """Makes contexts; one per application. Sessions are kept, so that connections are reused."""

    def __init__(self, registry: PluginRegistry, tools: Tools) -> None:
        self._registry = registry
        self._tools = tools
        self._sessions: dict[tuple[str, str], requests.Session] = {}
        self._lock = threading.Lock()

    def for_hooks(
        self, history: History, earlier: Earlier = _nothing_earlier
    ) -> Callable[[str], PluginContext]:
        """A factory of contexts by plugin name, with all hosts that the plugin declared.

        earlier: what each plugin has given the request at hand, for rules applied once more.
        """

        def context_for(plugin: str) -> PluginContext:
            hosts = self._registry.hosts(plugin)
            return self._context(plugin, "", hosts, history, tuple(earlier(plugin)))

        return context_for

    def for_source(self, loaded: LoadedSource, history: History) -> PluginContext:
        """The context for a source's `fetch`, with the hosts of that source alone."""
        return self._context(loaded.plugin, loaded.name, loaded.hosts, history)

    def close(self) -> None:
        """Closes the connections that are kept."""
        with self._lock:
            sessions, self._sessions = list(self._sessions.values()), {}
        for session in sessions:
            session.close()

    def _context(
        self,
        plugin: str,
        source: str,
        hosts: HostSet,
        history: History,
        earlier: Sequence[ProposedModifier] = (),
    ) -> PluginContext:
        return PluginContext(
            settings=self._tools.settings(plugin),
            esi=self._tools.esi,
            http=self._session(plugin, source, hosts),
            cache=PluginCache(self._tools.store, plugin),
            history=history,
            earlier=earlier,
        )

    def _session(self, plugin: str, source: str, hosts: HostSet) -> requests.Session:
        with self._lock:
            session = self._sessions.get((plugin, source))
            if session is None:
                session = self._sessions[plugin, source] = plugin_session(
                    hosts,
                    user_agent=self._tools.user_agent,
                    private_allowed=self._tools.private_allowed,
                    remaining=self._tools.remaining,
                )
            return session
