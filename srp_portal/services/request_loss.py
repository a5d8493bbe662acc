"""What a request's page shows of the killmail itself: its fit, its worth, its circumstances."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import bindparam, cast, null, select
from sqlalchemy.orm import Session

from srp_portal.models.killmails import InventoryType, Killmail, KillmailValue
from srp_portal.models.meta import Isk
from srp_portal.plugin import Killmail as PluginKillmail
from srp_portal.services import fit
from srp_portal.services.results import LossView
from srp_portal.services.stored_killmails import VALUE, VALUE_BY_NAME, killmail_of


@dataclass(frozen=True, slots=True)
class StoredLoss:
    """A killmail with what sources said that it was worth.

    killmail: the columns of its row. document: ESI's, read from them. values: name, source and
    ISK, oldest first. type_names: of the items on board, as far as they are known.
    """

    killmail: Any
    document: dict[str, Any]
    values: tuple[tuple[str, str, Decimal], ...]
    type_names: dict[int, str]

    def as_plugins_know_it(self) -> PluginKillmail:
        """The killmail for hooks."""
        recorded = ((name, value) for name, _, value in self.values)
        return killmail_of(self.killmail, recorded, self.document)

    def view(self) -> LossView:
        """The loss as the page shows it."""
        # The value that counted is one of those beside it, and shown once; alone it stands for
        # itself.
        known = {(source, value) for name, source, value in self.values if name != VALUE}
        shown = (
            (VALUE if name == VALUE_BY_NAME else name, source, value)
            for name, source, value in self.values
            if name != VALUE or (source, value) not in known
        )
        killmail = self.killmail
        return LossView(
            hash=killmail.hash,
            ship_group=killmail.ship_group,
            security=killmail.security,
            is_npc=killmail.is_npc,
            is_solo=killmail.is_solo,
            is_awox=killmail.is_awox,
            values=tuple(shown),
            items=fit.lost_items(self.document, self.type_names),
            attacker_count=fit.attacker_count(self.document),
        )


def stored_loss(dbsession: Session, killmail_id: int) -> StoredLoss:
    """The killmail of a request, in two statements."""
    # As the ORM would: a change of this transaction counts.
    dbsession.flush()
    connection = dbsession.connection()
    killmail = connection.execute(_killmail(), {"killmail_id": killmail_id}).one()
    document = fit.document_of(killmail.raw)
    on_board = {"killmail_id": killmail_id, "types": sorted(fit.item_type_ids(document))}
    values, names = [], {}
    for id_, name, source, value in connection.execute(_values_and_names(), on_board).all():
        if source is None:
            names[id_] = name
        else:
            values.append((name, source, value))
    return StoredLoss(killmail, document, tuple(values), names)


# Put together once, since that takes several times as long as asking.


@cache
def _killmail() -> Any:
    return select(Killmail.__table__).where(Killmail.id == bindparam("killmail_id"))


@cache
def _values_and_names() -> Any:
    """Values with their sources, and names of types without one."""
    values = select(
        KillmailValue.id, KillmailValue.name, KillmailValue.source, KillmailValue.value
    ).where(KillmailValue.killmail_id == bindparam("killmail_id"))
    types = select(
        InventoryType.id, InventoryType.name, null(), cast(null(), Isk).label("value")
    ).where(InventoryType.id.in_(bindparam("types", expanding=True)))
    return values.union_all(types).order_by("id")
