"""Sending: what may be sent, and the mail that it becomes."""

import base64
import binascii
import json
from pathlib import PurePath
from typing import TYPE_CHECKING

from pydantic import Field

from postline_sandbox.inkbox import signup_limits
from postline_sandbox.inkbox.call import Call, found
from postline_sandbox.inkbox.forms import Form, invalid
from postline_sandbox.inkbox.mail import events, mailbox_rows, outcomes, store
from postline_sandbox.inkbox.mail.rules import ADDRESS
from postline_sandbox.inkbox.mail.tables import MESSAGES
from postline_sandbox.inkbox.tables import IDENTITIES
from postline_sandbox.mime import File, Mail, bare_address, identity
from postline_sandbox.web import Json, Reply

if TYPE_CHECKING:
    from postline_sandbox.inkbox.service import Inkbox

SUBJECT_CHARS = 998
_ATTACHMENTS_BYTES = 25 * 1024 * 1024
_REFUSED_SUFFIXES = frozenset({".exe", ".bat", ".scr"})


class Recipients(Form):
    """Whom a mail is for."""

    to: list[str] = []
    cc: list[str] = []
    bcc: list[str] = []

    def all(self) -> list[str]:
        """Return everybody, in order."""
        return [*self.to, *self.cc, *self.bcc]


class AttachmentForm(Form):
    """A file to send."""

    filename: str = Field(min_length=1, max_length=255)
    content_type: str
    content_base64: str


class NewMessage(Form):
    """The body of a send."""

    recipients: Recipients
    subject: str = Field(max_length=SUBJECT_CHARS)
    body_text: str | None = None
    body_html: str | None = None
    in_reply_to_message_id: str | None = None
    attachments: list[AttachmentForm] | None = None


def send_message(call: Call) -> Reply:
    """Send a mail and answer with it as it left."""
    mailbox, form = mailbox_rows.visible(call, call.params[0]), call.body(NewMessage)
    if not form.recipients.to:
        raise invalid("At least one recipient is needed", "body", "recipients", "to")
    if not form.body_text and not form.body_html:
        raise invalid("One of body_text and body_html is needed", "body")
    in_reply_to, references = _answered(call, mailbox, form.in_reply_to_message_id)
    mail = Mail(
        sender=sender(call.inkbox, mailbox),
        message_id=new_message_id(call.inkbox, mailbox),
        to=tuple(form.recipients.to),
        cc=tuple(form.recipients.cc),
        subject=form.subject,
        text=form.body_text or "",
        html=form.body_html,
        in_reply_to=in_reply_to,
        references=references,
        sent_at=call.inkbox.clock.now(),
        attachments=read_files(form.attachments or [], "attachments"),
    )
    return call.json(transmit(call, mailbox, mail, form.recipients, event="sent"), 201)


def transmit(
    call: Call, mailbox: Json, mail: Mail, recipients: Recipients, *, event: str, is_new_thread: bool = False
) -> Json:
    """Keep an outgoing mail, bring it to its recipients, and return its record as it left."""
    for one in recipients.all():
        if not ADDRESS.fullmatch(bare_address(one)):
            raise invalid("Not an email address", "body", "recipients")
    signup_limits.count_send(call, mailbox, recipients.all())
    now, bcc = call.inkbox.clock.iso(), tuple(bare_address(one) for one in recipients.bcc)
    entry = store.Entry(mailbox, mail, "outbound", "sent", now, bcc, is_new_thread)
    record = store.keep(call.inkbox, entry)
    events.tell(call.inkbox, mailbox, event, record, list(bcc) or None)
    outcomes.dispatch(call.inkbox, mail, recipients.all(), record)
    return record


def sender(inkbox: "Inkbox", mailbox: Json) -> str:
    """Return who mail from a mailbox is from: its identity's name and its address."""
    owner = IDENTITIES.one(inkbox.storage, id=mailbox["agent_identity_id"])
    return identity((owner and owner["display_name"]) or "", mailbox["email_address"])


def new_message_id(inkbox: "Inkbox", mailbox: Json) -> str:
    """Return a Message-ID for a new mail."""
    return f"<{inkbox.ids.hex()}@{mailbox['sending_domain']}>"


def read_files(forms: list[AttachmentForm], name: str) -> tuple[File, ...]:
    """Decode attachments; 422 where one is not base64, or of a kind that no mail system takes, or they are too long."""
    files: list[File] = []
    for number, form in enumerate(forms):
        if PurePath(form.filename.lower()).suffix in _REFUSED_SUFFIXES:
            raise invalid("Files of this type are refused", "body", name, number, "filename")
        try:
            content = base64.b64decode(form.content_base64, validate=True)
        except (binascii.Error, ValueError) as error:
            raise invalid("Not base64", "body", name, number, "content_base64") from error
        files.append(File(form.filename, form.content_type, content))
    if sum(len(one.content) for one in files) > _ATTACHMENTS_BYTES:
        raise invalid("Attachments are limited to 25 MB in all", "body", name)
    return tuple(files)


def _answered(call: Call, mailbox: Json, name: str | None) -> tuple[str | None, tuple[str, ...]]:
    """Return the Message-ID that a mail answers and the chain that leads to it.

    The message may be named by its Message-ID or by its id; a Message-ID that is not known here is taken as it is.
    """
    if name is None:
        return None, ()
    by_id = not name.startswith("<")
    where = {"id": name.lower()} if by_id else {"message_id": name}
    row = MESSAGES.one(call.inkbox.storage, mailbox_id=mailbox["id"], **where)
    if by_id:
        name = str(found(row, "Message to reply to")["message_id"])
    chain = (json.loads(row["detail"])["references"] if row else None) or []
    return name, (*chain, name)
