"""Endpoints of API keys."""

from __future__ import annotations

from postline.inkbox._arguments import Id, at, stated
from postline.inkbox.api_keys.types import CreatedApiKey
from postline.operation import Operation
from postline.resource import C, Resource, endpoint


class ApiKeys(Resource[C]):
    """Keys to the organization."""

    @endpoint
    def create(
        self, *, label: str, description: str | None = None, scoped_identity_id: Id | None = None
    ) -> Operation[CreatedApiKey]:
        """Make a key that acts for an identity; it is told this once."""
        body = stated(label=label, description=description, scoped_identity_id=scoped_identity_id)
        return Operation("POST", at("/api-keys"), CreatedApiKey, body=body)
