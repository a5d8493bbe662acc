"""The client: resources and operations as attributes, and the provider that makes it once."""

import threading
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from srp_portal.esi.catalogue import OperationSpec, load_file, load_shipped
from srp_portal.esi.credentials import TokenSource
from srp_portal.esi.operations import Environment, Operation
from srp_portal.esi.process import default_settings, shared_of, user_agent
from srp_portal.esi.settings import EsiSettings


class Caller:
    """An operation of a resource, ready to be called with its arguments."""

    def __init__(self, environment: Environment, spec: OperationSpec) -> None:
        self._environment = environment
        self._spec = spec
        self.__name__ = spec.old_name
        parameters = ", ".join(
            f"{p.name}: {p.kind}" if p.required else f"{p.name}: {p.kind} = None"
            for p in spec.parameters
        )
        scopes = f"\n\nScopes: {' '.join(spec.scopes)}" if spec.scopes else ""
        self.__doc__ = f"{spec.old_name}({parameters})\n\n{spec.method} {spec.path}{scopes}"

    def __call__(self, **arguments: Any) -> Operation:
        """The operation with these arguments; nothing is sent before `result()`."""
        return Operation(self._environment, self._spec, arguments)

    def __repr__(self) -> str:
        return f"<{self._spec.tag} {self._spec.name}>"


class Resource:
    """The operations under one tag of ESI, in today's and in the old spelling."""

    def __init__(
        self, environment: Environment, name: str, specs: Mapping[str, OperationSpec]
    ) -> None:
        self._environment = environment
        self._name = name
        self._specs = specs

    def __getattr__(self, name: str) -> Caller:
        spec = self._specs.get(name)
        if spec is None:
            raise _no_attribute(f"{self._name} has no operation", name, self._specs)
        return Caller(self._environment, spec)

    def __dir__(self) -> list[str]:
        return sorted(self._specs)

    def __repr__(self) -> str:
        return f"<Resource {self._name}>"


class EsiClient:
    """All of ESI: `client.Universe.get_universe_types_type_id(type_id=587).result()`."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment

    def __getattr__(self, name: str) -> Resource:
        resources = self._environment.catalogue.resources
        if name not in resources:
            raise _no_attribute("ESI has no resource", name, resources)
        return Resource(self._environment, name, resources[name])

    def __dir__(self) -> list[str]:
        return sorted(self._environment.catalogue.resources)

    def __repr__(self) -> str:
        return f"<EsiClient of {self._environment.settings.base_url}>"


def _no_attribute(what: str, name: str, known: Mapping[str, object]) -> AttributeError:
    close = get_close_matches(name, list(known), n=3)
    hint = f"; close ones are {', '.join(close)}" if close and not name.startswith("_") else ""
    return AttributeError(f"{what} {name!r}{hint}", name=name)


class EsiClientProvider:
    """Makes the client of an application, once and when it is first wanted.

    It may be created while modules are imported, before any setting is known.
    datasource: EVE's server, else that of the settings. spec_file: a specification
    to work from in place of the catalogue that ships. app_info_text: `my-app v1.0.0`,
    for the User-Agent. settings: else those of the application configured last.
    """

    def __init__(
        self,
        datasource: str | None = None,
        spec_file: str | None = None,
        app_info_text: str | None = None,
        *,
        settings: EsiSettings | None = None,
    ) -> None:
        self._datasource = datasource
        self._spec_file = spec_file
        self._app_info_text = app_info_text
        self._settings = settings
        self._lock = threading.Lock()
        self._built: tuple[EsiSettings, EsiClient] | None = None

    @property
    def client(self) -> EsiClient:
        """The client, the same one for all threads."""
        settings = self._settings or default_settings()
        built = self._built
        if built is None or built[0] is not settings:
            with self._lock:
                built = self._built
                if built is None or built[0] is not settings:
                    built = self._built = (settings, self._build(settings))
        return built[1]

    def __repr__(self) -> str:
        return "<EsiClientProvider>"

    def _build(self, settings: EsiSettings) -> EsiClient:
        return EsiClient(
            environment(
                settings,
                datasource=self._datasource,
                spec_file=self._spec_file,
                app_info_text=self._app_info_text,
            )
        )


def environment(
    settings: EsiSettings,
    *,
    token: str | TokenSource | None = None,
    datasource: str | None = None,
    spec_file: str | None = None,
    app_info_text: str | None = None,
) -> Environment:
    """What the calls of one client share; parameters as in EsiClientProvider."""
    spec_file = spec_file or settings.spec_file
    shared = shared_of(settings)
    return Environment(
        settings=settings,
        catalogue=load_file(spec_file) if spec_file else load_shipped(),
        transport=shared.transport(user_agent(settings, app_info_text)),
        cache=shared.cache,
        tenant=datasource or settings.tenant or settings.api_datasource,
        token=token,
    )


def esi_client_factory(
    token: str | TokenSource | None = None,
    datasource: str | None = None,
    spec_file: str | None = None,
    app_info_text: str | None = None,
) -> EsiClient:
    """A client that sends this token with every call; other parameters as in EsiClientProvider.

    Its connections, limits and cached answers are those of the application.
    """
    return EsiClient(
        environment(
            default_settings(),
            token=token,
            datasource=datasource,
            spec_file=spec_file,
            app_info_text=app_info_text,
        )
    )
