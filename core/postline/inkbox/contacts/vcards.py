"""Endpoints of contacts as vCards."""

from __future__ import annotations

from postline.errors import ReplyError
from postline.inkbox._arguments import Id, at
from postline.inkbox.contacts.types import ContactImportResult
from postline.operation import Operation, Steps
from postline.resource import C, Resource, endpoint


class VCards(Resource[C]):
    """Contacts in the form that address books exchange."""

    @endpoint
    def import_vcards(
        self, content: str | bytes, *, content_type: str = "text/vcard"
    ) -> Operation[ContactImportResult]:
        """Add the contacts of one or more cards, at most 1,000 and 5 MiB; the result tells of each card."""
        body = content.encode() if isinstance(content, str) else content
        headers = {"content-type": content_type}
        return Operation("POST", at("/contacts/import"), ContactImportResult, body=body, headers=headers)

    @endpoint
    def export_vcard(self, contact_id: Id) -> Steps[str]:
        """Fetch a contact as the text of a card."""
        where = at("/contacts/{}.vcf", contact_id)
        content: bytes = yield from Operation("GET", where, bytes, headers={"accept": "text/vcard"})
        try:
            return content.decode()
        except UnicodeDecodeError:
            raise ReplyError(f"GET {where}: the answer is not text in UTF-8") from None
