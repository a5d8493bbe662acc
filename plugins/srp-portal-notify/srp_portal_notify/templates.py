"""Templates of texts: `{field}` is a fact, `[…]` a part that is left out when a fact is missing.

Not `str.format`: its fields reach into objects (`{event.__class__}`), and it has no way to say
what happens without a fact.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from srp_portal.plugin import SettingError

#: Longest template, in characters.
LONGEST = 500

_TOKEN = re.compile(r"\{\{|\}\}|\[\[|\]\]|\{(?P<field>[^{}\[\]]*)\}|[{}\[\]]|[^{}\[\]]+")
_DOUBLED = ("{{", "}}", "[[", "]]")


class _Piece(NamedTuple):
    """Plain text, or the name of a field."""

    text: str
    is_field: bool


class _Part(NamedTuple):
    """Pieces that stand together; optional ones are left out when one of their fields is empty."""

    pieces: tuple[_Piece, ...]
    is_optional: bool


@dataclass(frozen=True, slots=True)
class Template:
    """A text with fields, checked when it was parsed. fields: the names of those that it has."""

    parts: tuple[_Part, ...]
    fields: frozenset[str]

    def render(self, facts: Mapping[str, str]) -> str:
        """The text; facts: by field, empty ones are missing."""
        return "".join(
            "".join(facts[piece.text] if piece.is_field else piece.text for piece in part.pieces)
            for part in self.parts
            if not part.is_optional
            or all(facts[piece.text] for piece in part.pieces if piece.is_field)
        ).strip()


def parse_template(
    setting: str, text: str, fields: frozenset[str], optional: frozenset[str]
) -> Template:
    """The template of a setting; raises SettingError.

    fields: names that there are. optional: those of them that may be missing, which must stand in
    square brackets. Line ends and runs of blanks become one blank.
    """
    text = " ".join(text.split())
    if len(text) > LONGEST:
        raise SettingError(setting, f"must not be longer than {LONGEST} characters")
    parts = _Parser(setting, fields, optional).parse(text)
    used = frozenset(piece.text for part in parts for piece in part.pieces if piece.is_field)
    if not any(piece.text.strip() for part in parts for piece in part.pieces):
        raise SettingError(setting, "must hold a text")
    return Template(parts, used)


class _Parser:
    """Takes one template apart."""

    def __init__(self, setting: str, fields: frozenset[str], optional: frozenset[str]) -> None:
        self._setting = setting
        self._fields = fields
        self._optional = optional
        self._parts: list[_Part] = []
        self._pieces: list[_Piece] = []
        self._is_open = False

    def parse(self, text: str) -> tuple[_Part, ...]:
        for match in _TOKEN.finditer(text):
            written = match[0]
            if written in _DOUBLED:
                self._pieces.append(_Piece(written[0], is_field=False))
            elif match["field"] is not None:
                self._add_field(match["field"])
            elif written == "[":
                self._open()
            elif written == "]":
                self._close()
            elif written in "{}":
                raise SettingError(self._setting, f"has a single {written}; two stand for one")
            else:
                self._pieces.append(_Piece(written, is_field=False))
        if self._is_open:
            raise SettingError(self._setting, "has a [ without its ]; two stand for one")
        self._end_part(is_optional=False)
        return tuple(self._parts)

    def _add_field(self, name: str) -> None:
        if name not in self._fields:
            raise SettingError(
                self._setting,
                f"has no field {{{name}}}; there are {', '.join(sorted(self._fields))}",
            )
        if name in self._optional and not self._is_open:
            raise SettingError(
                self._setting,
                f"{{{name}}} is not always known: put it into brackets with the words around it,"
                f" as in [, {{{name}}}]",
            )
        self._pieces.append(_Piece(name, is_field=True))

    def _open(self) -> None:
        if self._is_open:
            raise SettingError(self._setting, "has a [ inside of brackets; two stand for one")
        self._end_part(is_optional=False)
        self._is_open = True

    def _close(self) -> None:
        if not self._is_open:
            raise SettingError(self._setting, "has a ] without its [; two stand for one")
        if not any(piece.is_field for piece in self._pieces):
            raise SettingError(self._setting, "has brackets without a field; two [[ stand for one")
        self._end_part(is_optional=True)
        self._is_open = False

    def _end_part(self, *, is_optional: bool) -> None:
        if self._pieces:
            self._parts.append(_Part(tuple(self._pieces), is_optional))
        self._pieces = []
