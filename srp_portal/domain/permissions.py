"""Who may do what: permissions, identities, and one predicate per thing that can be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Permission(StrEnum):
    """What a user or a group can be granted in a division."""

    SUBMIT = "submit"
    REVIEW = "review"
    PAY = "pay"
    AUDIT = "audit"
    ADMIN = "admin"


ABOVE_SUBMIT = frozenset({Permission.REVIEW, Permission.PAY, Permission.AUDIT, Permission.ADMIN})
REVIEWING = frozenset({Permission.REVIEW, Permission.ADMIN})
PAYING = frozenset({Permission.PAY, Permission.ADMIN})
COMMENTING = REVIEWING | PAYING


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is asking, with every right that counts at this moment.

    grants: division id to the permissions held in it, by the user or by a group of theirs.
    character_ids: the characters that the account owns now. is_read_only: came with an API key.
    """

    user_id: int
    name: str
    is_admin: bool = False
    character_ids: frozenset[int] = frozenset()
    grants: Mapping[int, frozenset[Permission]] = field(default_factory=dict)
    is_read_only: bool = False
    api_key_id: int | None = None
    session_id: int | None = None

    def holds(self, division_id: int, permissions: frozenset[Permission]) -> bool:
        """Whether one of the permissions is held in the division."""
        return not permissions.isdisjoint(self.grants.get(division_id, frozenset()))

    def divisions(self, permissions: frozenset[Permission]) -> tuple[int, ...]:
        """Ids of the divisions in which one of the permissions is held, ascending."""
        return tuple(sorted(d for d, held in self.grants.items() if held & permissions))

    def holds_anywhere(self, permissions: frozenset[Permission]) -> bool:
        """Whether one of the permissions is held in some division."""
        return any(held & permissions for held in self.grants.values())


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """What the predicates need to know of a request."""

    submitter_id: int
    pilot_id: int
    division_id: int


def is_own(identity: Identity, request: RequestFacts) -> bool:
    """Whether the reader submitted the request, or now owns the pilot who lost the ship."""
    return is_submitter(identity, request) or request.pilot_id in identity.character_ids


def is_submitter(identity: Identity, request: RequestFacts) -> bool:
    """Whether the reader submitted the request."""
    return identity.user_id == request.submitter_id


def may_read(identity: Identity, request: RequestFacts) -> bool:
    """The submitter, and whoever holds a permission above submit in the division."""
    return is_submitter(identity, request) or identity.holds(request.division_id, ABOVE_SUBMIT)


def may_review(identity: Identity, request: RequestFacts, *, self_review: bool = False) -> bool:
    """Reviewers of the division, but nobody their own request unless the site allows it."""
    return identity.holds(request.division_id, REVIEWING) and (
        self_review or not is_own(identity, request)
    )


def may_pay(identity: Identity, request: RequestFacts, *, self_review: bool = False) -> bool:
    """Payers of the division, but nobody their own request unless the site allows it."""
    return identity.holds(request.division_id, PAYING) and (
        self_review or not is_own(identity, request)
    )


def may_comment(identity: Identity, request: RequestFacts) -> bool:
    """The submitter, and whoever reviews, pays or administers in the division."""
    return is_submitter(identity, request) or identity.holds(request.division_id, COMMENTING)


def may_see_internal(identity: Identity, request: RequestFacts) -> bool:
    """Flags and notes about the submitter: for the staff of the division, never the submitter."""
    return identity.holds(request.division_id, ABOVE_SUBMIT) and not is_submitter(identity, request)


def may_administer_division(identity: Identity, division_id: int) -> bool:
    """Site administrators, and administrators of the division."""
    return identity.is_admin or identity.holds(division_id, frozenset({Permission.ADMIN}))
