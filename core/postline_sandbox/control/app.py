"""The control side over HTTP: JSON over POST, loopback only, described by an OpenAPI document.

A page in a browser must not reach it: the path is random, the host must be a loopback name, and a request that says
where it comes from must come from here.
"""

import inspect
import json
from typing import Any
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from postline_sandbox.control.operation import (
    ControlError,
    Operations,
    operations,
    parameters_schema,
    result_schema,
    run_json,
)

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def application(group: Operations, path: str) -> Starlette:
    """Serve a group of operations below a path."""
    methods = operations(group)
    document = openapi(group, path)

    async def describe(request: Request) -> JSONResponse:
        return _forbidden(request) or JSONResponse(document)

    async def run(request: Request) -> JSONResponse:
        forbidden = _forbidden(request)
        if forbidden is not None:
            return forbidden
        method = methods.get(request.path_params["operation"])
        if method is None:
            return _error(404, f"no such operation; there are {', '.join(methods)}")
        try:
            return JSONResponse(await run_json(group, method, _arguments(await request.body())))
        except ControlError as error:
            return _error(400, str(error))

    routes = [Route("/openapi.json", describe), Route("/{operation}", run, methods=["POST"])]
    return Starlette(routes=[Mount(path, routes=routes)])


def openapi(group: Operations, path: str) -> dict[str, Any]:
    """Return the OpenAPI document of a group of operations."""
    paths = {f"/{name}": {"post": _described(name, method)} for name, method in operations(group).items()}
    info = {"title": "postline sandbox: control", "version": "1", "description": inspect.getdoc(type(group)) or ""}
    return {"openapi": "3.1.0", "info": info, "servers": [{"url": path}], "paths": paths}


def _described(name: str, method: Any) -> dict[str, Any]:
    doc = inspect.getdoc(method) or ""
    error = {"type": "object", "properties": {"error": {"type": "string"}}, "required": ["error"]}
    return {
        "operationId": name,
        "summary": doc.partition("\n")[0],
        "description": doc,
        "requestBody": {"content": {"application/json": {"schema": parameters_schema(method)}}},
        "responses": {
            "200": {"description": "Done.", "content": {"application/json": {"schema": result_schema(method)}}},
            "400": {"description": "It cannot be done.", "content": {"application/json": {"schema": error}}},
        },
    }


def _arguments(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body or b"{}")
    except ValueError as error:
        raise ControlError("the body is not JSON") from error
    if not isinstance(value, dict):
        raise ControlError("the body must be a JSON object")
    return value


def _forbidden(request: Request) -> JSONResponse | None:
    host = request.headers.get("host", "")
    try:
        name = urlsplit(f"//{host}").hostname
    except ValueError:
        name = None
    if name not in _LOOPBACK:
        return _error(403, "the control side answers loopback hosts only")
    origin = request.headers.get("origin")
    if origin is not None and origin != f"http://{host}":
        return _error(403, "the control side does not answer other origins")
    return None


def _error(status: int, text: str) -> JSONResponse:
    return JSONResponse({"error": text}, status)
