"""Single fields of a posted form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def text(form: Mapping[str, Any], name: str) -> str:
    """What was typed into a field; empty where it is missing, or is a file instead of text."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""
