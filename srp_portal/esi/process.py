"""What all calls of one application share in a process, and which application that is."""

from contextvars import ContextVar
from functools import lru_cache

from srp_portal.esi.cache import AnswerCache
from srp_portal.esi.connections import Connections
from srp_portal.esi.errors import EsiConfigurationError
from srp_portal.esi.limits import Limiter
from srp_portal.esi.locks import Lock
from srp_portal.esi.settings import EsiSettings
from srp_portal.esi.stores import MemoryStore, open_store
from srp_portal.esi.transport import Transport
from srp_portal.esi.version import __version__
from srp_portal.esi.versions import Versions

LIBRARY = "srp-portal-esi"

_lock = Lock()
_making = Lock()
_default: list[EsiSettings] = []
_serving: ContextVar[EsiSettings | None] = ContextVar("srp_portal_esi_settings", default=None)


class Shared:
    """Connections, limits, cached answers and fetched specifications of an application."""

    def __init__(self, settings: EsiSettings) -> None:
        store = open_store(settings.cache_url)
        self._settings = settings
        self._connections = Connections(settings.connection_pool_maxsize)
        # Limits have a store of their own in memory: no flood of answers may displace them.
        self._limiter = Limiter(
            MemoryStore() if settings.cache_url is None else store, server=settings.base_url
        )
        self.cache = AnswerCache(store)
        self.versions = Versions(settings)

    def transport(self, agent: str) -> Transport:
        """A transport that presents itself as this agent."""
        return Transport(self._settings, agent, self._limiter, connections=self._connections)


def shared_of(settings: EsiSettings) -> Shared:
    """What the application with these settings shares, made when first wanted."""
    # Two threads that come first would each get one of their own, with connections and limits.
    with _making:
        return _shared_of(settings)


# A process serves one application; tests make many, and the oldest may go.
@lru_cache(maxsize=16)
def _shared_of(settings: EsiSettings) -> Shared:
    return Shared(settings)


def use_by_default(settings: EsiSettings) -> None:
    """Settings for providers that were made without any, as modules do at import time."""
    _serving.set(None)
    with _lock:
        _default[:] = [settings]


def use_in_context(settings: EsiSettings) -> None:
    """The same for the current context alone, where a request of theirs is served."""
    _serving.set(settings)


def default_settings() -> EsiSettings:
    """Those of the application at work: whose request is served here, else configured last.

    Without any application the defaults.
    """
    serving = _serving.get()
    if serving is not None:
        return serving
    with _lock:
        if not _default:
            _default.append(EsiSettings())
        return _default[0]


def user_agent(settings: EsiSettings, app_info_text: str | None = None) -> str:
    """Who is calling: application, contact, library.

    Raises EsiConfigurationError when it could not stand in a header.
    """
    library = f"{LIBRARY} v{__version__}"
    contact = f" ({settings.user_contact_email})" if settings.user_contact_email else ""
    text = f"{app_info_text}{contact} {library}" if app_info_text else f"{library}{contact}"
    if not (text.isascii() and text.isprintable()):
        raise EsiConfigurationError("esi.user_contact_email: must be plain ASCII, as app_info_text")
    return text
