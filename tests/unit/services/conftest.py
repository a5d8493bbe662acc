"""A database for each test, and people, groups and divisions to put into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from srp_portal.domain.text import name_key
from srp_portal.esi import models as esi_models
from srp_portal.models import metadata
from srp_portal.models.divisions import Division, Grant, Group, GroupMember
from srp_portal.models.engine import make_engine
from srp_portal.models.events import AuditEntry
from srp_portal.models.users import Character, CharacterOwnership, User
from srp_portal.services.crypto import Secrets
from srp_portal.settings import Settings

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SECRET = "a secret for the tests of the services"


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = make_engine(f"sqlite:///{tmp_path}/test.db")
    metadata.create_all(engine)
    esi_models.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def dbsession(engine: Engine) -> Iterator[Session]:
    with Session(engine) as session:
        yield session


@pytest.fixture
def secrets() -> Secrets:
    return Secrets((SECRET,))


@pytest.fixture
def make_settings() -> Callable[..., Settings]:
    """Settings of a portal; names with `__` for the dots: `srp__admins="Ada"`."""

    def make(**settings: str) -> Settings:
        ini = {"sqlalchemy.url": "sqlite://", "srp.secret": "-".join(SECRET.split())}
        ini |= {name.replace("__", "."): value for name, value in settings.items()}
        return Settings.load(ini, {})

    return make


@pytest.fixture
def settings(make_settings: Callable[..., Settings]) -> Settings:
    return make_settings()


class World:
    """Makes rows with the least that they need, and looks at what came of them."""

    def __init__(self, dbsession: Session) -> None:
        self.dbsession = dbsession

    def add(self, row):
        self.dbsession.add(row)
        self.dbsession.flush()
        return row

    def user(self, name="Ada", kind="sso", **fields):
        return self.add(
            User(kind=kind, name=name, name_key=name_key(name), created_at=NOW, **fields)
        )

    def character(self, id_=101, name="Ada", user=None, owner_hash="hash", **fields):
        character = self.add(
            Character(
                id=id_,
                name=name,
                name_key=name_key(name),
                user_id=user.id if user else None,
                owner_hash=owner_hash,
                created_at=NOW,
                **fields,
            )
        )
        if user:
            self.add(
                CharacterOwnership(
                    character_id=id_, user_id=user.id, owner_hash=owner_hash, started_at=NOW
                )
            )
        return character

    def division(self, name="Capitals"):
        return self.add(Division(name=name, name_key=name_key(name), created_at=NOW)).id

    def group(self, name="Logistics", kind="manual", eve_id=None, members=()):
        group = self.add(
            Group(kind=kind, name=name, name_key=name_key(name), eve_id=eve_id, created_at=NOW)
        )
        for user in members:
            self.add(GroupMember(group_id=group.id, user_id=user.id, created_at=NOW))
        return group

    def grant(self, division_id, permission, *, user=None, group=None):
        self.add(
            Grant(
                division_id=division_id,
                permission=permission,
                user_id=user.id if user else None,
                group_id=group.id if group else None,
                created_at=NOW,
            )
        )

    def audited(self):
        """What the audit log says, oldest first: (action, actor, payload)."""
        entries = self.dbsession.scalars(select(AuditEntry).order_by(AuditEntry.id))
        return [(entry.action, entry.actor, entry.payload) for entry in entries]

    def owners(self, character_id=101):
        """The history of a character: (user id, owner hash, whether it ended), oldest first."""
        rows = self.dbsession.scalars(
            select(CharacterOwnership)
            .where(CharacterOwnership.character_id == character_id)
            .order_by(CharacterOwnership.id)
        )
        return [(row.user_id, row.owner_hash, row.ended_at is not None) for row in rows]


@pytest.fixture
def world(dbsession: Session) -> World:
    return World(dbsession)


@pytest.fixture
def statements(engine: Engine) -> Callable[..., object]:
    """`with statements() as seen:` lists the SQL that is sent meanwhile."""

    @contextmanager
    def watch() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(connection, cursor, statement, *rest):
            seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        yield seen
        event.remove(engine, "before_cursor_execute", note)

    return watch
