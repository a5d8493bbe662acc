"""The client: resources and operations as attributes, and the provider that makes it once."""

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from srp_portal.esi.catalogue import Catalogue, OperationSpec, load_file
from srp_portal.esi.credentials import TokenSource
from srp_portal.esi.errors import EsiConfigurationError
from srp_portal.esi.fetching import Environment
from srp_portal.esi.locks import Lock
from srp_portal.esi.operations import Operation
from srp_portal.esi.process import default_settings, shared_of, user_agent
from srp_portal.esi.settings import EsiSettings, version_name

if TYPE_CHECKING:
    from srp_portal.esi.resources import Resources
else:
    # For type checkers alone, which so know every operation and its parameters.
    Resources = object


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
        _refuse_own(self, name)
        spec = self._specs.get(name)
        if spec is None:
            raise _no_attribute(f"{self._name} has no operation", name, self._specs)
        return Caller(self._environment, spec)

    def __dir__(self) -> list[str]:
        return sorted(self._specs)

    def __repr__(self) -> str:
        return f"<Resource {self._name}>"


class EsiClient(Resources):
    """All of ESI: `client.Universe.get_universe_types_type_id(type_id=587).result()`."""

    def __init__(self, base_url: str, environments: Mapping[str, Environment]) -> None:
        self._base_url = base_url
        # By resource: each calls by the specification that it is from.
        self._environments = environments

    def __getattr__(self, name: str) -> Resource:
        _refuse_own(self, name)
        environment = self._environments.get(name)
        if environment is None:
            raise _no_attribute("ESI has no resource", name, self._environments)
        return Resource(environment, name, environment.catalogue.resources[name])

    def __dir__(self) -> list[str]:
        return sorted(self._environments)

    def __repr__(self) -> str:
        return f"<EsiClient of {self._base_url}>"


def _refuse_own(what: object, name: str) -> None:
    # A copy is asked for these before it has any attribute, and would ask itself for ever.
    if name.startswith("_"):
        message = f"{type(what).__name__} has no attribute {name!r}"
        raise AttributeError(message, name=name)


def _no_attribute(what: str, name: str, known: Mapping[str, object]) -> AttributeError:
    close = get_close_matches(name, list(known), n=3)
    hint = f"; close ones are {', '.join(close)}" if close else ""
    return AttributeError(f"{what} {name!r}{hint}", name=name)


class EsiClientProvider:
    """Makes the client of an application, once and when it is first wanted.

    It may be created while modules are imported, before any setting is known.
    datasource: EVE's server, else that of the settings. spec_file: a specification
    to work from in place of the catalogue that ships; then versions count nothing.
    version: `latest`, `legacy`, `dev` or `v4`, else that of the settings; all but
    `latest` are read from ESI when the client is first wanted. app_info_text: `my-app
    v1.0.0`, for the User-Agent. settings: else those of the application whose
    request is served, or that was configured last. resource_versions: `Universe="v1"`
    takes that resource from that version. Raises EsiConfigurationError, a ValueError, for
    what is no version.
    """

    def __init__(
        self,
        datasource: str | None = None,
        spec_file: str | Path | None = None,
        version: str | None = None,
        app_info_text: str | None = None,
        *,
        settings: EsiSettings | None = None,
        **resource_versions: str,
    ) -> None:
        self._wish = _Wish(datasource, spec_file, version, app_info_text, resource_versions)
        self._settings = settings
        self._lock = Lock()
        self._built: tuple[EsiSettings, EsiClient] | None = None

    @property
    def client(self) -> EsiClient:
        """The client, the same one for all threads.

        Raises EsiConfigurationError for a specification file that can't be used; where
        a version is to be read from ESI AttributeError for a resource that it does not
        have, EsiNotFound when ESI has no such version, and the other errors of a call,
        after which the next use tries again.
        """
        settings = self._settings or default_settings()
        built = self._built
        if built is None or built[0] is not settings:
            # Not under the lock: reading a version takes time, and waiting has its deadline there.
            client = _make_client(settings, self._wish)
            with self._lock:
                built = self._built
                if built is None or built[0] is not settings:
                    built = self._built = (settings, client)
        return built[1]

    def __repr__(self) -> str:
        return "<EsiClientProvider>"


def esi_client_factory(
    token: str | TokenSource | None = None,
    datasource: str | None = None,
    spec_file: str | Path | None = None,
    version: str | None = None,
    app_info_text: str | None = None,
    **resource_versions: str,
) -> EsiClient:
    """A client that sends this token with every call; other parameters as in EsiClientProvider.

    Its connections, limits and cached answers are those of the application. Raises
    what making and using an EsiClientProvider raises.
    """
    wish = _Wish(datasource, spec_file, version, app_info_text, resource_versions)
    return _make_client(default_settings(), wish, token)


class _Wish:
    """What somebody wants of a client beyond the settings."""

    def __init__(
        self,
        datasource: str | None,
        spec_file: str | Path | None,
        version: str | None,
        app_info_text: str | None,
        resource_versions: Mapping[str, str],
    ) -> None:
        self.datasource = datasource
        self.spec_file = spec_file
        self.version = None if version is None else _version("version", version)
        self.app_info_text = app_info_text
        self.resource_versions = {
            name: _version(name, value) for name, value in resource_versions.items()
        }


def _version(name: str, value: str) -> str:
    try:
        return version_name(value)
    except ValueError as error:
        message = f"{name}: {error}"
        raise EsiConfigurationError(message) from None


def _make_client(
    settings: EsiSettings, wish: _Wish, token: str | TokenSource | None = None
) -> EsiClient:
    shared = shared_of(settings)
    transport = shared.transport(user_agent(settings, wish.app_info_text))

    def environment(catalogue: Catalogue) -> Environment:
        return Environment(
            settings=settings,
            catalogue=catalogue,
            transport=transport,
            cache=shared.cache,
            tenant=wish.datasource or settings.tenant or settings.api_datasource,
            token=token,
        )

    spec_file = wish.spec_file or settings.spec_file
    if spec_file:
        base, others = load_file(spec_file), {}
    else:
        # Settings that were not read from a host's are checked here, before they become an address.
        api_version = _version("esi.api_version", settings.api_version)
        base = shared.versions.catalogue(wish.version or api_version, transport)
        others = wish.resource_versions
    environments = dict.fromkeys(base.resources, environment(base))
    for resource, version in others.items():
        catalogue = shared.versions.catalogue(version, transport)
        if resource not in catalogue.resources:
            known = catalogue.resources
            raise _no_attribute(f"version {version} of ESI has no resource", resource, known)
        environments[resource] = environment(catalogue)
    return EsiClient(settings.base_url, environments)
