"""The mail tools. Their docstrings are what a model reads."""

from __future__ import annotations

from postline.channels import Draft, Mail
from postline.channels.records import Direction
from postline.operation import Steps
from postline.tools.arguments import (
    Body,
    Cursor,
    EmailAddress,
    Id,
    Ids,
    Limit,
    MoreRecipients,
    Offset,
    Recipients,
    Subject,
    Time,
)
from postline.tools.attachments import open_attachment
from postline.tools.call import Call
from postline.tools.declare import tool
from postline.tools.entries import full_entry, hit_entry, summary_entry, thread_entry
from postline.tools.paging import counted, listing, unpaged
from postline.tools.result import Result
from postline.tools.sending import answer, forward, send
from postline.tools.showing import excerpt


@tool(effect="read", scope="messages:read")
def list_emails(
    mail: Mail,
    call: Call,
    *,
    limit: Limit = 20,
    cursor: Cursor | None = None,
    direction: Direction | None = None,
    sender: EmailAddress | None = None,
    since: Time | None = None,
    until: Time | None = None,
) -> Steps[Result]:
    """List the emails of this inbox, newest first, with the beginning of each. Use read_email for a whole one.

    Args:
        limit: How many at most.
        cursor: Reads on where an earlier result of the same call ended.
        direction: Only received (inbound) or only sent (outbound) ones.
        sender: Only those from this address.
        since: Only those from this time on, in ISO 8601; UTC unless it says otherwise.
        until: Only those before this time.
    """
    return listing(
        call,
        "emails",
        lambda size, at: mail.list_messages(
            limit=size, cursor=at, direction=direction, sender=sender, since=since, until=until
        ),
        summary_entry,
        limit=limit,
        cursor=cursor,
    )


@tool(effect="read", scope="threads:read")
def search_emails(
    mail: Mail, call: Call, *, query: Id, limit: Limit = 20, cursor: Cursor | None = None
) -> Steps[Result]:
    """Find emails or threads of this inbox by words, best match first, with the passage that matched.

    A hit names its thread, and its email where that is known: read on with read_email or read_thread.

    Args:
        query: The words to look for.
        limit: How many at most.
        cursor: Reads on where an earlier result of the same call ended.
    """
    found = unpaged(lambda size: mail.search_messages(query, limit=size))
    return listing(call, "hits", found, hit_entry, limit=limit, cursor=cursor)


@tool(effect="read", scope="threads:read attachments:read")
def read_email(mail: Mail, call: Call, *, message_id: Id, offset: Offset = 0) -> Steps[Result]:
    """Read one email: its text, who wrote it to whom and when, and its attachments.

    Args:
        message_id: The id of the email, as a listing gave it.
        offset: Where in a long text to start, in characters.
    """
    message = yield from mail.get_message(message_id)
    return excerpt(call, "One email.", "email", full_entry(message), offset=offset)


@tool(effect="read", scope="threads:read")
def list_threads(mail: Mail, call: Call, *, limit: Limit = 20, cursor: Cursor | None = None) -> Steps[Result]:
    """List the conversations of this inbox, the one with the newest email first. Use read_thread for the emails of one.

    Args:
        limit: How many at most.
        cursor: Reads on where an earlier result of the same call ended.
    """
    return listing(
        call,
        "threads",
        lambda size, at: mail.list_threads(limit=size, cursor=at),
        thread_entry,
        limit=limit,
        cursor=cursor,
    )


@tool(effect="read", scope="threads:read")
def read_thread(
    mail: Mail, call: Call, *, thread_id: Id, limit: Limit = 20, cursor: Cursor | None = None
) -> Steps[Result]:
    """Read the emails of one conversation with their texts, oldest first.

    Args:
        thread_id: The id of the conversation, as a listing or an email gave it.
        limit: How many emails at most.
        cursor: Reads on where an earlier result of the same call ended.
    """
    return listing(
        call,
        "emails",
        lambda size, at: mail.list_thread_messages(thread_id, limit=size, cursor=at),
        full_entry,
        limit=limit,
        cursor=cursor,
    )


@tool(effect="send", scope="messages:write", gate="send_message")
def send_email(
    mail: Mail,
    call: Call,
    *,
    to: Recipients,
    subject: Subject,
    text: Body,
    cc: MoreRecipients | None = None,
    bcc: MoreRecipients | None = None,
) -> Steps[Result]:
    """Send a new email from this inbox. It cannot be taken back. To answer an email, use reply_to_email instead.

    Args:
        to: The recipients' addresses.
        subject: The subject, on one line.
        text: The body, as plain text.
        cc: Addresses that get a copy.
        bcc: Addresses that get a copy without the others seeing it.
    """
    return send(mail, call, Draft(to=tuple(to), cc=tuple(cc or ()), bcc=tuple(bcc or ()), subject=subject, text=text))


@tool(effect="send", scope="threads:read attachments:read messages:write", gate="send_message")
def reply_to_email(mail: Mail, call: Call, *, message_id: Id, text: Body, reply_all: bool = False) -> Steps[Result]:
    """Answer one email in its thread, to where its sender wants answers. It cannot be taken back.

    Recipients and subject follow from the email, and the result names them. An answer to an email that this inbox sent goes to
    that email's recipients.

    Args:
        message_id: The id of the email to answer.
        text: The body of the answer, as plain text, without the text that it answers.
        reply_all: Whether everybody who got the email gets the answer too.
    """
    message = yield from mail.get_message(message_id)
    return (yield from send(mail, call, answer(message, text, everyone=reply_all)))


@tool(
    effect="send",
    scope="threads:read attachments:read messages:write",
    gate="send_message",
    needs="forward_message",
)
def forward_email(
    mail: Mail,
    call: Call,
    *,
    message_id: Id,
    to: Recipients,
    text: Body | None = None,
    cc: MoreRecipients | None = None,
    bcc: MoreRecipients | None = None,
) -> Steps[Result]:
    """Pass one email on to others, whole and with its attachments, in a thread of its own. It cannot be taken back.

    Args:
        message_id: The id of the email to pass on.
        to: The recipients' addresses.
        text: What to say above the email, as plain text.
        cc: Addresses that get a copy.
        bcc: Addresses that get a copy without the others seeing it.
    """
    message = yield from mail.get_message(message_id)
    return (yield from send(mail, call, forward(message, text or "", to=to, cc=cc or (), bcc=bcc or ())))


@tool(effect="write", scope="messages:write", idempotent=True, needs="mark_messages_read")
def mark_emails_read(mail: Mail, *, message_ids: Ids) -> Steps[Result]:
    """Mark emails of this inbox as read. If one of them cannot be, the others may have been; calling it again does no harm.

    Args:
        message_ids: The ids of the emails, as a listing gave them.
    """
    count = yield from mail.mark_messages_read(tuple(message_ids))
    return Result(f"Marked as read: {counted(count, 'emails')}.", {"marked": count})


@tool(effect="read", scope="threads:read attachments:read")
def get_attachment(
    mail: Mail, call: Call, *, attachment_id: Id, offset: Offset = 0, save: bool = False
) -> Steps[Result]:
    """Look at an attachment of an email: its name, type and size, and what it says if it is text.

    Args:
        attachment_id: The id of the attachment, as its email gave it.
        offset: Where in a long text to start, in characters.
        save: Whether to keep the file, where the operator gave a folder for that. Its name there is in the result.
    """
    return open_attachment(mail, call, attachment_id, offset=offset, save=save)
