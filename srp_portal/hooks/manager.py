"""Builds an application's plugins: find, load one by one, put in order, report."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata

from srp_portal.hooks.errors import PluginConfigurationError, describe
from srp_portal.hooks.interrupts import interrupts
from srp_portal.hooks.loading import EntryPoint, LoadedPlugin, Unusable, load, new_manager
from srp_portal.hooks.registry import PluginRegistry, PluginReport
from srp_portal.plugin import SettingError
from srp_portal.plugin.markers import PROJECT_NAME

logger = logging.getLogger(__name__)

#: Mostly one whose author forgot `@hookimpl`.
_NO_HOOKS = "it has no hooks"
#: The settings of a plugin by its name, without the prefix.
PluginSettings = Callable[[str], Mapping[str, str]] | Mapping[str, Mapping[str, str]]

#: Why a plugin is left out that is installed and that nobody asked for.
NOT_NAMED = "not named in srp.plugins"


@dataclass(frozen=True, slots=True)
class _Candidate:
    entry_point: EntryPoint
    distribution: str
    version: str

    @property
    def name(self) -> str:
        return self.entry_point.name

    def report(
        self, *, hooks: tuple[str, ...] = (), enabled: bool = False, reason: str = ""
    ) -> PluginReport:
        return PluginReport(self.name, self.distribution, self.version, hooks, enabled, reason)


def build_plugin_manager(
    enabled: Sequence[str] | None,
    settings: PluginSettings,
    entry_points: Iterable[EntryPoint] | None = None,
) -> PluginRegistry:
    """The plugins of one application, loaded.

    enabled: names in order (`srp.plugins`), None for all installed by name. settings: of a plugin
    by its name. entry_points: those of the group `srp_portal`, None for the installed ones. A
    plugin that can't be used is left out with a line in the log and in the reports. Raises
    PluginConfigurationError for an enabled plugin that is not installed, or that says that one of
    its settings is wrong.
    """
    candidates = _candidates(
        metadata.entry_points(group=PROJECT_NAME) if entry_points is None else entry_points
    )
    installed = {candidate.name: candidate for candidate in reversed(candidates)}
    wanted = list(dict.fromkeys(sorted(installed) if enabled is None else enabled))
    missing = [name for name in wanted if name not in installed]
    if missing:
        raise PluginConfigurationError(
            f"srp.plugins names {', '.join(missing)}, which is not installed"
            f" (installed: {', '.join(sorted(installed)) or 'none'})"
        )
    loaded: list[LoadedPlugin] = []
    reports: list[PluginReport] = []
    for name in wanted:
        candidate = installed[name]
        outcome = _load(candidate, settings(name) if callable(settings) else settings.get(name, {}))
        if isinstance(outcome, LoadedPlugin) and (reason := _clash(outcome, loaded)):
            outcome = reason
        if isinstance(outcome, LoadedPlugin):
            reason = "" if outcome.hooks else _NO_HOOKS
            if reason:
                logger.warning("Plugin %s is enabled and does nothing: %s", name, reason)
            loaded.append(outcome)
            reports.append(candidate.report(hooks=outcome.hooks, enabled=True, reason=reason))
        else:
            _log(candidate, outcome)
            reports.append(candidate.report(reason=outcome))
    for candidate in candidates:
        if installed[candidate.name] is not candidate:
            reason = f"{installed[candidate.name].distribution} has a plugin of the same name"
            _log(candidate, reason)
            reports.append(candidate.report(reason=reason))
        elif candidate.name not in wanted:
            reports.append(candidate.report(reason=NOT_NAMED))
    manager = new_manager()
    # pluggy calls the last registered first.
    for plugin in reversed(loaded):
        manager.register(plugin.plugin, plugin.name)
    return PluginRegistry(manager, loaded, reports)


def _candidates(entry_points: Iterable[EntryPoint]) -> list[_Candidate]:
    found = []
    for entry_point in entry_points:
        try:
            found.append(_Candidate(entry_point, *_distribution(entry_point)))
        # Metadata are files in the site-packages, and may say, or fail to say, anything.
        except Exception as error:  # noqa: BLE001
            logger.warning(
                "The plugin %s is passed over: the metadata of its distribution can't be read"
                " (%s). Install it again, or take away what is left of it",
                entry_point.name,
                describe(error),
            )
    return sorted(found, key=lambda candidate: (candidate.name, candidate.distribution))


def _distribution(entry_point: EntryPoint) -> tuple[str, str]:
    """Name and version, empty for an entry point that belongs to none."""
    distribution = entry_point.dist
    if distribution is None:
        return "", ""
    name, version = distribution.name, distribution.version
    # Of a folder that an uninstallation left behind importlib gives None.
    if not isinstance(name, str) or not isinstance(version, str):
        raise LookupError("no name or no version")
    return name, version


def _load(candidate: _Candidate, settings: Mapping[str, str]) -> LoadedPlugin | str:
    """The loaded plugin, or why it is left out."""
    with interrupts() as is_interrupt:
        try:
            return load(candidate.entry_point, settings)
        except Unusable as reason:
            return str(reason)
        except SettingError as error:
            # Without the plugin the portal would start and be another one than was asked for.
            raise PluginConfigurationError(error.why, f"{candidate.name}.{error.name}") from error
        # The plugin's own code runs here, and may raise anything; sys.exit() at import included.
        except BaseException as error:
            if is_interrupt(error):
                raise
            logger.debug("Plugin %s failed to load", candidate.name, exc_info=True)
            return f"it failed to load: {describe(error)}"


def _clash(plugin: LoadedPlugin, loaded: Sequence[LoadedPlugin]) -> str:
    """Why the plugin can't stand beside those loaded before, empty if it can."""
    with interrupts() as is_interrupt:
        try:
            # By equality, as pluggy does, which refuses to register it a second time.
            is_known = plugin.plugin in [other.plugin for other in loaded]
        except BaseException as error:
            if is_interrupt(error):
                raise
            return f"it can't be compared with others: {describe(error)}"
    return "it is the same object as another enabled plugin" if is_known else ""


def _log(candidate: _Candidate, reason: str) -> None:
    logger.error(
        "Plugin %s (%s) is left out: %s",
        candidate.name,
        f"{candidate.distribution} {candidate.version}".strip() or "no distribution",
        reason,
    )
