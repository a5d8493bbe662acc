"""What a hook is given to work with, and what a killmail source must offer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from srp_portal.plugin.killmail import Killmail
from srp_portal.plugin.types import PastRequest, ProposedModifier


class HttpSession(Protocol):
    """The part of a `requests` session that plugins use, with the same parameters and responses.

    Raises `requests.RequestException` for everything that can go wrong on the way.
    """

    @property
    def request(self) -> Callable[..., Any]:
        """`request(method, url, **options)`."""

    @property
    def get(self) -> Callable[..., Any]:
        """`get(url, **options)`."""

    @property
    def post(self) -> Callable[..., Any]:
        """`post(url, data=None, json=None, **options)`."""


class Cache(Protocol):
    """A small key-value cache, a plugin's own; what it holds may be gone at any time."""

    def get(self, key: str) -> Any:
        """What was set, or None."""

    def set(self, key: str, value: Any, seconds: float) -> None:
        """Keeps a value that JSON can carry for so many seconds."""


class History(Protocol):
    """Looks up earlier requests."""

    def __call__(self, days: int, ship_id: int | None = None) -> Sequence[PastRequest]:
        """The submitter's requests of the last days; with a ship_id everybody's for that hull."""


@dataclass(frozen=True, slots=True)
class PluginContext:
    """The tools of a hook.

    settings: the plugin's own, without the prefix. esi: the ESI client. http: a session with the
    site's User-Agent, timeouts and retries, which calls only the hosts that the plugin declared.
    earlier: the plugin's modifiers that the request has, when rules are applied to it once more;
    none at its submission. A rule whose facts change with time, such as prices, finds here what it
    has decided.
    """

    settings: Mapping[str, str]
    esi: Any
    http: HttpSession
    cache: Cache
    history: History
    earlier: Sequence[ProposedModifier] = ()


@runtime_checkable
class KillmailSource(Protocol):
    """A place where killmails come from.

    name: shown beside the killmail. description: plain text under the form's URL field. hosts:
    `host` or `host:port`, all that `context.http` may call for this source.
    """

    @property
    def name(self) -> str:
        """Short name."""

    @property
    def description(self) -> str:
        """Which links it takes, for the person who submits."""

    @property
    def hosts(self) -> Sequence[str]:
        """Hosts that `fetch` calls by `context.http`."""

    def matches(self, url: str) -> bool:
        """Whether the text is a link of this source; quick, without network."""

    def fetch(self, url: str, context: PluginContext) -> Killmail:
        """The killmail behind a link that matched.

        Raises KillmailNotFound, KillmailUnverified, SubmissionRejected, SourceUnavailable.
        """
