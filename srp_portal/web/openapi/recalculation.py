"""The schemas of the page of recalculation."""

from __future__ import annotations

from srp_portal.web.openapi.shapes import (
    component,
    division,
    href,
    isk,
    isk_text,
    many,
    number,
    or_null,
    record,
    text,
    truth,
    user,
)

_REQUEST = record(
    "A request that would change, or about which there is something else to say.",
    {
        "added": many(component("RuleModifier"), "What the rules give and the request lacks."),
        "base_by_hand": truth("A reviewer set the base payout, so the request stays as it is."),
        "base_payout": isk("The payout before modifiers, as it is."),
        "base_payout_str": isk_text("The same."),
        "change": or_null(
            text("What to send to have it changed just so."),
            "Null where nothing can be changed.",
        ),
        "division": division("Whose request it is."),
        "href": href("Path of the request."),
        "id": number("The request's number."),
        "kept_plugins": many(
            text("A plugin's name."),
            "Whose modifiers stay, other rules or not: a reviewer voided or took one of them.",
        ),
        "new_base_payout": isk("The payout before modifiers, by the rules."),
        "new_base_payout_str": isk_text("The same."),
        "new_payout": isk("The payout by the rules."),
        "new_payout_str": isk_text("The same."),
        "payout": isk("The payout as it is."),
        "payout_str": isk_text("The same."),
        "pilot": text("Who lost the ship."),
        "problem": text("Why the request is left as it is; else empty."),
        "refusal": text(
            "What a plugin would say to a new submission of the loss, which is left as it is; else"
            " empty."
        ),
        "ship": text("The ship's type."),
        "version": number("The request's version."),
        "voided": many(component("RuleModifier"), "What the rules no longer give."),
    },
)

PAGE = record(
    "What the present rules would make of requests that are evaluated.",
    {
        "current_user": user("Who you are."),
        "division": or_null(component("Division"), "The chosen one; null for all, and for none."),
        "divisions": many(component("Division"), "Those that you may choose."),
        "looked_at": number("How many requests were worked out."),
        "next_after": or_null(number("A request's number."), "The next `after`; null at the end."),
        "problem": text("Why no request at all is worked out or changed; else empty."),
        "request_count": number("How many are evaluated in what was chosen."),
        "requests": many(_REQUEST, "Those that don't just stay as they are."),
    },
)

OUTCOME = record(
    "What was changed.",
    {
        "changed": many(
            record(
                "A request that was changed.",
                {"href": href("Path of the request."), "id": number("Its number.")},
            ),
            "By their numbers.",
        ),
        "current_user": user("Who you are."),
        "left_alone": many(
            record(
                "A request that was not changed.",
                {
                    "href": href("Path of the request."),
                    "id": number("Its number."),
                    "problem": text("Why."),
                },
            ),
            "By their numbers.",
        ),
    },
)
