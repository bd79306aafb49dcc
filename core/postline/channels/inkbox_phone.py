"""`Phone` and `Texts` on Inkbox: the number of one identity."""

from __future__ import annotations

from datetime import datetime
from typing import Generic, cast
from uuid import UUID

from postline.channels.base import check_times
from postline.channels.inkbox_identity import IdentitySource
from postline.channels.inkbox_pages import MOST, everything, page, place, unread
from postline.channels.phone_records import Call, Consent, Conversation, Party, PlacedCall, Text, Turn
from postline.channels.records import Direction, Page
from postline.errors import ArgumentError
from postline.inkbox.exceptions import InkboxAPIError
from postline.inkbox.identities.types import IdentityDetail, IdentityPhoneNumber
from postline.inkbox.phone import types
from postline.inkbox.phone.calls import Calls, Transcripts
from postline.inkbox.phone.numbers import PhoneNumbers
from postline.inkbox.phone.sms_opt_ins import SmsOptIns
from postline.inkbox.phone.texts import Texts
from postline.operation import Gather, Listing, Operation, Steps
from postline.resource import C

PARTIES: dict[str, Party] = {"local": "agent", "remote": "caller"}


class _Numbered(Generic[C]):
    """A channel on the number of one identity.

    What its contact rules block stays out, also with a key of the whole organization.

    Args:
        client: An `Inkbox` or an `AsyncInkbox`.
        identity: Its handle, which is looked up once, or what such a look-up found.
    """

    service = "Inkbox"
    lacks: frozenset[str] = frozenset()

    def __init__(self, client: C, identity: str | IdentityDetail) -> None:
        self.client = client
        self._identity = IdentitySource(identity)
        self.handle = self._identity.handle

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.handle!r})"

    @property
    def number(self) -> str | None:
        """The identity's number, E.164, once it was looked up."""
        known = self._identity.known
        return known.phone_number.number if known and known.phone_number else None

    def _phone_number(self) -> Steps[IdentityPhoneNumber]:
        identity = yield from self._identity.detail()
        if identity.phone_number is None:
            raise ArgumentError(f"the identity {identity.agent_handle} has no phone number")
        return identity.phone_number

    def _number_id(self) -> Steps[UUID]:
        return (yield from self._phone_number()).id


class InkboxPhone(_Numbered[C]):
    """The calls of one Inkbox identity."""

    def list_calls(self, *, limit: int = 20, cursor: str | None = None) -> Steps[Page[Call]]:
        """List calls, newest first, without what was said."""
        number_id = yield from self._number_id()
        size, start = place(limit, cursor)
        found = yield from Calls.list(number_id, limit=size + 1, offset=start, is_blocked=False)
        return page(found, size, start, _call)

    def get_call(self, call_id: str) -> Steps[Call]:
        """Fetch one call with its turns."""
        number_id = yield from self._number_id()
        call = yield from Calls.get(number_id, call_id)
        if call.is_blocked:
            raise InkboxAPIError(404, "no such call")
        return (yield from self._with_turns(call))

    def search_transcripts(self, query: str, *, limit: int = 20) -> Steps[Page[Turn]]:
        """Find what was said, by words."""
        number_id = yield from self._number_id()
        found = yield from PhoneNumbers.search_transcripts(number_id, q=query, limit=limit)
        return Page(tuple(map(_turn, found)))

    def place_call(self, to: str) -> Steps[PlacedCall]:
        """Call a number; the answer tells what is left of the day's allowance."""
        own = yield from self._phone_number()
        placed = yield from Calls.place(from_number=own.number, to_number=to)
        left = placed.rate_limit
        note = f"{left.calls_remaining} calls and {left.minutes_remaining:g} minutes are left for now" if left else None
        return PlacedCall(call=_call(placed), note=note)

    def calls(self, *, since: datetime | None = None) -> Listing[Call]:
        """Describe every call with its turns, newest first: one request for two hundred, and one for each."""

        check_times(since=since)

        def listed(number_id: UUID) -> Listing[types.PhoneCall]:
            return everything(lambda start: Calls.list(number_id, limit=MOST, offset=start, is_blocked=False), since)

        return Listing.after(self._number_id, listed).expand(self._with_turns)

    def _with_turns(self, call: types.PhoneCall) -> Steps[Call]:
        number_id = yield from self._number_id()
        turns = yield from Transcripts.list(number_id, call.id)
        return _call(call, tuple(map(_turn, turns)))


