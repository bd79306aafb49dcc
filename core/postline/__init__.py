"""An email address and a phone line for AI agents; the mail and the calls for RAG pipelines.

Names load when they are first used, so that `import postline` costs little.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from postline.async_client import AsyncClient
    from postline.channels import Channels
    from postline.channels.commune import CommuneMail
    from postline.channels.inkbox import InkboxMail
    from postline.channels.inkbox_people import inkbox_channels
    from postline.client import Client
    from postline.commune import AsyncCommuneClient, CommuneClient
    from postline.config import Retry
    from postline.errors import (
        APIError,
        ArgumentError,
        CapabilityError,
        ClosedError,
        IncompleteWarning,
        NetworkError,
        PostlineError,
        ReplyError,
        TooLargeError,
    )
    from postline.inkbox import AsyncInkbox, Inkbox
    from postline.operation import Gather, Listing, Operation
    from postline.tools import Toolbox

__version__ = "0.1.0"

_HOMES = {
    "APIError": "errors",
    "ArgumentError": "errors",
    "AsyncClient": "async_client",
    "AsyncCommuneClient": "commune",
    "AsyncInkbox": "inkbox",
    "CapabilityError": "errors",
    "Channels": "channels",
    "Client": "client",
    "ClosedError": "errors",
    "CommuneClient": "commune",
    "CommuneMail": "channels.commune",
    "Gather": "operation",
    "IncompleteWarning": "errors",
    "Inkbox": "inkbox",
    "InkboxMail": "channels.inkbox",
    "Listing": "operation",
    "NetworkError": "errors",
    "Operation": "operation",
    "PostlineError": "errors",
    "ReplyError": "errors",
    "Retry": "config",
    "TooLargeError": "errors",
    "Toolbox": "tools",
    "inkbox_channels": "channels.inkbox_people",
}

__all__ = [  # kept equal to _HOMES by a test
    "APIError",
    "ArgumentError",
    "AsyncClient",
    "AsyncCommuneClient",
    "AsyncInkbox",
    "CapabilityError",
    "Channels",
    "Client",
    "ClosedError",
    "CommuneClient",
    "CommuneMail",
    "Gather",
    "IncompleteWarning",
    "Inkbox",
    "InkboxMail",
    "Listing",
    "NetworkError",
    "Operation",
    "PostlineError",
    "ReplyError",
    "Retry",
    "TooLargeError",
    "Toolbox",
    "__version__",
    "inkbox_channels",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'postline' has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"postline.{_HOMES[name]}"), name)
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
