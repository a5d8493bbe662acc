"""One call of an operation: `esi.client.Universe.get_universe_types_type_id(type_id=587)`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import orjson

from srp_portal.esi.cache import AnswerCache, cache_key
from srp_portal.esi.catalogue import Catalogue, OperationSpec
from srp_portal.esi.connections import Answer
from srp_portal.esi.credentials import Credential, TokenSource, credential
from srp_portal.esi.deadlines import deadline
from srp_portal.esi.errors import (
    EsiError,
    EsiForbidden,
    EsiNotFound,
    EsiUnavailable,
)
from srp_portal.esi.paging import collect
from srp_portal.esi.parameters import LANGUAGES, Arguments, language_code, place
from srp_portal.esi.settings import EsiSettings
from srp_portal.esi.transport import Call, Timeout, Transport

_LONGEST_MESSAGE: Final = 300


@dataclass
class RequestConfig:
    """What a caller may change about an operation before its result is asked for."""

    also_return_response: bool = False


@dataclass(frozen=True)
class Environment:
    """What all calls of a client share."""

    settings: EsiSettings
    catalogue: Catalogue
    transport: Transport
    cache: AnswerCache
    tenant: str
    token: str | TokenSource | None = None


class Operation:
    """A call with its arguments, sent each time a result is asked for.

    arguments: those of the operation, and with any of them `token` (an access token
    or a `Token`), `language` and `datasource`. Raises TypeError for one that is
    unknown, missing or of a wrong type.
    """

    def __init__(
        self, environment: Environment, spec: OperationSpec, arguments: Mapping[str, Any]
    ) -> None:
        self._environment = environment
        self._spec = spec
        own = dict(arguments)
        self._token: str | TokenSource | None = own.pop("token", None) or environment.token
        self._tenant: str = own.pop("datasource", None) or environment.tenant
        language = own.pop("language", None)
        self._language = None if language is None else language_code(language)
        self._arguments = own
        place(spec, environment.catalogue.dialect, own)
        self.request_config = RequestConfig()

    def __repr__(self) -> str:
        return f"<Operation {self._spec.name}>"

    def result(
        self,
        *,
        timeout: Timeout | None = None,
        retries: int | None = None,
        language: str | None = None,
        ignore_cache: bool = False,
    ) -> Any:
        """What ESI answers: the decoded value, or (value, `Answer`) where the config asks for both.

        timeout: seconds, or seconds to connect and to read. retries: how often to try
        again. ignore_cache: fetch it anew in full. Raises EsiError and its children,
        ValueError for an unknown language.
        """
        how = self._how(timeout, retries, language, ignore_cache)
        with deadline(self._environment.settings.requests_total_timeout):
            answer = self._fetch(self._arguments, how)
        return self._result(self._decode(answer), answer)

    def results(
        self,
        *,
        timeout: Timeout | None = None,
        retries: int | None = None,
        language: str | None = None,
        ignore_cache: bool = False,
    ) -> Any:
        """All pages as one list; an operation without pages answers as with `result()`.

        The second value is that of the highest page. Raises IncompleteResponseError
        too, when the pages don't fit together.
        """
        if self._spec.paging != "pages":
            return self.result(
                timeout=timeout, retries=retries, language=language, ignore_cache=ignore_cache
            )
        how = self._how(timeout, retries, language, ignore_cache)

        def fetch(page: int, fresh: bool) -> Answer:
            wanted = replace(how, ignore_cache=True) if fresh else how
            return self._fetch({**self._arguments, "page": page}, wanted)

        settings = self._environment.settings
        with deadline(settings.requests_total_timeout):
            answers = collect(self._spec.name, fetch, settings.connection_pool_maxsize)
        values = [item for answer in answers for item in self._decode(answer)]
        return self._result(values, answers[-1])

    def results_localized(
        self, languages: Iterable[str] | None = None, **options: Any
    ) -> dict[str, Any]:
        """What `results()` gives in each language, by language code.

        languages: all of ESI's unless given. options: those of `results()` but language.
        Raises ValueError for an unknown language before anything is sent.
        """
        codes = LANGUAGES if languages is None else [language_code(each) for each in languages]
        return {code: self.results(language=code, **options) for code in codes}

    def _result(self, value: Any, answer: Answer) -> Any:
        return (value, answer) if self.request_config.also_return_response else value

    def _how(
        self,
        timeout: Timeout | None,
        retries: int | None,
        language: str | None,
        ignore_cache: bool,
    ) -> "_How":
        code = (self._language or "en") if language is None else language_code(language)
        # Once and in the caller's thread: a token row belongs to a database session.
        return _How(timeout, retries, code, ignore_cache, credential(self._token))

    def _fetch(self, arguments: Mapping[str, Any], how: "_How") -> Answer:
        environment = self._environment
        placed = place(self._spec, environment.catalogue.dialect, arguments)
        using = how.using
        call = self._call(placed, how.language, using)
        cache = environment.cache
        if not environment.settings.cache_response or not call.repeatable:
            return self._checked(self._send(call, {}, how), using)
        key = cache_key(
            (
                call.method,
                call.url,
                *(part for pair in call.params for part in pair),
                None if call.body is None else call.body.hex(),
                how.language if self._spec.localisable else None,
                self._tenant,
                call.headers.get("X-Compatibility-Date"),
                using.owner,
            )
        )
        entry = None if how.ignore_cache else cache.get(key)
        if entry is not None and cache.is_fresh(entry):
            return entry.answer
        answer = self._send(call, {} if entry is None else entry.validators, how)
        if answer.status_code == 304 and entry is not None:
            return cache.renew(key, entry, answer.headers)
        answer = self._checked(answer, using)
        if answer.status_code == 200:
            cache.put(key, answer)
        return answer

    def _send(self, call: Call, validators: Mapping[str, str], how: "_How") -> Answer:
        headers = {**call.headers, **validators}
        sent = replace(call, headers=headers)
        return self._environment.transport.send(sent, timeout=how.timeout, retries=how.retries)

    def _call(self, placed: Arguments, language: str, using: Credential) -> Call:
        environment = self._environment
        catalogue = environment.catalogue
        headers = {"Accept": "application/json"}
        params = placed.query
        if catalogue.dialect == "openapi":
            date = environment.settings.compatibility_date or catalogue.compatibility_date
            headers["X-Compatibility-Date"] = date or ""
            headers["X-Tenant"] = self._tenant
        else:
            params = (*params, ("datasource", self._tenant))
        if self._spec.localisable:
            headers["Accept-Language"] = language
        if placed.body is not None:
            headers["Content-Type"] = "application/json"
        if using.secret is not None:
            headers["Authorization"] = f"Bearer {using.secret}"
        return Call(
            operation=self._spec.name,
            method=self._spec.method,
            url=environment.settings.base_url + catalogue.base_path + placed.path,
            params=params,
            headers=headers,
            body=placed.body,
            repeatable=self._spec.is_repeatable,
            limited=True,
            group=self._spec.group,
            owner=using.payer,
            public=using.secret is None,
        )

    def _checked(self, answer: Answer, using: Credential) -> Answer:
        status = answer.status_code
        if 200 <= status < 300:
            return answer
        reason = _reason(answer, using.secret)
        message = f"{self._spec.name} was answered {status}" + (f": {reason}" if reason else "")
        kind: type[EsiError] = EsiError
        if status >= 500:
            kind = EsiUnavailable
        elif status in (401, 403):
            kind = EsiForbidden
        elif status == 404:
            kind = EsiNotFound
        raise kind(message, status=status, operation=self._spec.name, request_id=answer.request_id)

    def _decode(self, answer: Answer) -> Any:
        if not answer.content:
            return None
        try:
            return orjson.loads(answer.content)
        except ValueError:
            # A maintenance page with status 200, or a proxy between us and ESI.
            raise EsiUnavailable(
                f"{self._spec.name} was not answered in JSON",
                status=answer.status_code,
                operation=self._spec.name,
                request_id=answer.request_id,
            ) from None


@dataclass(frozen=True)
class _How:
    timeout: Timeout | None
    retries: int | None
    language: str
    ignore_cache: bool
    using: Credential


def _reason(answer: Answer, secret: str | None) -> str:
    """ESI's own words about an error, without what must not be repeated."""
    try:
        body = orjson.loads(answer.content)
    except ValueError:
        return ""
    text = body.get("error") if isinstance(body, dict) else None
    if not isinstance(text, str):
        return ""
    if secret is not None:
        text = text.replace(secret, "…")
    return " ".join(text.split())[:_LONGEST_MESSAGE]
