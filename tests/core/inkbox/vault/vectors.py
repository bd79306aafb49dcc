"""Keys, wraps and payloads as the official client makes them: secret, organization, master key, hash, and so on."""

ORGANIZATION = "org_test_123"
VAULT_KEY = "Test-Passw0rd!xy"
RECOVERY_CODE = "ABCD-EFGH-JKLM-NPQR-STUV-WXYZ-2345-6789"
KEY_ID = "11111111-2222-4333-8444-555555555555"
RECOVERY_KEY_ID = "99999999-2222-4333-8444-555555555555"
SECRET_ID = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
ORG_KEY = bytes(range(32))
NONCE = bytes(range(12))

MASTER_KEY = "3ed850441693fb1d412feabe49d9d6dd1bfa40f6d8ecbe58925ab03d68dca074"
AUTH_HASH = "45a1f762059fb3caf4819d8da5f821685bd6707f15de7eb5a90f9fae644a6a73"
RECOVERY_MASTER_KEY = "fc16cf2ddcada668b74e18c4e899f04b877ca5380f7b43fc9935b654deb85740"
RECOVERY_AUTH_HASH = "3d6f8574297506d590727fe3c471a1ca86a77a29604b62f52eb16865217f50f8"

DERIVATIONS = {
    (VAULT_KEY, ORGANIZATION): (MASTER_KEY, AUTH_HASH),
    (RECOVERY_CODE, ORGANIZATION): (RECOVERY_MASTER_KEY, RECOVERY_AUTH_HASH),
    ("Pässw0rd-Ünïcode-9", "org_2abcDEF"): (
        "f705aa9a18413f00747cd4b719fc5ffdf986a5e1e75d1dc9c6ff83220e6272bc",
        "d408ec483c863813dcb287d208a9a0b55d1f6c9ef74170ef33da710f85b74e1c",
    ),
    ("x", "12345678"): (
        "79a20bb9bd08547f3c53b015bc0bc69d2df129d748f3fe009820bb5d169be393",
        "0a0a32b539d26c136a8af6dc2e88c5281ba8aeae9ccde24cc458c31d47183d3c",
    ),
}

WRAPPED = "OYDiQm3LxD24lRwYfDsUJTibomtfkawMF2pjDaDhq0YAAQIDBAUGBwgJCgtF/3CFvMtJNtxECjhQKF6l"
WRAPPED_FOR_RECOVERY = "sDuOxCZAGqvaNl+QoGq91nPbPYymZI5Nw2sL3nSV6RAAAQIDBAUGBwgJCguf1C7JdDsk3gIHrxjGutq7"
WRAPS = [
    (MASTER_KEY, KEY_ID, WRAPPED),
    (MASTER_KEY, "", "OYDiQm3LxD24lRwYfDsUJTibomtfkawMF2pjDaDhq0YAAQIDBAUGBwgJCgvDQG/mPmc7REFyefWf8uDR"),
    (RECOVERY_MASTER_KEY, RECOVERY_KEY_ID, WRAPPED_FOR_RECOVERY),
]

RECOVERY_MATERIAL = {
    "code": "2222-2222-2222-2222-2222-2222-2222-2222",
    "id": "99999999-2222-4333-8444-555555555550",
    "wrapped_org_encryption_key": "aMjscns5moTs6EG2moFi1wfSdSXqzHIsY2ZIvv+/YYsAAQIDBAUGBwgJCgv5YMbr/QQmfc7VAd9b/BKj",
    "auth_hash": "4db88d59276f7b72098bc4dad13b6baf08edb5c56948a1b7889df713b978515f",
}

LOGIN = "PCCmeraWtXT/JbWxk5pLDvGz8xbcWSoPXRWL5HAMIogjcsGI76Jg9VrHEICq+gABAgMEBQYHCAkKC8f98G/5ckTkZgxnY8sObbI="
PAYLOADS: dict[str, tuple[str, str, str]] = {
    "login": ("login", '{"password":"s3cret","username":"bot@crm.com"}', LOGIN),
    "login, all fields": (
        "login",
        '{"notes":"n\\u00e9","password":"p\\"w","username":"u","email":"e@x.io","url":"https://x.io","totp":{"secret":'
        '"JBSWY3DPEHPK3PXP","algorithm":"sha1","digits":6,"period":30,"issuer":"Example","account_name":"user"}}',
        "PCC4dLGAsTm3Y/nXxNlICLr0qxaAGiwPTwiX4T9TIsJdMtneg+Nn6xHWEYzl4goCzCxCoXizzrtW+wgjOoa1lt5VqVj/81MTcHaQTIf7ephLsOZNDk06"
        "B9/RvLgXhMmv8YN7lcEiun/qPgSQAjdyKONUJvumjXXRfq8PnaDKTG/XNW+03aOjPirbatJVu33gGtaHXFJ45zmuZd5b2KKMnPr4+jfTzPxShQquiarl"
        "9Jmn7I9a6sYD0AD97OUQptScZiL+pWO8u6wVbPGTySSrppwDAAECAwQFBgcICQoLFA1ZzOXqLwzDRyD0Bie41Q==",
    ),
    "api_key": (
        "api_key",
        '{"api_key":"sk-123","endpoint":"https://api.x.io"}',
        "PCC3a6y6qX70Y62pwoJVXLHlpRjSHjEYSAiM62lLOpBpZNqM3Ps9txXUFsPwqUFXzCQAAQIDBAUGBwgJCgvtYj6vHcnw3Q+fLZbsbVsc",
    ),
    "key_pair": (
        "key_pair",
        '{"notes":"n","access_key":"AK","secret_key":"SK"}',
        "PCC4dLGAsTm3Y/mpncsZDuCz9EevEDoFGl3HxFZLLJBydc2OyrVN8xHdXdeq1GMakwABAgMEBQYHCAkKC80W9S3fK3AGKZHaugClZH8=",
    ),
    "ssh_key": (
        "ssh_key",
        '{"private_key":"-----BEGIN-----\\nx\\n","public_key":"pub","fingerprint":"fp","passphrase":"pp"}',
        "PCCmaayTo2/oHvzuyMtCT677qhndORo7cSnIqDBELe5vaPKSje0w6AHGE4Tr2ENdl3taryqjwfgTtUxwdoSQnIBOrxSn8xxDeiSIQs3/b5tL+qEQFxA2"
        "Ssff7rxajQABAgMEBQYHCAkKC6HS6Q8HxA0Q7bVOB1AGAf4=",
    ),
    "other": (
        "other",
        '{"data":"freeform"}',
        "PCCyerGE4CGvJ+Xu1I8XH+70+gABAgMEBQYHCAkKCyxiECAQk/0olAZuZQFhogk=",
    ),
    "login, empty": (
        "login",
        '{"password":"","username":""}',
        "PCCmeraWtXT/JbWxk8tUT/al4kaeGjIZGl3Hp2AAAQIDBAUGBwgJCgtI37zgiSl2SAyvrKOU9Qh3",
    ),
}
"""Type, plaintext, and what it is sealed as for `SECRET_ID` by `ORG_KEY` with `NONCE`."""
