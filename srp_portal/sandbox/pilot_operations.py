"""Operations on what belongs to a pilot."""

from __future__ import annotations

from functools import partial

from srp_portal.sandbox.operation import Operation, Query

READ_NOTIFICATIONS = "esi-characters.read_notifications.v1"
READ_MEDALS = "esi-characters.read_medals.v1"
READ_SKILLS = "esi-skills.read_skills.v1"
READ_ASSETS = "esi-assets.read_assets.v1"
READ_WALLET = "esi-wallet.read_character_wallet.v1"
READ_SHIP = "esi-location.read_ship_type.v1"
READ_STRUCTURES = "esi-universe.read_structures.v1"
READ_BOOKMARKS = "esi-bookmarks.read_character_bookmarks.v1"
SEND_MAIL = "esi-mail.send_mail.v1"
WRITE_WAYPOINT = "esi-ui.write_waypoint.v1"

_get = partial(Operation, "GET")
_post = partial(Operation, "POST", age=0)

PILOT_OPERATIONS: tuple[Operation, ...] = (
    _get(
        "/characters/{character_id}/notifications",
        "Character",
        "notifications",
        "Notifications of a character",
        age=600,
        group=("char-notification", 15),
        scope=READ_NOTIFICATIONS,
        versions=("v5",),
    ),
    _get(
        "/characters/{character_id}/medals",
        "Character",
        "medals",
        "Medals of a character",
        group=("char-detail", 600),
        scope=READ_MEDALS,
    ),
    _get(
        "/characters/{character_id}/skills",
        "Skills",
        "skills",
        "Skills of a character",
        age=60,
        group=("char-detail", 600),
        scope=READ_SKILLS,
        versions=("v4",),
    ),
    _get(
        "/characters/{character_id}/assets",
        "Assets",
        "assets",
        "What a character owns",
        group=("char-asset", 1800),
        scope=READ_ASSETS,
        versions=("v5",),
        paging="pages",
    ),
    _get(
        "/characters/{character_id}/wallet",
        "Wallet",
        "wallet",
        "Balance of a character's wallet",
        age=120,
        group=("char-wallet", 150),
        scope=READ_WALLET,
    ),
    _get(
        "/characters/{character_id}/ship",
        "Location",
        "ship",
        "The ship that a character sits in",
        age=5,
        group=("char-location", 1200),
        scope=READ_SHIP,
        versions=("v1", "v2"),
    ),
    _get(
        "/universe/structures/{structure_id}",
        "Universe",
        "structure",
        "A structure, for who may dock there",
        scope=READ_STRUCTURES,
        versions=("v2",),
    ),
    _get(
        "/characters/{character_id}/bookmarks",
        "Bookmarks",
        "bookmarks",
        "Bookmarks of a character",
        scope=READ_BOOKMARKS,
        versions=("v2",),
        paging="pages",
        is_retired=True,
    ),
    _post(
        "/characters/{character_id}/mail",
        "Mail",
        "send_mail",
        "Sends a mail",
        group=("char-social", 600),
        scope=SEND_MAIL,
        body="object",
        status=201,
    ),
    _post(
        "/ui/autopilot/waypoint",
        "User Interface",
        "waypoint",
        "Sets a waypoint in the game",
        group=("ui", 900),
        scope=WRITE_WAYPOINT,
        versions=("v2",),
        query=(
            Query("add_to_beginning", "boolean", True, default=False),
            Query("clear_other_waypoints", "boolean", True, default=False),
            Query("destination_id", "integer", True),
        ),
        status=204,
    ),
)
