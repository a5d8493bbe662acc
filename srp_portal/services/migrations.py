"""The database's schema: bring it up to date, or say whether it is."""

from __future__ import annotations

from pathlib import Path

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

import srp_portal
from alembic import command
from srp_portal.models.engine import writing


def script_location() -> Path:
    """The migrations: inside the installed package, or beside it in a checkout."""
    package = Path(srp_portal.__file__).parent
    for candidate in (package / "migrations", package.parent / "alembic"):
        if (candidate / "env.py").is_file():
            return candidate
    raise FileNotFoundError("the migrations are not installed with this package")


def make_config() -> Config:
    """Alembic's configuration without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(script_location()).replace("%", "%%"))
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Migrates forwards, in one transaction."""
    config = make_config()
    with writing(engine).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def downgrade(engine: Engine, revision: str = "base") -> None:
    """Migrates back, in one transaction."""
    config = make_config()
    with writing(engine).begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def head() -> str:
    """The newest revision; raises CommandError where there are several."""
    revision = ScriptDirectory.from_config(make_config()).get_current_head()
    if revision is None:
        raise FileNotFoundError("there are no migrations")
    return revision


def current(engine: Engine) -> str | None:
    """The revision of a database, None for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_current(engine: Engine) -> bool:
    """Whether the database is at the newest revision."""
    return current(engine) == head()
