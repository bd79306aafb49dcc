"""Phone numbers: provisioned, shown, set up, released."""

from postline_sandbox.inkbox import identity_rows
from postline_sandbox.inkbox.call import Call, refuse
from postline_sandbox.inkbox.contact_rules import FilterMode
from postline_sandbox.inkbox.forms import Form, invalid
from postline_sandbox.inkbox.phone import number_orders, number_rows
from postline_sandbox.inkbox.phone.number_orders import CallAction, NumberWish
from postline_sandbox.inkbox.phone.rules import RULES
from postline_sandbox.inkbox.phone.tables import NUMBERS
from postline_sandbox.web import Reply


class NumberOrder(NumberWish):
    """The body of an order: a number, and whose it shall be."""

    agent_handle: str


class NumberChange(Form):
    """What can change of a number; null takes a URL away."""

    incoming_call_action: CallAction = "auto_reject"
    client_websocket_url: str | None = None
    incoming_call_webhook_url: str | None = None
    incoming_text_webhook_url: str | None = None
    filter_mode: FilterMode = "blacklist"


def list_numbers(call: Call) -> Reply:
    """List the numbers that the caller may use."""
    return call.json([number_rows.shown(one) for one in number_rows.all_visible(call)])


def get_number(call: Call) -> Reply:
    """Return one number."""
    return call.json(number_rows.shown(number_rows.visible(call, call.params[0])))


def provision_number(call: Call) -> Reply:
    """Give an identity a number."""
    form = call.body(NumberOrder)
    identity = identity_rows.owned(call, form.agent_handle)
    return call.json(number_rows.shown(number_orders.provision(call.inkbox, identity, form)), 201)


def update_number(call: Call) -> Reply:
    """Change what becomes of incoming calls, where events go, or whom the number listens to."""
    number, changes = number_rows.visible(call, call.params[0]), call.body(NumberChange).given()
    number_orders.check_urls(changes)
    notice = None
    if "filter_mode" in changes:
        call.admin_only("Changing filter_mode")
        notice = RULES.change_notice(call.inkbox.storage, number, changes["filter_mode"])
    if changes:
        changes["updated_at"] = call.inkbox.clock.iso()
    changed = {**number, **changes}
    missing = number_orders.missing_url(changed)
    if missing:
        raise invalid(f"{changed['incoming_call_action']} needs {missing}", "body", missing)
    NUMBERS.update(call.inkbox.storage, {"id": number["id"]}, changes)
    return call.json(number_rows.shown(changed, notice))


def release_number(call: Call) -> Reply:
    """Release a number for good."""
    number_rows.release_of(call.inkbox, number_rows.visible(call, call.params[0])["agent_identity_id"])
    return call.gone()


def release_number_of_identity(call: Call) -> Reply:
    """Release an identity's number for good."""
    if not number_rows.release_of(call.inkbox, identity_rows.owned(call, call.params[0])["id"]):
        raise refuse(404, "This identity has no phone number")
    return call.gone()
