"""The composition root: from settings to the parts that the web and the command line share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from srp_portal.hooks.manager import PluginConfigurationError, build_plugin_manager
from srp_portal.hooks.registry import PluginRegistry
from srp_portal.models.engine import make_engine, make_session_factory
from srp_portal.services.crypto import Secrets
from srp_portal.settings import Settings, SettingsError

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The present time, aware, UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Portal:
    """What one running portal is made of."""

    settings: Settings
    secrets: Secrets
    engine: Engine
    session_factory: sessionmaker[Session]
    plugins: PluginRegistry
    clock: Clock = utc_now


def compose(settings: Settings, *, clock: Clock = utc_now) -> Portal:
    """The parts of a portal; connects to nothing yet. Raises SettingsError."""
    try:
        plugins = build_plugin_manager(settings.plugins, settings.of_plugin)
    except PluginConfigurationError as error:
        raise SettingsError("srp.plugins", str(error)) from error
    engine = make_engine(settings.sqlalchemy_url)
    return Portal(
        settings=settings,
        secrets=Secrets(settings.secret),
        engine=engine,
        session_factory=make_session_factory(engine),
        plugins=plugins,
        clock=clock,
    )
