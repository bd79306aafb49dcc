"""Endpoints of people's consent to texts."""

from __future__ import annotations

from postline.inkbox._arguments import at
from postline.inkbox.phone.types import SmsOptIn, SmsOptInStatus
from postline.operation import Operation
from postline.resource import C, Resource, endpoint


class SmsOptIns(Resource[C]):
    """Who agreed to get the organization's texts, and who refused. For admin keys."""

    @endpoint
    def list(
        self, *, status: SmsOptInStatus | str | None = None, limit: int | None = None, offset: int | None = None
    ) -> Operation[list[SmsOptIn]]:
        """List consents, the one changed last first; `limit` is at most 200."""
        query = {"status": status, "limit": limit, "offset": offset}
        return Operation("GET", at("/phone/sms-opt-ins"), list[SmsOptIn], query)

    @endpoint
    def get(self, receiver_number: str) -> Operation[SmsOptIn]:
        """Fetch a number's consent; refused with 404 where there is neither consent nor refusal."""
        return Operation("GET", at("/phone/sms-opt-ins/{}", receiver_number), SmsOptIn)

    @endpoint
    def opt_in(self, receiver_number: str) -> Operation[SmsOptIn]:
        """Note that a person agreed. Only for organizations with a campaign of their own."""
        return Operation("POST", at("/phone/sms-opt-ins/{}/opt-in", receiver_number), SmsOptIn, repeatable=True)

    @endpoint
    def opt_out(self, receiver_number: str) -> Operation[SmsOptIn]:
        """Note that a person refused. Only for organizations with a campaign of their own."""
        return Operation("POST", at("/phone/sms-opt-ins/{}/opt-out", receiver_number), SmsOptIn, repeatable=True)
