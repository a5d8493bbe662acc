"""Names that people choose: for divisions, for groups kept by hand."""

from __future__ import annotations

import unicodedata

from srp_portal.domain.errors import InvalidInput

LONGEST_NAME = 100


def checked_name(text: str, field: str) -> str:
    """The name in Unicode's composed form, with single spaces and none around it.

    field: the form field's name, for the message. Raises InvalidInput for one that is empty,
    longer than 100 characters, or holds characters that nobody can see or type.
    """
    name = unicodedata.normalize("NFC", text).strip()
    if not name:
        raise InvalidInput(field, "Please give a name.")
    if any(unicodedata.category(character) in _UNSEEN for character in name):
        raise InvalidInput(field, "A name can't have control characters or line breaks.")
    name = single_spaced(name)
    if len(name) > LONGEST_NAME:
        raise InvalidInput(field, f"A name has at most {LONGEST_NAME} characters.")
    return name


def single_spaced(text: str) -> str:
    """The text with single spaces in place of all white space, and none around it."""
    return " ".join(text.split())


#: Control, format, surrogate and private characters, line and paragraph separators.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
