"""Documents as JSON."""

from __future__ import annotations

from typing import Any

import orjson


def dumps(document: Any) -> bytes:
    """UTF-8 JSON with sorted keys, so that equal documents are equal bytes.

    document: dicts, lists, text, integers of 64 bits, floats, booleans and None; raises TypeError
    for anything else, a Decimal or a time among it: those are text in a document.
    """
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME)
