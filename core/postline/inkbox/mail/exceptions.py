"""The exceptions under the path that older code imports them from."""

from postline.inkbox.exceptions import InkboxAPIError, InkboxError

__all__ = ["InkboxAPIError", "InkboxError"]
