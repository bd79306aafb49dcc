"""Contacts brought in from vCards, and given out as them."""

from pydantic import ValidationError

from postline_sandbox.inkbox.call import SANDBOX, Call, refuse
from postline_sandbox.inkbox.people import contact_rows, contacts, vcard
from postline_sandbox.inkbox.people.contact_forms import NewContact, name_of
from postline_sandbox.web import Json, Reply

_TYPES = frozenset({"text/vcard", "text/x-vcard"})
_MAX_BYTES = 5 * 1024 * 1024
_MAX_CARDS = 1000


def import_vcards(call: Call) -> Reply:
    """Make a contact of each card; what is wrong with one does not stop the others."""
    results = [_import(call, index, lines) for index, lines in enumerate(_cards(call))]
    failed = sum(one["status"] == "error" for one in results)
    return call.json({"created_count": len(results) - failed, "error_count": failed, "results": results})


def export_vcard(call: Call) -> Reply:
    """Give a contact out as a card."""
    contact = contact_rows.visible(call)
    disposition = f'attachment; filename="{contact["id"]}.vcf"'.encode()
    headers = ((b"content-type", b"text/vcard; charset=utf-8"), (b"content-disposition", disposition), SANDBOX)
    return Reply(200, vcard.write(contact).encode(), headers)


def _cards(call: Call) -> list[list[str]]:
    kind = (call.request.header(b"content-type") or "").partition(";")[0].strip().lower()
    if kind not in _TYPES:
        raise refuse(415, f"Content-Type must be one of {', '.join(sorted(_TYPES))}")
    if len(call.request.body) > _MAX_BYTES:
        raise refuse(413, "An import is limited to 5 MiB")
    try:
        found = list(vcard.cards(call.request.body.decode("utf-8-sig")))
    except UnicodeDecodeError as error:
        raise refuse(400, "The cards are not UTF-8") from error
    if len(found) > _MAX_CARDS:
        raise refuse(413, f"An import is limited to {_MAX_CARDS} cards")
    if not found:
        raise refuse(422, "There is no vCard in the body")
    return found


def _import(call: Call, index: int, lines: list[str]) -> Json:
    try:
        form = NewContact.model_validate(vcard.read(lines))
    except (vcard.MalformedCardError, ValidationError) as error:
        return {"index": index, "status": "error", "contact": None, "error": _words(error)}
    if name_of(form.fields()) is None:
        return {"index": index, "status": "error", "contact": None, "error": "the card names nobody"}
    return {"index": index, "status": "created", "contact": contacts.create(call, form), "error": None}


def _words(error: ValueError) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in problems)
