"""Links made of a request's attributes, by the transformers that its division chose."""

from __future__ import annotations

from urllib.parse import quote

from sqlalchemy.orm import Session

from srp_portal.services.results import RequestRow
from srp_portal.services.transformers import Offered, chosen_transformers


def transform(
    dbsession: Session, row: RequestRow, system_id: int, offered: Offered
) -> dict[str, tuple[str, str]]:
    """Attribute to the transformer's name and the link, for attributes that have a value.

    system_id: EVE's id of where the ship was lost.
    """
    if not offered:
        return {}
    values = {
        "pilot": row.pilot,
        "corporation": row.corporation,
        "alliance": row.alliance,
        "ship": row.ship,
        "system": row.system,
        "constellation": row.constellation,
        "region": row.region,
        "division": row.division.name,
        "submitter": row.submitter.name,
        "id": str(row.id),
        "killmail": str(row.id),
        "pilot_id": str(row.pilot_id),
        "ship_id": str(row.ship_id),
        "ship_type": row.ship,
        "system_id": str(system_id),
    }
    found = {}
    for attribute, chosen in chosen_transformers(dbsession, row.division.id, offered).items():
        value = values.get(attribute)
        if value:
            url = chosen.url_template.replace("{}", quote(value, safe=""))
            found[attribute] = (chosen.name, url)
    return found
