"""What went wrong on the way, as errors that are httpx's too. Loaded with the first of them: httpx takes a while to import."""

from __future__ import annotations

from functools import cache
from typing import Any

import httpx

from postline.errors import NetworkError
from postline.http1 import ExchangeError
from postline.operation import Operation
from postline.request import Address
from postline.wire import READING_METHODS, shown_path

NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
NEVER_HELPS = (httpx.UnsupportedProtocol, httpx.LocalProtocolError)


def network_error(operation: Operation[Any], address: Address, error: Exception) -> NetworkError:
    """Make the error for a request without an answer: a `NetworkError` that is the httpx error too, without its request.

    What is no error of the network is raised as it is.
    """
    kind = getattr(httpx, error.kind) if isinstance(error, ExchangeError) else type(error)
    if not issubclass(kind, httpx.RequestError):
        raise error
    sent = not issubclass(kind, (*NEVER_LEFT, *NEVER_HELPS))
    changes = operation.method not in READING_METHODS
    what = f"{operation.method} {shown_path(operation)}: {kind.__name__} at {address}"
    if not sent:
        what += "; nothing was sent"
    elif changes:
        what += "; it may or may not have been done: "
        what += "repeating it does no harm" if operation.may_repeat else "look before you repeat it"
    helps = not issubclass(kind, NEVER_HELPS)
    return _rebuild(kind, what, sent and changes, helps and (operation.may_repeat or not sent))


@cache
def _both(kind: Any) -> type[NetworkError]:
    return type(kind.__name__, (NetworkError, kind), {"__module__": __name__, "__reduce__": _reduce})


def _reduce(self: NetworkError) -> tuple[Any, ...]:
    return _rebuild, (type(self).__bases__[1], str(self), self.may_have_arrived, self.retryable)


def _rebuild(kind: Any, text: str, may_have_arrived: bool, retryable: bool) -> NetworkError:
    error = _both(kind)(text)
    error.may_have_arrived, error.retryable = may_have_arrived, retryable
    return error
