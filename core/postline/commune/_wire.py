"""How Commune is spoken to: its headers, its `data` envelope, its errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, TypeVar, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError

from postline.commune.exceptions import CommuneError, from_reply
from postline.commune.types import ThreadPage
from postline.config import Settings
from postline.operation import Operation
from postline.request import Reply
from postline.wire import Wire, adapter, built_once

T = TypeVar("T")


class _Envelope(BaseModel, Generic[T], defer_build=True):
    data: T


class CommuneWire(Wire):
    """Commune with one API key."""

    service = "Commune"

    def __init__(self, settings: Settings, api_key: str) -> None:
        self._api_key = api_key
        super().__init__(settings)

    def headers(self) -> Mapping[str, str]:
        """Return what Commune documents for every request; the content type also where there is no body."""
        from postline import __version__  # the package's root loads this module when it is asked for

        return {
            "authorization": f"Bearer {self._api_key}",
            "content-type": "application/json",
            "accept": "application/json",
            "user-agent": f"postline/{__version__}",
        }

    def decode(self, operation: Operation[Any], content: bytes) -> Any:
        """Validate what the envelope holds, straight from the bytes; an answer without one is taken whole."""
        if operation.returns is ThreadPage:
            return adapter(ThreadPage).validate_json(content)
        if not content and operation.method == "DELETE":
            content = b"{}"  # documented for removals; anywhere else an empty answer is no answer
        try:
            return _enveloped(operation.returns).validate_json(content).data
        except ValidationError:
            body = adapter(Any).validate_json(content)
            value = body["data"] if isinstance(body, dict) and "data" in body else body
            if get_origin(operation.returns) is list and value in ({}, None):
                return []
            return adapter(operation.returns).validate_python(value)

    def error(self, reply: Reply, body: Any) -> CommuneError:
        """Make the documented exception."""
        return from_reply(reply, body)


@built_once
def _enveloped(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(_Envelope[kind])
