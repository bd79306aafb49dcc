"""New phone numbers: what can be asked for, and which number it will be."""

from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from postline_sandbox.clock import iso
from postline_sandbox.inkbox.call import refuse
from postline_sandbox.inkbox.forms import Form, check_url, invalid
from postline_sandbox.inkbox.phone.tables import NUMBERS
from postline_sandbox.web import Json

if TYPE_CHECKING:
    from postline_sandbox.inkbox.service import Inkbox

CallAction = Literal["auto_accept", "auto_reject", "webhook"]
_DEFAULT_STATE = "NY"
_TOLL_FREE = 888
_AREAS = (
    "AL205 AK907 AZ602 AR501 CA415 CO303 CT203 DE302 DC202 FL305 GA404 HI808 ID208 IL312 IN317 IA515 KS316 KY502 LA504"
    " ME207 MD410 MA617 MI313 MN612 MS601 MO314 MT406 NE402 NV702 NH603 NJ201 NM505 NY212 NC704 ND701 OH216 OK405 OR503"
    " PA215 RI401 SC803 SD605 TN615 TX214 UT801 VT802 VA804 WA206 WV304 WI414 WY307"
)
_AREA_OF = {one[:2]: int(one[2:]) for one in _AREAS.split()}
# Only these are never anybody's. The upper half comes first: people outside tend to be given the lower one.
_LINES = (*range(150, 200), *range(100, 150))


class NumberWish(Form):
    """What a new number shall be."""

    type: Literal["toll_free", "local"] = "toll_free"
    state: str | None = Field(None, pattern="^[A-Za-z]{2}$")
    incoming_call_action: CallAction = "auto_reject"
    client_websocket_url: str | None = None
    incoming_call_webhook_url: str | None = None
    incoming_text_webhook_url: str | None = None

    @model_validator(mode="after")
    def _is_consistent(self) -> "NumberWish":
        if self.state is not None and self.type != "local":
            raise ValueError("a state can only be chosen for local numbers")
        missing = missing_url(self.model_dump())
        if missing:
            raise ValueError(f"{self.incoming_call_action} needs {missing}")
        return self


def missing_url(number: Json) -> str | None:
    """Return the URL that a number's action for calls needs and does not have, or None."""
    needed = {"auto_accept": "client_websocket_url", "webhook": "incoming_call_webhook_url"}
    name = needed.get(number["incoming_call_action"])
    return name if name and not number[name] else None


def check_urls(given: Json) -> None:
    """Refuse URLs that lead out of TLS, but for this machine's own."""
    check_url(given.get("incoming_call_webhook_url"), "incoming_call_webhook_url")
    check_url(given.get("incoming_text_webhook_url"), "incoming_text_webhook_url")
    if not is_socket_url(given.get("client_websocket_url")):
        raise invalid("URL scheme should be wss (ws on loopback)", "body", "client_websocket_url", kind="url_scheme")


def is_socket_url(url: str | None) -> bool:
    """Say whether media may go to a URL; none is fine."""
    if url is None:
        return True
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    is_local = parts.scheme == "ws" and parts.hostname in {"localhost", "127.0.0.1", "::1"}
    return bool(parts.hostname) and (is_local or parts.scheme == "wss")


def provision(inkbox: "Inkbox", identity: Json, wish: NumberWish) -> Json:
    """Give an identity a number of its own and return its row."""
    organization_id = identity["organization_id"]
    if NUMBERS.one(inkbox.storage, agent_identity_id=identity["id"]):
        raise refuse(409, "This identity has a phone number already")
    count = NUMBERS.count(inkbox.storage, _organization_id=organization_id, status="active")
    if count >= inkbox.limits.phone_numbers:
        raise refuse(429, f"The organization has reached its limit of {inkbox.limits.phone_numbers} phone numbers")
    check_urls(wish.model_dump())
    now = inkbox.clock.iso()
    number = wish.model_dump(exclude={"agent_handle"}) | {
        "id": inkbox.ids.uuid(),
        "status": "active",
        "agent_identity_id": identity["id"],
    }
    number |= _place(inkbox, wish) | _texting(inkbox, wish)
    number |= {"created_at": now, "updated_at": now, "_organization_id": organization_id}
    NUMBERS.insert(inkbox.storage, number)
    return NUMBERS.one(inkbox.storage, id=number["id"]) or {}


def _place(inkbox: "Inkbox", wish: NumberWish) -> Json:
    state = (wish.state or _DEFAULT_STATE).upper() if wish.type == "local" else None
    area = _AREA_OF.get(state) if state else _TOLL_FREE
    candidates = [f"+1{area}5550{line}" for line in _LINES] if area else []
    free = (one for one in candidates if not NUMBERS.one(inkbox.storage, number=one, status="active"))
    number = next(free, None)
    if number is None:
        raise refuse(404, "No phone number is available there")
    return {"number": number, "state": state}


def _texting(inkbox: "Inkbox", wish: NumberWish) -> Json:
    """A local number has to wait until it may send texts, a toll-free one never may."""
    if wish.type == "toll_free":
        return {"_refusal": "toll_free_sms_unsupported"}
    ready_at = iso(inkbox.clock.now_ms() + inkbox.limits.sms_ready_seconds * 1000)
    return {"sms_status": "pending", "sms_ready_at": ready_at}
