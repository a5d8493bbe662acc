"""Writing in the transaction of a caller, where that alone may write a token's row."""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection, event, select, text, update
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session, SessionTransaction
from sqlalchemy.orm.util import identity_key

from srp_portal.esi.leases import Leases
from srp_portal.esi.models import Token
from srp_portal.esi.own_transactions import OpenSession, own_transactions
from srp_portal.esi.storing import remove_tokens

log = logging.getLogger(__name__)

_ACTIONS: Final = "srp_portal.esi.afterwards"
# How long a lock that somebody else holds may keep the caller's transaction.
_LOCK_MS: Final = 250


def hold_row(session: Session, token_id: int) -> bool:
    """Whether the session's transaction can write the row, which it has locked from then on.

    It can when it wrote the row before, or with SQLite anything at all, and when nobody
    else sees the row yet. Never waits long, and leaves the transaction usable.
    """
    if not session.in_transaction():
        return False
    with session.no_autoflush:
        if session.scalar(select(Token.id).where(Token.id == token_id)) is None:
            return False
        held = update(Token).where(Token.id == token_id).values(refresh_lease_id=None)
        try:
            with _impatient(session.connection(bind_arguments={"mapper": Token.__mapper__})):
                done = session.execute(held, execution_options={"synchronize_session": False})
        except OperationalError:
            # Somebody else has the lock, or wrote since this transaction first read.
            return False
    return bool(done.rowcount)  # type: ignore[attr-defined]


def delete_worthless(
    session: Session, open_session: OpenSession, tokens: Iterable[Token]
) -> list[int]:
    """Delete tokens at once, or where the caller's transaction has them locked, in that.

    The session forgets its instances of them. Gives the ids of those that somebody else
    has locked, which stay.
    """
    chosen = list(tokens)
    unseen, locked = [], []
    for token in chosen:
        try:
            if not Leases(open_session, token.id).delete():
                unseen.append(token.id)
        except OperationalError:
            locked.append(token.id)
    here = [token_id for token_id in [*unseen, *locked] if hold_row(session, token_id)]
    remove_tokens(session, here)
    for token in chosen:
        known = session.identity_map.get(identity_key(Token, token.id))
        if known is not None:
            session.expunge(known)
    return [token_id for token_id in locked if token_id not in here]


def afterwards(session: Session, token_id: int, action: Callable[[Leases], None]) -> None:
    """Have something done to a token's row once the session's transaction has ended in any way.

    For what must not be lost with it: the action finds it done if it was committed.
    """
    session.info.setdefault(_ACTIONS, {})[token_id] = action
    if not event.contains(session, "after_transaction_end", _act):
        event.listen(session, "after_transaction_end", _act)


def _act(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is not None:
        return
    actions = session.info.pop(_ACTIONS, {})
    for token_id, action in actions.items():
        try:
            with own_transactions(session) as open_session:
                action(Leases(open_session, token_id))
        except SQLAlchemyError:
            # Whatever ended the transaction is to be told, and not this.
            log.exception("token %d was renewed, and can't be stored", token_id)


@contextmanager
def _impatient(connection: Connection) -> Iterator[None]:
    if connection.dialect.name == "postgresql":
        # A savepoint: an error would end the whole transaction otherwise.
        with connection.begin_nested():
            before = connection.scalar(text("SELECT current_setting('lock_timeout')"))
            setting = text("SELECT set_config('lock_timeout', :value, true)")
            connection.execute(setting, {"value": f"{_LOCK_MS}ms"})
            yield
            connection.execute(setting, {"value": before})
    elif connection.dialect.name == "sqlite":
        before = connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one()
        # Not a moment: who gets the lock only now would keep it while the SSO is asked.
        connection.exec_driver_sql("PRAGMA busy_timeout = 0")
        try:
            yield
        finally:
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {int(before)}")
    else:
        yield
