"""What accounts and divisions hand to their pages and documents: plain frozen values.

`reader` is always whoever asked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from srp_portal.services.results import ApiKeyView, Reference


@dataclass(frozen=True, slots=True)
class ApiKeyList:
    """Somebody's own API keys."""

    reader: Reference
    keys: tuple[ApiKeyView, ...]


@dataclass(frozen=True, slots=True)
class EntityView:
    """A user or group that holds a permission; kind: user, or a group's kind."""

    type: str
    id: int
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class DivisionSummary:
    """A division in a list, with how many entities hold each permission."""

    id: int
    name: str
    permissions: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DivisionList:
    """The divisions that the reader administers."""

    reader: Reference
    divisions: tuple[DivisionSummary, ...]
    may_add: bool


@dataclass(frozen=True, slots=True)
class TransformerView:
    """A transformer that a division may use for an attribute."""

    name: str
    url_template: str


@dataclass(frozen=True, slots=True)
class DivisionDetail:
    """A division for its administrators.

    permissions: permission to who holds it, by name. transformers: attribute to the offered ones;
    chosen: attribute to the name of the one in use.
    """

    id: int
    name: str
    reader: Reference
    permissions: dict[str, tuple[EntityView, ...]]
    transformers: dict[str, tuple[TransformerView, ...]] = field(default_factory=dict)
    chosen: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CharacterView:
    """A character of an account."""

    id: int
    name: str
    corporation: str
    alliance: str
    is_main: bool
    is_verified: bool


@dataclass(frozen=True, slots=True)
class SessionView:
    """A browser in which an account is logged in."""

    id: int
    created_at: datetime
    last_seen_at: datetime
    address: str
    user_agent: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class AccountPage:
    """A user's own page."""

    reader: Reference
    kind: str
    characters: tuple[CharacterView, ...]
    sessions: tuple[SessionView, ...]
