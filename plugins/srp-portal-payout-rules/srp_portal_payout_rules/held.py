"""Rules are read once, at start, and held by the file that the settings name.

Applications of one process may have files of their own, and each gets the rules of its own.
"""

from __future__ import annotations

from collections.abc import Mapping

from srp_portal_payout_rules.book import RuleBook
from srp_portal_payout_rules.reading import read_file

_BOOKS: dict[str, RuleBook] = {}


def load(settings: Mapping[str, str]) -> None:
    """Reads the file, if the settings name one, anew; raises SettingError for one that is wrong."""
    path = _path(settings)
    if path:
        _BOOKS[path] = read_file(path)


def book_of(settings: Mapping[str, str]) -> RuleBook | None:
    """The rules for these settings, None where they name no file."""
    path = _path(settings)
    if not path:
        return None
    if path not in _BOOKS:  # hooks that are called without a start, as tests of others may do
        load(settings)
    return _BOOKS[path]


def _path(settings: Mapping[str, str]) -> str:
    return settings.get("file", "").strip()
