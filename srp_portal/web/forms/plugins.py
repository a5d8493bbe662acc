"""The forms of the page of plugins: dead deliveries sent again or forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from srp_portal.domain.errors import BadRequest
from srp_portal.services.deliveries import Which
from srp_portal.web.forms.declaration import Field, Form
from srp_portal.web.forms.fields import number, text

_ONE = Field("delivery_id", "The `id` of one dead delivery; or else `plugin`.")
_PLUGIN = Field("plugin", "The plugin whose dead deliveries are all meant; or else `delivery_id`.")

#: `POST /plugins/`.
FORMS = (
    Form(
        "Has dead deliveries made again.",
        (_ONE, _PLUGIN),
        told_by=("action", "resend"),
    ),
    Form(
        "Forgets dead deliveries: their plugins never learn of the events.",
        (_ONE, _PLUGIN),
        told_by=("action", "forget"),
    ),
)


def parse_which(form: Mapping[str, Any]) -> Which:
    """Which deliveries a form is about; raises BadRequest unless it says exactly one thing."""
    plugin, has_id = text(form, "plugin"), bool(text(form, "delivery_id"))
    if bool(plugin) == has_id:
        raise BadRequest("One of `delivery_id` and `plugin` must say what is meant.")
    return Which(plugin=plugin) if plugin else Which(id=number(form, "delivery_id"))
