"""Schemas of the documents about requests."""

from __future__ import annotations

from typing import get_args, get_type_hints

from srp_portal.domain.lifecycle import ActionType, Status
from srp_portal.domain.payout import ModifierKind
from srp_portal.plugin import Flag
from srp_portal.web.openapi.shapes import (
    Schema,
    by_name,
    component,
    division,
    href,
    isk,
    isk_text,
    many,
    number,
    one_of,
    or_null,
    record,
    text,
    time,
    truth,
    user,
)

_URI = {"format": "uri", "pattern": "^https?://"}

_ROW: dict[str, Schema] = {
    "alliance": {"type": ["string", "null"], "description": "The pilot's, null without one."},
    "base_payout": isk("The payout before modifiers."),
    "base_payout_str": isk_text("The same."),
    "constellation": text("Where the ship was lost."),
    "corporation": text("The pilot's."),
    "details": text("What the submitter wrote; plain text."),
    "division": division("Who decides and pays."),
    "href": href("Path of the request."),
    "id": number("The request's number, which is its killmail's."),
    "kill_timestamp": time("When the ship was lost."),
    "killmail_url": text("The killmail's page.", format="uri"),
    "payout": isk("What is paid: (base + absolute modifiers) * (1 + relative ones)."),
    "payout_str": isk_text("The same."),
    "pilot": text("Who lost the ship."),
    "region": text("Where the ship was lost."),
    "ship": text("The ship's type."),
    "status": one_of(Status, "Where the request stands."),
    "submit_timestamp": time("When it was submitted."),
    "submitter": user("Who submitted it."),
    "system": text("Where the ship was lost."),
    "withdrawn": truth("Rejected because the submitter took it back."),
}

_KEY: dict[str, Schema] = {
    "expires": or_null(component("Time"), "When it ends, null for never."),
    "id": number("The key's number."),
    "key": text("The key; empty where another key was used to ask."),
    "name": text("What it is for; may be empty."),
    "timestamp": time("When it was made."),
}

_MODIFIER_TEXT = text(
    "For people.",
    pattern="(% | ISK )(bonus|penalty)$",
    examples=["15.0% bonus", "1,500,000.00 ISK penalty"],
)

_MODIFIER: dict[str, Schema] = {
    "id": number("The modifier's number."),
    "note": text("Why; plain text."),
    "suggested": {"const": True, "description": "A plugin suggests it; it doesn't count yet."},
    "taken_by": user("Who took the plugin's suggestion."),
    "timestamp": time("When it was added."),
    "user": user("Who added it."),
    "value_str": _MODIFIER_TEXT,
    "void": {
        "oneOf": [{"const": False}, component("Void")],
        "description": "Whether it was taken back.",
    },
}

LIST = record(
    "A page of a list.",
    {
        "api_keys": many(
            component("ApiKey"),
            "On the personal list: the key that you asked with, or all of yours in a browser.",
        ),
        "next": or_null({"type": "string", **_URI}, "The next page, null on the last."),
        "prev": or_null({"type": "string", **_URI}, "The previous page, null on the first."),
        "request_count": number("How many requests the whole list has."),
        "requests": many(component("Request"), "This page's."),
        "total_payouts": isk("The sum of the whole list's payouts, without rejected requests."),
        "total_payouts_str": isk_text("The same."),
    },
    optional=("api_keys",),
)

DETAIL = record(
    "A request with its history.",
    {
        **_ROW,
        "actions": many(component("Action"), "What was done, newest first."),
        "current_user": user("Who you are."),
        "flags": many(component("Flag"), "For the staff: what plugins noticed."),
        "modifiers": many(component("Modifier"), "What changes the payout, newest first."),
        "notes": many(component("Note"), "For the staff: notes about the submitter."),
        "payments": many(component("Payment"), "What was paid, newest first."),
        "transformed": by_name(
            {"type": "string", **_URI}, "Links that the division makes of attributes."
        ),
        "valid_actions": many(
            {"type": "string", "enum": [str(each) for each in Status]},
            "The statuses that you may set now.",
        ),
        "version": number("Grows with every change; forms send it."),
    },
    optional=("flags", "notes"),
)

