"""What is refused before any view is looked for: text that is none, and bad credentials."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote_to_bytes, urlencode

from pyramid.httpexceptions import HTTPUnauthorized
from pyramid.request import Request
from pyramid.response import Response

from srp_portal.domain.errors import BadRequest

_FORM_IS_NO_TEXT = "The form holds bytes that are no text."

Handler = Callable[[Request], Response]


def guard_tween_factory(handler: Handler, registry: Any) -> Handler:  # noqa: ARG001
    """A tween inside the one that calls exception views, so that its refusals are negotiated."""

    def guard(request: Request) -> Response:
        check_text(request)
        check_credentials(request)
        return handler(request)

    return guard


def check_text(request: Request) -> None:
    """Raises BadRequest (400) for a URL or a form that holds NUL or what isn't UTF-8.

    The environment is left readable: whoever looks at the path later, an error page among them,
    finds U+FFFD in place of such bytes and no exception.
    """
    environ = request.environ
    is_text = True
    for name in ("SCRIPT_NAME", "PATH_INFO"):
        # PEP 3333: these are bytes, carried in the code points below 256.
        raw = environ.get(name, "").encode("latin-1")
        if not _is_text(raw):
            environ[name] = _readable(raw).decode("latin-1")
            is_text = False
    query = environ.get("QUERY_STRING", "")
    if not _is_text(unquote_to_bytes(query)):
        environ["QUERY_STRING"] = _readable_query(query)
        is_text = False
    if not is_text:
        raise BadRequest("The address holds bytes that are no text.")
    if request.method not in ("GET", "HEAD"):
        _check_form(request)


def _check_form(request: Request) -> None:
    # Browsers send forms in the encoding of the page, and all our pages are UTF-8.
    if (request.charset or "utf-8").lower().replace("-", "") not in ("utf8", "usascii"):
        raise BadRequest("The form must be sent as UTF-8.")
    try:
        fields = request.POST
    except (ValueError, LookupError) as error:
        raise BadRequest("The form can't be read.") from error
    for name, value in fields.items():
        # A broken part of a multipart form has no name.
        if name is None:
            raise BadRequest("The form can't be read.")
        if "\x00" in name or (isinstance(value, str) and "\x00" in value):
            raise BadRequest(_FORM_IS_NO_TEXT)
    if _has_lost_bytes(request, fields):
        raise BadRequest(_FORM_IS_NO_TEXT)


def _has_lost_bytes(request: Request, fields: Mapping[str, Any]) -> bool:
    """Whether the form was sent with bytes that aren't UTF-8, which were read as U+FFFD."""
    parts = (part for field in fields.items() for part in field if isinstance(part, str))
    read = sum(part.count("\ufffd") for part in parts)
    if not read:
        return False
    is_multipart = request.content_type == "multipart/form-data"
    body = request.body if is_multipart else unquote_to_bytes(request.body)
    # People may well have typed some of them.
    return read > body.count("\ufffd".encode())


def check_credentials(request: Request) -> None:
    """Raises HTTPUnauthorized (401) for a bad API key, on public pages too.

    The security policy tells: it sets `request.bad_credentials` when it looks at the key.
    """
    if request.method not in ("GET", "HEAD"):
        return
    if "apikey" not in request.GET and "Authorization" not in request.headers:
        return
    if request.identity is None and getattr(request, "bad_credentials", False):
        raise HTTPUnauthorized


def _is_text(raw: bytes) -> bool:
    if b"\x00" in raw:
        return False
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _readable(raw: bytes) -> bytes:
    return raw.decode(errors="replace").replace("\x00", "\ufffd").encode()


def _readable_query(query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True, errors="replace")
    return urlencode(pairs).replace("%00", "%EF%BF%BD")
