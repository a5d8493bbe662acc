"""Files that the portal serves itself: its own, and Bootstrap's from the installed package."""

from __future__ import annotations

import hashlib
from importlib.metadata import files
from pathlib import Path
from typing import Any

from pyramid.static import QueryStringCacheBuster

BOOTSTRAP = "bootstrap-wrapper"
STATIC = Path(__file__).parent / "static"
A_YEAR = 365 * 24 * 3600


class ContentCacheBuster(QueryStringCacheBuster):
    """Adds a digest of the file's content, so that a new release is never mixed with an old one."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self._root = root
        self._tokens: dict[str, str] = {}

    def tokenize(self, request: Any, pathspec: str, kw: Any) -> str:  # noqa: ARG002
        """The first digits of the digest."""
        token = self._tokens.get(pathspec)
        if token is None:
            path = self._root / pathspec.removeprefix(str(self._root)).lstrip("/")
            content = path.read_bytes() if path.is_file() else b""
            token = self._tokens[pathspec] = hashlib.sha256(content).hexdigest()[:12]
        return token


def includeme(config: Any) -> None:
    """Adds the static views `/static/` and `/bootstrap/`."""
    bootstrap = bootstrap_root()
    for name, root in (("static", STATIC), ("bootstrap", bootstrap)):
        config.add_static_view(name, str(root), cache_max_age=A_YEAR)
        config.add_cache_buster(str(root), ContentCacheBuster(root))
    known: dict[str, str] = {}
    config.add_request_method(lambda request, path: _static_url(request, path, known), "static")
    # Found once: every page links it, and looking for it reads the distribution's metadata.
    stylesheet = str(bootstrap / "css" / "bootstrap.min.css")
    config.add_request_method(
        lambda request: request.static_path(stylesheet), "bootstrap_css", property=True
    )


def bootstrap_root() -> Path:
    """The folder of Bootstrap's files; the distribution carries no importable package of it."""
    for file in files(BOOTSTRAP) or ():
        if file.as_posix().endswith("css/bootstrap.min.css"):
            return Path(str(file.locate())).resolve().parent.parent
    raise FileNotFoundError(f"the distribution {BOOTSTRAP} holds no css/bootstrap.min.css")


def _static_url(request: Any, path: str, known: dict[str, str]) -> str:
    """The path of a file of ours; found once, since a page links more than a dozen."""
    prefix = request.links.prefix
    if path not in known:
        known[path] = request.static_path(str(STATIC / path)).removeprefix(prefix)
    return f"{prefix}{known[path]}"
