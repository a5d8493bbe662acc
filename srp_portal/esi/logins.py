"""A login through the SSO: begun, sent to EVE, taken up again when it comes back."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from sqlalchemy import delete, select

from srp_portal.esi.browser import (
    LOGIN_LIFETIME_S,
    known_browser,
    name_browser,
    remember_browser,
)
from srp_portal.esi.crypto import digest
from srp_portal.esi.errors import SsoDenied, SsoError, SsoRejected, SsoStateInvalid
from srp_portal.esi.models import CallbackRedirect, utc_now
from srp_portal.esi.queries import scope_names
from srp_portal.esi.runtime import Runtime
from srp_portal.esi.sso import Proof, SsoLogin
from srp_portal.esi.storing import delete_tokens_of_character

RUNTIME: Final = "esi.runtime"
_CANCELLED: Final = "access_denied"
_UNKNOWN: Final = (
    "This login was not begun in this browser, was used already or took too long. Please try again."
)


def begin_login(
    request: Request, scopes: str | Iterable[str] = "", return_to: str = "/", kind: str = "login"
) -> HTTPSeeOther:
    """Send the person to EVE; return the response, never raise it.

    return_to: a path of this application for afterwards; anything else becomes `/`.
    kind: which login handler takes the login. Writes a row through request.dbsession.
    """
    runtime: Runtime = request.registry[RUNTIME]
    proof = Proof.new()
    browser = name_browser(request, runtime.cipher)
    names = scope_names(scopes)
    request.dbsession.add(
        CallbackRedirect(
            state_digest=digest(proof.state),
            browser_digest=digest(browser),
            code_verifier=proof.verifier,
            url=local_path(return_to),
            scopes=" ".join(names),
            kind=kind,
            user_id=user_id_of(request),
        )
    )
    request.dbsession.flush()
    url = runtime.sso.authorization_url(proof, names, callback_url(request))
    response = redirect_once(url)
    remember_browser(request, response, runtime.cipher, browser)
    return response


def redirect_once(url: str) -> HTTPSeeOther:
    """A redirect for this moment alone, whatever the view's `http_cache` says."""
    response = HTTPSeeOther(url, cache_control="no-store")
    response.cache_control.prevent_auto = True
    return response


def callback_url(request: Request) -> str:
    """Where the SSO sends the browser back to, as registered with EVE."""
    runtime: Runtime = request.registry[RUNTIME]
    return runtime.settings.sso_callback_url or request.route_url("esi.callback")


def local_path(url: str) -> str:
    """The url when it is a path of this application, else `/`.

    A redirect to anything else would let a link on our address lead elsewhere.
    """
    inside = url.startswith("/") and not url.startswith("//")
    # Browsers read a backslash as a slash and drop control characters.
    harmless = url.isprintable() and "\\" not in url
    return url if inside and harmless else "/"


def verify_login(request: Request) -> tuple[SsoLogin, CallbackRedirect]:
    """The login that this callback brings back, and the row to use up for it.

    Only reads the database: no lock is held while the SSO is asked. Raises
    SsoStateInvalid, SsoDenied, SsoRejected, SsoUnavailable.
    """
    runtime: Runtime = request.registry[RUNTIME]
    state, code, error = _answer(request)
    try:
        row = _row(request, runtime, state)
    except SsoStateInvalid:
        if error == _CANCELLED:
            # The SSO may leave the state out, and the person knows what they did.
            raise _denied() from None
        raise
    try:
        return _login(request, runtime, row, code, error), row
    except SsoError as problem:
        problem.kind, problem.return_to = row.kind, row.url
        raise


def use_up(request: Request, login: SsoLogin, row_id: int) -> None:
    """Make sure that this login happens once; to be called when all else is done.

    Deleting the row is what decides: of two callbacks at once only one deletes it, and
    the other's SsoStateInvalid takes back what it did. Tokens of another owner of the
    character go too, since it was sold.
    """
    used = delete(CallbackRedirect).where(CallbackRedirect.id == row_id)
    if request.dbsession.execute(used).rowcount != 1:
        raise SsoStateInvalid(_UNKNOWN)
    delete_tokens_of_character(
        request.dbsession, login.character_id, except_owner_hash=login.owner_hash
    )


def _answer(request: Request) -> tuple[str, str, str]:
    try:
        query = request.GET
        return query.get("state", ""), query.get("code", ""), query.get("error", "")
    except UnicodeDecodeError:
        raise SsoStateInvalid(_UNKNOWN) from None


def _row(request: Request, runtime: Runtime, state: str) -> CallbackRedirect:
    browser = known_browser(request, runtime.cipher)
    if browser is None or not state:
        raise SsoStateInvalid(_UNKNOWN)
    row: CallbackRedirect | None = request.dbsession.scalar(
        select(CallbackRedirect).where(
            CallbackRedirect.state_digest == digest(state),
            CallbackRedirect.browser_digest == digest(browser),
            CallbackRedirect.created > utc_now() - timedelta(seconds=LOGIN_LIFETIME_S),
        )
    )
    user_id = user_id_of(request)
    # Begun as one user and finished as another: the second one did not ask for it.
    if row is None or (user_id is not None and row.user_id not in (None, user_id)):
        raise SsoStateInvalid(_UNKNOWN)
    return row


def _login(
    request: Request, runtime: Runtime, row: CallbackRedirect, code: str, error: str
) -> SsoLogin:
    if error == _CANCELLED:
        raise _denied()
    if error or not code:
        raise SsoRejected("EVE did not accept this login. Please try again.")
    # A code works once, but the request may be run again after a conflict in the database.
    claims, payload = runtime.exchanges.once(
        digest(f"{row.state_digest} {code}"),
        lambda: runtime.sso.exchange(code, row.code_verifier, callback_url(request)),
    )
    return SsoLogin(
        character_id=claims.character_id,
        character_name=claims.character_name,
        owner_hash=claims.owner_hash,
        scopes=claims.scopes,
        token_payload=payload,
        return_to=row.url,
        kind=row.kind,
    )


def _denied() -> SsoDenied:
    return SsoDenied("You cancelled the login on EVE's page. Nothing was changed.")


def user_id_of(request: Request) -> str | None:
    """Who is logged in to the host, as token rows say it."""
    user_id = request.authenticated_userid
    return None if user_id is None else str(user_id)
