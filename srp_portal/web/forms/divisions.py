"""The forms of a division's page, in EVE-SRP's grammar: `form_id` says which it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from srp_portal.domain.errors import BadRequest
from srp_portal.domain.permissions import Permission
from srp_portal.services.grants import EntityChoice, parse_permission
from srp_portal.web.forms.fields import text


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
            action = text(form, "action")
            if action not in ("add", "delete"):
                raise BadRequest("The action of this form is add or delete.")
            return ChangeEntity(
                is_added=action == "add",
                permission=parse_permission(text(form, "permission")),
                choice=EntityChoice(
                    name=text(form, "name"),
                    id=text(form, "id_"),
                    type=text(form, "type") or text(form, "entity_type"),
                ),
            )
        case "transformer":
            return ChangeTransformer(text(form, "attribute"), text(form, "transformer"))
        case _:
            raise BadRequest("The form_id of this page's forms is entity or transformer.")
