"""ESI: finds the operation, checks who asks, counts it, and adds the headers that ESI adds."""

from __future__ import annotations

import json
import re
import threading
import uuid
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any

from srp_portal.sandbox.answers import Answers
from srp_portal.sandbox.calls import LANGUAGES, Call, RefusalError
from srp_portal.sandbox.freshness import Freshness
from srp_portal.sandbox.limits import Limits
from srp_portal.sandbox.messages import Request, Response, json_response
from srp_portal.sandbox.operations import OPERATIONS, Operation, is_offered
from srp_portal.sandbox.specification import openapi, swagger
from srp_portal.sandbox.tokens import AccessTokens, TokenRefusedError, scopes_of
from srp_portal.sandbox.universe import Universe

_VERSION = re.compile(r"_?(latest|legacy|dev|v[0-9]+)")
_OLDEST = date(2020, 1, 1)
COMPATIBILITY_DATES = ("2025-12-16", "2025-11-06", "2025-09-30", "2025-09-26", "2025-08-26")


@dataclass(frozen=True)
class EsiSwitches:
    """How ESI behaves.

    limits: whether anybody is ever refused for having asked or erred too much.
    page_size: entries on a page. max_age: seconds that answers are good for, None for the
    nominal ages.
    """

    limits: bool = True
    page_size: int = 50
    max_age: int | None = None

    def changed(self, **changes: Any) -> EsiSwitches:
        """Other switches; ValueError names an unknown switch, or one that can't be so."""
        known = [each.name for each in fields(self)]
        for name, value in changes.items():
            if name not in known:
                raise ValueError(f"unknown switch {name!r}; there are {', '.join(known)}")
            if name == "limits" and not isinstance(value, bool):
                raise ValueError("the switch 'limits' is true or false")
            if name != "limits" and value is not None and (type(value) is not int or value < 0):
                raise ValueError(f"the switch {name!r} is a number")
        if changes.get("page_size", 1) in {0, None}:
            raise ValueError("the switch 'page_size' is at least 1")
        return replace(self, **changes)


