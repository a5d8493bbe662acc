"""Checks of single values; each gives the normalised value or an error that names the field."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from srp_portal.domain.money import LIMIT, pretty_isk
from srp_portal.plugin.errors import IskOutOfRange
from srp_portal.plugin.plain import LINE_BREAKS, UNPRINTABLE

T = TypeVar("T")

#: What the database takes as an id.
ID_LIMIT = 2**63 - 1
#: Longest name (EVE's longest is 50), longest text of a few lines, longest URL; in characters.
NAME_LENGTH, TEXT_LENGTH, URL_LENGTH = 200, 2000, 2000
#: More than any killmail has of anything: what gives more is a runaway generator.
MOST_MEMBERS = 100_000
#: Largest relative modifier: a thousand times the payout is a mistake and not a bonus.
RATIO_LIMIT = Decimal(1000)

_HASH = re.compile(r"[0-9a-f]{40}", re.ASCII)
_WEB_URL = re.compile(r"https?://[^\s/?#@\\]+(?:[/?#][^\s\\]*)?", re.IGNORECASE)
_CODE = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}", re.ASCII)


def shown(value: object) -> str:
    """The value for an error message, shortened to 80 characters."""
    text = repr(value)
    return text if len(text) <= 80 else text[:79] + "…"


def identifier(field: str, value: object) -> int:
    """A positive int of 63 bits."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{field} must be an int, not {shown(value)}")
    if not 0 < value <= ID_LIMIT:
        raise ValueError(f"{field} must be a positive id, not {shown(value)}")
    return value


def optional(check: Callable[[str, object], T], field: str, value: object) -> T | None:
    """None, or what the check gives."""
    return None if value is None else check(field, value)


