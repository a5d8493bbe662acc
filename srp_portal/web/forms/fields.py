"""Single fields of a posted form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from srp_portal.domain.errors import BadRequest

#: ASCII digits alone, and no more than a 64-bit number holds.
_NUMBER = re.compile(r"[0-9]{1,18}")


def text(form: Mapping[str, Any], name: str) -> str:
    """What was typed into a field; empty where it is missing, or is a file instead of text."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def number(form: Mapping[str, Any], name: str) -> int:
    """An id that a page of ours put into a hidden field; raises BadRequest for anything else."""
    value = text(form, name)
    if not _NUMBER.fullmatch(value):
        raise BadRequest(f"`{name}` must be a number.")
    return int(value)
