"""The line of each table, key and element of a TOML text, which `tomllib` does not tell.

The text must be one that `tomllib` takes: nothing is checked a second time here.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from contextlib import suppress

#: The way to a value: keys of tables and indexes of arrays, from the root.
Path = tuple[str | int, ...]

_SPACE = re.compile(r"[ \t]*")
_BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BARE_VALUE = re.compile(r"[^,\]}#\n]+")
# Of several lines first: the other two would take their first two quotes for an empty text.
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"""(?:"{0,2})'
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)


class _Lost(Exception):
    """The text goes on in a way that is not known here."""


def lines_of(text: str) -> dict[Path, int]:
    """Line numbers from 1 by path; line ends must be single line feeds.

    Where the text is not understood after all, what comes behind that place is left out.
    """
    walker = _Walker(text)
    # For what is left out then, line_at gives a line further up.
    with suppress(_Lost, RecursionError):
        walker.walk()
    return walker.lines


def line_at(lines: dict[Path, int], path: Path) -> int:
    """The line of a path, else of the nearest table around it, else the first one."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


class _Walker:
    """Goes through a text once, and notes where it meets what."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {}
        self._text = text
        self._position = 0
        self._breaks = [match.start() for match in re.finditer("\n", text)]
        #: The number of elements so far, of each array of tables.
        self._counts: dict[Path, int] = {}

    def walk(self) -> None:
        """Takes the text header by header and pair by pair."""
        table: Path = ()
        while True:
            self._skip(_BLANK)
            if self._position >= len(self._text):
                return
            table = self._header() if self._next() == "[" else self._pair(table)

    def _header(self) -> Path:
        """The table that a `[header]` or `[[header]]` opens."""
        line = self._line()
        is_element = self._text.startswith("[[", self._position)
        self._position += 2 if is_element else 1
        keys = self._keys()
        self._position += 2 if is_element else 1
        path: Path = ()
        for key in keys[:-1]:
            path = self._latest((*path, key))
            self.lines.setdefault(path, line)
        path = (*path, keys[-1])
        # The first place that names it, also where a header below names it once more.
        self.lines.setdefault(path, line)
        if is_element:
            self._counts[path] = self._counts.get(path, 0) + 1
            path = self._latest(path)
            self.lines[path] = line
        return path

    def _latest(self, path: Path) -> Path:
        """The last element where the path is an array of tables, else the path itself."""
        count = self._counts.get(path)
        return path if count is None else (*path, count - 1)

    def _pair(self, table: Path) -> Path:
        """Notes a `key = value` of the table, and gives the table."""
        line = self._line()
        path = table
        for key in self._keys():
            path = (*path, key)
            self.lines.setdefault(path, line)
        self._expect("=")
        self._skip(_SPACE)
        self._value(path)
        return table

    def _keys(self) -> list[str]:
        """The parts of a key with dots."""
        keys = []
        while True:
            self._skip(_SPACE)
            if self._next() in "\"'":
                # tomllib knows how to read the escapes.
                keys.append(str(tomllib.loads(f"key = {self._take(_STRING)}")["key"]))
            else:
                keys.append(self._take(_BARE_KEY))
            self._skip(_SPACE)
            if self._next() != ".":
                return keys
            self._position += 1

    def _value(self, path: Path) -> None:
        self.lines.setdefault(path, self._line())
        opening = self._next()
        if opening == "[":
            self._array(path)
        elif opening == "{":
            self._inline_table(path)
        else:
            self._take(_STRING if opening in "\"'" else _BARE_VALUE)

    def _array(self, path: Path) -> None:
        self._position += 1
        index = 0
        while not self._closes("]"):
            self._value((*path, index))
            index += 1

    def _inline_table(self, path: Path) -> None:
        self._position += 1
        while not self._closes("}"):
            self._pair(path)

    def _closes(self, sign: str) -> bool:
        """Whether an array or table ends here; goes over the comma before the next element."""
        self._skip(_BLANK)
        if self._next() == ",":
            self._position += 1
            self._skip(_BLANK)
        if self._next() != sign:
            return False
        self._position += 1
        return True

    def _line(self) -> int:
        return bisect_right(self._breaks, self._position - 1) + 1

    def _next(self) -> str:
        """The next character; raises _Lost at the end of the text."""
        if self._position >= len(self._text):
            raise _Lost
        return self._text[self._position]

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self._text, self._position)
        if match is not None:
            self._position = match.end()

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._position)
        if match is None:
            raise _Lost
        self._position = match.end()
        return match[0]

    def _expect(self, sign: str) -> None:
        self._skip(_SPACE)
        if self._next() != sign:
            raise _Lost
        self._position += 1
