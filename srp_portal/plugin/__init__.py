"""All that a plugin needs: the marker, the types, the errors, the API's version.

A plugin is a module (or an object) behind an entry point of the group `srp_portal`. It says
`API_VERSION = 1`, a literal, and has hooks: functions marked with `hookimpl`, named and with
arguments as in `srp_portal.plugin.hookspecs`, plain ones and no wrappers. Hosts that
`context.http` may call are declared by its killmail sources (`hosts`), and for all of its hooks by
`HOSTS` beside the version: a tuple of `host` or `host:port`, or a function of the settings. In the
same way `LISTENS`, true or false, says whether `request_changed` is wanted at all; it is true
unless it is declared.

Everything named here keeps its meaning within one `API_VERSION`. Importing it loads neither a
web framework nor a database.
"""

from __future__ import annotations

from srp_portal.domain.money import percent_text, pretty_isk, short_isk
from srp_portal.domain.slots import slot_of
from srp_portal.plugin.context import Cache, History, HttpSession, KillmailSource, PluginContext
from srp_portal.plugin.errors import (
    IskOutOfRange,
    KillmailNotFound,
    KillmailUnverified,
    PluginError,
    SettingError,
    SourceUnavailable,
    SubmissionRejected,
)
from srp_portal.plugin.esi_killmail import killmail_from_esi
from srp_portal.plugin.killmail import Attacker, Item, Killmail
from srp_portal.plugin.links import WebLink, parse_base_url, parse_link
from srp_portal.plugin.markers import API_VERSION, hookimpl
from srp_portal.plugin.types import (
    DivisionInfo,
    EventKind,
    Flag,
    Panel,
    PastRequest,
    ProposedModifier,
    RequestEvent,
    Transformer,
    UserInfo,
)

__all__ = [
    "API_VERSION",
    "Attacker",
    "Cache",
    "DivisionInfo",
    "EventKind",
    "Flag",
    "History",
    "HttpSession",
    "IskOutOfRange",
    "Item",
    "Killmail",
    "KillmailNotFound",
    "KillmailSource",
    "KillmailUnverified",
    "Panel",
    "PastRequest",
    "PluginContext",
    "PluginError",
    "ProposedModifier",
    "RequestEvent",
    "SettingError",
    "SourceUnavailable",
    "SubmissionRejected",
    "Transformer",
    "UserInfo",
    "WebLink",
    "hookimpl",
    "killmail_from_esi",
    "parse_base_url",
    "parse_link",
    "percent_text",
    "pretty_isk",
    "short_isk",
    "slot_of",
]
