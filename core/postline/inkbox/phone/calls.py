"""Endpoints of calls and their transcripts."""

from __future__ import annotations

from postline.inkbox._arguments import Id, at, stated
from postline.inkbox.phone.types import PhoneCall, PhoneCallWithRateLimit, PhoneTranscript
from postline.operation import Operation
from postline.resource import C, Resource, endpoint


class Calls(Resource[C]):
    """Phone calls."""

    @endpoint
    def list(
        self, phone_number_id: Id, *, limit: int = 50, offset: int = 0, is_blocked: bool | None = None
    ) -> Operation[list[PhoneCall]]:
        """List a number's calls, newest first; `limit` is at most 200."""
        query = {"limit": limit, "offset": offset, "is_blocked": is_blocked}
        return Operation("GET", at("/phone/numbers/{}/calls", phone_number_id), list[PhoneCall], query)

    @endpoint
    def get(self, phone_number_id: Id, call_id: Id) -> Operation[PhoneCall]:
        """Fetch one call."""
        return Operation("GET", at("/phone/numbers/{}/calls/{}", phone_number_id, call_id), PhoneCall)

    @endpoint
    def place(
        self, *, from_number: str, to_number: str, client_websocket_url: str | None = None
    ) -> Operation[PhoneCallWithRateLimit]:
        """Call a number, at once. It costs money, and is repeated only when it certainly did not arrive.

        Args:
            from_number: One of the organization's active numbers, E.164.
            to_number: Whom to call, E.164.
            client_websocket_url: Where the sound goes; by default as the number is set up.
        """
        body = stated(from_number=from_number, to_number=to_number, client_websocket_url=client_websocket_url)
        return Operation("POST", at("/phone/place-call"), PhoneCallWithRateLimit, body=body)


class Transcripts(Resource[C]):
    """What was said in calls."""

    @endpoint
    def list(self, phone_number_id: Id, call_id: Id) -> Operation[list[PhoneTranscript]]:
        """List a call's transcript in order, whole."""
        where = at("/phone/numbers/{}/calls/{}/transcripts", phone_number_id, call_id)
        return Operation("GET", where, list[PhoneTranscript])
