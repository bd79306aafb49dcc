"""What a draft becomes in mail: its subject, its place in a thread, the headers that go out."""

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from postline_sandbox.commune.intake import routing_token
from postline_sandbox.mime import File, Mail, bare_address, html_to_text

if TYPE_CHECKING:
    from postline_sandbox.commune.service import Commune

_HEADER_CHARS = 998
_OWN_HEADERS = frozenset(
    {"from", "to", "cc", "bcc", "sender", "return-path", "delivered-to", "received", "dkim-signature"}
    | {"authentication-results", "arc-seal", "arc-message-signature", "arc-authentication-results"}
    | {"x-google-dkim-signature", "list-unsubscribe", "list-unsubscribe-post", "in-reply-to", "references"}
)


@dataclass(frozen=True)
class Draft:
    """A valid request to send."""

    to: list[str]
    subject: str
    text: str | None = None
    html: str | None = None
    cc: list[str] = field(default_factory=list)
    bcc: list[str] = field(default_factory=list)
    sender: str | None = None
    reply_to: str | None = None
    thread_id: str | None = None
    domain_id: str | None = None
    inbox_id: str | None = None
    attachments: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Composed:
    """The mail, and the thread it went to."""

    mail: Mail
    thread_id: str
    routing_token: str

    def with_files(self, files: tuple[File, ...], recipients: list[str]) -> Mail:
        """Return the mail with its attachments, to those who really get it."""
        return replace(self.mail, attachments=files, to=tuple(recipients))


def compose(commune: "Commune", organization_id: str, draft: Draft, sender: str, message_id: str) -> Composed:
    """Compose a mail; from here on its thread is known by a reply address."""
    thread_id = draft.thread_id or f"thread_{commune.ids.uuid()}"
    newest = _newest(commune, organization_id, thread_id)
    token = routing_token(commune.routing_secret, thread_id)
    commune.storage.run(
        "INSERT OR IGNORE INTO commune_routing_tokens VALUES (?, ?, ?)", token, organization_id, thread_id
    )
    local_part, _, domain = bare_address(sender).rpartition("@")
    reply_to = draft.reply_to or f"{local_part.partition('+')[0]}+{token}@{domain}"
    references = (*newest[1], newest[0]) if newest else ()
    wire_id = f"<{message_id}@{domain}>"
    headers = {name: value[:_HEADER_CHARS] for name, value in draft.headers.items() if name.lower() not in _OWN_HEADERS}
    headers |= {"Message-ID": wire_id, "Reply-To": reply_to, "X-Commune-Outbound-Id": message_id}
    headers |= {"List-Unsubscribe": f"<mailto:unsubscribe+{token}@{domain}>"}
    headers |= {"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    if newest:
        headers |= {"In-Reply-To": newest[0], "References": " ".join(references)}
    mail = Mail(
        sender=sender,
        message_id=wire_id,
        to=tuple(draft.to),
        cc=tuple(draft.cc),
        reply_to=(reply_to,),
        subject=draft.subject if not newest or draft.subject.startswith("Re:") else f"Re: {draft.subject}",
        text=draft.text or html_to_text(draft.html or ""),
        html=draft.html or None,
        in_reply_to=newest[0] if newest else None,
        references=references,
        headers=headers,
    )
    return Composed(mail, thread_id, token)


def _newest(commune: "Commune", organization_id: str, thread_id: str) -> tuple[str, list[str]] | None:
    """Return the Message-ID of a thread's newest message and the chain that it answers."""
    row = commune.storage.row(
        "SELECT wire_id, record FROM commune_messages WHERE organization_id = ? AND thread_id = ?"
        " ORDER BY created_at DESC, seq DESC LIMIT 1",
        *(organization_id, thread_id),
    )
    if row is None:
        return None
    metadata = json.loads(row[1])["metadata"]
    return row[0], metadata["references"] or [one for one in [metadata["in_reply_to"]] if one]
