"""Forwarding: a stored message sent on, quoted in the text or enclosed whole."""

import json
from email.message import EmailMessage
from email.policy import SMTP
from html import escape
from typing import Literal

from pydantic import Field

from postline_sandbox.inkbox.call import Call
from postline_sandbox.inkbox.forms import Form, invalid
from postline_sandbox.inkbox.mail import mailbox_rows, messages, send
from postline_sandbox.inkbox.mail.send import SUBJECT_CHARS, AttachmentForm, Recipients
from postline_sandbox.inkbox.mail.tables import ATTACHMENTS
from postline_sandbox.mime import File, Mail, html_to_text
from postline_sandbox.web import Json, Reply


class Forward(Form):
    """The body of a forward."""

    recipients: Recipients
    mode: Literal["inline", "wrapped"] = "inline"
    include_original_attachments: bool = True
    subject: str | None = Field(None, max_length=SUBJECT_CHARS)
    body_text: str | None = None
    body_html: str | None = None
    additional_attachments: list[AttachmentForm] | None = None
    reply_to: str | None = None


def forward_message(call: Call) -> Reply:
    """Send a stored message on, in a thread of its own."""
    mailbox, row, form = mailbox_rows.visible(call, call.params[0]), messages.find(call), call.body(Forward)
    if not form.recipients.all():
        raise invalid("At least one recipient is needed", "body", "recipients")
    original: Json = {**json.loads(row["record"]), **json.loads(row["detail"])}
    files = [
        File(one["filename"], one["content_type"], one["content"])
        for one in ATTACHMENTS.many(call.inkbox.storage, {"message_id": row["id"]})
    ]
    text, html, carried = _enclosed(form, original, files) if form.mode == "wrapped" else _quoted(form, original, files)
    mail = Mail(
        sender=send.sender(call.inkbox, mailbox),
        message_id=send.new_message_id(call.inkbox, mailbox),
        to=tuple(form.recipients.to),
        cc=tuple(form.recipients.cc),
        reply_to=(form.reply_to,) if form.reply_to else (),
        subject=form.subject if form.subject is not None else _subject(original["subject"] or ""),
        text=text,
        html=html,
        sent_at=call.inkbox.clock.now(),
        attachments=(*carried, *send.read_files(form.additional_attachments or [], "additional_attachments")),
    )
    record = send.transmit(call, mailbox, mail, form.recipients, event="forwarded", is_new_thread=True)
    return call.json(record, 201)


def _subject(original: str) -> str:
    return original if original.lower().startswith(("fwd:", "fw:")) else f"Fwd: {original}"[:SUBJECT_CHARS]


def _quoted(form: Forward, original: Json, files: list[File]) -> tuple[str, str | None, list[File]]:
    """Return the caller's note above the original."""
    facts = {
        "From": original["from_address"],
        "Date": original["created_at"],
        "Subject": original["subject"] or "",
        "To": ", ".join(original["to_addresses"]),
    }
    facts |= {"Cc": ", ".join(original["cc_addresses"])} if original["cc_addresses"] else {}
    head = ["---------- Forwarded message ---------", *(f"{name}: {value}" for name, value in facts.items())]
    body = original["body_text"] or html_to_text(original["body_html"] or "")
    text = "\n".join([*([form.body_text, ""] if form.body_text else []), *head, "", body])
    html = None
    if form.body_html or original["body_html"]:
        note = form.body_html or _paragraph(form.body_text or "")
        page = original["body_html"] or _paragraph(body)
        html = f"{note}<div>{'<br>'.join(escape(line) for line in head)}</div><br>{page}"
    return text, html, files if form.include_original_attachments else []


def _enclosed(form: Forward, original: Json, files: list[File]) -> tuple[str, str | None, list[File]]:
    """Return the caller's note, and the original as one file."""
    whole = EmailMessage(policy=SMTP)
    names = {"From": "from_address", "Subject": "subject", "Message-ID": "message_id", "In-Reply-To": "in_reply_to"}
    for name, field in names.items():
        if original[field]:
            whole[name] = original[field]
    for name, field in {"To": "to_addresses", "Cc": "cc_addresses"}.items():
        if original[field]:
            whole[name] = ", ".join(original[field])
    whole.set_content(original["body_text"] or "")
    if original["body_html"]:
        whole.add_alternative(original["body_html"], subtype="html")
    for file in files:
        kind, _, subtype = file.mime_type.partition("/")
        whole.add_attachment(
            file.content, maintype=kind or "application", subtype=subtype or "octet-stream", filename=file.filename
        )
    enclosed = File("forwarded-message.eml", "message/rfc822", whole.as_bytes())
    return form.body_text or "", form.body_html, [enclosed]


def _paragraph(text: str) -> str:
    return f"<p>{escape(text).replace(chr(10), '<br>')}</p>" if text else ""