class Esi:
    """Answers below `/esi`, in the old addresses with a version and in today's."""

    def __init__(self, universe: Universe, tokens: AccessTokens) -> None:
        self.universe = universe
        self.tokens = tokens
        self.answers = Answers(universe)
        self.freshness = Freshness(universe.clock)
        self.limits = Limits(universe.clock)
        self._lock = threading.Lock()
        self._switches = EsiSwitches()

    @property
    def switches(self) -> EsiSwitches:
        """How it behaves now."""
        return self._switches

    def set(self, **changes: Any) -> EsiSwitches:
        """Changes switches, see `EsiSwitches`."""
        with self._lock:
            self._switches = self._switches.changed(**changes)
        return self._switches

    def reset(self) -> None:
        """Switches as at the start, and nothing spent."""
        with self._lock:
            self._switches = EsiSwitches()
        self.limits.reset()
        self.freshness.reset()

    def answer(self, request: Request) -> Response:
        """One answer."""
        first, _, rest = request.path.strip("/").partition("/")
        version = _VERSION.fullmatch(first)
        path = f"/{rest}" if version else f"/{first}/{rest}"
        path = path.rstrip("/")
        fixed = self._fixed(path, version[1] if version else "")
        if fixed is not None:
            return fixed
        operation, parameters, allowed = _find(request, path, version[1] if version else "")
        user = self._bucket_owner(request)
        if self.switches.limits:
            refusal = self.limits.refusal(operation, user)
            if refusal is not None:
                return refusal
        if operation is None:
            status = 405 if allowed else 404
            text = "Method not allowed" if allowed else "Not found"
            answer = json_response({"error": text}, status)
        else:
            answer = self._operate(request, operation, parameters)
        counted = self.limits.charge(operation, user, answer.status)
        answer.headers |= counted
        answer.headers["X-Esi-Request-Id"] = str(uuid.uuid4())
        return answer

    def _operate(
        self, request: Request, operation: Operation, parameters: dict[str, str]
    ) -> Response:
        try:
            self._check_date(request)
            if operation.scope:
                self._check_token(request, operation, parameters)
            call = Call(
                parameters=parameters,
                query=request.parameters,
                body=_body(request, operation),
                language=_language(request),
                page_size=self.switches.page_size,
            )
            value = getattr(self.answers, operation.handler)(call)
        except RefusalError as refusal:
            return json_response(refusal.body(), refusal.status)
        answer = json_response(value, headers=call.headers)
        if operation.is_localised:
            answer.headers["Content-Language"] = call.language
        if operation.method == "POST":
            return answer
        age = operation.age if self.switches.max_age is None else self.switches.max_age
        whole = json.dumps(value if call.whole is None else call.whole).encode()
        is_public = not operation.scope
        return self.freshness.dress(request, answer, age=age, is_public=is_public, whole=whole)

    def _fixed(self, path: str, version: str) -> Response | None:
        """Specifications and what else describes ESI itself."""
        base = f"{self.universe.base_url}/esi"
        if path == "/swagger.json":
            return json_response(swagger(base, version or "latest"))
        if version:
            return None
        values: dict[str, Any] = {
            "/meta/compatibility-dates": {"compatibility_dates": list(COMPATIBILITY_DATES)},
            "/meta/changelog": {"changelog": {}},
            "/meta/status": {
                "routes": [
                    {"method": each.method, "path": each.path, "status": "OK"}
                    for each in OPERATIONS
                ]
            },
        }
        if path == "/meta/openapi.json":
            return json_response(openapi(base, COMPATIBILITY_DATES[0]))
        return json_response(values[path]) if path in values else None

    def _check_date(self, request: Request) -> None:
        asked = request.headers.get("X-Compatibility-Date") or request.parameters.get(
            "compatibility_date"
        )
        if not asked:
            return
        # ESI's day turns at 11:00 UTC.
        today = (self.universe.clock() - timedelta(hours=11)).date()
        try:
            wanted = date.fromisoformat(asked)
        except ValueError as error:
            raise RefusalError(400, f"{asked} is not a date") from error
        if not _OLDEST <= wanted <= today:
            raise RefusalError(400, f"there is no compatibility date {asked}")

    def _check_token(
        self, request: Request, operation: Operation, parameters: dict[str, str]
    ) -> None:
        token = _bearer(request)
        if not token:
            raise RefusalError(401, "Authorization not provided")
        try:
            claims = self.tokens.read(token)
        except TokenRefusedError as bad:
            more = {"sso_status": 400 if bad.reason == "expired" else 401}
            raise RefusalError(403, bad.reason, more) from bad
        character_id = claims["sub"].rpartition(":")[2]
        if operation.scope not in scopes_of(claims):
            raise RefusalError(403, "Forbidden")
        if "character_id" in parameters and parameters["character_id"] != character_id:
            raise RefusalError(403, "Forbidden")
        if "corporation_id" in parameters:
            self._check_role(int(character_id), int(parameters["corporation_id"]))

    def _check_role(self, character_id: int, corporation_id: int) -> None:
        """In the sandbox the CEO has all roles of a corporation, and nobody else has any."""
        corporation = self.universe.corporations.get(corporation_id)
        if corporation is None or corporation.ceo_id != character_id:
            raise RefusalError(403, "Character does not have required role(s)")

    def _bucket_owner(self, request: Request) -> str:
        token = _bearer(request)
        if not token:
            return ""
        try:
            claims = self.tokens.read(token)
        except TokenRefusedError:
            return ""
        return f"{claims.get('azp', '')}:{claims['sub']}"


def _find(
    request: Request, path: str, version: str
) -> tuple[Operation | None, dict[str, str], bool]:
    """The operation, its path parameters, and whether another method would have one."""
    method = "GET" if request.method == "HEAD" else request.method
    is_known = False
    for operation in OPERATIONS:
        found = operation.pattern.fullmatch(path)
        if found is None or not is_offered(operation, version):
            continue
        if operation.method == method:
            return operation, found.groupdict(), True
        is_known = True
    return None, {}, is_known


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else request.parameters.get("token", "")


def _language(request: Request) -> str:
    asked = request.parameters.get("language") or request.headers.get("Accept-Language", "")
    asked = "en" if asked == "en-us" else asked
    if asked and asked not in LANGUAGES:
        # Browsers and HTTP libraries send lists and regions; ESI falls back to English.
        return "en"
    return asked or "en"


def _body(request: Request, operation: Operation) -> list[Any]:
    if not operation.body:
        return []
    try:
        body = request.json()
    except ValueError as error:
        raise RefusalError(400, "failed to read the body") from error
    kind = int if operation.body == "integer" else str
    if not isinstance(body, list) or not all(type(each) is kind for each in body):
        raise RefusalError(400, f"the body must be a list of {operation.body}s")
    most = 1000 if operation.body == "integer" else 500
    if not 1 <= len(body) <= most or len(set(body)) != len(body):
        raise RefusalError(400, f"the body must have 1 to {most} unique entries")
    return body
