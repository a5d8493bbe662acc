"""A token on its way from the SSO, or from the page where it was chosen, to the view.

It waits in a `CallbackRedirect` row that is bound to the browser, the user and the address of
the view, for a few minutes and for one run of the view that ends well.
"""

import secrets
from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import quote

from pyramid.request import Request
from sqlalchemy import ColumnElement, delete, select

from srp_portal.esi.browser import known_browser
from srp_portal.esi.crypto import digest
from srp_portal.esi.errors import SsoStateInvalid
from srp_portal.esi.logins import RUNTIME, user_id_of
from srp_portal.esi.models import CallbackRedirect, utc_now
from srp_portal.esi.runtime import Runtime

# As long as a view that failed may be loaded again without another login.
HANDOVER_LIFETIME_S: Final = 300
RESERVED: Final = "esi."
# What browsers leave as it is in a query; the percent sign, since it is encoded already.
_QUERY_SAFE: Final = "%/:?@!$&()*+,;=~[]"
_TAKEN: Final = "This token was used already, perhaps in another tab. Please load the page again."


class Purpose(StrEnum):
    """What a view wants a login for: the kind of its row on the way through the SSO."""

    NEW = "esi.new"
    CHOICE = "esi.choice"
    MORE = "esi.more"
    SINGLE_USE = "esi.single_use"

    @property
    def arrived(self) -> str:
        """The kind of the row that waits for the view."""
        return f"{self.value}.arrived"


def view_url(request: Request) -> str:
    """Where a view is to be come back to: path and query, spelled as browsers send them."""
    query = request.environ.get("QUERY_STRING", "").encode("latin-1", "replace")
    path: str = request.path
    return f"{path}?{quote(query, safe=_QUERY_SAFE)}" if query else path


def hand_over(
    request: Request,
    purpose: Purpose,
    *,
    url: str,
    scopes: str,
    token_id: int | None = None,
    single_use: str | None = None,
) -> None:
    """Leave a token for the view at this url; flushes. Raises SsoStateInvalid without a cookie."""
    browser = _browser_digest(request)
    if browser is None:
        raise SsoStateInvalid("Your browser did not send the cookie of this login.")
    row = CallbackRedirect(
        # Of a state that nobody knows: no callback leads here.
        state_digest=digest(secrets.token_urlsafe(32)),
        browser_digest=browser,
        code_verifier="",
        url=url,
        scopes=scopes,
        kind=purpose.arrived,
        user_id=user_id_of(request),
        token_id=token_id,
        single_use=single_use,
    )
    request.dbsession.add(row)
    request.dbsession.flush()


def arrival(request: Request, purpose: Purpose, scopes: Iterable[str]) -> CallbackRedirect | None:
    """The newest token that waits for the view that is being asked for."""
    browser = _browser_digest(request)
    if browser is None:
        return None
    row: CallbackRedirect | None = request.dbsession.scalar(
        select(CallbackRedirect)
        .where(*_waiting(request, browser, purpose, scopes))
        .order_by(CallbackRedirect.id.desc())
        .limit(1)
    )
    return row


def take(request: Request, row_id: int) -> None:
    """End a hand-over, after the view did its work.

    Not before: the view may ask ESI, and nobody should wait for our lock meanwhile. Deleting
    the row is what decides; who comes second gets SsoStateInvalid, which takes back what the
    view did.
    """
    if _delete(request, CallbackRedirect.id == row_id) != 1:
        raise SsoStateInvalid(_TAKEN)


def forget(request: Request, purpose: Purpose, scopes: Iterable[str], row_id: int) -> None:
    """End a hand-over with all older ones of the view, which a double click leaves."""
    browser = _browser_digest(request)
    if browser is not None:
        waiting = _waiting(request, browser, purpose, scopes)
        _delete(request, *waiting, CallbackRedirect.id <= row_id)


def _waiting(
    request: Request, browser: str, purpose: Purpose, scopes: Iterable[str]
) -> list[ColumnElement[bool]]:
    return [
        CallbackRedirect.browser_digest == browser,
        CallbackRedirect.kind == purpose.arrived,
        CallbackRedirect.user_id.is_not_distinct_from(user_id_of(request)),
        CallbackRedirect.url == view_url(request),
        CallbackRedirect.scopes == " ".join(scopes),
        CallbackRedirect.created > utc_now() - timedelta(seconds=HANDOVER_LIFETIME_S),
    ]


def _delete(request: Request, *conditions: ColumnElement[bool]) -> int:
    done = request.dbsession.execute(
        delete(CallbackRedirect).where(*conditions),
        # The view's session may hold the row; nobody looks at it after this.
        execution_options={"synchronize_session": False},
    )
    return int(done.rowcount)


def _browser_digest(request: Request) -> str | None:
    runtime: Runtime = request.registry[RUNTIME]
    browser = known_browser(request, runtime.cipher)
    return None if browser is None else digest(browser)
