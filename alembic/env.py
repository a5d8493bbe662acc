"""Runs migrations: `alembic -c development.ini upgrade head`, or from `srp-portal db upgrade`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text

from alembic import context
from srp_portal.esi.models import metadata as esi_metadata
from srp_portal.models import metadata
from srp_portal.models.engine import DatabaseUrlError, open_engine, writing
from srp_portal.models.search import FULL_TEXT_INDEX
from srp_portal.settings import Settings, SettingsError

#: Two processes that start at once must not migrate at once.
POSTGRESQL_LOCK = 7_224_510_318


def include_object(_object: Any, name: str | None, _type: str, _reflected: bool, _to: Any) -> bool:
    """Leaves out SQLite's own tables, and the full-text index, which is several of them there."""
    return not (name or "").startswith(("sqlite_", FULL_TEXT_INDEX))


def migrate(connection: Connection) -> None:
    """Brings an open connection's database to the wanted revision."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({POSTGRESQL_LOCK})"))
    context.configure(
        connection=connection,
        target_metadata=[metadata, esi_metadata],
        render_as_batch=True,
        include_object=include_object,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def run() -> None:
    """Migrates the connection that was handed in, or the database that the settings name."""
    connection = context.config.attributes.get("connection")
    if connection is not None:
        migrate(connection)
        return
    section = context.config.file_config["app:main"]
    try:
        engine = open_engine(Settings.load(dict(section)).sqlalchemy_url)
    except DatabaseUrlError as error:
        raise SettingsError("sqlalchemy.url", str(error)) from error
    try:
        with writing(engine).begin() as opened:
            migrate(opened)
    finally:
        engine.dispose()


run()
