"""The composition root: from settings to the parts that the web and the command line share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property
from importlib.metadata import version

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from srp_portal.broker import RemoteDelivery
from srp_portal.esi.client import EsiClientProvider
from srp_portal.esi.deadlines import remaining
from srp_portal.esi.errors import EsiConfigurationError, EsiError
from srp_portal.esi.runtime import Runtime
from srp_portal.esi.settings import EsiSettings
from srp_portal.esi.stores import Store, open_store
from srp_portal.hooks.context import ContextFactory, Tools
from srp_portal.hooks.errors import PluginConfigurationError, PluginFailed, shown_message
from srp_portal.hooks.loading import EntryPoint
from srp_portal.hooks.manager import build_plugin_manager
from srp_portal.hooks.registry import PluginRegistry
from srp_portal.models.engine import (
    DatabaseUrlError,
    make_session_factory,
    open_engine,
    writing,
)
from srp_portal.services.crypto import Secrets
from srp_portal.services.delivery import Delivery, DeliveryThread
from srp_portal.services.killmail_lookup import SECONDS, KillmailLookup
from srp_portal.services.plugin_failures import FailureRecorder
from srp_portal.services.recalculation import Recalculation
from srp_portal.settings import Settings, SettingsError

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The present time, aware, UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Portal:
    """What one running portal is made of; nothing of it connects before it is used."""

    settings: Settings
    secrets: Secrets
    engine: Engine
    #: For short transactions that write, outside a web request; the other one only reads.
    session_factory: sessionmaker[Session]
    read_session_factory: sessionmaker[Session]
    plugins: PluginRegistry
    #: EVE's API and login with what they share, for work outside of web requests.
    esi_runtime: Runtime
    cache: Store
    #: Keeps what plugins failed at.
    failures: FailureRecorder
    clock: Clock = utc_now
    #: Asks Celery's workers; None without a broker.
    remote_delivery: RemoteDelivery | None = None
    #: How long all look-ups of a submission may take together.
    submission_seconds: float = SECONDS

    @property
    def esi(self) -> EsiClientProvider:
        """EVE's API."""
        return self.esi_runtime.provider

    @cached_property
    def contexts(self) -> ContextFactory:
        """Makes the contexts of hooks and sources."""
        return ContextFactory(
            self.plugins,
            Tools(
                settings=self.settings.of_plugin,
                esi=self.esi.client,
                store=self.cache,
                user_agent=application_name(),
                private_allowed=self.settings.sandbox,
                remaining=remaining,
            ),
        )

    @cached_property
    def lookup(self) -> KillmailLookup:
        """Asks sources, EVE and plugins about a loss."""
        return KillmailLookup(
            self.plugins,
            self.contexts,
            self.read_session_factory,
            self.esi.client,
            self.submission_seconds,
        )

    @cached_property
    def recalculation(self) -> Recalculation:
        """Asks plugins what their present rules make of stored requests."""
        return Recalculation(
            self.plugins,
            self.contexts,
            self.read_session_factory,
            self.clock,
            self.submission_seconds,
        )

    @cached_property
    def delivery(self) -> Delivery:
        """Works the outbox off."""
        return Delivery(self.plugins, self.contexts, self.session_factory, self.clock)

    @cached_property
    def delivery_thread(self) -> DeliveryThread:
        """Has the outbox worked off when it is woken, here or by Celery, in the background."""
        return DeliveryThread(self.remote_delivery or self.delivery)

    def close(self) -> None:
        """Ends threads and connections."""
        self.delivery.stop()
        self.delivery_thread.stop()
        self.failures.stop()
        self.contexts.close()
        self.engine.dispose()


@cache
def application_name() -> str:
    """Name and version for the User-Agent."""
    return f"srp-portal/{version('srp-portal')}"


def load_plugins(
    settings: Settings, entry_points: Iterable[EntryPoint] | None = None
) -> PluginRegistry:
    """The plugins alone, which need no database. entry_points: None for the installed ones.

    Raises SettingsError.
    """
    try:
        return build_plugin_manager(settings.plugins, settings.of_plugin, entry_points)
    except PluginConfigurationError as error:
        raise SettingsError(error.setting, str(error)) from error


def compose(
    settings: Settings,
    *,
    clock: Clock = utc_now,
    entry_points: Iterable[EntryPoint] | None = None,
    submission_seconds: float = SECONDS,
) -> Portal:
    """The parts of a portal. entry_points: of plugins, None for the installed ones.

    Raises SettingsError.
    """
    plugins = load_plugins(settings, entry_points)
    try:
        engine = open_engine(settings.sqlalchemy_url)
    except DatabaseUrlError as error:
        raise SettingsError("sqlalchemy.url", str(error)) from error
    try:
        cache = open_store(settings.cache_url)
    except ModuleNotFoundError as error:
        raise SettingsError(
            "srp.cache_url", f"the package {error.name} is missing; install srp-portal[redis]"
        ) from error
    session_factory = make_session_factory(writing(engine))
    failures = FailureRecorder(session_factory, clock)
    plugins.report = lambda failure: _note(failures, failure)
    return Portal(
        settings=settings,
        secrets=Secrets(settings.secret),
        engine=engine,
        session_factory=session_factory,
        read_session_factory=make_session_factory(engine),
        plugins=plugins,
        esi_runtime=_esi(settings),
        cache=cache,
        failures=failures,
        clock=clock,
        remote_delivery=RemoteDelivery(settings) if settings.celery_broker_url else None,
        submission_seconds=submission_seconds,
    )


def _note(failures: FailureRecorder, failure: PluginFailed) -> None:
    failures.note(failure.plugin, failure.hook, shown_message(failure.message))


def _esi(settings: Settings) -> Runtime:
    """EVE's API and login; the client is made now, so that a setting it can't work with is told."""
    try:
        runtime = Runtime(EsiSettings.from_settings(settings.of_esi()), application_name())
        _ = runtime.provider.client
    except ModuleNotFoundError as error:
        raise SettingsError("esi.cache_url", f"the package {error.name} is missing") from error
    except EsiConfigurationError as error:
        # The message begins with the setting's name, with or without a colon behind it.
        name, _, why = str(error).partition(" ")
        raise SettingsError(name.rstrip(":"), why) from error
    except EsiError as error:
        # Only an old version's description is asked of ESI itself.
        raise SettingsError("esi.api_version", str(error)) from error
    return runtime
