"""Forms as declarations: what a page takes, for the code that reads it and for its description."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from srp_portal.web.forms.fields import text


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form.

    about: one sentence for people who write programs. choices: the only values, if there are such.
    """

    name: str
    about: str
    is_required: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """One of the forms that a page takes.

    about: what it does, one sentence. told_by: the field that tells it from the page's other
    forms, with its value; None where there is no other.
    """

    about: str
    fields: tuple[Field, ...] = ()
    told_by: tuple[str, str] | None = None

    def read(self, posted: Mapping[str, Any]) -> dict[str, str]:
        """What was typed into each declared field; empty where it is missing.

        There is nothing but these, so that no code can depend on a field that isn't declared.
        """
        return {field.name: text(posted, field.name) for field in self.fields}


#: In every form about a request (contract/http.md, "Working on a request").
VERSION = Field(
    "version",
    "The `version` of the detail document that you looked at; when the request has changed since, "
    "the answer is 409.",
)
