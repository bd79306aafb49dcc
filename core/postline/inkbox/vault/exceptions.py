"""Exceptions of the vault."""

from postline.inkbox.exceptions import InkboxAPIError, InkboxError, InkboxVaultKeyError

__all__ = ["InkboxAPIError", "InkboxError", "InkboxVaultKeyError"]
