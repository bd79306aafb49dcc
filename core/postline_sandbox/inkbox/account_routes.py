"""The operations of accounts, identities, sending domains and tunnels."""

from postline_sandbox.inkbox import api_keys
from postline_sandbox.inkbox.call import Route, route

ROUTES: list[tuple[str, str, Route]] = [
    ("POST", "/api/v1/api-keys", route(api_keys.create_key, admin=True)),
    ("GET", "/api/whoami", route(api_keys.whoami)),
    ("POST", "/api/v1/signing-keys", route(api_keys.create_signing_key, admin=True)),
]