class InkboxTexts(_Numbered[C]):
    """The text messages of one Inkbox identity."""

    def list_texts(self, *, limit: int = 20, cursor: str | None = None, unread_only: bool = False) -> Steps[Page[Text]]:
        """List texts, newest first. Reading on through the unread ones lists them from the newest again, to lose none."""
        number_id = yield from self._number_id()
        if unread_only:
            return (yield from self._unread(number_id, limit, cursor))
        size, start = place(limit, cursor)
        found = yield from Texts.list(number_id, limit=size + 1, offset=start, is_blocked=False)
        return page(found, size, start, _text)

    def list_conversations(self, *, limit: int = 20, cursor: str | None = None) -> Steps[Page[Conversation]]:
        """List conversations, the one with the newest text first."""
        number_id = yield from self._number_id()
        size, start = place(limit, cursor)
        found = yield from Texts.list_conversations(number_id, limit=size + 1, offset=start, is_blocked=False)
        return page(found, size, start, _conversation)

    def list_conversation_texts(self, other: str, *, limit: int = 20, cursor: str | None = None) -> Steps[Page[Text]]:
        """List the texts with one other number, newest first."""
        number_id = yield from self._number_id()
        size, start = place(limit, cursor)
        found = yield from Texts.get_conversation(number_id, other, limit=size + 1, offset=start)
        texts = page(found, size, start, lambda each: each)
        return Page(tuple(_text(each) for each in texts.items if not each.is_blocked), texts.cursor)

    def send_text(self, to: str, text: str) -> Steps[Text]:
        """Send a text. The service does not deduplicate: nothing is sent a second time."""
        number_id = yield from self._number_id()
        return _text((yield from Texts.send(number_id, to=to, text=text)))

    def mark_texts_read(self, text_ids: tuple[str, ...]) -> Steps[int]:
        """Mark texts read, side by side; the first that cannot be ends it."""
        number_id = yield from self._number_id()
        marked = yield from Gather([Texts.update(number_id, each, is_read=True) for each in text_ids])
        return len(marked)

    def check_consent(self, number: str) -> Steps[Consent]:
        """Tell whether a number agreed to be texted; for keys of the whole organization only."""
        try:
            found = yield from SmsOptIns.get(number)
        except InkboxAPIError as error:
            if error.status_code != 404:
                raise
            return Consent(number=number, status="unknown")
        agreed = found.status == types.SmsOptInStatus.OPTED_IN
        since = found.opted_in_at if agreed else found.opted_out_at
        return Consent(number=number, status="opted_in" if agreed else "opted_out", since=since)

    def texts(self, *, since: datetime | None = None) -> Listing[Text]:
        """Describe every text, newest first; one request for two hundred."""

        check_times(since=since)

        def listed(number_id: UUID) -> Listing[types.TextMessage]:
            return everything(lambda start: Texts.list(number_id, limit=MOST, offset=start, is_blocked=False), since)

        return Listing.after(self._number_id, listed).map(_text)

    def _unread(self, number_id: UUID, limit: int, cursor: str | None) -> Steps[Page[Text]]:
        def fetch(start: int) -> Operation[list[types.TextMessage]]:
            return cast(
                "Operation[list[types.TextMessage]]",
                Texts.list(number_id, limit=MOST, offset=start, is_read=False, is_blocked=False),
            )

        found = yield from unread(fetch, limit, cursor)
        return Page(tuple(map(_text, found.items)), found.cursor)


def _call(call: types.PhoneCall, turns: tuple[Turn, ...] | None = None) -> Call:
    return Call(
        id=str(call.id),
        direction=cast("Direction", call.direction),
        number=call.local_phone_number,
        other=call.remote_phone_number,
        status=call.status,
        created_at=call.created_at,
        started_at=call.started_at,
        ended_at=call.ended_at,
        hangup_reason=call.hangup_reason,
        turns=turns,
    )


def _turn(turn: types.PhoneTranscript) -> Turn:
    return Turn(party=PARTIES.get(turn.party, "system"), start_ms=turn.ts_ms, text=turn.text, call_id=str(turn.call_id))


def _text(text: types.TextMessage) -> Text:
    return Text(
        id=str(text.id),
        direction=cast("Direction", text.direction),
        number=text.local_phone_number,
        other=text.remote_phone_number,
        text=text.text or "",
        created_at=text.created_at,
        is_read=text.is_read,
        delivery_status=text.delivery_status.value if text.delivery_status else None,
        media_types=tuple(each.content_type for each in text.media or ()),
    )


def _conversation(found: types.TextConversationSummary) -> Conversation:
    return Conversation(
        other=found.remote_phone_number,
        last_message_at=found.latest_message_at,
        last_direction=cast("Direction", found.latest_direction),
        snippet=(found.latest_text or "")[:200],
        unread_count=found.unread_count,
        message_count=found.total_count,
    )
