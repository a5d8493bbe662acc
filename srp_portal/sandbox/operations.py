"""The operations of ESI that the sandbox serves: addresses, names, scopes, ages and limits."""

from __future__ import annotations

from functools import partial

from srp_portal.sandbox.operation import Operation, Query
from srp_portal.sandbox.pilot_operations import PILOT_OPERATIONS
from srp_portal.sandbox.record_operations import RECORD_OPERATIONS

READ_KILLMAILS = "esi-killmails.read_killmails.v1"
READ_CORPORATION_KILLMAILS = "esi-killmails.read_corporation_killmails.v1"
READ_LOCATION = "esi-location.read_location.v1"

_get = partial(Operation, "GET")
# ESI sends no caching headers with the answer to a POST.
_post = partial(Operation, "POST", age=0)

_PUBLIC: tuple[Operation, ...] = (
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
        # ESI says v4 here; without it the sandbox has the version without this resource that
        # clients have to cope with.
        versions=("v3",),
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
    _get(
        "/markets/{region_id}/orders",
        "Market",
        "market_orders",
        "Orders in a region",
        age=300,
        group=("market-order", 12_000),
        paging="pages",
        query=(
            Query("order_type", "string", True, ("buy", "sell", "all"), "all"),
            Query("type_id"),
        ),
    ),
)

OPERATIONS = (*_PUBLIC, *PILOT_OPERATIONS, *RECORD_OPERATIONS)

# The old numbers that exist at all; another one is no address of ESI.
VERSIONS = frozenset(number for each in OPERATIONS for number in each.versions)
