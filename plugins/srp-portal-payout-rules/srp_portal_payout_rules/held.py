"""Rules are read once, at start, and held by the file that the settings name.

Applications of one process may have files of their own, and each gets the rules of its own.
"""

from __future__ import annotations

from collections.abc import Mapping

from srp_portal.plugin import SettingError
from srp_portal_payout_rules.book import RuleBook
from srp_portal_payout_rules.document import nearest
from srp_portal_payout_rules.reading import read_file

SETTINGS = ("file",)

_BOOKS: dict[str, RuleBook] = {}


def load(settings: Mapping[str, str]) -> None:
    """Reads the file, if the settings name one, anew.

    Raises SettingError for one that is wrong, and for a setting of another name: a slip of the pen
    must not leave the portal without its rules.
    """
    for name in sorted(set(settings) - set(SETTINGS)):
        meant = nearest(name, SETTINGS)
        hint = f"; did you mean {meant}?" if meant else f"; known are {', '.join(SETTINGS)}"
        raise SettingError(name, f"is no setting of this plugin{hint}")
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
