"""Modules that are as good as those of a doctrine."""

from __future__ import annotations

from collections.abc import Mapping

from srp_portal_doctrine.eft import TYPE_NAME_LENGTH, EftError, name_key, text_lines

#: By the key of a doctrine's module: the keys of what may be fitted in its place.
Accepted = Mapping[str, frozenset[str]]


def parse_accepted(text: str) -> dict[str, frozenset[str]]:
    """Lines of `Module of the doctrine = Module that is as good`; `#` begins a comment.

    It holds in this direction alone. Raises EftError for any other line.
    """
    found: dict[str, set[str]] = {}
    for number, line in enumerate(text_lines(text), 1):
        content = line.split("#", 1)[0].strip()
        if not content:
            continue
        names = [name_key(part) for part in content.split("=")]
        if len(names) != 2 or not all(names):
            raise EftError(number, "must be: module of the doctrine = module that is as good")
        if max(map(len, names)) > TYPE_NAME_LENGTH:
            raise EftError(number, f"has a name of more than {TYPE_NAME_LENGTH} characters")
        wanted, other = names
        found.setdefault(wanted, set()).add(other)
    return {wanted: frozenset(others) for wanted, others in found.items()}
