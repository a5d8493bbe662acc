"""What each error is answered with: a status, and a sentence that may be shown to anybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pyramid.httpexceptions import HTTPException, status_map

from srp_portal.domain.errors import (
    AlreadySubmitted,
    BadRequest,
    DomainError,
    InvalidInput,
    NotAllowed,
    NotFound,
    StateConflict,
    Unavailable,
)
from srp_portal.domain.filter_text import FilterError
from srp_portal.esi.errors import EsiRateLimited, EsiUnavailable, SsoError
from srp_portal.web.representation.negotiate import NotAcceptable

#: Statuses of the refusals that rules and services raise, which bring their own message.
DOMAIN_STATUSES: Mapping[type[DomainError], int] = {
    BadRequest: 400,
    NotAllowed: 403,
    NotFound: 404,
    NotAcceptable: 406,
    StateConflict: 409,
    AlreadySubmitted: 422,
    InvalidInput: 422,
    Unavailable: 503,
    # A refusal that nobody has put into this table is at least no fault of the server.
    DomainError: 400,
}

#: Said instead of what the framework says, which names views, paths and tokens.
SENTENCES: Mapping[int, str] = {
    400: "The request can't be understood. If it came from a form, load the page again.",
    401: "Log in, or send a valid API key.",
    403: "You may not do this.",
    404: "There is no such page, or none that you may know of.",
    405: "This page doesn't take this method.",
    406: "This page doesn't come in a form that your program accepts.",
    413: "This is more than the portal takes at once.",
    500: "Something went wrong here. It has been noted; nothing was changed.",
    502: "A server that the portal relies on gave an answer that can't be used.",
    503: "The portal or something that it relies on is not available. Try again soon.",
}

_EVE_IS_DOWN = "EVE's servers don't answer now. Nothing was changed; try again soon."


@dataclass(frozen=True, slots=True)
class Answer:
    """An error for its reader.

    status: 400 to 599. name: the status in words. description: one or a few sentences. more: what
    else a program can use, as texts: `field` of a form, `present` state, `attribute` and `value`
    of a filter.
    """

    status: int
    description: str
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The status in words, as `Not Found`."""
        known = status_map.get(self.status)
        return "Error" if known is None else known.title


def answer_to(error: BaseException) -> Answer:
    """How an error is answered; whatever isn't known is a 500 that says nothing."""
    if isinstance(error, DomainError):
        nearest = next(each for each in type(error).__mro__ if each in DOMAIN_STATUSES)
        return Answer(DOMAIN_STATUSES[nearest], error.message, _more(error))
    if isinstance(error, SsoError):
        return Answer(error.http_status, str(error) or SENTENCES[400])
    if isinstance(error, EsiUnavailable | EsiRateLimited):
        return Answer(503, _EVE_IS_DOWN)
    if isinstance(error, HTTPException) and error.status_int >= 400:
        return of_status(error.status_int, error.detail or error.explanation)
    return of_status(500)


def of_status(status: int, otherwise: str = "") -> Answer:
    """The answer of a status; `otherwise` is said when the table has no sentence for it."""
    return Answer(status, SENTENCES.get(status) or otherwise or SENTENCES[500])


def _more(error: DomainError) -> dict[str, str]:
    if isinstance(error, InvalidInput):
        return {"field": error.field}
    if isinstance(error, StateConflict):
        return {"present": error.present}
    if isinstance(error, FilterError):
        return {"attribute": error.attribute, "value": error.value}
    return {}
