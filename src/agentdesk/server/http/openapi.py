"""OpenAPI 3.1 from the operations and the structs that they decode and encode; nothing in it is written by hand."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from typing import Any

import msgspec

from agentdesk import __version__
from agentdesk.server.http.operation import KEY_MAX, Operation
from agentdesk.server.http.problems import PREFIX, ProblemBody

REF = "#/components/schemas/{name}"
_PARAMETER = re.compile(r"\{(\w+)(:int)?\}")


def describe(operations: Iterable[Operation]) -> dict[str, Any]:
    """The whole document."""
    operations = tuple(operations)
    kinds = [kind for one in operations for kind in (one.body, one.answer) if kind not in (None, bytes, str)]
    schemas, components = msgspec.json.schema_components([*kinds, ProblemBody], ref_template=REF)
    schema_of = {id(kind): schema for kind, schema in zip([*kinds, ProblemBody], schemas, strict=True)}
    paths: dict[str, dict[str, Any]] = {}
    for one in operations:
        path = PREFIX + _PARAMETER.sub(r"{\1}", one.path)
        paths.setdefault(path, {})[one.method.lower()] = _operation(one, schema_of)
    return {
        "openapi": "3.1.0",
        "info": {"title": "agentdesk", "version": __version__, "license": {"name": "MIT", "identifier": "MIT"}},
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "responses": {
                "Problem": {
                    "description": "It was not done; `code` says why.",
                    "content": {"application/json": {"schema": schema_of[id(ProblemBody)]}},
                }
            },
        },
    }


def _operation(one: Operation, schema_of: dict[int, dict[str, Any]]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": one.name,
        "tags": [one.tag],
        "summary": one.summary,
        "description": _description(one),
        "parameters": _parameters(one),
        "responses": {**_success(one, schema_of), "default": {"$ref": "#/components/responses/Problem"}},
    }
    if one.role is None:
        described["security"] = []
    if one.body is not None:
        content = {"application/json": {"schema": schema_of[id(one.body)]}}
        described["requestBody"] = {"required": True, "content": content}
    elif one.raw_body:
        described["requestBody"] = {"required": True, "content": {"application/octet-stream": {}}}
    return described


def _description(one: Operation) -> str:
    text = inspect.getdoc(one.handler) or ""
    return text if one.role is None else f"{text} For the role {one.role} and above."


def _success(one: Operation, schema_of: dict[int, dict[str, Any]]) -> dict[str, Any]:
    if one.answer is None:
        return {"204": {"description": "Done."}}
    schema = schema_of.get(id(one.answer), {"type": "string"})
    return {str(one.status): {"description": one.summary, "content": {one.produces: {"schema": schema}}}}


def _parameters(one: Operation) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "integer" if whole else "string"}}
        for name, whole in _PARAMETER.findall(one.path)
    ]
    if one.query is not None:
        found += _query_parameters(one.query)
    if one.keyed:
        found.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "description": "Unique to this command: a repeat gets the first answer and does nothing again.",
                "schema": {"type": "string", "maxLength": KEY_MAX},
            }
        )
    return found


def _query_parameters(query: type[msgspec.Struct]) -> list[dict[str, Any]]:
    (_,), components = msgspec.json.schema_components([query], ref_template=REF)
    schema = components[query.__name__]
    required = set(schema.get("required", ()))
    return [
        {"name": name, "in": "query", "required": name in required, "schema": kind}
        for name, kind in schema["properties"].items()
    ]
