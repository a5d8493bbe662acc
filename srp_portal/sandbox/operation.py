"""What an operation of ESI is: its address, names, scope, age, limit and paging."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

# Path parameters are ids, except for these.
PATTERNS = {
    "killmail_hash": "[0-9a-zA-Z]{1,64}",
    "project_id": "[0-9a-f-]{36}",
    "job_id": "[0-9a-f-]{36}",
    "division": "[1-7]",
}


@dataclass(frozen=True)
class Query:
    """A parameter in the query; kind: `integer`, `string` or `boolean`.

    choices: what it may be, anything when empty. default: as the specification says it.
    """

    name: str
    kind: str = "integer"
    is_required: bool = False
    choices: tuple[str, ...] = ()
    default: Any = None


@dataclass(frozen=True)
class Operation:
    """One operation of ESI.

    path: with `{parameters}`, without a slash at its end. tag: the resource it belongs to.
    handler: the method of `Answers` that answers. name: today's name, where it is no plain one.
    age: nominal seconds that an answer is good for. group: its rate limit, `(name, tokens)` per
    15 minutes, None where the old error limit counts. versions: the old numbers it has, none
    for what is younger than they are. is_retired: it has old addresses only.
    paging: `pages`, `cursor`, `from_id` or nothing. query: its other parameters. body: schema of
    a body's items, `integer` or `string`, or `object` for a body that is one.
    """

    method: str
    path: str
    tag: str
    handler: str
    summary: str
    age: int = 3600
    group: tuple[str, int] | None = None
    scope: str = ""
    versions: tuple[str, ...] = ("v1",)
    paging: str = ""
    is_localised: bool = False
    body: str = ""
    name: str = ""
    query: tuple[Query, ...] = ()
    status: int = 200
    since: str = "2020-01-01"
    is_retired: bool = False

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Matches the paths of this operation."""
        expression = re.sub(
            r"\{(\w+)\}",
            lambda found: f"(?P<{found[1]}>{PATTERNS.get(found[1], '[0-9]{1,18}')})",
            self.path,
        )
        return re.compile(expression)

    @property
    def parameters(self) -> list[str]:
        """Names of the path's parameters, in order."""
        return re.findall(r"\{(\w+)\}", self.path)

    @property
    def queries(self) -> tuple[Query, ...]:
        """The query's parameters with those of its paging."""
        return (*self.query, *_PAGING[self.paging])

    @property
    def old_name(self) -> str:
        """Its name in the Swagger specification, `get_universe_types_type_id`."""
        words = re.sub(r"[{}]", "", self.path).replace("-", "_").strip("/").split("/")
        return "_".join([self.method.lower(), *words])

    @property
    def new_name(self) -> str:
        """Its name in the OpenAPI specification, `GetUniverseTypesTypeId`."""
        return self.name or "".join(part.title() for part in self.old_name.split("_"))

    def is_offered(self, version: str) -> bool:
        """Whether it has an address with that version; none is today's address."""
        if not version:
            return not self.is_retired
        if version in {"latest", "legacy", "dev"}:
            return bool(self.versions)
        return version in self.versions


_PAGING: dict[str, tuple[Query, ...]] = {
    "": (),
    "pages": (Query("page"),),
    "cursor": (Query("after", "string"), Query("before", "string"), Query("limit")),
    "from_id": (Query("from_id"),),
}
