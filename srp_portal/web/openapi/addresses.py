"""Routes' patterns as OpenAPI's paths."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from srp_portal.web.representation.negotiate import FORMATS

_PLACE = re.compile(r"\{([A-Za-z_]\w*)(?::((?:[^{}]|\{[^{}]*\})*))?\}")
_WORDS = re.compile(r"[a-z]+(?:\|[a-z]+)+")


@dataclass(frozen=True, slots=True)
class Address:
    """A path of the description.

    path: with `{name}` for each of `places`, which hold the pattern that a route has for it.
    words: what stands there for places of the route that take a few words only. suffix: the
    name of the format that the path's end chooses, None for a path that leaves it open.
    """

    path: str
    places: dict[str, str | None]
    words: dict[str, str]
    suffix: str | None = None


def addresses(pattern: str, formats: tuple[str, ...]) -> Iterator[Address]:
    """The paths of a route.

    A place that takes a few words only becomes a path for each of them: `/request/{list}/` and
    `/request/{id}/` would be one path to OpenAPI. A place that takes the rest of a path can end in
    the suffix of a feed, which is a path of its own.
    """
    places = {match[1]: match[2] for match in _PLACE.finditer(pattern)}
    choices = {name: rule.split("|") for name, rule in places.items() if _is_words(rule)}
    left = {name: rule for name, rule in places.items() if name not in choices}
    for picked in itertools.product(*choices.values()):
        words = dict(zip(choices, picked, strict=True))
        path = _filled(pattern, words)
        yield Address(path, left, words)
        for name, rule in left.items():
            if not _takes_the_rest(rule):
                continue
            before = path.removesuffix(f"{{{name}}}")
            without = {other: kept for other, kept in left.items() if other != name}
            for each in formats:
                suffix = FORMATS[each].suffix
                if suffix is not None:
                    yield Address(f"{before}{suffix}", without, words, each)
                    yield Address(f"{path}/{suffix}", left, words, each)


def _filled(pattern: str, words: dict[str, str]) -> str:
    """The pattern with words in their places, and the names alone in the others."""
    return _PLACE.sub(lambda match: words.get(match[1], f"{{{match[1]}}}"), pattern)


def _is_words(rule: str | None) -> bool:
    return rule is not None and _WORDS.fullmatch(rule) is not None


def _takes_the_rest(rule: str | None) -> bool:
    return rule is not None and re.fullmatch(rule, "a/b") is not None
