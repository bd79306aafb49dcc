"""Endpoints of messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from postline.inkbox._arguments import Id, at, listed, stated
from postline.inkbox.mail._pages import pages
from postline.inkbox.mail.types import ForwardMode, Message, MessageDetail, MessageDirection
from postline.operation import Listing, Operation
from postline.resource import C, Resource, endpoint, listing

Files = Sequence[Mapping[str, str]]
"""Attachments to send: `filename`, `content_type` and `content_base64` of each."""


class Messages(Resource[C]):
    """Mail, received and sent."""

    @listing
    def list(
        self, email_address: str, *, page_size: int = 50, direction: MessageDirection | str | None = None
    ) -> Listing[Message]:
        """List a mailbox's messages without bodies, newest first; `page_size` is at most 100."""
        return pages(_of(email_address), Message, {"limit": page_size, "direction": direction})

    @listing
    def list_unread(
        self, email_address: str, *, page_size: int = 50, direction: MessageDirection | str | None = None
    ) -> Listing[Message]:
        """List unread messages. The service cannot filter them: everything is read to find them."""
        query = {"limit": page_size, "direction": direction}
        return pages(_of(email_address), Message, query, keep=lambda message: not message.is_read)

    @endpoint
    def get(self, email_address: str, message_id: Id) -> Operation[MessageDetail]:
        """Fetch a message with its body."""
        return Operation("GET", _of(email_address, "/{}", message_id), MessageDetail)

    @endpoint
    def send(
        self,
        email_address: str,
        *,
        to: Sequence[str],
        subject: str,
        body_text: str | None = None,
        body_html: str | None = None,
        cc: Sequence[str] | None = None,
        bcc: Sequence[str] | None = None,
        in_reply_to_message_id: Id | None = None,
        attachments: Files | None = None,
    ) -> Operation[Message]:
        """Send a mail. It is sent again only when it certainly did not arrive.

        Args:
            email_address: The mailbox to send from.
            to: Addresses; one at least.
            subject: At most 998 characters.
            body_text: The plain body; this or `body_html` is needed.
            body_html: The HTML body.
            cc: Addresses.
            bcc: Addresses.
            in_reply_to_message_id: The `message_id` of the mail that this one answers, so that it joins its thread.
            attachments: `filename`, `content_type` and `content_base64` of each; 25 MB in all.
        """
        content = stated(
            subject=subject, body_text=body_text, body_html=body_html,
            in_reply_to_message_id=in_reply_to_message_id, attachments=attachments,
        )  # fmt: skip
        recipients = {"to": listed("to", to), **_recipients(cc=cc, bcc=bcc)}
        return Operation("POST", _of(email_address), Message, body={"recipients": recipients, **content})

    @endpoint
    def forward(
        self,
        email_address: str,
        message_id: Id,
        *,
        to: Sequence[str] | None = None,
        cc: Sequence[str] | None = None,
        bcc: Sequence[str] | None = None,
        mode: ForwardMode | str = ForwardMode.INLINE,
        subject: str | None = None,
        body_text: str | None = None,
        body_html: str | None = None,
        additional_attachments: Files | None = None,
        include_original_attachments: bool = True,
        reply_to: str | None = None,
    ) -> Operation[Message]:
        """Forward a message, in a new thread. It is sent again only when it certainly did not arrive.

        Args:
            email_address: The mailbox that the message is in.
            message_id: The message.
            to: Addresses; one is needed among `to`, `cc` and `bcc`.
            cc: Addresses.
            bcc: Addresses.
            mode: The original in the body, or attached as a message.
            subject: By default the original's with `Fwd: ` before it.
            body_text: A note above the original.
            body_html: The note as HTML.
            additional_attachments: As in `send`.
            include_original_attachments: Only an inline forward can leave them out.
            reply_to: Where answers go.
        """
        content = stated(
            mode=ForwardMode(mode), include_original_attachments=include_original_attachments, subject=subject,
            body_text=body_text, body_html=body_html, additional_attachments=additional_attachments, reply_to=reply_to,
        )  # fmt: skip
        body = {"recipients": _recipients(to=to, cc=cc, bcc=bcc), **content}
        return Operation("POST", _of(email_address, "/{}/forward", message_id), Message, body=body)

    @endpoint
    def update_flags(
        self, email_address: str, message_id: Id, *, is_read: bool | None = None, is_starred: bool | None = None
    ) -> Operation[Message]:
        """Change a message's flags; `None` leaves one as it is."""
        body = stated(is_read=is_read, is_starred=is_starred)
        return Operation("PATCH", _of(email_address, "/{}", message_id), Message, body=body, repeatable=True)

    @endpoint
    def mark_read(self, email_address: str, message_id: Id) -> Operation[Message]:
        """Mark a message read."""
        return _flagged(email_address, message_id, is_read=True)

    @endpoint
    def mark_unread(self, email_address: str, message_id: Id) -> Operation[Message]:
        """Mark a message unread."""
        return _flagged(email_address, message_id, is_read=False)

    @endpoint
    def star(self, email_address: str, message_id: Id) -> Operation[Message]:
        """Star a message."""
        return _flagged(email_address, message_id, is_starred=True)

    @endpoint
    def unstar(self, email_address: str, message_id: Id) -> Operation[Message]:
        """Take a message's star away."""
        return _flagged(email_address, message_id, is_starred=False)

    @endpoint
    def delete(self, email_address: str, message_id: Id) -> Operation[None]:
        """Delete a message."""
        return Operation("DELETE", _of(email_address, "/{}", message_id), None)

    @endpoint
    def get_attachment(
        self, email_address: str, message_id: Id, filename: str, *, redirect: bool = False
    ) -> Operation[dict[str, Any]]:
        """Make a link to an attachment's content: its `url`, `filename`, and `expires_in` seconds. It needs no key."""
        where = _of(email_address, "/{}/attachments/{}", message_id, filename)
        return Operation("GET", where, dict[str, Any], {"redirect": redirect})


def _of(email_address: str, template: str = "", *segments: Id) -> str:
    return at(f"/mail/mailboxes/{{}}/messages{template}", email_address, *segments)


def _flagged(email_address: str, message_id: Id, **flags: bool) -> Operation[Message]:
    return Operation("PATCH", _of(email_address, "/{}", message_id), Message, body=flags, repeatable=True)


def _recipients(**addresses: Sequence[str] | None) -> dict[str, list[str]]:
    return {kind: listed(kind, each) for kind, each in addresses.items() if each}
