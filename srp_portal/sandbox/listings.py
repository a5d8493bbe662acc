"""Long answers that grow, shrink and change: how many entries there are, and since when."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from srp_portal.sandbox.records import Records

# Entries at the start, and the id below the first one, of listings with pages or with ids to go
# on from.
NUMBERED = {
    "orders": (120, 7_000_000_000),
    "assets": (130, 1_040_000_000_000),
    "transactions": (120, 6_000_000_000),
}
# The same for those with cursors; three projects of the 28 are over.
RECORDED = {"projects": 28, "contributors": 25, "freelance-jobs": 130, "participants": 25}

_EMBER, _NORDLICHT = 98000101, 98000102


class Listings:
    """What the long answers of ESI are made of; any method may be called from any thread.

    clock: gives the present, aware UTC.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._lock = threading.Lock()
        self._numbered = dict(NUMBERED)
        makers = {
            "projects": _project,
            "contributors": _contributor,
            "freelance-jobs": _freelance_job,
            "participants": _participant,
        }
        self._recorded = {
            name: Records(RECORDED[name], make, clock) for name, make in makers.items()
        }

    def sizes(self) -> dict[str, int]:
        """How many entries each listing has."""
        with self._lock:
            numbered = {name: entries for name, (entries, _) in self._numbered.items()}
        return numbered | {name: len(records) for name, records in self._recorded.items()}

    def numbers(self, name: str) -> range:
        """The ids of the entries, newest first."""
        with self._lock:
            entries, below = self._numbered[name]
        return range(below + entries, below, -1)

    def records(self, name: str) -> Records:
        """A listing with cursors; KeyError when there is no such."""
        return self._recorded[name]

    def rebuild(self, name: str, entries: int | None = None) -> None:
        """Makes a listing anew, with as many entries as before, or as said.

        Of one with pages the first entry is new then and the last one gone, so that all pages
        are other ones, and so is `Last-Modified`. Raises KeyError for an unknown listing,
        ValueError for a wrong number of entries.
        """
        if entries is not None and (type(entries) is not int or not 0 <= entries <= 10**7):
            raise ValueError("entries is a number from 0 to 10 million")
        if name in self._recorded:
            self._recorded[name].rebuild(entries)
            return
        with self._lock:
            present, below = self._numbered[name]
            self._numbered[name] = (present if entries is None else entries, below + 1)

    def touch(self, name: str, record_id: str | int | None = None) -> dict[str, Any]:
        """Changes a record of a listing with cursors, see `Records.touch`."""
        return self._recorded[name].touch(record_id)


def _project(number: int) -> tuple[dict[str, Any], int]:
    # The ones that are over changed before all others.
    is_over = number <= 3
    name = f"Old project {number}" if is_over else f"Project {number - 3}"
    return _work("project", name, "Completed" if is_over else "Active", number), _EMBER


def _freelance_job(number: int) -> tuple[dict[str, Any], int]:
    owner = _EMBER if number % 2 else _NORDLICHT
    return _work("freelance job", f"Freelance job {number}", "Active", number), owner


def _work(kind: str, name: str, state: str, number: int) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"sandbox {kind} {name}")),
        "last_modified": "",
        "name": name,
        "progress": {"current": number, "desired": 1000},
        "reward": {"initial": 1_000_000.0, "remaining": 1_000_000.0 - number},
        "state": state,
    }


def _contributor(number: int) -> tuple[dict[str, Any], int]:
    body = {"id": 2_113_000_000 + number, "name": f"Contributor {number}", "contributed": number}
    return body, _EMBER


def _participant(number: int) -> tuple[dict[str, Any], int]:
    body, owner = _contributor(number)
    return {**body, "name": f"Participant {number}", "state": "Committed"}, owner
