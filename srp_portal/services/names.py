"""Names that people choose: for divisions, for groups kept by hand."""

from __future__ import annotations

import unicodedata

from srp_portal.domain.errors import InvalidInput

LONGEST_NAME = 100


def checked_name(text: str, field: str) -> str:
    """The name without white space around it, in Unicode's composed form.

    field: the form field's name, for the message. Raises InvalidInput for one that is empty,
    longer than 100 characters, or holds characters that nobody can see or type.
    """
    name = unicodedata.normalize("NFC", text).strip()
    if not name:
        raise InvalidInput(field, "Please give a name.")
    if len(name) > LONGEST_NAME:
        raise InvalidInput(field, f"A name has at most {LONGEST_NAME} characters.")
    if any(unicodedata.category(character) in _UNSEEN for character in name):
        raise InvalidInput(field, "A name can't have control characters or line breaks.")
    return name


#: Control, format, surrogate and private characters, line and paragraph separators.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
