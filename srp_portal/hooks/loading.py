"""One plugin: load it, look whether it can be used, take from it what it hands over at start."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

import pluggy

from srp_portal.hooks.hosts import HostSet
from srp_portal.plugin import (
    API_VERSION,
    KillmailSource,
    SettingError,
    Transformer,
    checks,
    hookspecs,
)
from srp_portal.plugin.markers import PROJECT_NAME

#: Prefixes of settings that are the portal's own; a plugin so named would be given them.
RESERVED_NAMES = frozenset(
    {"alembic", "celery", "esi", "jinja2", "pyramid", "retry", "sqlalchemy", "srp", "tm"}
)
_MOST_OBJECTS = 50


class Unusable(Exception):
    """Why a plugin is left out, in words that follow its name."""


class EntryPoint(Protocol):
    """The part of `importlib.metadata.EntryPoint` that is used."""

    @property
    def name(self) -> str:
        """The plugin's name."""

    @property
    def dist(self) -> Any:
        """The distribution, or None."""

    def load(self) -> Any:
        """Imports the plugin."""


@dataclass(frozen=True, slots=True)
class Implementation:
    """A plugin's function for one hook."""

    plugin: str
    hook: str
    function: Callable[..., Any]
    positional: tuple[str, ...]
    keywords: frozenset[str]

    @property
    def wants_context(self) -> bool:
        """Whether the function names the argument `context`."""
        return "context" in self.positional or "context" in self.keywords

    def __call__(self, **arguments: Any) -> Any:
        """Calls the function with those of the arguments that it names."""
        return self.function(
            *(arguments[name] for name in self.positional),
            **{name: arguments[name] for name in self.keywords},
        )


@dataclass(frozen=True, slots=True)
class LoadedSource:
    """A killmail source, and the plugin that it is from."""

    plugin: str
    source: KillmailSource
    name: str
    description: str
    hosts: HostSet


@dataclass(frozen=True, slots=True)
class LoadedTransformer:
    """A transformer, and the plugin that it is from."""

    plugin: str
    attribute: str
    name: str
    url_template: str


@dataclass(frozen=True, slots=True)
class LoadedPlugin:
    """A usable plugin, and what it handed over at start.

    listens: whether its `request_changed` is called, by what it said of its settings.
    """

    name: str
    plugin: Any
    hooks: tuple[str, ...]
    sources: tuple[LoadedSource, ...]
    transformers: tuple[LoadedTransformer, ...]
    hosts: HostSet
    listens: bool


def new_manager() -> pluggy.PluginManager:
    """A pluggy manager that knows the hooks and no plugin."""
    manager = pluggy.PluginManager(PROJECT_NAME)
    manager.add_hookspecs(hookspecs)
    return manager


def load(entry_point: EntryPoint, settings: Mapping[str, str]) -> LoadedPlugin:
    """The plugin behind an entry point.

    Raises Unusable with the reason; whatever else the plugin's own code raises goes through.
    """
    name = entry_point.name
    check_name(name)
    plugin = entry_point.load()
    version = getattr(plugin, "API_VERSION", None)
    if version is None:
        raise Unusable(f"it has no API_VERSION (the portal's is {API_VERSION})")
    if version != API_VERSION or type(version) is not int:
        raise Unusable(f"it was made for API_VERSION {version!r}, the portal's is {API_VERSION}")
    # On a manager of its own: a plugin that fails half-way leaves nothing behind in the portal's.
    probe = new_manager()
    try:
        probe.register(plugin, name)
    except pluggy.PluginValidationError as error:
        raise Unusable(" ".join(str(error).split())) from error
    found = {
        hook: calls
        for hook in _hook_names(probe, plugin)
        if (calls := implementations(probe, hook))
    }
    sources = tuple(
        _source(name, source)
        for call in found.get("killmail_sources", ())
        for source in _handed_over(call, settings)
    )
    transformers = tuple(
        _transformer(name, transformer)
        for call in found.get("transformers", ())
        for transformer in _handed_over(call, settings)
    )
    hosts = _plugin_hosts(plugin, settings)
    for source in sources:
        hosts |= source.hosts
    return LoadedPlugin(
        name,
        plugin,
        tuple(sorted(found)),
        sources,
        transformers,
        hosts,
        _plugin_listens(plugin, settings),
    )


def check_name(name: str) -> None:
    """Raises Unusable for a name that can't stand before a plugin's settings."""
    try:
        checks.code("name", name)
    except ValueError as error:
        raise Unusable(str(error)) from error
    if name in RESERVED_NAMES or "." in name:
        raise Unusable(f"its name {name!r} can't be used: settings are found by it")


