"""The operations of the vault."""

from postline_sandbox.inkbox.call import Route, route
from postline_sandbox.inkbox.vault import grants, keys, secrets

_VAULT = "/api/v1/vault"
_SECRET = f"{_VAULT}/secrets/{{}}"

ROUTES: list[tuple[str, str, Route]] = [
    ("GET", f"{_VAULT}/info", route(keys.get_info)),
    ("POST", f"{_VAULT}/initialize", route(keys.initialize, admin=True)),
    ("GET", f"{_VAULT}/unlock", route(keys.unlock)),
    ("GET", f"{_VAULT}/keys", route(keys.list_keys)),
    ("PUT", f"{_VAULT}/keys/primary", route(keys.replace_primary, admin=True)),
    ("DELETE", f"{_VAULT}/keys/{{}}", route(keys.delete_key, admin=True)),
    ("GET", f"{_VAULT}/secrets", route(secrets.list_secrets)),
    ("POST", f"{_VAULT}/secrets", route(secrets.create_secret)),
    ("GET", _SECRET, route(secrets.get_secret)),
    ("PATCH", _SECRET, route(secrets.update_secret)),
    ("DELETE", _SECRET, route(secrets.delete_secret)),
    ("GET", f"{_SECRET}/access", route(grants.list_access)),
    ("POST", f"{_SECRET}/access", route(grants.grant_access)),
    ("DELETE", f"{_SECRET}/access/{{}}", route(grants.revoke_access)),
]
