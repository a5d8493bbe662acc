"""The settings of the ESI layer: names, types, defaults and checks.

Every setting is called `esi.NAME` in the host's settings, NAME being a field
of `EsiSettings`. The package never reads the environment; hosts that want it
fill their settings from there.
"""

import logging
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Final, Self
from urllib.parse import urlsplit

from srp_portal.esi.errors import EsiConfigurationError

log = logging.getLogger(__name__)

# The version that needs no network: the catalogue that ships.
LATEST: Final = "latest"
_VERSION: Final = re.compile("latest|legacy|dev|v[0-9]{1,4}")

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_MINIMUM_SECRET = 16
_TRUE = frozenset({"true", "yes", "on", "1", "t", "y"})
_FALSE = frozenset({"false", "no", "off", "0", "f", "n"})
_LEVELS = frozenset({"CRITICAL", "ERROR", "WARNING", "INFO", "DEBUG"})


# Compared by identity: connections, limits and cached answers belong to one of these objects.
@dataclass(frozen=True, kw_only=True, eq=False)
class EsiSettings:
    """How to reach ESI and the SSO, and as whom.

    Times are seconds. `secret` holds one or more secrets: the first encrypts
    and signs, all of them decrypt and verify. `tenant` is `api_datasource`
    unless set; `compatibility_date` is that of the catalogue unless set.
    """

    sso_callback_url: str = ""
    sso_client_id: str = ""
    sso_client_secret: str = field(default="", repr=False)
    always_create_token: bool = False
    api_datasource: str = "tranquility"
    api_version: str = "latest"
    cache_response: bool = True
    connection_error_max_retries: int = 3
    connection_pool_maxsize: int = 10
    debug_response_content_logging: bool = True
    info_logging_enabled: bool = False
    log_level_libraries: str = "INFO"
    requests_connect_timeout: float = 5.0
    requests_read_timeout: float = 30.0
    server_error_backoff_factor: float = 0.2
    server_error_max_retries: int = 3
    user_contact_email: str | None = None
    base_url: str = "https://esi.evetech.net"
    sso_base_url: str = "https://login.eveonline.com"
    image_base_url: str = "https://images.evetech.net"
    tenant: str | None = None
    compatibility_date: str | None = None
    spec_file: str | None = None
    cache_url: str | None = field(default=None, repr=False)
    secret: tuple[str, ...] = field(default=(), repr=False)
    sandbox: bool = False
    requests_total_timeout: float = 60.0

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> Self:
        """Settings of an application that logs people in.

        settings: the host's mapping, with text or ready values under `esi.NAME`;
        blank counts as unset. Raises EsiConfigurationError naming the setting that
        is missing or wrong.
        """
        values: dict[str, Any] = {}
        for spec in fields(cls):
            name = f"esi.{spec.name}"
            given = settings.get(name)
            if given is None or (isinstance(given, str) and not given.strip()):
                continue
            parse = _PARSERS.get(spec.name, _text)
            try:
                values[spec.name] = parse(given)
            except (TypeError, ValueError) as error:
                message = f"{name}: {error}"
                raise EsiConfigurationError(message) from None
        if values.get("sandbox") and not values.get("secret"):
            log.warning("esi.secret is not set: tokens stored now can't be read after a restart")
            values["secret"] = (secrets.token_urlsafe(32),)
        result = cls(**values)
        result.check()
        return result

    def check(self) -> None:
        """Raises EsiConfigurationError for what an application that logs people in must have."""
        if not self.sandbox:
            for name in ("sso_callback_url", "sso_client_id", "sso_client_secret", "secret"):
                if not getattr(self, name):
                    raise EsiConfigurationError(f"esi.{name} is required")
        if any(len(secret) < _MINIMUM_SECRET for secret in self.secret):
            raise EsiConfigurationError(
                f"esi.secret: a secret needs at least {_MINIMUM_SECRET} characters"
            )
        for name in ("base_url", "sso_base_url"):
            url = urlsplit(getattr(self, name))
            # Tokens and client secrets travel to these two.
            if url.scheme != "https" and not self.sandbox and url.hostname not in _LOOPBACK:
                raise EsiConfigurationError(f"esi.{name}: must be an https URL")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("must be text")
    return value.strip()


def _boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    word = _text(value).lower()
    if word not in _TRUE | _FALSE:
        raise ValueError("must be true or false")
    return word in _TRUE


def _whole(minimum: int) -> Callable[[object], int]:
    def parse(value: object) -> int:
        try:
            number = int(str(value).strip())
        except ValueError:
            raise ValueError("must be a whole number") from None
        if number < minimum:
            raise ValueError(f"must be at least {minimum}")
        return number

    return parse


def _seconds(value: object) -> float:
    try:
        number = float(str(value).strip())
    except ValueError:
        raise ValueError("must be a number") from None
    if not 0 < number < 86400:
        raise ValueError("must be above 0 and below 86400")
    return number


def _factor(value: object) -> float:
    try:
        number = float(str(value).strip())
    except ValueError:
        raise ValueError("must be a number") from None
    if not 0 <= number <= 60:
        raise ValueError("must be from 0 to 60")
    return number


def _url(value: object) -> str:
    text = _text(value)
    url = urlsplit(text)
    if url.scheme not in ("http", "https") or not url.hostname or url.query or url.fragment:
        raise ValueError("must be an http or https URL without query")
    if url.username or url.password:
        raise ValueError("must not carry credentials")
    return text


def _base_url(value: object) -> str:
    return _url(value).rstrip("/")


def _cache_url(value: object) -> str:
    text = _text(value)
    if urlsplit(text).scheme not in ("redis", "rediss", "unix"):
        raise ValueError("must be a redis:// URL")
    return text


def _level(value: object) -> str:
    text = _text(value).upper()
    if text not in _LEVELS:
        raise ValueError("must be one of " + ", ".join(sorted(_LEVELS)))
    return text


def version_name(value: object) -> str:
    """A version of ESI as the old specification has them. Raises ValueError for anything else."""
    text = value.strip() if isinstance(value, str) else ""
    if not _VERSION.fullmatch(text):
        raise ValueError("must be latest, legacy, dev, or one of v1, v2, …")
    return text


def _date(value: object) -> str:
    return date.fromisoformat(_text(value)).isoformat()


def _words(value: object) -> tuple[str, ...]:
    return tuple(value.split()) if isinstance(value, str) else tuple(map(_text, _list(value)))


def _list(value: object) -> Iterable[object]:
    if not isinstance(value, list | tuple):
        raise TypeError("must be text or a list of texts")
    return value


_PARSERS: Mapping[str, Callable[[object], Any]] = {
    "sso_callback_url": _url,
    "always_create_token": _boolean,
    "api_version": version_name,
    "cache_response": _boolean,
    "connection_error_max_retries": _whole(0),
    "connection_pool_maxsize": _whole(1),
    "debug_response_content_logging": _boolean,
    "info_logging_enabled": _boolean,
    "log_level_libraries": _level,
    "requests_connect_timeout": _seconds,
    "requests_read_timeout": _seconds,
    "server_error_backoff_factor": _factor,
    "server_error_max_retries": _whole(0),
    "base_url": _base_url,
    "sso_base_url": _base_url,
    "image_base_url": _base_url,
    "compatibility_date": _date,
    "cache_url": _cache_url,
    "secret": _words,
    "sandbox": _boolean,
    "requests_total_timeout": _seconds,
}
