"""The versions of ESI's old specification, each fetched once for an application."""

from typing import Final

import orjson

from srp_portal.esi.catalogue import Catalogue, catalogue_from, load_shipped
from srp_portal.esi.connections import Answer
from srp_portal.esi.deadlines import deadline, remaining
from srp_portal.esi.errors import EsiConfigurationError, EsiError, EsiNotFound, EsiUnavailable
from srp_portal.esi.locks import Lock
from srp_portal.esi.settings import LATEST, EsiSettings
from srp_portal.esi.transport import Call, Transport

_GONE: Final = (404, 410)


class Versions:
    """Catalogues by version: `latest` is the one that ships, others are ESI's to tell."""

    def __init__(self, settings: EsiSettings) -> None:
        self._settings = settings
        self._lock = Lock()
        self._loading: dict[str, Lock] = {}
        self._loaded: dict[str, Catalogue] = {}

    def catalogue(self, version: str, transport: Transport) -> Catalogue:
        """The catalogue of a version, fetched by this transport when first wanted.

        Threads that want the same one wait for it within their deadline. A failure is
        not kept, the next call tries again. Raises EsiNotFound for a version that ESI
        does not have, EsiUnavailable, EsiRateLimited.
        """
        if version == LATEST:
            return load_shipped()
        found = self._loaded.get(version)
        if found is not None:
            return found
        with self._lock:
            loading = self._loading.setdefault(version, Lock())
        with deadline(self._settings.requests_total_timeout):
            if not loading.acquire(timeout=max(0.0, remaining() or 0.0)):
                raise EsiUnavailable(
                    f"the specification of {version} is still being read",
                    operation=_operation(version),
                )
            try:
                found = self._loaded.get(version)
                if found is None:
                    found = self._loaded[version] = self._load(version, transport)
                return found
            finally:
                loading.release()

    def _load(self, version: str, transport: Transport) -> Catalogue:
        answer = transport.send(
            Call(
                operation=_operation(version),
                method="GET",
                url=f"{self._settings.base_url.rstrip('/')}/{version}/swagger.json",
                headers={"Accept": "application/json"},
                repeatable=True,
                limited=True,
            )
        )
        status = answer.status_code
        if status in _GONE:
            raise _error(_NoSuchVersion, f"ESI has no version {version}", version, answer)
        if status != 200:
            kind = EsiUnavailable if status >= 500 else EsiError
            message = f"the specification of {version} was answered {status}"
            raise _error(kind, message, version, answer)
        try:
            catalogue = catalogue_from(orjson.loads(answer.content), base_path=f"/{version}")
        except (ValueError, EsiConfigurationError):
            # Not kept as a failure: a maintenance page may come with status 200 too.
            message = f"the specification of {version} can't be understood"
            raise _error(EsiUnavailable, message, version, answer) from None
        if not catalogue.operations:
            raise _error(_NoSuchVersion, f"ESI has nothing in version {version}", version, answer)
        return catalogue


class _NoSuchVersion(EsiNotFound, AttributeError):
    # As for a resource that a version lacks: who asks for one need not tell these two apart.
    pass


def _operation(version: str) -> str:
    return f"swagger.json of {version}"


def _error(kind: type[EsiError], message: str, version: str, answer: Answer) -> EsiError:
    return kind(
        message,
        status=answer.status_code,
        operation=_operation(version),
        request_id=answer.request_id,
    )
