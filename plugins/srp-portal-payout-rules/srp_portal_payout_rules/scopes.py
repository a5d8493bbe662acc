"""Reads `when` and `except` of a rule, a bonus or a deduction."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from srp_portal_payout_rules.conditions import (
    WEEKDAYS,
    Condition,
    Hours,
    Key,
    OneOf,
    Period,
    Scope,
    Security,
    Truth,
    Weekdays,
)
from srp_portal_payout_rules.document import Section, nearest, shown

#: Names of ships and groups by the name of their list, all casefolded.
Lists = Mapping[str, frozenset[Key]]

_NAMED = ("ship", "group", "region", "constellation", "system", "division")
_OWNERS = ("corporation", "alliance")
_LISTED = ("list", "role")
_TRUTHS = ("solo", "npc", "awox")
CONDITIONS = (
    *_NAMED,
    *_LISTED,
    *_OWNERS,
    *_TRUTHS,
    "security",
    "from",
    "until",
    "hours",
    "weekdays",
)

_HOURS = re.compile(r"([0-9]{1,2}):([0-9]{2}) ?- ?([0-9]{1,2}):([0-9]{2})", re.ASCII)
_RANGE = re.compile(r"(-?[01]\.[0-9]) to (-?[01]\.[0-9])", re.ASCII)
_SECURITY = {
    "highsec": (Decimal("0.5"), Decimal("1.0")),
    "lowsec": (Decimal("0.1"), Decimal("0.4")),
    "nullsec": (Decimal("-1.0"), Decimal("0.0")),
}
_WORMHOLE = "wormhole"
_FIRST_YEAR, _LAST_YEAR = 2003, 2999


def read_scope(section: Section, lists: Lists) -> Scope:
    """Which losses a table is for; raises RulesError."""
    return Scope(
        tuple(_conditions(each, lists) for each in section.sections("when", single=True)),
        tuple(_conditions(each, lists) for each in section.sections("except", single=True)),
    )


def _conditions(section: Section, lists: Lists) -> tuple[Condition, ...]:
    section.check_keys(CONDITIONS)
    found: list[Condition] = []
    for key in (*_NAMED, *_OWNERS):
        words = section.words(key, numbers=True)
        if words:
            found.append(OneOf(key, casefolded(words)))
    found.extend(
        OneOf(key, _listed(section, key, lists)) for key in _LISTED if key in section.values
    )
    for key in _TRUTHS:
        truth = section.truth(key)
        if truth is not None:
            found.append(Truth(key, truth))
    for key, read in (("security", _security), ("hours", _hours), ("weekdays", _weekdays)):
        if key in section.values:
            found.append(read(section, key))
    if "from" in section.values or "until" in section.values:
        found.append(_period(section))
    if not found:
        raise section.error(f"{_own_name(section)} is empty; without it every loss is meant")
    return tuple(found)


def casefolded(words: tuple[str | int, ...]) -> frozenset[Key]:
    """Names without regard to case, ids as they are."""
    return frozenset(word.casefold() if isinstance(word, str) else word for word in words)


def _own_name(section: Section) -> str:
    """`when` or `except`."""
    return next(str(key) for key in reversed(section.path) if isinstance(key, str))


def _listed(section: Section, key: str, lists: Lists) -> frozenset[Key]:
    found: frozenset[Key] = frozenset()
    for index, word in enumerate(section.words(key)):
        entries = lists.get(str(word).casefold())
        if entries is None:
            meant = nearest(str(word), lists)
            hint = f"; did you mean “{meant}”?" if meant else " under [lists]"
            raise section.error(f"there is no list {shown(word)}{hint}", key, index)
        found |= entries
    return found


def _security(section: Section, key: str) -> Security:
    ranges, wormholes = set(), False
    for index, word in enumerate(section.words(key)):
        text = str(word).casefold()
        match = _RANGE.fullmatch(text)
        if text == _WORMHOLE:
            wormholes = True
        elif text in _SECURITY:
            ranges.add(_SECURITY[text])
        elif match is not None:
            low, high = Decimal(match[1]), Decimal(match[2])
            if not -1 <= low <= high <= 1:
                raise section.error(
                    f"security {shown(word)} must go from -1.0 up to 1.0", key, index
                )
            ranges.add((low, high))
        else:
            choices = ", ".join((*_SECURITY, _WORMHOLE))
            raise section.error(
                f'security must be {choices} or a range such as "0.1 to 0.4", not {shown(word)}',
                key,
                index,
            )
    return Security(frozenset(ranges), wormholes)


def _hours(section: Section, key: str) -> Hours:
    windows = set()
    for index, word in enumerate(section.words(key)):
        match = _HOURS.fullmatch(str(word))
        if match is None:
            raise section.error(
                f'hours must be such as "18:00-23:30" (EVE time), not {shown(word)}', key, index
            )
        start, start_minute, end, end_minute = (int(part) for part in match.groups())
        first, last = start * 60 + start_minute, end * 60 + end_minute
        if max(start_minute, end_minute) > 59 or first >= 1440 or last > 1440:
            raise section.error(f"there is no such time of the day: {shown(word)}", key, index)
        if first == last:
            raise section.error(f"hours {shown(word)} begin when they end", key, index)
        windows.add((first, last))
    return Hours(frozenset(windows))


def _weekdays(section: Section, key: str) -> Weekdays:
    days = set()
    for index, word in enumerate(section.words(key)):
        text = str(word).casefold()
        found = [n for n, day in enumerate(WEEKDAYS) if text in (day, day[:3])]
        if not found:
            meant = nearest(text, WEEKDAYS)
            hint = f"; did you mean {meant}?" if meant else "; write monday or mon"
            raise section.error(f"there is no day {shown(word)}{hint}", key, index)
        days.update(found)
    return Weekdays(frozenset(days))


def _period(section: Section) -> Period:
    start, end = _moment(section, "from"), _moment(section, "until")
    if start is not None and end is not None and start >= end:
        raise section.error("until lies before from", "until")
    return Period(start, end)


def _moment(section: Section, key: str) -> datetime | None:
    """EVE time; a date alone is its first moment, for `until` the end of that day."""
    found = section.values.get(key)
    if found is None:
        return None
    if not isinstance(found, date):  # a datetime is one, too
        raise section.error(
            f"{key} must be a date without quotes, such as 2026-11-22 or 2026-11-22T18:00:00,"
            f" not {shown(found)}",
            key,
        )
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise section.error(f"{key} must lie within the years {_FIRST_YEAR} to {_LAST_YEAR}", key)
    if isinstance(found, datetime):
        # Without an offset it is EVE time, which is UTC.
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    day = datetime(found.year, found.month, found.day, tzinfo=UTC)
    return day + timedelta(days=1) if key == "until" else day
