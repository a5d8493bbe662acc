"""What the services say of plugins and of what they are to be told: plain frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from srp_portal.services.results import Reference


@dataclass(frozen=True, slots=True)
class HookFailure:
    """The last failure of a hook. message: one line. first_at: of the first one, by count."""

    hook: str
    message: str
    first_at: datetime
    last_at: datetime
    count: int


@dataclass(frozen=True, slots=True)
class PluginSetting:
    """A plugin's setting as it may be shown: without what is secret."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class PluginView:
    """A plugin, and how it fares.

    hooks: those that it implements. reason: why it is not enabled, or does nothing.
    waiting, dead: its deliveries that are still to be made, and those that were given up.
    """

    name: str
    distribution: str
    version: str
    hooks: tuple[str, ...]
    is_enabled: bool
    reason: str
    settings: tuple[PluginSetting, ...]
    failures: tuple[HookFailure, ...]
    waiting: int
    dead: int


@dataclass(frozen=True, slots=True)
class DeadDelivery:
    """An event that a plugin was told in vain, too often. kind: of the event. error: the last."""

    id: int
    plugin: str
    kind: str
    request_id: int
    attempts: int
    error: str
    failed_at: datetime


@dataclass(frozen=True, slots=True)
class PluginPage:
    """All plugins, and a page of dead deliveries, newest first.

    only: the plugin whose deliveries are listed, empty for those of all. count: of what is listed,
    on all pages.
    """

    reader: Reference
    plugins: tuple[PluginView, ...]
    only: str
    deliveries: tuple[DeadDelivery, ...]
    page: int
    page_count: int
    page_size: int
    count: int
