"""Calls: listed, shown, placed."""

from postline_sandbox.inkbox.call import Call, found, refuse
from postline_sandbox.inkbox.e164 import is_e164
from postline_sandbox.inkbox.forms import Form, Page, invalid
from postline_sandbox.inkbox.phone import call_flow, call_quota, number_rows
from postline_sandbox.inkbox.phone.number_orders import is_socket_url
from postline_sandbox.inkbox.phone.rules import ensure_reachable
from postline_sandbox.inkbox.phone.tables import CALLS, NUMBERS
from postline_sandbox.inkbox.table import public
from postline_sandbox.web import Answer, Json, Reply


class CallQuery(Page):
    """The query of a list of calls; agents never see blocked ones, whatever they ask for."""

    is_blocked: bool | None = None


class NewCall(Form):
    """A call to be placed."""

    from_number: str
    to_number: str
    client_websocket_url: str | None = None


def list_calls(call: Call) -> Reply:
    """List a number's calls, newest first."""
    number, query = number_rows.visible(call, call.params[0]), call.query(CallQuery)
    where = {"_number_id": number["id"], **unblocked(call, query.is_blocked)}
    rows = CALLS.many(call.inkbox.storage, where, order="rowid DESC", limit=query.limit, offset=query.offset)
    return call.json([public(one) for one in rows])


def get_call(call: Call) -> Reply:
    """Return one call."""
    return call.json(public(find(call)))


def place_call(call: Call) -> Answer:
    """Call somebody; a number of this sandbox really rings, and the answer comes when that is decided."""
    form, inkbox = call.body(NewCall), call.inkbox
    if not is_e164(form.to_number):
        raise invalid("Not a phone number in E.164", "body", "to_number")
    if not is_socket_url(form.client_websocket_url):
        raise invalid("URL scheme should be wss (ws on loopback)", "body", "client_websocket_url", kind="url_scheme")
    number = _own(call, form.from_number)
    ensure_reachable(inkbox.storage, number, form.to_number)
    call_quota.check(inkbox, call.organization_id)
    url = form.client_websocket_url or number["client_websocket_url"]
    placed = call_flow.begin(inkbox, number, form.to_number, "outbound", client_websocket_url=url)
    quota, window = call_quota.usage(inkbox, call.organization_id), call_quota.window(inkbox, call.organization_id)
    answer = call.json({**public(placed), "rate_limit": quota}, 200, window.headers())
    other = number_rows.by_number(inkbox, form.to_number)
    return _connected(call, placed, other, answer) if other else answer


def find(call: Call) -> Json:
    """Return the row of the call that a path names; 404 where the caller does not see it."""
    number = number_rows.visible(call, call.params[0])
    where = {"id": call.params[1].lower(), "_number_id": number["id"], **unblocked(call)}
    return found(CALLS.one(call.inkbox.storage, **where), "Call")


def unblocked(call: Call, wish: bool | None = None) -> Json:
    """Return the condition that hides blocked calls and texts from agents, or picks what an administrator wants."""
    if call.caller.is_admin:
        return {} if wish is None else {"is_blocked": wish}
    return {"is_blocked": False}


async def _connected(call: Call, placed: Json, other: Json, answer: Reply) -> Reply:
    await call_flow.ring(call.inkbox, other, placed["local_phone_number"], placed["id"])
    return answer


def _own(call: Call, name: str) -> Json:
    """Return the number that a call comes from; it may be named by its id as well."""
    column = "number" if name.startswith("+") else "id"
    numbers = NUMBERS.many(call.inkbox.storage, {column: name.lower()}, order="rowid DESC", limit=1)
    if not numbers or numbers[0]["_organization_id"] != call.organization_id:
        raise refuse(403, "from_number is not a number of this organization")
    number = numbers[0]
    if number["status"] != "active":
        raise refuse(400, "from_number is not active")
    if call.caller.identity_id not in (None, number["agent_identity_id"]):
        raise refuse(403, "from_number is not this agent's")
    return number
