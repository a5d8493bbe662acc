"""Fits as EFT text, as the game and fitting tools copy them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

#: ESI takes names of this length; no type of EVE has a longer one. A fit's own name is a title.
TYPE_NAME_LENGTH, FIT_NAME_LENGTH = 100, 150
#: No ship has half as many slots, implants counted in.
_MOST_MODULES = 100

_HEADER = re.compile(r"\[([^,\[\]]+),(.*)\]")
_EMPTY_SLOT = re.compile(r"\[empty [a-z]+ slot\]", re.IGNORECASE)
#: The mutations stand at the end, each some lines below its number.
_MUTATION = re.compile(r"\[\d+\] .+", re.ASCII)
#: What is carried has a number behind it and is not fitted.
_CARRIED = re.compile(r".+ x\d+", re.ASCII)
_MARKS = re.compile(r"(?: ?/offline| ?\[\d+\])+$", re.IGNORECASE | re.ASCII)


class EftError(ValueError):
    """A text is no fit. line: its number from 1. why: a clause."""

    def __init__(self, line: int, why: str) -> None:
        self.line = line
        self.why = why
        super().__init__(f"{line}: {why}")


@dataclass(frozen=True, slots=True)
class Fit:
    """A fit: ship and modules by their English names, a module once for each that is fitted.

    line: of the text, where the fit begins. Charges, drones and cargo are not in it.
    """

    ship: str
    name: str
    modules: tuple[str, ...]
    line: int = 1


def name_key(name: str) -> str:
    """The name as names are compared: whatever its case and white space."""
    return " ".join(unicodedata.normalize("NFC", name).split()).casefold()


def text_lines(text: str) -> list[str]:
    """The lines of a text of any system, without what editors put before the first."""
    # Not splitlines(): editors don't count the lines that it also sees.
    return re.split("\r\n|\r|\n", text.removeprefix("\ufeff"))


def parse_fits(text: str) -> list[Fit]:
    """The fits in a text, one after another.

    Which section a module stands in doesn't matter. Raises EftError for a line that belongs to no
    fit, and for a text without any.
    """
    fits: list[Fit] = []
    present: tuple[int, str, str] | None = None
    modules: list[str] = []
    is_in_mutation = False
    for number, line in _lines(text):
        header = _header(number, line)
        if header is not None:
            if present is not None:
                fits.append(_fit(present, modules))
            present, modules, is_in_mutation = header, [], False
        elif not line:
            is_in_mutation = False
        elif present is None:
            raise EftError(number, "a fit begins with [Ship, Fit name]")
        elif _MUTATION.fullmatch(line):
            is_in_mutation = True
        elif not is_in_mutation:
            modules.extend(_fitted(number, line))
            if len(modules) > _MOST_MODULES:
                raise EftError(number, f"the fit has more than {_MOST_MODULES} modules")
    if present is None:
        raise EftError(1, "there is no fit, which begins with [Ship, Fit name]")
    fits.append(_fit(present, modules))
    return fits


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text_lines(text), 1):
        yield number, " ".join(line.split())


def _header(number: int, line: str) -> tuple[int, str, str] | None:
    match = _HEADER.fullmatch(line)
    if match is None:
        return None
    # A title: what can't be seen in it is of no use to anybody, and no reason to stop.
    name = "".join(sign for sign in match[2] if sign.isprintable()).strip()
    if not name:
        raise EftError(number, "the fit has no name")
    if len(name) > FIT_NAME_LENGTH:
        raise EftError(number, f"the fit's name has more than {FIT_NAME_LENGTH} characters")
    return number, _type_name(number, match[1]), name


def _fit(header: tuple[int, str, str], modules: list[str]) -> Fit:
    line, ship, name = header
    return Fit(ship, name, tuple(modules), line)


def _fitted(number: int, line: str) -> Iterator[str]:
    """The module of a line, none where the slot is empty or the line is of something carried."""
    if _EMPTY_SLOT.fullmatch(line) or _CARRIED.fullmatch(line):
        return
    if line.startswith("["):
        raise EftError(number, "is neither a fit's first line nor an empty slot")
    # The charge, behind a comma, can be exchanged in space.
    yield _type_name(number, _MARKS.sub("", line.split(",", 1)[0]))


def _type_name(number: int, text: str) -> str:
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not name:
        raise EftError(number, "has no name of a module or ship")
    if max(len(name), len(name_key(name))) > TYPE_NAME_LENGTH:
        raise EftError(number, f"has a name of more than {TYPE_NAME_LENGTH} characters")
    if not name.isprintable():
        raise EftError(number, "has a character in its name that nobody can see")
    return name
