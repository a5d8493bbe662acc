"""What the SSO answers when something is wrong, with the client or with itself."""

from __future__ import annotations

from srp_portal.sandbox.messages import Response, html_response, json_response

# Errors of the token endpoint on demand: the answer of OAuth, status and description.
_OAUTH = {
    "invalid_grant": (400, "Invalid refresh token. Character grant missing/expired."),
    "invalid_token": (400, "The refresh token is expired."),
    "invalid_client": (401, "Client authentication failed."),
    # What the SSO said to a wrong client id.
    "unsupported_grant_type": (400, "Grant type refresh_token is not supported."),
}
NEXT_ERRORS = (None, *_OAUTH, "429", "503", "empty")


def sso_error(error: str, description: str, status: int = 400) -> Response:
    """An error as OAuth writes it."""
    value = {"error": error, "error_description": description}
    return json_response(value, status, {"Cache-Control": "no-store"})


def trouble(name: str) -> Response:
    """The answer to one of `NEXT_ERRORS`; those that OAuth does not know say nothing of grants."""
    if name == "503":
        return html_response("<html><body><h1>Service Unavailable</h1></body></html>", 503)
    if name == "429":
        return json_response({"error": "Too many requests"}, 429, {"Retry-After": "2"})
    if name == "empty":
        return Response(200, b"", {"Cache-Control": "no-store"})
    status, description = _OAUTH[name]
    return sso_error(name, description, status)