def implementations(manager: pluggy.PluginManager, hook: str) -> tuple[Implementation, ...]:
    """All implementations of a hook, in the order in which pluggy calls them."""
    caller = getattr(manager.hook, hook)
    # pluggy keeps them in the order of registration and calls from the end.
    return tuple(
        Implementation(
            implementation.plugin_name,
            hook,
            implementation.function,
            tuple(implementation.argnames),
            _keywords(implementation.function, implementation.argnames, hook),
        )
        for implementation in reversed(caller.get_hookimpls())
    )


def _hook_names(probe: pluggy.PluginManager, plugin: object) -> list[str]:
    """Names of the hooks that the plugin implements; raises Unusable for one that can't work."""
    names = []
    for caller in probe.get_hookcallers(plugin) or ():
        for implementation in caller.get_hookimpls():
            if not caller.has_spec():
                if implementation.optionalhook:
                    continue
                raise Unusable(f"it implements an unknown hook {caller.name!r}")
            if implementation.wrapper or implementation.hookwrapper:
                # A wrapper could change what other plugins answer without being seen.
                raise Unusable(f"its {caller.name} is a hook wrapper, which plugins may not have")
            function = implementation.function
            if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
                raise Unusable(f"its {caller.name} is async, hooks are plain functions")
            names.append(caller.name)
    return names


def _keywords(function: Callable[..., Any], positional: Iterable[str], hook: str) -> frozenset[str]:
    """Arguments with a default or after a `*`, which pluggy leaves out though they are named."""
    specified = set(inspect.signature(getattr(hookspecs, hook)).parameters)
    keywords = set()
    for name, parameter in inspect.signature(function).parameters.items():
        if name in positional or parameter.kind not in (
            parameter.POSITIONAL_OR_KEYWORD,
            parameter.KEYWORD_ONLY,
        ):
            continue
        if name in specified:
            keywords.add(name)
        elif parameter.default is parameter.empty:
            raise Unusable(f"its {hook} has a wrong argument {name!r}")
    return frozenset(keywords)


def _handed_over(call: Implementation, settings: Mapping[str, str]) -> list[Any]:
    result = call(settings=settings)
    if result is None:
        return []
    if isinstance(result, str | bytes | Mapping) or not isinstance(result, Iterable):
        raise Unusable(f"its {call.hook} must give an iterable, not {checks.shown(result)}")
    objects = list(islice(result, _MOST_OBJECTS + 1))
    if len(objects) > _MOST_OBJECTS:
        raise Unusable(f"its {call.hook} gives more than {_MOST_OBJECTS} objects")
    return objects


def _source(plugin: str, source: Any) -> LoadedSource:
    for method in ("matches", "fetch"):
        if inspect.isclass(source) or not callable(getattr(source, method, None)):
            raise Unusable(
                f"its killmail source {checks.shown(source)} is no object with a {method}()"
            )
    try:
        return LoadedSource(
            plugin,
            source,
            checks.name("name", getattr(source, "name", None)),
            checks.text("description", getattr(source, "description", None)),
            HostSet(getattr(source, "hosts", ())),
        )
    except (TypeError, ValueError) as error:
        raise Unusable(f"its killmail source {checks.shown(source)} is wrong: {error}") from error


def _transformer(plugin: str, transformer: object) -> LoadedTransformer:
    if not isinstance(transformer, Transformer):
        raise Unusable(f"its transformers must be Transformer, not {checks.shown(transformer)}")
    return LoadedTransformer(
        plugin, transformer.attribute, transformer.name, transformer.url_template
    )


def _plugin_hosts(plugin: Any, settings: Mapping[str, str]) -> HostSet:
    """Hosts that the plugin declares apart from its sources, by `HOSTS` beside `API_VERSION`."""
    declared = getattr(plugin, "HOSTS", ())
    try:
        return HostSet(declared(settings) if callable(declared) else declared)
    except SettingError:
        raise
    except (TypeError, ValueError) as error:
        raise Unusable(f"its HOSTS are wrong: {error}") from error


def _plugin_listens(plugin: Any, settings: Mapping[str, str]) -> bool:
    """Whether the plugin wants to be told of changes, by `LISTENS` beside `API_VERSION`."""
    declared = getattr(plugin, "LISTENS", True)
    answer = declared(settings) if callable(declared) else declared
    if not isinstance(answer, bool):
        raise Unusable(f"its LISTENS must be True or False, not {checks.shown(answer)}")
    return answer
