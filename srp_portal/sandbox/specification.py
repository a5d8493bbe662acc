"""The sandbox's own description, as Swagger 2.0 for old clients and OpenAPI 3.1 for new ones."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from srp_portal.sandbox.calls import LANGUAGES
from srp_portal.sandbox.operation import Operation, Query
from srp_portal.sandbox.operations import OPERATIONS

_SHAPELESS: dict[str, Any] = {"type": "object"}


def swagger(base_url: str, version: str) -> dict[str, Any]:
    """The Swagger specification of one version: only operations that have it.

    base_url: of ESI, without a slash at its end. version: `latest`, `legacy`, `dev`, `v4`, …
    """
    parts = urlsplit(base_url)
    paths: dict[str, Any] = {}
    for each in OPERATIONS:
        if each.is_offered(version):
            paths.setdefault(f"{each.path}/", {})[each.method.lower()] = _old(each, version)
    return {
        "swagger": "2.0",
        "info": {"title": "ESI of the sandbox", "version": "1"},
        "host": parts.netloc,
        "basePath": f"{parts.path}/{version}",
        "schemes": [parts.scheme],
        "produces": ["application/json"],
        "consumes": ["application/json"],
        "paths": paths,
        "securityDefinitions": {
            "evesso": {
                "type": "oauth2",
                "flow": "implicit",
                "authorizationUrl": f"{parts.scheme}://{parts.netloc}/sso/v2/oauth/authorize",
                "scopes": _scopes(),
            }
        },
        "parameters": {
            "datasource": {
                "name": "datasource",
                "in": "query",
                "type": "string",
                "default": "tranquility",
                "enum": ["tranquility", "singularity"],
            },
            "token": {"name": "token", "in": "query", "type": "string"},
            "page": {
                "name": "page",
                "in": "query",
                "type": "integer",
                "format": "int32",
                "default": 1,
                "minimum": 1,
            },
            "language": {
                "name": "language",
                "in": "query",
                "type": "string",
                "default": "en-us",
                "enum": ["en-us", *LANGUAGES[1:-1]],
            },
            "If-None-Match": {"name": "If-None-Match", "in": "header", "type": "string"},
        },
    }


def openapi(base_url: str, compatibility_date: str) -> dict[str, Any]:
    """The OpenAPI specification; base_url: of ESI, without a slash at its end."""
    paths: dict[str, Any] = {}
    for each in OPERATIONS:
        if not each.is_offered(""):
            continue
        paths.setdefault(each.path, {})[each.method.lower()] = _new(each)
    return {
        "openapi": "3.1.0",
        "info": {"title": "ESI of the sandbox", "version": compatibility_date},
        "servers": [{"url": base_url}],
        "paths": paths,
        "components": {
            "parameters": {
                "CompatibilityDate": {
                    "name": "X-Compatibility-Date",
                    "in": "header",
                    "required": True,
                    "schema": {
                        "type": "string",
                        "format": "date",
                        "enum": [compatibility_date],
                    },
                },
                "AcceptLanguage": {
                    "name": "Accept-Language",
                    "in": "header",
                    "schema": {"type": "string", "default": "en", "enum": list(LANGUAGES)},
                },
                "IfNoneMatch": {
                    "name": "If-None-Match",
                    "in": "header",
                    "schema": {"type": "string"},
                },
                "Tenant": {
                    "name": "X-Tenant",
                    "in": "header",
                    "schema": {"type": "string", "default": "tranquility"},
                },
            },
            "securitySchemes": {"OAuth2": {"type": "oauth2", "flows": _flows(base_url)}},
        },
    }


def _old(operation: Operation, version: str) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, **_kind(name)}
        for name in operation.parameters
    ]
    shared = ["datasource", "If-None-Match"]
    shared += ["page"] if operation.paging == "pages" else []
    shared += ["language"] if operation.is_localised else []
    shared += ["token"] if operation.scope else []
    parameters += [{"$ref": f"#/parameters/{name}"} for name in shared]
    parameters += [
        {"name": each.name, "in": "query", "required": each.is_required, **_query_schema(each)}
        for each in operation.queries
        if each.name != "page"
    ]
    if operation.body:
        schema = _body_schema(operation)
        parameters.append(
            {"name": _body_name(operation), "in": "body", "required": True, "schema": schema}
        )
    described: dict[str, Any] = {
        "operationId": operation.old_name,
        "tags": [operation.tag],
        "summary": operation.summary,
        "parameters": parameters,
        "responses": {str(operation.status): _old_response(operation)},
        "x-alternate-versions": sorted({*operation.versions, "dev", "legacy"} - {version}),
    }
    if operation.age:
        described["x-cached-seconds"] = operation.age
    if operation.scope:
        described["security"] = [{"evesso": [operation.scope]}]
    return described


def _new(operation: Operation) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": _kind(name)}
        for name in operation.parameters
    ]
    for each in operation.queries:
        needed = {"required": True} if each.is_required else {}
        schema = _query_schema(each)
        parameters.append({"name": each.name, "in": "query", **needed, "schema": schema})
    shared = ["IfNoneMatch", "CompatibilityDate", "Tenant"]
    shared += ["AcceptLanguage"] if operation.is_localised else []
    parameters += [{"$ref": f"#/components/parameters/{name}"} for name in shared]
    response: dict[str, Any] = {"description": "OK"}
    if operation.status != 204:
        response["content"] = {"application/json": {"schema": _SHAPELESS}}
    described: dict[str, Any] = {
        "operationId": operation.new_name,
        "tags": [operation.tag],
        "summary": operation.summary,
        "parameters": parameters,
        "responses": {str(operation.status): response},
        "x-compatibility-date": operation.since,
    }
    if operation.body:
        schema = _body_schema(operation)
        described["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schema}},
        }
    if operation.age:
        described["x-cache-age"] = operation.age
    if operation.paging == "cursor":
        described["x-pagination"] = "cursor"
    if operation.group:
        name, tokens = operation.group
        described["x-rate-limit"] = {"group": name, "max-tokens": tokens, "window-size": "15m"}
    if operation.scope:
        described["security"] = [{"OAuth2": [operation.scope]}]
    return described


def _kind(name: str) -> dict[str, Any]:
    if name in {"killmail_hash", "project_id", "job_id"}:
        return {"type": "string"}
    return {"type": "integer", "format": "int64"}


def _query_schema(query: Query) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": query.kind}
    if query.choices:
        schema["enum"] = list(query.choices)
    if query.default is not None:
        schema["default"] = query.default
    return schema


def _body_schema(operation: Operation) -> dict[str, Any]:
    if operation.body == "object":
        return _SHAPELESS
    return {"type": "array", "items": {"type": operation.body}}


def _old_response(operation: Operation) -> dict[str, Any]:
    if operation.status == 204:
        return {"description": "No content"}
    return {"description": "OK", "schema": _SHAPELESS}


def _body_name(operation: Operation) -> str:
    """ESI's old name for a body."""
    if operation.body == "object":
        return operation.path.rpartition("/")[2]
    if operation.path == "/characters/affiliation":
        return "characters"
    return "ids" if operation.body == "integer" else "names"


def _scopes() -> dict[str, str]:
    return {each.scope: each.summary for each in OPERATIONS if each.scope}


def _flows(base_url: str) -> dict[str, Any]:
    sso = base_url.removesuffix("/esi") + "/sso/v2/oauth"
    return {
        "authorizationCode": {
            "authorizationUrl": f"{sso}/authorize",
            "tokenUrl": f"{sso}/token",
            "scopes": _scopes(),
        }
    }
