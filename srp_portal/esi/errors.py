"""What can go wrong between an application, ESI and EVE's single sign-on.

Every error carries what a caller needs to react (`status`, `operation`,
`request_id`, `retry_after`) and a message that may be shown: no token, code
or secret is ever part of one.
"""


class EsiError(Exception):
    """The root of all errors of this package.

    status: the HTTP status that was answered, None when there was no answer.
    operation: name of the operation, None outside of one. request_id: ESI's
    own id of the failed request, where it sent one. retry_after: seconds before which
    asking again is in vain, where that is known.
    """

    retry_after: float | None = None

    def __init__(
        self,
        message: str = "",
        *,
        status: int | None = None,
        operation: str | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.operation = operation
        self.request_id = request_id


class EsiConfigurationError(EsiError, ValueError):
    """A setting is missing or can't be understood; the message names it, never its value."""


class EsiUnavailable(EsiError):
    """EVE can't answer now: no connection, a timeout, a server error, or an unusable answer."""


class EsiRateLimited(EsiError):
    """A limit of ESI is exhausted; asking again before `retry_after` seconds makes it worse."""

    retry_after: float

    def __init__(
        self,
        message: str = "",
        *,
        retry_after: float = 0.0,
        status: int | None = None,
        operation: str | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message, status=status, operation=operation, request_id=request_id)
        self.retry_after = retry_after


class EsiNotFound(EsiError):
    """ESI knows nothing under that id (404)."""


class EsiForbidden(EsiError):
    """The token, its scopes or the character's roles do not allow this (401 and 403).

    It proves nothing about the token: ESI answers 403 during trouble of the SSO too.
    """


class IncompleteResponseError(EsiError):
    """The pages of a collection could not be read as one state of it."""


class TokenError(EsiError):
    """Something is wrong with a token."""


class TokenInvalidError(TokenError):
    """The SSO refuses the token for good: revoked, rotated away, or the character was sold."""


class TokenExpiredError(TokenError):
    """The access token is too old and can't be renewed."""


class NotRefreshableTokenError(TokenError):
    """The token came without a refresh token."""


class SsoError(EsiError):
    """A login did not succeed; the message is meant for the person who tried.

    `http_status` is the status an error page should have. `kind` and `return_to`
    tell which login it was, where that is known, so that a page can offer to try again.
    """

    http_status = 400
    kind: str | None = None
    return_to: str | None = None


class SsoDenied(SsoError):
    """The person cancelled on EVE's page."""

    http_status = 403


class SsoStateInvalid(SsoError):
    """The answer belongs to no login that this browser began, or to one already used."""


class SsoUnavailable(SsoError):
    """EVE's single sign-on does not answer, or not in a way that can be used."""

    http_status = 503


class SsoRejected(SsoError):
    """EVE's single sign-on refused the login, or what it vouched for does not hold."""

    http_status = 403
