"""The portal's settings: declared once, typed, the environment over the ini."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from srp_portal.domain.transformable import ATTRIBUTES

MINIMUM_SECRET = 32


class SettingsError(ValueError, SystemExit):
    """A setting is missing or can't be parsed; the message names it, never a secret's value.

    It is a SystemExit as well, so that a server started with a bad file says one line and no
    traceback, whichever program starts it.
    """

    def __init__(self, name: str, why: str) -> None:
        message = f"setting {name} (or {environment_name(name)}): {why}"
        super().__init__(message)
        self.code = message
        self.name = name


def environment_name(name: str) -> str:
    """The environment variable that wins over the setting: `srp.secret` is `SRP_SECRET`."""
    return re.sub(r"[.\-]", "_", name).upper()


def config_of_environment() -> str | None:
    """The ini for programs whose command line has no place for one, in SRP_CONFIG; else None."""
    return os.environ.get("SRP_CONFIG") or None


@dataclass(frozen=True, slots=True)
class Setting:
    """One declared setting; `parse` turns its text into the value or raises ValueError."""

    name: str
    parse: Callable[[str], Any]
    default: Any
    help: str
    required: bool = False

    @property
    def attribute(self) -> str:
        """Its name on Settings."""
        return self.name.removeprefix("srp.").replace(".", "_")


@dataclass(frozen=True, slots=True)
class TransformerSetting:
    """One line of `srp.transformers`."""

    attribute: str
    name: str
    url_template: str


def _text(value: str) -> str:
    return value


def _boolean(value: str) -> bool:
    known = {"true": True, "yes": True, "on": True, "1": True}
    known |= {"false": False, "no": False, "off": False, "0": False}
    try:
        return known[value.lower()]
    except KeyError:
        raise ValueError(f"“{value}” is neither true nor false") from None


def _positive(value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", value, re.ASCII) or int(value) == 0:
        raise ValueError(f"“{value}” is not a whole number above 0")
    return int(value)


def _page_size(value: str) -> int:
    size = _positive(value)
    if size > 200:
        raise ValueError(f"{size} is more than 200 rows a page")
    return size


def _words(value: str) -> tuple[str, ...]:
    return tuple(value.split())


def _commas_or_lines(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in re.split(r"[,\n]", value) if part.strip())


def _secrets(value: str) -> tuple[str, ...]:
    secrets = tuple(value.split())
    if not secrets or any(len(secret) < MINIMUM_SECRET for secret in secrets):
        raise ValueError(f"each secret needs at least {MINIMUM_SECRET} characters")
    return secrets


def _base_url(value: str) -> str:
    # It ends up in headers, where these have a meaning of their own.
    if re.search(r"[\s;,'\"]", value):
        raise ValueError(f"“{value}” is not an http or https URL")
    parts = urlsplit(value)
    _ = parts.port  # raises ValueError for one that is none
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"“{value}” is not an http or https URL")
    return value.rstrip("/")


def _database_url(value: str) -> str:
    scheme = value.split(":", 1)[0].split("+", 1)[0]
    if scheme not in ("sqlite", "postgresql"):
        raise ValueError("the URL must begin with sqlite:// or postgresql+psycopg://")
    return value


def _cache_url(value: str) -> str:
    if not value.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("the URL must begin with redis://")
    return value


def _broker_url(value: str) -> str:
    # Nothing of it is told again: it may hold a password.
    if not re.match(r"[a-z][a-z0-9+]*://", value):
        raise ValueError("the URL must begin with redis://, amqp:// or the like")
    return value


def _addresses(value: str) -> tuple[str, ...]:
    addresses = tuple(re.split(r"[\s,]+", value))
    for address in addresses:
        if address != "*":
            ipaddress.ip_network(address, strict=False)
    return addresses


def _transformers(value: str) -> tuple[TransformerSetting, ...]:
    found = []
    for line in filter(None, (line.strip() for line in value.splitlines())):
        parts = [part.strip() for part in line.split("|")]
        if len(parts) != 3 or not all(parts):
            raise ValueError(f"“{line}” is not `attribute | name | https://example.com/{{}}`")
        if parts[0] not in ATTRIBUTES:
            raise ValueError(f"“{parts[0]}” is none of {', '.join(ATTRIBUTES)}")
        scheme, _, rest = parts[2].partition("://")
        # The value of an attribute must not choose the host that a reviewer is sent to.
        host, _, path = rest.partition("/")
        if scheme not in ("http", "https") or not host or "{" in host or path.count("{}") != 1:
            raise ValueError(f"“{parts[2]}” must be a web URL with {{}} once in its path or query")
        found.append(TransformerSetting(*parts))
    return tuple(found)


SETTINGS: tuple[Setting, ...] = (
    Setting("sqlalchemy.url", _database_url, "", "SQLite or PostgreSQL", required=True),
    Setting("srp.secret", _secrets, (), "Secrets of 32 characters or more", required=True),
    Setting("srp.site_name", _text, "EVE-SRP", "Name of the site"),
    Setting("srp.admins", _commas_or_lines, (), "Characters that are site administrators"),
    Setting("srp.page_size", _page_size, 25, "Rows a page in HTML, at most 200"),
    Setting("srp.plugins", _words, None, "Names of enabled plugins, in order"),
    Setting("srp.sandbox", _boolean, False, "The universe is a sandbox on this machine"),
    Setting("srp.details_description", _text, "", "Help text under the details field"),
    Setting("srp.details_required", _boolean, True, "Details must be given"),
    Setting("srp.self_review", _boolean, False, "People may review and pay their own requests"),
    Setting("srp.groups_max_age_hours", _positive, 72, "How long known groups count without EVE"),
    Setting("srp.transformers", _transformers, (), "attribute | name | URL with {}, one a line"),
    Setting("srp.local_accounts", _boolean, True, "Log in with local accounts"),
    Setting("srp.cache_url", _cache_url, None, "redis://…, when there are several processes"),
    Setting("srp.trusted_proxies", _addresses, (), "Addresses whose forwarded headers count"),
    Setting("esi.base_url", _base_url, "https://esi.evetech.net", "EVE's HTTP API"),
    Setting("esi.sso_base_url", _base_url, "https://login.eveonline.com", "EVE's login"),
    Setting("esi.image_base_url", _base_url, "https://images.evetech.net", "EVE's pictures"),
    Setting(
        "celery.broker_url", _broker_url, None, "Celery's broker; without it tasks run in process"
    ),
)


@dataclass(frozen=True)
class Settings:
    """The parsed settings; attributes are the names without `srp.`, dots as underscores."""

    sqlalchemy_url: str
    secret: tuple[str, ...]
    site_name: str
    admins: tuple[str, ...]
    page_size: int
    plugins: tuple[str, ...] | None
    sandbox: bool
    details_description: str
    details_required: bool
    self_review: bool
    groups_max_age_hours: int
    transformers: tuple[TransformerSetting, ...]
    local_accounts: bool
    cache_url: str | None
    trusted_proxies: tuple[str, ...]
    esi_base_url: str
    esi_sso_base_url: str
    esi_image_base_url: str
    celery_broker_url: str | None
    #: The ini with the environment over it, as text: for Pyramid's add-ons and the plugins.
    merged: Mapping[str, str]
    environment: Mapping[str, str]

    @classmethod
    def load(
        cls,
        ini: Mapping[str, str],
        environment: Mapping[str, str] | None = None,
        *,
        are_whole: bool = True,
    ) -> Settings:
        """Settings from an ini section and the environment; raises SettingsError.

        are_whole: False leaves required ones that are missing empty, for what needs none of them.
        """
        environment = dict(os.environ) if environment is None else dict(environment)
        merged = _merge(ini, environment)
        if are_whole:
            _check_required(merged)
        values = {}
        for setting in SETTINGS:
            text = merged.get(setting.name, "").strip()
            if not text:
                values[setting.attribute] = setting.default
                continue
            try:
                values[setting.attribute] = setting.parse(text)
            except ValueError as error:
                raise SettingsError(setting.name, str(error)) from None
        return cls(**values, merged=merged, environment=environment)

    def of_plugin(self, plugin: str) -> dict[str, str]:
        """A plugin's own settings without the prefix, the environment over the ini."""
        prefix = f"{plugin}."
        found = {
            name.removeprefix(prefix): value
            for name, value in self.merged.items()
            if name.startswith(prefix)
        }
        variable_prefix = environment_name(prefix)
        for variable, value in self.environment.items():
            if variable.startswith(variable_prefix):
                found[variable.removeprefix(variable_prefix).lower()] = value
        return found

    def of_esi(self) -> dict[str, str]:
        """The `esi.…` settings as text, with what the portal fills in from its own."""
        found = {name: value for name, value in self.merged.items() if name.startswith("esi.")}
        for variable, value in self.environment.items():
            if variable.startswith("ESI_"):
                found["esi." + variable.removeprefix("ESI_").lower()] = value
        found.setdefault("esi.secret", " ".join(self.secret))
        found.setdefault("esi.sandbox", "true" if self.sandbox else "false")
        if self.cache_url:
            found.setdefault("esi.cache_url", self.cache_url)
        return found


def _check_required(merged: Mapping[str, str]) -> None:
    """Raises SettingsError that names every required setting which is missing."""
    missing = [
        setting.name
        for setting in SETTINGS
        if setting.required and not merged.get(setting.name, "").strip()
    ]
    if missing:
        others = "".join(f", nor is {name} (or {environment_name(name)})" for name in missing[1:])
        raise SettingsError(missing[0], f"is required and not set{others}")


def _merge(ini: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, str]:
    names = {setting.name for setting in SETTINGS} | set(ini)
    merged = {name: str(value) for name, value in ini.items()}
    for name in names:
        value = environment.get(environment_name(name))
        if value is not None and "." in name:
            merged[name] = value
    return merged
