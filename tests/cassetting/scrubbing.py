"""What a cassette may hold: nothing secret, nobody real, and only headers that matter. Pure.

From the sandbox all mail is invented, so texts stay as they are. From a live service every text that is not known to be
harmless goes, too; ids, states and times stay.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Collection, Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

SCRUBBED = "scrubbed"
REQUEST_HEADERS = frozenset({"accept", "content-type", "idempotency-key"})
RESPONSE_HEADERS = frozenset({"content-type", "retry-after"})
SECRET_NAMES = frozenset(
    {
        *{"api_key", "authorization", "display_prefix", "last4", "password", "routing_token", "secret", "signature"},
        *{"signing_key", "sig", "token", "verification_code"},
        *{"auth_hash", "current_auth_hash", "recovery_auth_hash", "wrapped_org_encryption_key", "encrypted_payload"},
        *{"recovery_code", "recovery_codes", "vault_key"},
    }
)
TEXT_NAMES = frozenset(
    {
        *{"agenthandle", "body", "bodyhtml", "bodytext", "bouncereason", "companyname", "content", "contenthtml"},
        *{
            "description",
            "displayname",
            "emaillocalpart",
            "failurereason",
            "familyname",
            "filename",
            "givenname",
            "html",
        },
        *{"jobtitle", "label", "latesttext", "localpart", "message", "name", "notes", "preferredname", "reason"},
        *{"snippet", "subject", "text", "title", "tunnelname"},
        *{"cursor", "nextcursor"},  # encode ids, which may hold addresses
    }
)
"""Keys, in small letters without underscores, under which people's words and names stand."""
EXAMPLE = r"(?:[\w-]+\.)*example\.(?:com|net|org)"
ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@([\w-]+(?:\.[\w-]+)+)")
HOST = re.compile(r"(?<![\w@.-])(?:[\w-]+\.)+[a-z]{2,}(?![\w.-])")
PHONE = re.compile(r"\+\d{7,15}(?!\d)")
_RANDOM = re.compile(r"[0-9a-f]{32}|[0-9a-f-]{36}")
_SECRET = re.compile(r"whsec_\w+|comm_\w{16,}|v1=[0-9a-f]{64}|ApiKey_[\w.-]+")
_HASH = re.compile(r"(?<![0-9A-Fa-f])[0-9A-Fa-f]{64}(?![0-9A-Fa-f])|(?:[2-9A-HJKMNP-Z]{4}-){7}[2-9A-HJKMNP-Z]{4}")
"""By which a vault's key is asked for; and a recovery code, which is another such key."""
_LONG = 40
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ][\d:.,+Z -]+")


class Scrubber:
    """Makes the exchanges of one recording fit to be kept. What it replaced once, it replaces the same way again.

    Args:
        home: The address that was spoken to; it becomes `service_url`.
        service_url: The service's own address.
        secrets: Texts that must not appear at all.
        strict: Whether people's words and names must go, too.
    """

    def __init__(self, home: str, service_url: str, secrets: Collection[str] = (), *, strict: bool = False) -> None:
        self._home = home.rstrip("/")
        self._service_url = service_url
        self._secrets = {*secrets}
        self._strict = strict
        self._people: dict[str, str] = {}

    def request(self, request: Any) -> Any:
        """Scrub a request of vcrpy's."""
        scrubbed = copy.copy(request)
        scrubbed.uri = self._url(request.uri)
        scrubbed.headers = {
            name: SCRUBBED if _RANDOM.fullmatch(value) else value
            for name, value in request.headers.items()
            if name.lower() in REQUEST_HEADERS
        }
        if request.body:
            scrubbed.body = self._body(request.body)
        return scrubbed

    def response(self, response: Mapping[str, Any]) -> dict[str, Any]:
        """Scrub a response of vcrpy's."""
        headers = {name: value for name, value in response["headers"].items() if name.lower() in RESPONSE_HEADERS}
        return {**response, "headers": headers, "body": {"string": self._body(response["body"]["string"])}}

    def _body(self, body: bytes) -> bytes:
        try:
            value = json.loads(body)
        except ValueError:
            return SCRUBBED.encode() if self._strict and body else self._text(body.decode("latin-1")).encode("latin-1")
        # Sorted, for the order of keys says nothing and may differ from one recording to the next.
        return json.dumps(self._value("", value), ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()

    def _value(self, name: str, value: Any) -> Any:
        match value:
            case dict():
                return {self._text(key): self._value(key, each) for key, each in value.items()}
            case list():
                return [self._value(name, each) for each in value]
            case str() if name in SECRET_NAMES and value:
                if len(value) >= _LONG:  # a service may echo it under another name
                    self._secrets.add(value)
                return SCRUBBED
            case str() if self._strict:
                return self._harmless(name, value)
            case str():
                return self._text(value)
        return value

    def _text(self, text: str) -> str:
        """Replace addresses of the service and secrets, wherever they stand."""
        if text.startswith(("http://", "https://")):
            return self._url(text)
        text = text.replace(self._home, self._service_url)
        for secret in self._secrets:
            text = text.replace(secret, SCRUBBED)
        return _SECRET.sub(SCRUBBED, _HASH.sub(SCRUBBED, text))

    def _url(self, url: str) -> str:
        url = url.replace(self._home, self._service_url)
        parts = urlsplit(url)
        if self._strict and not url.startswith(self._service_url):
            return f"https://files.example.com/{sha256(f'{parts.netloc}{parts.path}'.encode()).hexdigest()[:16]}"
        query = [(name, self._value(name, value)) for name, value in parse_qsl(parts.query, keep_blank_values=True)]
        path = _HASH.sub(SCRUBBED, parts.path)
        if self._strict:
            path = "/".join(quote(self._harmless("", unquote(each)), safe="") for each in path.split("/"))
        return parts._replace(path=path, query=urlencode(query)).geturl()

    def _harmless(self, name: str, value: str) -> str:
        """Keep a text that says nothing about anybody; of an address, that it is the same one elsewhere."""
        value = self._text(value)
        if not value or _TIME.fullmatch(value) or value.startswith(self._service_url):
            return value
        if name.replace("_", "").lower() in TEXT_NAMES or (name == "identity" and not ADDRESS.search(value)):
            return SCRUBBED
        if " " in value:
            people = [self._person(found[0]) for found in ADDRESS.finditer(value)]
            return ", ".join(people) or SCRUBBED
        value = ADDRESS.sub(lambda found: self._person(found[0]), value)
        value = HOST.sub(lambda found: found[0] if re.fullmatch(EXAMPLE, found[0]) else "host.example.com", value)
        return PHONE.sub("+12025550100", value)

    def _person(self, address: str) -> str:
        if re.fullmatch(rf".+@{EXAMPLE}", address):
            return address
        return self._people.setdefault(address.lower(), f"person-{len(self._people) + 1}@people.example.com")
