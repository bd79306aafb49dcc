"""The operations of accounts, signup, identities, sending domains and tunnels."""

from postline_sandbox.inkbox import api_keys, domains, identities, identity_access, signup, tunnels
from postline_sandbox.inkbox.call import Route, route

_IDENTITY = "/api/v1/identities/{}"

ROUTES: list[tuple[str, str, Route]] = [
    ("POST", "/api/v1/agent-signup", route(signup.sign_up, is_open=True)),
    ("POST", "/api/v1/agent-signup/verify", route(signup.verify)),
    ("POST", "/api/v1/agent-signup/resend-verification", route(signup.resend)),
    ("GET", "/api/v1/agent-signup/status", route(signup.get_status)),
    ("POST", "/api/v1/identities", route(identities.create_identity, admin=True)),
    ("GET", "/api/v1/identities", route(identities.list_identities)),
    ("GET", _IDENTITY, route(identities.get_identity)),
    ("PATCH", _IDENTITY, route(identities.update_identity)),
    ("DELETE", _IDENTITY, route(identities.delete_identity, admin=True)),
    ("GET", f"{_IDENTITY}/access", route(identity_access.list_access, admin=True)),
    ("POST", f"{_IDENTITY}/access", route(identity_access.grant_access, admin=True)),
    ("DELETE", f"{_IDENTITY}/access/{{}}", route(identity_access.revoke_access, admin=True)),
    ("POST", "/api/v1/api-keys", route(api_keys.create_key, admin=True)),
    ("GET", "/api/whoami", route(api_keys.whoami)),
    ("POST", "/api/v1/signing-keys", route(api_keys.create_signing_key, admin=True)),
    ("GET", "/api/v1/domains", route(domains.list_domains)),
    ("POST", "/api/v1/domains/{}/set-default", route(domains.set_default, admin=True)),
    ("GET", "/api/v1/tunnels", route(tunnels.list_tunnels)),
    ("GET", "/api/v1/tunnels/{}", route(tunnels.get_tunnel)),
    ("PATCH", "/api/v1/tunnels/{}", route(tunnels.update_tunnel)),
    ("POST", "/api/v1/tunnels/{}/sign-csr", route(tunnels.sign_csr)),
]
