"""A TOML text as sections whose values are taken with checks; each error knows its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any

from srp_portal_payout_rules.toml_lines import Path, line_at, lines_of

#: Longest name of a rule, a list, a ship or a place; longest reason; in characters.
NAME_LENGTH, TEXT_LENGTH = 100, 500

_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_WORDS = {
    bool: "true or false",
    str: "text in quotes",
    int: "a whole number",
    Decimal: "a number",
    list: "a list in [ ]",
    dict: "a table",
}


class RulesError(Exception):
    """Something in the file is wrong; line: from 1."""

    def __init__(self, line: int, message: str) -> None:
        self.line = line
        self.message = message
        super().__init__(f"{line}: {message}")


def parse(text: str) -> Section:
    """The root of a document; raises RulesError for text that is no TOML."""
    text = text.replace("\r\n", "\n")
    try:
        values = tomllib.loads(text, parse_float=_decimal)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(text, str(error)) from error
    except RecursionError as error:
        raise RulesError(_longest_line(text), "tables or lists are nested too deeply") from error
    except ValueError as error:
        # Python refuses to read whole numbers of thousands of digits.
        raise RulesError(_longest_line(text), "a number is too long") from error
    return Section(values, (), lines_of(text))


def _decimal(text: str) -> Decimal:
    """The number, NaN for one beyond all that Decimal can hold, which no check takes."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("NaN")


def _syntax_error(text: str, message: str) -> RulesError:
    place = _PLACE.search(message)
    if place is None:
        return RulesError(1, message)
    last = max(1, len(text.rstrip("\n").split("\n")))
    return RulesError(int(place[1] or last), message[: place.start()])


def _longest_line(text: str) -> int:
    """The best guess for a fault whose place Python does not tell."""
    lines = text.split("\n")
    return lines.index(max(lines, key=len)) + 1


@dataclass(frozen=True, slots=True)
class Section:
    """A table of the document. path: the way to it. lines: those of the whole document."""

    values: dict[str, Any]
    path: Path
    lines: dict[Path, int]

    @property
    def line(self) -> int:
        """Where the table begins."""
        return line_at(self.lines, self.path)

    def line_of(self, *way: str | int) -> int:
        """The line of a key, or of an element of its list."""
        return line_at(self.lines, (*self.path, *way))

    def error(self, message: str, *way: str | int) -> RulesError:
        """An error at a key of this table, or at the table itself."""
        return RulesError(self.line_of(*way), message)

    def check_keys(self, known: Iterable[str], hints: dict[str, str] | None = None) -> None:
        """Raises RulesError for a key that is not known, with the one that may be meant."""
        names = tuple(known)
        for key in self.values:
            if key in names:
                continue
            hint = (hints or {}).get(key) or nearest(key, names)
            meant = f"; did you mean {hint}?" if hint else f"; known are {', '.join(names)}"
            raise self.error(f"unknown key {shown(key)}{meant}", key)

    def value(self, key: str, kind: type, *, what: str = "") -> Any:
        """The value of this kind, None without the key.

        what: words for it in the error. A whole number is no truth, though Python says so.
        """
        found = self.values.get(key)
        if found is None:
            return None
        if not isinstance(found, kind) or (isinstance(found, bool) and kind is not bool):
            raise self.error(f"{key} must be {what or _WORDS[kind]}, not {shown(found)}", key)
        return found

    def truth(self, key: str) -> bool | None:
        """`true` or `false`, None without the key."""
        found: bool | None = self.value(key, bool)
        return found

    def text(self, key: str, *, length: int = TEXT_LENGTH) -> str | None:
        """Text of one line that is not blank, None without the key."""
        found = self.value(key, str)
        return None if found is None else self.checked_text(found, key, key, length=length)

    def checked_text(
        self, found: str, what: str, *way: str | int, length: int = NAME_LENGTH
    ) -> str:
        """The text without white space around it; raises RulesError for one that nobody can read.

        what: the word for it in the error.
        """
        found = found.strip()
        if not found:
            raise self.error(f"{what} is blank", *way)
        if len(found) > length:
            raise self.error(f"{what} is longer than {length} characters", *way)
        if not found.isprintable():
            raise self.error(f"{what} must be one line of plain text, not {shown(found)}", *way)
        return found

    def name(self) -> str:
        """The table's own `name`, which it must have."""
        found = self.text("name", length=NAME_LENGTH)
        if found is None:
            raise self.error('a name is missing: name = "…"')
        return found

    def words(self, key: str, *, numbers: bool = False) -> tuple[str | int, ...]:
        """One text or a list of texts, never empty; () without the key.

        numbers: whether ids may stand among them.
        """
        found = self.values.get(key)
        if found is None:
            return ()
        kinds = (str, int) if numbers else (str,)
        what = "names (or ids)" if numbers else "texts"
        entries = found if isinstance(found, list) else [found]
        if not entries:
            raise self.error(f"{key} is empty", key)
        checked: list[str | int] = []
        for index, entry in enumerate(entries):
            way = (key, index) if isinstance(found, list) else (key,)
            if not isinstance(entry, kinds) or isinstance(entry, bool):
                raise self.error(f"{key} must hold {what}, not {shown(entry)}", *way)
            if isinstance(entry, str):
                checked.append(self.checked_text(entry, f"an entry of {key}", *way))
                continue
            if entry <= 0:
                raise self.error(f"{key} must hold ids from 1 on, not {shown(entry)}", *way)
            checked.append(entry)
        return tuple(checked)

    def section(self, key: str) -> Section | None:
        """The table under the key, None without it."""
        found = self.value(key, dict)
        return None if found is None else Section(found, (*self.path, key), self.lines)

    def sections(self, key: str, *, single: bool = False) -> list[Section]:
        """The tables of an array of tables, [] without the key.

        single: whether one table alone may stand in the place of the array.
        """
        found = self.values.get(key)
        if found is None:
            return []
        if single and isinstance(found, dict):
            return [Section(found, (*self.path, key), self.lines)]
        if single and found == []:
            raise self.error(f"{key} is empty; leave it out", key)
        what = "a table or a list of tables { }" if single else f"tables under [[{key}]]"
        if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
            raise self.error(f"{key} must be {what}, not {shown(found)}", key)
        return [
            Section(entry, (*self.path, key, index), self.lines)
            for index, entry in enumerate(found)
        ]


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that is most like this one, "" where none is."""
    by_key = {name.casefold(): name for name in known}
    found = get_close_matches(word.casefold(), by_key, n=1, cutoff=0.6)
    return by_key[found[0]] if found else ""


def shown(value: object) -> str:
    """The value for an error, as it may stand in the file, shortened."""
    if isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, str):
        text = f"“{value}”" if value.isprintable() else ascii(value)
    elif isinstance(value, dict):
        text = "a table"
    elif isinstance(value, list):
        text = "a list"
    elif isinstance(value, int) and abs(value) > 10**20:
        # Python refuses to write thousands of digits.
        text = "a number of more than 20 digits"
    else:
        text = str(value)
    return text if len(text) <= 60 else text[:59] + "…"
