"""The forms of a user's own pages: API keys, characters, browsers."""

from __future__ import annotations

from srp_portal.web.forms.declaration import Field, Form

#: `POST /apikeys/`.
KEY_FORMS = (
    Form(
        "Makes a key.",
        (
            Field("name", "What the key is for; may be empty."),
            Field("expires", "The last day on which it works, as 2026-12-31; may be empty."),
        ),
        told_by=("action", "add"),
    ),
    Form(
        "Revokes a key.",
        (Field("key_id", "The key's `id`.", is_required=True),),
        told_by=("action", "delete"),
    ),
)

#: `POST /account/`.
ACCOUNT_FORMS = (
    Form(
        "Chooses the main character.",
        (Field("character_id", "One of the account's characters.", is_required=True),),
        told_by=("id_", "main"),
    ),
    Form(
        "Logs a browser out.",
        (Field("session_id", "Which.", is_required=True),),
        told_by=("id_", "revoke"),
    ),
    Form("Logs all other browsers out.", told_by=("id_", "revoke_others")),
)
