"""ESI: finds the operation, checks who asks, counts it, and adds the headers that ESI adds."""

from __future__ import annotations

import re
import threading
import uuid
from datetime import date, timedelta
from typing import Any

from srp_portal.sandbox.answers import Answers
from srp_portal.sandbox.calls import LANGUAGES, Call, RefusalError
from srp_portal.sandbox.freshness import Freshness
from srp_portal.sandbox.limits import Limits
from srp_portal.sandbox.messages import Request, Response, json_response
from srp_portal.sandbox.operation import Operation
from srp_portal.sandbox.operations import OPERATIONS, VERSIONS
from srp_portal.sandbox.specification import openapi, swagger
from srp_portal.sandbox.switches import EsiSwitches
from srp_portal.sandbox.tokens import AccessTokens, TokenRefusedError, scopes_of
from srp_portal.sandbox.universe import Universe

_VERSION = re.compile(r"_?(latest|legacy|dev|v[0-9]+)")
_OLDEST = date(2020, 1, 1)
COMPATIBILITY_DATES = ("2025-12-16", "2025-11-06", "2025-09-30", "2025-09-26", "2025-08-26")


class Esi:
    """Answers below `/esi`, in the old addresses with a version and in today's."""

    def __init__(self, universe: Universe, tokens: AccessTokens) -> None:
        self.universe = universe
        self.tokens = tokens
        self.answers = Answers(universe)
        self.freshness = Freshness(universe.clock)
        self.limits = Limits(universe.clock)
        self._lock = threading.Lock()
        self._answering = threading.Lock()
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
        versioned = _VERSION.fullmatch(first)
        version = versioned[1] if versioned else ""
        path = f"/{rest}" if version else f"/{first}/{rest}"
        path = path.rstrip("/")
        fixed = self._fixed(path, version)
        if fixed is not None:
            return fixed
        operation, parameters, allowed = _find(request, path, version)
        user = self._bucket_owner(request, operation)
        if self.switches.limits:
            refusal = self.limits.refusal(operation, user)
            if refusal is not None:
                return refusal
        if operation is None:
            status = 405 if allowed else 404
            text = "Method not allowed" if allowed else "Not found"
            answer = json_response({"error": text}, status)
        else:
            answer = self._operate(request, operation, parameters, version)
        counted = self.limits.charge(operation, user, answer.status)
        answer.headers |= counted
        answer.headers["X-Esi-Request-Id"] = str(uuid.uuid4())
        return answer

    def _operate(
        self, request: Request, operation: Operation, parameters: dict[str, str], version: str
    ) -> Response:
        try:
            self._check_date(request)
            if operation.scope:
                self._check_token(request, operation, parameters)
            call = Call(
                parameters=parameters,
                query=_query(request, operation),
                body=_body(request, operation),
                language=_language(request, is_old=bool(version)),
                switches=self.switches,
            )
            # Together, so that no change comes between an answer and its date.
            with self._answering:
                value = getattr(self.answers, operation.handler)(call)
                return self._dressed(request, operation, call, value)
        except RefusalError as refusal:
            return json_response(refusal.body(), refusal.status)

    def _dressed(self, request: Request, operation: Operation, call: Call, value: Any) -> Response:
        if value is None:
            return Response(operation.status)
        answer = json_response(value, operation.status, call.headers)
        if operation.is_localised:
            answer.headers["Content-Language"] = call.language
        if operation.method == "POST":
            return answer
        return self.freshness.dress(
            request,
            answer,
            call.switches,
            age=operation.age if call.switches.max_age is None else call.switches.max_age,
            is_public=not operation.scope,
            whole=repr(value if call.whole is None else call.whole).encode(),
        )

    def _fixed(self, path: str, version: str) -> Response | None:
        """Specifications and what else describes ESI itself."""
        base = f"{self.universe.base_url}/esi"
        if path == "/swagger.json" and version in {"", "latest", "legacy", "dev", *VERSIONS}:
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

    def _bucket_owner(self, request: Request, operation: Operation | None) -> str:
        """Whose tokens are spent, see `Limits`; a token that is no good counts as none."""
        token = _bearer(request)
        if not token:
            return ""
        try:
            claims = self.tokens.read(token)
        except TokenRefusedError:
            return ""
        client = str(claims.get("azp", ""))
        if operation is None or not operation.scope:
            return client
        return f"{client}:{claims['sub'].rpartition(':')[2]}"


def _find(
    request: Request, path: str, version: str
) -> tuple[Operation | None, dict[str, str], bool]:
    """The operation, its path parameters, and whether another method would have one."""
    method = "GET" if request.method == "HEAD" else request.method
    is_known = False
    for operation in OPERATIONS:
        found = operation.pattern.fullmatch(path)
        if found is None or not operation.is_offered(version):
            continue
        if operation.method == method:
            return operation, found.groupdict(), True
        is_known = True
    return None, {}, is_known


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else request.parameters.get("token", "")


def _language(request: Request, *, is_old: bool) -> str:
    asked = request.parameters.get("language") or request.headers.get("Accept-Language", "")
    asked = "en" if asked == "en-us" else asked
    # The old addresses never learnt Spanish.
    if asked and (asked not in LANGUAGES or (is_old and asked == "es")):
        # Browsers and HTTP libraries send lists and regions; ESI falls back to English.
        return "en"
    return asked or "en"


def _query(request: Request, operation: Operation) -> dict[str, str]:
    """The query, when what the operation asks for is there, and is what it should be."""
    asked = request.parameters
    for each in operation.query:
        value = asked.get(each.name)
        if value is None:
            # ESI takes a parameter's default also where it says that the parameter is required.
            if each.is_required and each.default is None:
                raise RefusalError(400, f"{each.name} is a required parameter")
        elif each.kind == "integer" and not value.isdecimal():
            raise RefusalError(400, f"{each.name} must be a number")
        elif each.kind == "boolean" and value not in {"true", "false"}:
            raise RefusalError(400, f"{each.name} must be true or false")
    return asked


def _body(request: Request, operation: Operation) -> Any:
    if not operation.body:
        return []
    try:
        body = request.json()
    except ValueError as error:
        raise RefusalError(400, "failed to read the body") from error
    if operation.body == "object":
        if not isinstance(body, dict):
            raise RefusalError(400, "the body must be an object")
        return body
    kind = int if operation.body == "integer" else str
    if not isinstance(body, list) or not all(type(each) is kind for each in body):
        raise RefusalError(400, f"the body must be a list of {operation.body}s")
    most = 1000 if operation.body == "integer" else 500
    if not 1 <= len(body) <= most or len(set(body)) != len(body):
        raise RefusalError(400, f"the body must have 1 to {most} unique entries")
    return body
