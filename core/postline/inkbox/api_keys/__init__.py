"""API keys."""

from postline.inkbox.api_keys.types import ApiKey, ApiKeyStatus, CreatedApiKey

__all__ = ["ApiKey", "ApiKeyStatus", "CreatedApiKey"]
