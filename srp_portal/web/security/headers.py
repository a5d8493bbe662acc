"""Headers that every answer carries, errors and files included."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from pyramid.events import NewResponse

from srp_portal.settings import Settings

A_YEAR = 365 * 24 * 3600

FIXED = {
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def content_security_policy(settings: Settings) -> str:
    """Scripts, styles and data from here alone; pictures from EVE's server too; forms also to SSO.

    No inline script and no inline style: what a name or a note smuggles in can't run.
    """
    images, sso = _origin(settings.esi_image_base_url), _origin(settings.esi_sso_base_url)
    directives = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": f"'self' data: {images}",
        "font-src": "'self'",
        "connect-src": "'self'",
        # A form's redirect counts: the one that leads to EVE's login must get there.
        "form-action": f"'self' {sso}",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


class SecurityHeaders:
    """Adds the headers at the very end, so that no error page and no plugin's view lacks them."""

    def __init__(self, settings: Settings) -> None:
        self._headers = {**FIXED, "Content-Security-Policy": content_security_policy(settings)}

    def __call__(self, event: NewResponse) -> None:
        """Adds what the answer doesn't have yet."""
        request, headers = event.request, event.response.headers
        for name, value in self._headers.items():
            headers.setdefault(name, value)
        if request.scheme == "https":
            headers.setdefault("Strict-Transport-Security", f"max-age={A_YEAR}")
        # Whatever did not say that it may be kept is somebody's own business.
        if not _is_file(request):
            headers.setdefault("Cache-Control", "private, no-store")
            headers.setdefault("Vary", "Accept, Cookie")


def _is_file(request: Any) -> bool:
    # Pyramid names the routes of static views so.
    route = getattr(request, "matched_route", None)
    return route is not None and route.name.startswith("__")
