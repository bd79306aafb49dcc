"""Endpoints of phone numbers."""

from __future__ import annotations

from postline.inkbox._arguments import OMITTED, Id, Omitted, at, given, stated
from postline.inkbox.mail.types import FilterMode
from postline.inkbox.phone.types import PhoneNumber, PhoneTranscript
from postline.operation import Operation
from postline.resource import C, Resource, endpoint

# Inside a class whose method is called `list`, the type needs another name.
Transcripts = list[PhoneTranscript]


class PhoneNumbers(Resource[C]):
    """The organization's numbers."""

    @endpoint
    def list(self) -> Operation[list[PhoneNumber]]:
        """List all numbers."""
        return Operation("GET", at("/phone/numbers"), list[PhoneNumber])

    @endpoint
    def get(self, phone_number_id: Id) -> Operation[PhoneNumber]:
        """Fetch one number."""
        return Operation("GET", at("/phone/numbers/{}", phone_number_id), PhoneNumber)

    @endpoint
    def update(
        self,
        phone_number_id: Id,
        *,
        incoming_call_action: str | Omitted | None = OMITTED,
        client_websocket_url: str | Omitted | None = OMITTED,
        incoming_call_webhook_url: str | Omitted | None = OMITTED,
        incoming_text_webhook_url: str | Omitted | None = OMITTED,
        filter_mode: FilterMode | str | Omitted | None = OMITTED,
    ) -> Operation[PhoneNumber]:
        """Change what is given; `None` clears a URL. A real change of filter mode comes back with a notice."""
        body = given(
            incoming_call_action=incoming_call_action, client_websocket_url=client_websocket_url,
            incoming_call_webhook_url=incoming_call_webhook_url, incoming_text_webhook_url=incoming_text_webhook_url,
            filter_mode=filter_mode,
        )  # fmt: skip
        where = at("/phone/numbers/{}", phone_number_id)
        return Operation("PATCH", where, PhoneNumber, body=body, repeatable=True)

    @endpoint
    def provision(
        self,
        *,
        agent_handle: str,
        type: str = "toll_free",
        state: str | None = None,
        incoming_text_webhook_url: str | None = None,
    ) -> Operation[PhoneNumber]:
        """Get a number for an identity: `toll_free`, or `local` in a US state. It costs money."""
        body = stated(
            agent_handle=agent_handle, type=type, state=state, incoming_text_webhook_url=incoming_text_webhook_url
        )
        return Operation("POST", at("/phone/numbers"), PhoneNumber, body=body)

    @endpoint
    def release(self, phone_number_id: Id) -> Operation[None]:
        """Give a number back, for good."""
        return Operation("DELETE", at("/phone/numbers/{}", phone_number_id), None)

    @endpoint
    def search_transcripts(
        self, phone_number_id: Id, *, q: str, party: str | None = None, limit: int = 50
    ) -> Operation[Transcripts]:
        """Search what was said in a number's calls, by `local`, by `remote` or by anybody; `limit` is at most 200."""
        query = {"q": q, "party": party, "limit": limit}
        return Operation("GET", at("/phone/numbers/{}/search", phone_number_id), Transcripts, query)
