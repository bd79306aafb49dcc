"""Links to files: signed, good for a while, and the answer to those who follow them."""

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote, urlencode

from postline_sandbox.web import Header, Reply
from postline_sandbox.world import World

_MIME_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+(; *[\w-]+=[\w.+-]+)*")


def signed(world: World, purpose: str, path: str, name: str, seconds: int) -> str:
    """Return a URL to what lies under a name below a path."""
    expires = str(world.clock.now_ms() + seconds * 1000)
    query = urlencode({"expires": expires, "signature": _signature(world, purpose, name, expires)})
    return f"{world.base_url}{path}/{quote(name, safe='')}?{query}"


def problem(world: World, purpose: str, name: str, query: Mapping[str, str]) -> str | None:
    """Return what is wrong with a link that somebody followed, or None."""
    expires, given = query.get("expires", ""), query.get("signature", "")
    if not hmac.compare_digest(given.encode(), _signature(world, purpose, name, expires).encode()):
        return "This link is not valid"
    return "This link has expired" if int(expires) <= world.clock.now_ms() else None


def file_reply(filename: str, content_type: str, content: bytes, headers: Iterable[Header]) -> Reply:
    """Answer with a file that no browser will run."""
    kind = content_type if _MIME_TYPE.fullmatch(content_type) else "application/octet-stream"
    own = (
        (b"content-type", kind.encode()),
        (b"content-disposition", f"attachment; filename*=UTF-8''{quote(filename, safe='')}".encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"cache-control", b"no-store"),
    )
    return Reply(200, content, (*own, *headers))


def _signature(world: World, purpose: str, name: str, expires: str) -> str:
    key = world.ids.secret(purpose).encode()
    return hmac.new(key, f"{name}.{expires}".encode(), hashlib.sha256).hexdigest()
