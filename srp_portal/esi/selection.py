"""The page where a person chooses which character a view may act for.

A view sends them here with a ticket, and gets the token that was chosen by a hand-over. The
page itself is the host's, by `registry["esi.select_token_renderer"]`, or a plain one.
"""

from html import escape
from typing import Any, Final, TypedDict

from pyramid.httpexceptions import HTTPForbidden
from pyramid.request import Request
from pyramid.response import Response

from srp_portal.esi.errors import SsoStateInvalid
from srp_portal.esi.handovers import Purpose, hand_over
from srp_portal.esi.logins import begin_login, redirect_once, user_id_of
from srp_portal.esi.models import Token
from srp_portal.esi.queries import tokens
from srp_portal.esi.tickets import Ticket, read

_NONE_CHOSEN: Final = "Please choose a character."
_NOT_USABLE: Final = (
    "That choice can't be used any more: it is not yours, was removed, or EVE refuses it. "
    "Please choose again."
)
_UNREADABLE: Final = "This choice can't be read. Please go back and try again."
# Choosing again is up to the person; what the failed choice did is taken back.
_UNUSABLE_STATUS: Final = 422
HEADERS: Final = {
    "Cache-Control": "no-store",
    # The address holds the ticket. Not `no-referrer`, which takes the origin from the form too.
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


class Choice(TypedDict):
    """A character that can be chosen, by the number of its newest token that fits."""

    token_id: int
    character_id: int
    character_name: str


def show(request: Request) -> dict[str, Any]:
    """The page. Raises HTTPForbidden, and SsoStateInvalid for a ticket that is no good."""
    signed = _field(request, "GET", "ticket")
    return _page(request, _ticket(request, signed), signed)


def choose(request: Request) -> dict[str, Any] | Response:
    """The answer to the form: back to the view, to the SSO, or the page again with a message."""
    signed = _field(request, "POST", "ticket")
    ticket = _ticket(request, signed)
    scopes = " ".join(ticket.scopes)
    if _field(request, "POST", "_add"):
        return begin_login(request, scopes, ticket.url, Purpose.CHOICE)
    chosen = _field(request, "POST", "_token")
    token = _own_token(request, ticket, chosen)
    if token is None:
        request.response.status_int = _UNUSABLE_STATUS
        return _page(request, ticket, signed, _NOT_USABLE if chosen else _NONE_CHOSEN)
    hand_over(request, Purpose.CHOICE, url=ticket.url, scopes=scopes, token_id=token.id)
    return redirect_once(ticket.url)


def plain(view: Any) -> Any:
    """The view with a page of our own, for hosts without a renderer."""

    def rendered(request: Request) -> Response:
        result = view(request)
        if isinstance(result, dict):
            request.response.content_type = "text/html"
            request.response.text = _plain_page(result)
            return request.response
        return result

    return rendered


def _ticket(request: Request, signed: str) -> Ticket:
    if user_id_of(request) is None:
        raise HTTPForbidden("Please log in first.")
    return read(request, signed)


def _page(request: Request, ticket: Ticket, signed: str, problem: str = "") -> dict[str, Any]:
    request.response.headers.update(HEADERS)
    return {
        "choices": _choices(request, ticket),
        "scopes": ticket.scopes,
        "ticket": signed,
        "action": request.route_path("esi.select_token"),
        "problem": problem,
    }


def _choices(request: Request, ticket: Ticket) -> list[Choice]:
    query = tokens(request.dbsession).filter_by(user_id=user_id_of(request))
    found = query.require_scopes(ticket.scopes).require_valid()
    # A character once, by its newest token: people choose characters.
    newest = {token.character_id: token for token in found}
    choices = [
        Choice(
            token_id=token.id,
            character_id=token.character_id,
            character_name=token.character_name,
        )
        for token in newest.values()
    ]
    return sorted(choices, key=lambda choice: choice["character_name"].casefold())


def _own_token(request: Request, ticket: Ticket, chosen: str) -> Token | None:
    """The token of this number, if it is one that the page offers or could have offered."""
    if not (chosen.isascii() and chosen.isdigit() and len(chosen) <= 18):
        return None
    query = tokens(request.dbsession).filter_by(id=int(chosen), user_id=user_id_of(request))
    return query.require_scopes(ticket.scopes).require_valid().first()


def _field(request: Request, where: str, name: str) -> str:
    try:
        value = getattr(request, where).get(name, "")
    except (ValueError, LookupError):
        raise SsoStateInvalid(_UNREADABLE) from None
    return value if isinstance(value, str) else ""


def _plain_page(page: dict[str, Any]) -> str:
    scopes = "".join(f"<li>{escape(name)}</li>" for name in page["scopes"])
    allowed = f"<p>It may then:</p><ul>{scopes}</ul>" if scopes else ""
    problem = f'<p role="alert">{escape(page["problem"])}</p>' if page["problem"] else ""
    choices = "".join(
        f'<p><label><input type="radio" name="_token" value="{choice["token_id"]}" required'
        f"{' checked' if position == 0 else ''}> {escape(choice['character_name'])}</label></p>"
        for position, choice in enumerate(page["choices"])
    )
    own = (
        f"<fieldset><legend>Your characters</legend>{choices}</fieldset>"
        "<p><button>Continue</button></p>"
        if choices
        else "<p>None of your characters can be used here yet.</p>"
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><title>Choose a character</title></head>'
        "<body><main><h1>Choose a character</h1>"
        f"{problem}<p>The page that you asked for acts for one of your characters.</p>{allowed}"
        f'<form method="post" action="{escape(page["action"])}">'
        f'<input type="hidden" name="ticket" value="{escape(page["ticket"])}">{own}'
        '<p><button name="_add" value="1" formnovalidate>Use another character</button></p>'
        "</form></main></body></html>\n"
    )
