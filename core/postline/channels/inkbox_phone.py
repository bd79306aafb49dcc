"""`Phone` and `Texts` on Inkbox: the number of one identity."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Generic, TypeVar, cast
from uuid import UUID

from postline.channels.base import check_times
from postline.channels.inkbox_identity import IdentitySource
from postline.channels.phone_records import Call, Consent, Conversation, Party, PlacedCall, Text, Turn
from postline.channels.records import Direction, Page
from postline.errors import ArgumentError
from postline.inkbox.exceptions import InkboxAPIError
from postline.inkbox.phone import types
from postline.inkbox.phone.calls import Calls, Transcripts
from postline.inkbox.phone.numbers import PhoneNumbers
from postline.inkbox.phone.sms_opt_ins import SmsOptIns
from postline.inkbox.phone.texts import Texts
from postline.operation import Gather, Listing, Operation, Steps, Work
from postline.resource import C

T = TypeVar("T")

PAGE = 200  # the most that the service lists at once
PARTIES: dict[str, Party] = {"local": "agent", "remote": "caller"}


class _Numbered(Generic[C]):
    """A channel on the number of one identity.

    Args:
        client: An `Inkbox` or an `AsyncInkbox`.
        handle: The identity's; it is looked up once.
    """

    service = "Inkbox"
    lacks: frozenset[str] = frozenset()

    def __init__(self, client: C, handle: str) -> None:
        self.client = client
        self.number: str | None = None
        self._identity = IdentitySource(handle)
        self.handle = self._identity.handle

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.handle!r})"

    def _number_id(self) -> Steps[UUID]:
        identity = yield from self._identity.detail()
        if identity.phone_number is None:
            raise ArgumentError(f"the identity {identity.agent_handle} has no phone number")
        self.number = identity.phone_number.number
        return identity.phone_number.id


class InkboxPhone(_Numbered[C]):
    """The calls of one Inkbox identity."""

    def list_calls(self, *, limit: int = 20, cursor: str | None = None) -> Steps[Page[Call]]:
        """List calls, newest first, without what was said."""
        number_id = yield from self._number_id()
        found = yield from Calls.list(number_id, limit=limit + 1, offset=_offset(cursor))
        return _page(found, limit, cursor, _call)

    def get_call(self, call_id: str) -> Steps[Call]:
        """Fetch one call with its turns."""
        number_id = yield from self._number_id()
        call = yield from Calls.get(number_id, call_id)
        return (yield from self._with_turns(call))

    def search_transcripts(self, query: str, *, limit: int = 20) -> Steps[Page[Turn]]:
        """Find what was said, by words."""
        number_id = yield from self._number_id()
        found = yield from PhoneNumbers.search_transcripts(number_id, q=query, limit=limit)
        return Page(tuple(map(_turn, found)))

    def place_call(self, to: str) -> Steps[PlacedCall]:
        """Call a number; the answer tells what is left of the day's allowance."""
        yield from self._number_id()
        placed = yield from Calls.place(from_number=self.number or "", to_number=to)
        left = placed.rate_limit
        note = f"{left.calls_remaining} calls and {left.minutes_remaining:g} minutes are left for now" if left else None
        return PlacedCall(call=_call(placed), note=note)

    def calls(self, *, since: datetime | None = None) -> Listing[Call]:
        """Describe every call with its turns, newest first: one request for two hundred, and one for each."""

        check_times(since=since)

        def listed(number_id: UUID) -> Listing[types.PhoneCall]:
            return _everything(lambda offset: Calls.list(number_id, limit=PAGE, offset=offset), since)

        return Listing.after(self._number_id, listed).expand(self._with_turns)

    def _with_turns(self, call: types.PhoneCall) -> Steps[Call]:
        number_id = yield from self._number_id()
        turns = yield from Transcripts.list(number_id, call.id)
        return _call(call, tuple(map(_turn, turns)))


class InkboxTexts(_Numbered[C]):
    """The text messages of one Inkbox identity."""

    def list_texts(self, *, limit: int = 20, cursor: str | None = None, unread_only: bool = False) -> Steps[Page[Text]]:
        """List texts, newest first."""
        number_id = yield from self._number_id()
        unread = False if unread_only else None
        found = yield from Texts.list(number_id, limit=limit + 1, offset=_offset(cursor), is_read=unread)
        return _page(found, limit, cursor, _text)

    def list_conversations(self, *, limit: int = 20, cursor: str | None = None) -> Steps[Page[Conversation]]:
        """List conversations, the one with the newest text first."""
        number_id = yield from self._number_id()
        found = yield from Texts.list_conversations(number_id, limit=limit + 1, offset=_offset(cursor))
        return _page(found, limit, cursor, _conversation)

    def list_conversation_texts(self, other: str, *, limit: int = 20, cursor: str | None = None) -> Steps[Page[Text]]:
        """List the texts with one other number, newest first."""
        number_id = yield from self._number_id()
        found = yield from Texts.get_conversation(number_id, other, limit=limit + 1, offset=_offset(cursor))
        return _page(found, limit, cursor, _text)

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
            return _everything(lambda offset: Texts.list(number_id, limit=PAGE, offset=offset), since)

        return Listing.after(self._number_id, listed).map(_text)


Dated = TypeVar("Dated", types.PhoneCall, types.TextMessage)


def _everything(fetch: Callable[[int], Work[list[Dated]]], since: datetime | None) -> Listing[Dated]:
    """Describe everything that a list by offset holds. What arrives meanwhile moves items on: those are not told twice."""
    seen: set[UUID] = set()
    offset = 0

    def items(found: list[Dated]) -> Iterable[Dated]:
        fresh = [each for each in found if each.id not in seen]
        seen.update(each.id for each in fresh)
        return [each for each in fresh if since is None or each.created_at >= since]

    def following(found: list[Dated]) -> Operation[list[Dated]] | None:
        nonlocal offset
        offset += len(found)
        ended = len(found) < PAGE or (since is not None and found[-1].created_at < since)
        return None if ended else cast("Operation[list[Dated]]", fetch(offset))

    return Listing.paged(cast("Operation[list[Dated]]", fetch(0)), items, following)


U = TypeVar("U")


def _page(found: list[T], limit: int, cursor: str | None, convert: Callable[[T], U]) -> Page[U]:
    onward = str(_offset(cursor) + limit) if len(found) > limit else None
    return Page(tuple(map(convert, found[:limit])), onward)


def _offset(cursor: str | None) -> int:
    if cursor is not None and not cursor.isdecimal():
        raise ArgumentError("that cursor is not one of this listing's: give back the cursor as it came")
    return int(cursor or 0)


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
