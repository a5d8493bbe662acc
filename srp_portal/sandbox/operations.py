"""The operations of ESI that the sandbox serves: addresses, names, scopes, ages and limits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, partial

READ_KILLMAILS = "esi-killmails.read_killmails.v1"
READ_CORPORATION_KILLMAILS = "esi-killmails.read_corporation_killmails.v1"
READ_LOCATION = "esi-location.read_location.v1"
READ_PROJECTS = "esi-corporations.read_projects.v1"

# Path parameters are ids, except for these.
_PATTERNS = {"killmail_hash": "[0-9a-zA-Z]{1,64}"}


@dataclass(frozen=True)
class Operation:
    """One operation of ESI.

    path: with `{parameters}`, without a slash at its end. tag: the resource it belongs to.
    handler: the method of `Answers` that answers. name: today's name, where it is no plain one.
    age: nominal seconds that an answer is good for. group: its rate limit, `(name, tokens)` per
    15 minutes, None where the old error limit counts. versions: the old numbers it has.
    paging: `pages`, `cursor` or nothing. body: schema of a body's items, `integer` or `string`.
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

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Matches the paths of this operation."""
        expression = re.sub(
            r"\{(\w+)\}",
            lambda found: f"(?P<{found[1]}>{_PATTERNS.get(found[1], '[0-9]{1,18}')})",
            self.path,
        )
        return re.compile(expression)

    @property
    def parameters(self) -> list[str]:
        """Names of the path's parameters, in order."""
        return re.findall(r"\{(\w+)\}", self.path)

    @property
    def old_name(self) -> str:
        """Its name in the Swagger specification, `get_universe_types_type_id`."""
        words = re.sub(r"[{}]", "", self.path).replace("-", "_").strip("/").split("/")
        return "_".join([self.method.lower(), *words])

    @property
    def new_name(self) -> str:
        """Its name in the OpenAPI specification, `GetUniverseTypesTypeId`."""
        return self.name or "".join(part.title() for part in self.old_name.split("_"))


_get = partial(Operation, "GET")
# ESI sends no caching headers with the answer to a POST.
_post = partial(Operation, "POST", age=0)

OPERATIONS: tuple[Operation, ...] = (
    _get("/status", "Status", "status", "Players and uptime", age=30, group=("status", 600)),
    _get(
        "/killmails/{killmail_id}/{killmail_hash}",
        "Killmails",
        "killmail",
        "A killmail, by its id and hash",
        age=2_592_000,
        group=("killmail", 3600),
    ),
    _get(
        "/characters/{character_id}/killmails/recent",
        "Killmails",
        "character_killmails",
        "Kills and losses of a character",
        age=300,
        group=("char-killmail", 30),
        scope=READ_KILLMAILS,
        paging="pages",
    ),
    _get(
        "/corporations/{corporation_id}/killmails/recent",
        "Killmails",
        "corporation_killmails",
        "Kills and losses of a corporation",
        age=300,
        group=("corp-killmail", 30),
        scope=READ_CORPORATION_KILLMAILS,
        paging="pages",
    ),
    _post("/universe/names", "Universe", "names", "Names of ids", body="integer", versions=("v3",)),
    _post(
        "/universe/ids",
        "Universe",
        "ids",
        "Ids of names",
        body="string",
        is_localised=True,
    ),
    _get(
        "/universe/types/{type_id}",
        "Universe",
        "type",
        "A type",
        versions=("v3",),
        is_localised=True,
    ),
    _get("/universe/groups/{group_id}", "Universe", "group", "A group", is_localised=True),
    _get(
        "/universe/systems/{system_id}",
        "Universe",
        "system",
        "A solar system",
        versions=("v4",),
        is_localised=True,
    ),
    _get(
        "/universe/constellations/{constellation_id}",
        "Universe",
        "constellation",
        "A constellation",
        is_localised=True,
    ),
    _get("/universe/regions/{region_id}", "Universe", "region", "A region", is_localised=True),
    _post(
        "/characters/affiliation",
        "Character",
        "affiliation",
        "Corporations and alliances of characters",
        body="integer",
        versions=("v1", "v2"),
    ),
    _get(
        "/characters/{character_id}",
        "Character",
        "character",
        "A character, as everybody sees it",
        age=86_400,
        versions=("v4", "v5"),
    ),
    _get(
        "/characters/{character_id}/corporationhistory",
        "Character",
        "corporation_history",
        "Where a character has been",
        age=86_400,
        versions=("v1", "v2"),
    ),
    _get(
        "/characters/{character_id}/portrait",
        "Character",
        "portrait",
        "Addresses of a character's portraits",
        group=("char-detail", 600),
        versions=("v2", "v3"),
    ),
    _get(
        "/characters/{character_id}/location",
        "Location",
        "location",
        "Where a character is",
        age=5,
        group=("char-location", 1200),
        scope=READ_LOCATION,
    ),
    _get(
        "/corporations/{corporation_id}",
        "Corporation",
        "corporation",
        "A corporation",
        versions=("v4", "v5"),
    ),
    _get(
        "/corporations/{corporation_id}/projects",
        "Corporation Projects",
        "projects",
        "Projects of a corporation",
        age=60,
        group=("corp-project", 600),
        scope=READ_PROJECTS,
        paging="cursor",
        name="GetCorporationsProjectsListing",
        versions=(),
    ),
    _get("/alliances/{alliance_id}", "Alliance", "alliance", "An alliance", versions=("v3", "v4")),
    _get(
        "/insurance/prices",
        "Insurance",
        "insurance_prices",
        "What insurance costs and pays",
        group=("insurance", 150),
        is_localised=True,
    ),
    _get("/markets/prices", "Market", "market_prices", "Prices of all types"),
)


def is_offered(operation: Operation, version: str) -> bool:
    """Whether an operation has an address with that version; none is today's address."""
    if version in {"", "latest", "legacy", "dev"}:
        return not version or bool(operation.versions)
    return version in operation.versions
