"""The document of a loss as it would be submitted: the keys of a request, as far as they are."""

from __future__ import annotations

from decimal import Decimal

from srp_portal.domain.money import plain_isk, pretty_isk
from srp_portal.domain.payout import ModifierKind, modifier_text
from srp_portal.plugin import ProposedModifier
from srp_portal.services.submission_preview import SubmissionPreview
from srp_portal.web.representation.documents import (
    Document,
    division_document,
    document,
    user_document,
)
from srp_portal.web.representation.links import Links
from srp_portal.web.representation.times import http_time


@document.register
def preview_document(preview: SubmissionPreview, links: Links) -> Document:
    """The loss without its flags, which are for the staff."""
    loss = preview.loss
    killmail = loss.killmail
    value = killmail.value
    return {
        "alliance": killmail.alliance,
        "base_payout": plain_isk(loss.base_payout),
        "base_payout_str": pretty_isk(loss.base_payout),
        "constellation": killmail.constellation,
        "corporation": killmail.corporation,
        "current_user": user_document(preview.reader, links),
        "division": division_document(preview.division, links),
        "id": killmail.killmail_id,
        "kill_timestamp": http_time(killmail.timestamp),
        "killmail_url": killmail.url,
        "modifiers": [_proposed(plugin, proposed) for plugin, proposed in loss.modifiers],
        "payout": plain_isk(loss.payout),
        "payout_str": pretty_isk(loss.payout),
        "pilot": killmail.pilot,
        "region": killmail.region,
        "ship": killmail.ship,
        "system": killmail.system,
        "value": None if value is None else plain_isk(value),
        "value_str": None if value is None else pretty_isk(value),
    }


def rule_document(
    plugin: str, kind: ModifierKind, value: Decimal, note: str, *, is_suggested: bool
) -> Document:
    """A modifier of a plugin that is not, or no longer, one of a request."""
    is_relative = kind is ModifierKind.RELATIVE
    built: Document = {
        "note": note,
        "plugin": plugin,
        "type": kind,
        # A fraction of five decimals at most, no amount of ISK: as a float it prints the same. What
        # was rounded to nothing has no sign.
        "value": float(value or 0) if is_relative else plain_isk(value),
        "value_str": modifier_text(kind, value),
    }
    if is_suggested:
        built["suggested"] = True
    return built


def _proposed(plugin: str, proposed: ProposedModifier) -> Document:
    return rule_document(
        plugin,
        ModifierKind(proposed.kind),
        proposed.value,
        proposed.note,
        is_suggested=not proposed.apply,
    )
