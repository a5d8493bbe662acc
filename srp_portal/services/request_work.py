"""The part that every change of a request shares: lock, check, count the version, tell, log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from srp_portal.domain import permissions
from srp_portal.domain.errors import InvalidInput, NotAllowed, StateConflict
from srp_portal.domain.lifecycle import ActionType, Role
from srp_portal.domain.permissions import Identity
from srp_portal.models.requests import Action, SrpRequest
from srp_portal.plugin.types import EventKind
from srp_portal.services import audit
from srp_portal.services.outbox import Outbox
from srp_portal.services.request_access import facts_of, lock_request, roles_for

#: Longest text of a note, a comment or details, in characters.
LONGEST_TEXT = 10_000


@dataclass(frozen=True)
class Work:
    """One person working on one request, now. version: what they saw, None to take it as it is."""

    dbsession: Session
    identity: Identity
    outbox: Outbox
    now: datetime
    request_id: int
    version: int | None = None
    self_review: bool = False

    def lock(self, role: Role | None = None) -> SrpRequest:
        """The request, locked; with a role it is checked that the person has it here.

        Without one the caller checks the right, and then the version. Raises NotFound,
        NotAllowed, StateConflict.
        """
        request = lock_request(self.dbsession, self.identity, self.request_id)
        if role is not None:
            self.check_role(request, role)
            self.check_version(request)
        return request

    def check_version(self, request: SrpRequest) -> None:
        """Raises StateConflict when the request has changed since the person saw it.

        It comes after the check of rights: who has none learns nothing of the state.
        """
        if self.version is not None and self.version != request.version:
            raise StateConflict(
                f"Somebody changed this request meanwhile; it is {request.status} now."
                " Look at it again before you decide.",
                present=request.status,
            )

    def roles(self, request: SrpRequest) -> frozenset[Role]:
        """In what roles the person may work on the request."""
        return roles_for(self.identity, facts_of(request), self_review=self.self_review)

    def check_role(self, request: SrpRequest, role: Role) -> None:
        """Raises NotAllowed without the role; says so when it is missing for being one's own."""
        if role in self.roles(request):
            return
        facts = facts_of(request)
        if role in roles_for(self.identity, facts, self_review=True):
            raise NotAllowed(
                f"Nobody may {role} a request of their own.", attempt=f"{role} own request"
            )
        raise NotAllowed(f"You may not {role} requests in this division.", attempt=f"{role}")

    def check_submitter(self, request: SrpRequest) -> None:
        """Raises NotAllowed unless the person submitted the request."""
        if not permissions.is_submitter(self.identity, facts_of(request)):
            raise NotAllowed("Only the submitter may do this.", attempt="act as submitter")

    def changed(self, request: SrpRequest) -> None:
        """Counts the change, so that pages that show the request as it was are found out."""
        request.version += 1
        request.changed_at = self.now

    def act(self, request: SrpRequest, type_: ActionType, note: str) -> Action:
        """Adds a line to the request's history."""
        action = Action(
            request_id=request.id,
            user_id=self.identity.user_id,
            type=type_.value,
            note=note,
            created_at=self.now,
        )
        self.dbsession.add(action)
        self.dbsession.flush()
        return action

    def tell(
        self,
        kind: EventKind,
        request: SrpRequest,
        *,
        previous_status: str | None = None,
        note: str = "",
    ) -> None:
        """Writes an event for the plugins that listen."""
        self.outbox.record(
            kind,
            request,
            actor_id=self.identity.user_id,
            now=self.now,
            previous_status=previous_status,
            note=note,
        )

    def log(self, action: str, payload: Mapping[str, Any]) -> None:
        """Writes the audit log."""
        audit.record(
            self.dbsession,
            now=self.now,
            actor=self.identity,
            action=action,
            subject_type="request",
            subject_id=self.request_id,
            request_id=self.request_id,
            payload=payload,
        )


def clean_text(text: str, field: str) -> str:
    """Text from a form with plain line ends and without white space around it.

    Raises InvalidInput for text that is too long or holds a NUL.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(text) > LONGEST_TEXT:
        raise InvalidInput(
            field, f"The text has {len(text):,} characters; {LONGEST_TEXT:,} is the most."
        )
    if "\x00" in text:
        raise InvalidInput(field, "The text holds a NUL character.")
    return text