#: What a loss that is not submitted yet has in common with a request.
_OF_THE_LOSS = (
    "alliance",
    "base_payout",
    "base_payout_str",
    "constellation",
    "corporation",
    "division",
    "kill_timestamp",
    "killmail_url",
    "payout",
    "payout_str",
    "pilot",
    "region",
    "ship",
    "system",
)

PREVIEW = record(
    "A loss as it would be submitted; nothing is stored.",
    {
        **{name: _ROW[name] for name in _OF_THE_LOSS},
        "current_user": user("Who you are."),
        "id": number("The killmail's number, which the request's would be."),
        "modifiers": many(
            component("RuleModifier"),
            "What would change the payout.",
        ),
        "value": or_null(component("Isk"), "What the source says of the loss; null for nothing."),
        "value_str": or_null(component("IskText"), "The same."),
    },
)

KEYS = record(
    "Your API keys.",
    {
        "api_keys": many(
            record(
                "A key, with its last use.",
                {
                    **_KEY,
                    "last_used": or_null(
                        component("Time"), "The last use, to five minutes; null for none."
                    ),
                },
            ),
            "Newest first.",
        ),
        "current_user": user("Who you are."),
    },
)

#: What the documents above are made of.
PARTS: dict[str, Schema] = {
    "Request": record("A request as lists have it.", _ROW),
    "ApiKey": record("An API key.", _KEY),
    "Action": record(
        "A change of status, or a comment.",
        {
            "id": number("The action's number."),
            "note": text("What was said; plain text, may be empty."),
            "timestamp": time("When."),
            "type": one_of(ActionType, "The new status, or `comment`."),
            "user": user("Who."),
        },
    ),
    "Modifier": {
        "description": "A change of the payout.",
        "oneOf": [component("RelativeModifier"), component("AbsoluteModifier")],
    },
    "RelativeModifier": record(
        "So many per cent.",
        {
            **_MODIFIER,
            "type": {"const": "relative"},
            "value": {
                "type": "number",
                "description": "A fraction, 0.15 for 15 %; negative for a penalty.",
            },
        },
        optional=("suggested", "taken_by"),
    ),
    "AbsoluteModifier": record(
        "So much ISK.",
        {**_MODIFIER, "type": {"const": "absolute"}, "value": isk("Negative for a penalty.")},
        optional=("suggested", "taken_by"),
    ),
    "RuleModifier": record(
        "What a plugin's rule says to a payout.",
        {
            "note": _MODIFIER["note"],
            "plugin": text("Whose rule it is."),
            "suggested": _MODIFIER["suggested"],
            "type": one_of(ModifierKind, "How it counts."),
            "value": {
                "oneOf": [component("Isk"), {"type": "number"}],
                "description": "ISK for `absolute`, a fraction for `relative`.",
            },
            "value_str": _MODIFIER_TEXT,
        },
        optional=("suggested",),
    ),
    "Void": record(
        "Taken back.",
        {
            "timestamp": time("When."),
            "user": or_null(component("User"), "Who; null for the portal itself."),
        },
    ),
    "Payment": record(
        "A payment.",
        {
            "amount": isk("What this request got of it."),
            "amount_str": isk_text("The same."),
            "id": number("The payment's number."),
            "payee": user("Who got it."),
            "payer": user("Who paid."),
            "timestamp": time("When."),
            "void": {
                "oneOf": [
                    {"const": False},
                    record(
                        "Taken back.",
                        {
                            "reason": text("Why."),
                            "timestamp": time("When."),
                            "user": or_null(component("User"), "Who; null for the portal itself."),
                        },
                    ),
                ],
                "description": "Whether it was taken back.",
            },
        },
    ),
    "Flag": record(
        "Something that a plugin wants looked at.",
        {
            "code": text("What it is, for programs."),
            "level": one_of(get_args(get_type_hints(Flag)["level"]), "How loud."),
            "plugin": text("Whose flag it is."),
            "text": text("What it is, for people."),
        },
    ),
    "Note": record(
        "A note about the submitter.",
        {
            "id": number("The note's number."),
            "note": text("Plain text."),
            "timestamp": time("When."),
            "user": user("Who wrote it."),
        },
    ),
}
