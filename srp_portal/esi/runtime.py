"""What the token layer of an application needs wherever a token row turns up.

A row is read, renewed and encrypted without its application in sight
(`token.valid_access_token()`), so the application at work is found here: the
one whose request was served last in this context, unless another was configured
there since; else the one configured last.
"""

from collections.abc import Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING

from srp_portal.esi.client import EsiClientProvider
from srp_portal.esi.crypto import Cipher
from srp_portal.esi.errors import EsiConfigurationError
from srp_portal.esi.exchanges import Exchanges
from srp_portal.esi.process import shared_of, use_by_default, use_in_context, user_agent
from srp_portal.esi.settings import EsiSettings
from srp_portal.esi.sso import SsoClient

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class Runtime:
    """The ESI layer of one application.

    session_factory: makes sessions for the short transactions in which a renewed
    token is stored; None derives one from the session that the row came from.
    """

    def __init__(self, settings: EsiSettings, app_info_text: str | None = None) -> None:
        self.settings = settings
        self.cipher = Cipher(settings.secret)
        self.provider = EsiClientProvider(app_info_text=app_info_text, settings=settings)
        agent = user_agent(settings, app_info_text)
        self.sso = SsoClient(settings, shared_of(settings).transport(agent))
        self.exchanges = Exchanges()
        self.session_factory: Callable[[], Session] | None = None


_serving: ContextVar[Runtime | None] = ContextVar("srp_portal_esi_runtime", default=None)
_configured: list[Runtime] = []


def configure(runtime: Runtime) -> None:
    """Make this the application for work outside of requests."""
    _configured[:] = [runtime]
    # A request that ended leaves its application behind in the context, as in tests that make
    # several of them in one thread.
    _serving.set(None)
    use_by_default(runtime.settings)


def serve(runtime: Runtime) -> None:
    """Make this the application at work in the current context."""
    _serving.set(runtime)
    use_in_context(runtime.settings)


def current() -> Runtime:
    """The application at work. Raises EsiConfigurationError when there is none."""
    runtime = _serving.get() or (_configured[0] if _configured else None)
    if runtime is None:
        raise EsiConfigurationError("srp_portal.esi is not included in any application")
    return runtime
