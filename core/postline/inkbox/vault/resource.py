"""Endpoints of the vault that need no key to it."""

from __future__ import annotations

from postline.inkbox._arguments import Id, at, given
from postline.inkbox.exceptions import InkboxAPIError
from postline.inkbox.vault.types import AccessRule, VaultInfo, VaultKey, VaultSecret
from postline.operation import Operation, Steps
from postline.resource import C, Resource, endpoint


class Vault(Resource[C]):
    """The organization's vault of secrets."""

    @endpoint
    def info(self) -> Steps[VaultInfo | None]:
        """Fetch what is in the vault; `None` where there is none."""
        try:
            return (yield from Operation("GET", at("/vault/info"), VaultInfo))
        except InkboxAPIError as error:
            if error.status_code == 404:
                return None
            raise

    @endpoint
    def list_keys(self, *, key_type: str | None = None) -> Operation[list[VaultKey]]:
        """List the vault's keys, or the `primary` or the `recovery` ones."""
        query = {"type": key_type.lower() if key_type else None}
        return Operation("GET", at("/vault/keys"), list[VaultKey], query)

    @endpoint
    def delete_key(self, auth_hash: str) -> Operation[None]:
        """Delete a key of the vault, for good."""
        return Operation("DELETE", at("/vault/keys/{}", auth_hash), None)

    @endpoint
    def list_secrets(self, *, secret_type: str | None = None) -> Operation[list[VaultSecret]]:
        """List the secrets that the key may see, without what is secret of them."""
        return Operation("GET", at("/vault/secrets"), list[VaultSecret], {"secret_type": secret_type})

    @endpoint
    def delete_secret(self, secret_id: Id) -> Operation[None]:
        """Delete a secret, for good."""
        return Operation("DELETE", at("/vault/secrets/{}", secret_id), None)

    @endpoint
    def list_access_rules(self, secret_id: Id) -> Operation[list[AccessRule]]:
        """List the identities that may read a secret."""
        return Operation("GET", at("/vault/secrets/{}/access", secret_id), list[AccessRule])

    @endpoint
    def grant_access(self, secret_id: Id, identity_id: Id) -> Operation[AccessRule]:
        """Let an identity read a secret."""
        body = given(identity_id=identity_id)
        return Operation("POST", at("/vault/secrets/{}/access", secret_id), AccessRule, body=body)

    @endpoint
    def revoke_access(self, secret_id: Id, identity_id: Id) -> Operation[None]:
        """Let an identity no longer read a secret."""
        return Operation("DELETE", at("/vault/secrets/{}/access/{}", secret_id, identity_id), None)
