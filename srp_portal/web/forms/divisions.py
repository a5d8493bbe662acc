"""The forms of a division's page, in EVE-SRP's grammar: `form_id` says which it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from srp_portal.domain.errors import BadRequest
from srp_portal.domain.permissions import Permission
from srp_portal.services.grants import EntityChoice, parse_permission
from srp_portal.web.forms.declaration import Field, Form
from srp_portal.web.forms.fields import text

NEW_FORM = Form(
    "Makes a division.", (Field("name", "What people call the division.", is_required=True),)
)

ENTITY_FORM = Form(
    "Gives a permission, or takes it away.",
    (
        Field("action", "Give it or take it.", is_required=True, choices=("add", "delete")),
        Field("permission", "Which.", is_required=True, choices=tuple(Permission)),
        Field(
            "id_",
            "Whose, by number: `user:12`, `group:12`, or `12` where that can mean one alone. Wins "
            "over `name`.",
        ),
        Field("name", "Whose, by name: `NAME`, `user:NAME` or `group:NAME`."),
        Field("type", "What a bare number or name means: `user` or `group`."),
        Field("entity_type", "The same as `type`, which wins."),
    ),
    told_by=("form_id", "entity"),
)

TRANSFORMER_FORM = Form(
    "Chooses how an attribute becomes a link.",
    (
        Field("attribute", "A key of the request's document.", is_required=True),
        Field("transformer", "The transformer's name; `none`, or nothing, for no link."),
    ),
    told_by=("form_id", "transformer"),
)

#: The forms of a division's page.
FORMS = (ENTITY_FORM, TRANSFORMER_FORM)


@dataclass(frozen=True, slots=True)
class ChangeEntity:
    """`form_id=entity`: a permission is given, or taken away."""

    is_added: bool
    permission: Permission
    choice: EntityChoice


@dataclass(frozen=True, slots=True)
class ChangeTransformer:
    """`form_id=transformer`: an attribute's transformer is chosen; `none` for none."""

    attribute: str
    transformer: str


def parse_change(form: Mapping[str, Any]) -> ChangeEntity | ChangeTransformer:
    """What a form asks for.

    `id_` wins over `name`; `type` (also `entity_type`) is user or group. Raises BadRequest for an
    unknown form or action, InvalidInput for an unknown permission.
    """
    match text(form, "form_id"):
        case "entity":
            fields = ENTITY_FORM.read(form)
            action = fields["action"]
            if action not in ("add", "delete"):
                raise BadRequest("The action of this form is add or delete.")
            return ChangeEntity(
                is_added=action == "add",
                permission=parse_permission(fields["permission"]),
                choice=EntityChoice(
                    name=fields["name"],
                    id=fields["id_"],
                    type=fields["type"] or fields["entity_type"],
                ),
            )
        case "transformer":
            fields = TRANSFORMER_FORM.read(form)
            return ChangeTransformer(fields["attribute"], fields["transformer"])
        case _:
            raise BadRequest("The form_id of this page's forms is entity or transformer.")
