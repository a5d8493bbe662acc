"""How ESI in the sandbox is told to behave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class EsiSwitches:
    """How ESI behaves.

    limits: whether anybody is ever refused for having asked or erred too much.
    page_size: entries on a page. max_age: seconds that answers are good for, None for the
    nominal ages. extra_pages: how many pages more `X-Pages` claims than there are.
    cursor: which cursors answers have, `both`, `before`, `after` or `none`. cursor_overlap:
    records that a stretch before or after a cursor repeats from the other side of it.
    caching: which headers say how long an answer is good for, `both`, `expires` (with a
    `Cache-Control` that names no age), `max-age` or `none`. etags: `strong`, `weak` or `none`;
    compressed answers have weak ones anyway. bare_304: a 304 has no caching header at all.
    stale_etags: an answer keeps its first tag when it changes, so that a reader who asks with it
    is told that nothing did.
    """

    limits: bool = True
    page_size: int = 50
    max_age: int | None = None
    extra_pages: int = 0
    cursor: str = "both"
    cursor_overlap: int = 0
    caching: str = "both"
    etags: str = "strong"
    bare_304: bool = False
    stale_etags: bool = False

    def changed(self, **changes: Any) -> EsiSwitches:
        """Other switches; ValueError names an unknown switch, or one that can't be so."""
        for name, value in changes.items():
            check = _CHECKS.get(name)
            if check is None:
                raise ValueError(f"unknown switch {name!r}; there are {', '.join(_CHECKS)}")
            if not check(value):
                raise ValueError(f"the switch {name!r} can't be {value!r}")
        return replace(self, **changes)


def _is_count(value: Any, least: int = 0) -> bool:
    return type(value) is int and least <= value < 10**9


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool)


# What a switch may be, by its name.
_CHECKS: dict[str, Callable[[Any], bool]] = {
    "limits": _is_bool,
    "page_size": lambda value: _is_count(value, 1),
    "max_age": lambda value: value is None or _is_count(value),
    "extra_pages": _is_count,
    "cursor": lambda value: value in {"both", "before", "after", "none"},
    "cursor_overlap": _is_count,
    "caching": lambda value: value in {"both", "expires", "max-age", "none"},
    "etags": lambda value: value in {"strong", "weak", "none"},
    "bare_304": _is_bool,
    "stale_etags": _is_bool,
}