def count(field: str, value: object) -> int:
    """An int from 0."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{field} must be an int, not {shown(value)}")
    if not 0 <= value <= ID_LIMIT:
        raise ValueError(f"{field} must not be negative: {shown(value)}")
    return value


def truth(field: str, value: object) -> bool:
    """A bool, and nothing that merely counts as one."""
    if not isinstance(value, bool):
        raise TypeError(f"{field} must be True or False, not {shown(value)}")
    return value


def text(field: str, value: object, *, length: int = TEXT_LENGTH) -> str:
    """Plain text of some lines, perhaps empty, without control characters."""
    if not isinstance(value, str):
        raise TypeError(f"{field} must be text, not {shown(value)}")
    if len(value) > length:
        raise ValueError(f"{field} is longer than {length} characters: {shown(value)}")
    if UNPRINTABLE.search(value):
        raise ValueError(f"{field} must not contain control characters: {shown(value)}")
    return value


def line(field: str, value: object, *, length: int = TEXT_LENGTH) -> str:
    """Plain text of one line, perhaps empty."""
    checked = text(field, value, length=length)
    if LINE_BREAKS.search(checked):
        raise ValueError(f"{field} must be a single line: {shown(value)}")
    return checked


def name(field: str, value: object) -> str:
    """A name: one line, not blank."""
    checked = line(field, value, length=NAME_LENGTH)
    if not checked.strip():
        raise ValueError(f"{field} must not be blank")
    return checked


def code(field: str, value: object) -> str:
    """A short machine name: `a-z`, `0-9`, `.`, `_`, `-`, at most 64 characters."""
    if not isinstance(value, str):
        raise TypeError(f"{field} must be text, not {shown(value)}")
    if not _CODE.fullmatch(value):
        raise ValueError(f"{field} must match {_CODE.pattern}, not {shown(value)}")
    return value


def choice(field: str, value: object, choices: Iterable[str]) -> str:
    """One of the choices, as a plain str."""
    allowed = [str(item) for item in choices]
    if not isinstance(value, str):
        raise TypeError(f"{field} must be text, not {shown(value)}")
    if value not in allowed:
        raise ValueError(f"{field} must be one of {', '.join(allowed)}, not {shown(value)}")
    return str(value)


def web_url(field: str, value: object) -> str:
    """An http or https URL without a user name."""
    checked = line(field, value, length=URL_LENGTH)
    if not _WEB_URL.fullmatch(checked):
        raise ValueError(f"{field} must be an http or https URL, not {shown(value)}")
    return checked


def killmail_hash(field: str, value: object) -> str:
    """40 hex digits, in lower case."""
    if not isinstance(value, str):
        raise TypeError(f"{field} must be text, not {shown(value)}")
    lowered = value.lower()
    if not _HASH.fullmatch(lowered):
        raise ValueError(f"{field} must be 40 hex digits, not {shown(value)}")
    return lowered


def moment(field: str, value: object) -> datetime:
    """An aware datetime, in UTC."""
    if not isinstance(value, datetime):
        raise TypeError(f"{field} must be a datetime, not {shown(value)}")
    if value.utcoffset() is None:
        raise ValueError(f"{field} must have a time zone: {shown(value)}")
    return value.astimezone(UTC)


def decimal(field: str, value: object) -> Decimal:
    """A finite Decimal from a Decimal, an int or text; never from a float."""
    if isinstance(value, bool) or not isinstance(value, Decimal | int | str):
        # 0.1 is not a tenth: what a float meant can't be told any more.
        raise TypeError(f"{field} must be a Decimal, an int or text, not {shown(value)}")
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise ValueError(f"{field} must be a number, not {shown(value)}") from None
    if not number.is_finite():
        raise ValueError(f"{field} must be finite, not {shown(value)}")
    return number


def isk(field: str, value: object) -> Decimal:
    """ISK of either sign; raises IskOutOfRange beyond a trillion."""
    amount = decimal(field, value)
    # Not abs(): arithmetic overflows where a comparison is exact.
    if amount.copy_abs() > LIMIT:
        # Written out only as far as somebody could read it.
        written = f"{amount:,f}" if amount.adjusted() < 24 else f"{amount:.2E}"
        raise IskOutOfRange(
            f"{field} of {written} ISK is beyond the {pretty_isk(LIMIT)} ISK that the portal takes."
        )
    return amount


def isk_amount(field: str, value: object) -> Decimal:
    """ISK from 0; raises IskOutOfRange beyond a trillion."""
    amount = isk(field, value)
    if amount < 0:
        raise ValueError(f"{field} must not be negative: {shown(value)}")
    return amount


def ratio(field: str, value: object) -> Decimal:
    """A fraction of either sign: 0.15 is 15 %."""
    fraction = decimal(field, value)
    if fraction.copy_abs() > RATIO_LIMIT:
        raise ValueError(f"{field} must lie within ±{RATIO_LIMIT} (0.15 is 15 %): {shown(value)}")
    return fraction


def members(
    field: str,
    value: object,
    kind: type[T],
    *,
    most: int = MOST_MEMBERS,
    called: str = "members",
) -> tuple[T, ...]:
    """A tuple of instances of one type, from any iterable, which is read no further than `most`.

    called: what they are in the error for too many.
    """
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        raise TypeError(f"{field} must be a sequence of {kind.__name__}, not {shown(value)}")
    found = []
    for index, item in enumerate(_bounded(field, value, most, called)):
        if not isinstance(item, kind):
            raise TypeError(f"{field}[{index}] must be of {kind.__name__}, not {shown(item)}")
        found.append(item)
    return tuple(found)


def identifiers(field: str, value: object) -> tuple[int, ...]:
    """A tuple of positive ids, from any iterable."""
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        raise TypeError(f"{field} must be a sequence of ids, not {shown(value)}")
    ids = _bounded(field, value, MOST_MEMBERS, "members")
    return tuple(identifier(f"{field}[{index}]", item) for index, item in enumerate(ids))


def _bounded(field: str, values: Iterable[object], most: int, called: str) -> Iterator[object]:
    """The values; raises ValueError in place of one too many: a generator may have no end."""
    for index, value in enumerate(values):
        if index == most:
            raise ValueError(f"{field} has more than {most} {called}")
        yield value
