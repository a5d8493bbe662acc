"""Another application makes its migrations from the layer's metadata, as Alembic comes."""

import pytest
from alembic.config import Config
from sqlalchemy import create_engine, inspect

from alembic import command
from srp_portal.esi.models import Token, metadata

TARGET = "target_metadata = None"
LAYER = """from srp_portal.esi.models import metadata as esi_metadata
from sqlalchemy import Column, Integer, MetaData, Table
own_metadata = MetaData()
Table("mine", own_metadata, Column("id", Integer, primary_key=True))
target_metadata = [own_metadata, esi_metadata]"""


@pytest.fixture(params=["sqlite_url", "empty_postgresql"])
def alembic(request, tmp_path):
    """The configuration of an environment fresh from `alembic init`, told of our metadata."""
    config = Config(str(tmp_path / "alembic.ini"))
    folder = tmp_path / "migrations"
    config.set_main_option("script_location", str(folder))
    config.set_main_option("sqlalchemy.url", request.getfixturevalue(request.param))
    command.init(config, str(folder))
    config.config_file_name = None
    text = (folder / "env.py").read_text()
    assert TARGET in text
    text = text.replace(TARGET, LAYER).replace(
        "context.configure(", "context.configure(compare_server_default=True, compare_type=True, "
    )
    (folder / "env.py").write_text(text)
    return config


def test_autogenerate_when_told_of_the_metadata_then_migrations_run_without_importing_us(
    alembic, tmp_path
):
    command.revision(alembic, "first", autogenerate=True)
    [written] = (tmp_path / "migrations" / "versions").glob("*.py")
    assert "srp_portal" not in written.read_text()
    command.upgrade(alembic, "head")
    engine = create_engine(alembic.get_main_option("sqlalchemy.url"))
    assert {*metadata.tables, "mine"} <= set(inspect(engine).get_table_names())
    # Nothing is left to be done, and all of it can be taken back.
    command.check(alembic)
    command.downgrade(alembic, "base")
    assert not set(inspect(engine).get_table_names()) & set(metadata.tables)
    engine.dispose()


def test_metadata_when_asked_for_then_that_of_the_models():
    assert Token.metadata is metadata
    assert metadata.tables[Token.__tablename__] is Token.__table__
