"""One request of an operation: from the cache or from ESI, as an answer or a typed error."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlsplit

import orjson

from srp_portal.esi.cache import AnswerCache, cache_key
from srp_portal.esi.catalogue import Catalogue, OperationSpec
from srp_portal.esi.connections import Answer
from srp_portal.esi.credentials import Credential, TokenSource
from srp_portal.esi.errors import EsiError, EsiForbidden, EsiNotFound, EsiUnavailable
from srp_portal.esi.limits import seconds_from
from srp_portal.esi.parameters import Arguments
from srp_portal.esi.settings import EsiSettings
from srp_portal.esi.transport import Call, Timeout, Transport

_LONGEST_MESSAGE: Final = 300


@dataclass(frozen=True)
class Environment:
    """What all calls of a resource share, whose specification is `catalogue`."""

    settings: EsiSettings
    catalogue: Catalogue = field(repr=False)
    transport: Transport
    cache: AnswerCache
    tenant: str
    # Error pages show local variables: no text of one of ours may tell a secret.
    token: str | TokenSource | None = field(default=None, repr=False)

    @cached_property
    def root(self) -> str:
        """The address before an operation's path, where the setting wins over the specification.

        Of the specification only the path counts, and what both begin with is there once.
        """
        base = self.settings.base_url.rstrip("/")
        own = urlsplit(base).path
        path = self.catalogue.base_path
        return base + (path[len(own) :] if f"{path}/".startswith(f"{own}/") else path)


@dataclass(frozen=True)
class How:
    """How to make a call: what its caller asked for. language: a code of ours."""

    timeout: Timeout | None
    retries: int | None
    language: str
    ignore_cache: bool
    using: Credential
    tenant: str


def fetch(
    environment: Environment, spec: OperationSpec, placed: Arguments, how: How
) -> tuple[Answer, Any]:
    """The answer and its value, fresh from the cache, or asked for and remembered.

    The value is decoded anew each time, so that a caller may change it; it is None
    without a body. Raises EsiError and its children for every status but 2xx.
    """
    call = _call(environment, spec, placed, how)
    cache = environment.cache
    if not environment.settings.cache_response or not call.repeatable:
        return _decoded(spec, _checked(spec, _send(environment, call, {}, how), how.using))
    key = cache_key(
        (
            call.method,
            call.url,
            *(part for pair in call.params for part in pair),
            None if call.body is None else call.body.hex(),
            how.language if spec.localisable else None,
            how.tenant,
            call.headers.get("X-Compatibility-Date"),
            how.using.owner,
        )
    )
    entry = None if how.ignore_cache else cache.get(key)
    if entry is not None and cache.is_fresh(entry):
        return _decoded(spec, entry.answer)
    answer = _send(environment, call, {} if entry is None else entry.validators, how)
    if answer.status_code == 304 and entry is not None:
        return _decoded(spec, cache.renew(key, entry, answer.headers))
    # First a look at it: a maintenance page with status 200 must not stay.
    found = _decoded(spec, _checked(spec, answer, how.using))
    if answer.status_code == 200:
        cache.put(key, answer)
    return found


def _decoded(spec: OperationSpec, answer: Answer) -> tuple[Answer, Any]:
    # Who has nothing to tell says so by its status, or was asked to change something.
    if not answer.content and not (answer.status_code == 200 and spec.is_repeatable):
        return answer, None
    try:
        return answer, orjson.loads(answer.content)
    except ValueError:
        # From a proxy between us and ESI, too.
        raise EsiUnavailable(
            f"{spec.name} was not answered in JSON",
            status=answer.status_code,
            operation=spec.name,
            request_id=answer.request_id,
        ) from None


def _send(environment: Environment, call: Call, validators: Mapping[str, str], how: How) -> Answer:
    if validators:
        call = replace(call, headers={**call.headers, **validators})
    return environment.transport.send(call, timeout=how.timeout, retries=how.retries)


def _call(environment: Environment, spec: OperationSpec, placed: Arguments, how: How) -> Call:
    catalogue = environment.catalogue
    headers = {"Accept": "application/json"}
    params = placed.query
    if catalogue.dialect == "openapi":
        date = environment.settings.compatibility_date or catalogue.compatibility_date
        if date is not None:
            headers["X-Compatibility-Date"] = date
        headers["X-Tenant"] = how.tenant
        language = how.language
    else:
        params = (*params, ("datasource", how.tenant))
        # The old ESI's name of English; and there the query wins over the header.
        language = "en-us" if how.language == "en" else how.language
        if spec.localisable:
            params = (*params, ("language", language))
    if spec.localisable:
        headers["Accept-Language"] = language
    if placed.body is not None:
        headers["Content-Type"] = "application/json"
    # In the header alone, in the old ESI too: addresses end up in logs.
    if how.using.secret is not None:
        headers["Authorization"] = f"Bearer {how.using.secret}"
    return Call(
        operation=spec.name,
        method=spec.method,
        url=environment.root + placed.path,
        params=params,
        headers=headers,
        body=placed.body,
        repeatable=spec.is_repeatable,
        limited=True,
        group=spec.group,
        owner=how.using.payer,
        public=how.using.secret is None,
    )


def _checked(spec: OperationSpec, answer: Answer, using: Credential) -> Answer:
    status = answer.status_code
    if 200 <= status < 300:
        return answer
    reason = _reason(answer, using.secret)
    message = f"{spec.name} was answered {status}" + (f": {reason}" if reason else "")
    kind: type[EsiError] = EsiError
    if status >= 500:
        kind = EsiUnavailable
    elif status in (401, 403):
        kind = EsiForbidden
    elif status == 404:
        kind = EsiNotFound
    error = kind(message, status=status, operation=spec.name, request_id=answer.request_id)
    error.retry_after = seconds_from(answer.headers.get("Retry-After"))
    raise error


def _reason(answer: Answer, secret: str | None) -> str:
    """ESI's own words about an error, without what must not be repeated."""
    try:
        body = orjson.loads(answer.content)
    except ValueError:
        return ""
    if not isinstance(body, dict):
        return ""
    error, details = body.get("error"), body.get("details")
    texts = [error] if isinstance(error, str) else []
    # The wrong values themselves are left out: they may be private.
    for detail in details if isinstance(details, list) else ():
        words = [detail.get("location"), detail.get("message")] if isinstance(detail, dict) else []
        texts.append(": ".join(word for word in words if isinstance(word, str) and word))
    text = "; ".join(text for text in texts if text)
    if secret is not None:
        text = text.replace(secret, "…")
    return " ".join(text.split())[:_LONGEST_MESSAGE]
