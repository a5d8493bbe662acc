"""Records in the order of their last change, and the cursors that walk them."""

from __future__ import annotations

import base64
import binascii
import copy
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from srp_portal.sandbox.calls import Call, RefusalError
from srp_portal.sandbox.killmails import wire_time


@dataclass(frozen=True)
class Record:
    """One record; `position` grows with each change of any record of the listing."""

    position: int
    body: dict[str, Any]
    corporation_id: int = 0


class Records:
    """A listing, oldest change first; a record that changes moves to the end.

    make: gives the body and the corporation of record number n, from 1 on. clock: gives the
    present, aware UTC. Any method may be called from any thread.
    """

    def __init__(
        self,
        entries: int,
        make: Callable[[int], tuple[dict[str, Any], int]],
        clock: Callable[[], datetime],
    ) -> None:
        self._make = make
        self._clock = clock
        self._lock = threading.Lock()
        self._records: list[Record] = []
        self.rebuild(entries)

    def rebuild(self, entries: int | None = None) -> None:
        """All anew, as many as there are, or as said."""
        count = len(self._records) if entries is None else entries
        now = self._clock()
        records = []
        for number in range(1, count + 1):
            body, corporation_id = self._make(number)
            _stamp(body, now - timedelta(minutes=count - number))
            records.append(Record(number, body, corporation_id))
        with self._lock:
            self._records = records

    def __len__(self) -> int:
        return len(self._records)

    def all(self) -> list[Record]:
        """The records, oldest change first."""
        with self._lock:
            return list(self._records)

    def touch(self, record_id: str | int | None = None) -> dict[str, Any]:
        """Changes a record, by default the oldest: it counts one more, and is the newest now.

        Raises KeyError for an id that no record has.
        """
        with self._lock:
            found = next(
                (each for each in self._records if record_id in {None, each.body["id"]}), None
            )
            if found is None:
                raise KeyError(record_id)
            body = copy.deepcopy(found.body)
            if "progress" in body:
                body["progress"]["current"] += 1
            else:
                body["contributed"] += 1
            _stamp(body, self._clock())
            changed = Record(self._records[-1].position + 1, body, found.corporation_id)
            self._records = [each for each in self._records if each is not found] + [changed]
            return body


def stretch(call: Call, key: str, records: list[Record]) -> dict[str, Any]:
    """Some records in a row, the newest ones unless the query says before or after what.

    key: under which the body has them. A cursor names a position, so a record that changes while
    somebody walks is met again, or for the first time, at the end.
    """
    limit = call.query.get("limit", "10")
    before, after = call.query.get("before"), call.query.get("after")
    if (before and after) or not limit.isdecimal() or not 10 <= int(limit) <= 100:
        raise RefusalError(400, "before and after exclude each other, limit is 10 to 100")
    if after:
        start = _position(after)
        chosen = [each for each in records if each.position > start][: int(limit)]
        shared = [each for each in records if each.position <= start]
        chosen = _with_overlap(shared[::-1], chosen, call.switches.cursor_overlap)
    else:
        end = _position(before) if before and before != "0" else None
        chosen = [each for each in records if end is None or each.position < end][-int(limit) :]
        shared = [each for each in records if end is not None and each.position >= end]
        chosen = _with_overlap(shared, chosen, call.switches.cursor_overlap)
    answer: dict[str, Any] = {key: [each.body for each in chosen]}
    sides = {"both": ("before", "after"), "none": ()}.get(
        call.switches.cursor, (call.switches.cursor,)
    )
    if chosen and sides:
        ends = {"before": chosen[0].position, "after": chosen[-1].position}
        answer["cursor"] = {side: _cursor(ends[side]) for side in sides}
    return answer


def _with_overlap(shared: list[Record], chosen: list[Record], overlap: int) -> list[Record]:
    """The records with some that the last stretch had; never those alone, or no walk would end.

    shared: what was walked already, the nearest first.
    """
    again = shared[:overlap] if chosen else []
    return sorted([*chosen, *again], key=lambda each: each.position)


def _stamp(body: dict[str, Any], moment: datetime) -> None:
    if "last_modified" in body:
        body["last_modified"] = wire_time(moment)


def _cursor(position: int) -> str:
    # Clients must not make sense of it.
    return base64.urlsafe_b64encode(f"at {position:06}".encode()).decode().rstrip("=")


def _position(cursor: str) -> int:
    if cursor == "0":
        return 0
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        word, _, number = text.partition(" ")
        if word != "at":
            raise ValueError(cursor)
        return int(number)
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        raise RefusalError(400, "not a cursor") from error
