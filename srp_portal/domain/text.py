"""Text as a key: names compared without regard to case, in every script."""

from __future__ import annotations

import unicodedata


def name_key(text: str) -> str:
    """What two spellings of one name have in common, for columns and look-ups.

    Unicode's canonical caseless matching (section 3.13, D145): decomposed, case-folded, composed
    again. White space counts. Applying it twice changes nothing.
    """
    # Decomposed first: folding a composed letter with an iota subscript would lose the order of
    # its marks, and two equal spellings would get two keys.
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).casefold())
