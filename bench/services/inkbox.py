"""The read calls of Inkbox's mail and identities. The phone and the vault are apart."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from bench.corpus import Corpus, Letter, dumps, timestamp
from bench.names import mailbox_of, message_name, number_in, uuid_of
from bench.services import Answer, Query, Route, limit_of
from bench.services.inkbox_phone import Phone
from bench.services.inkbox_vault import Vault

SINCE = "2026-01-01T00:00:00Z"


class Inkbox:
    """The trailing number of an address, a handle and a phone number's id is its size."""

    def __init__(self, corpus: Corpus, calls: int, secrets: int) -> None:
        self.corpus = corpus
        self.listed: list[bytes] = []
        self.whole: list[bytes] = []
        for letter in map(corpus.letter, range(corpus.size)):
            row = _listed(letter)
            self.listed.append(dumps(row))
            self.whole.append(dumps(row | _body(letter)))
        self.phone = Phone(calls)
        self.routes: dict[str, Route] = {
            "api/v1/mail/mailboxes/*/messages/*": self.message,
            "api/v1/mail/mailboxes/*/messages": self.messages,
            **self.phone.routes,
            "api/v1/mail/mailboxes/*/threads/*": self.thread,
            "api/v1/mail/mailboxes/*/threads": self.threads,
            "api/v1/identities/*": _identity,
            **Vault(secrets).routes,
        }

    def sums(self, of: str) -> list[int]:
        return self.phone.sums if of == "mail.calls" else self.corpus.sums

    def message(self, parts: list[str], _: Query) -> Answer:
        return 200, self.whole[number_in(parts[6])]

    def messages(self, parts: list[str], query: Query) -> Answer:
        return 200, _page(self.listed, number_in(parts[4]), query)

    def thread(self, parts: list[str], _: Query) -> Answer:
        number = number_in(parts[6])
        members = b",".join(self.listed[k] for k in self.corpus.thread(number))
        return 200, dumps(self.summary(number))[:-1] + b',"messages":[' + members + b"]}"

    def threads(self, parts: list[str], query: Query) -> Answer:
        return 200, _page(self.summaries, number_in(parts[4]) // self.corpus.per_thread, query)

    @cached_property
    def summaries(self) -> list[bytes]:
        """Every thread, oldest activity first."""
        return [dumps(self.summary(number)) for _, number in self.corpus.threads]

    def summary(self, thread: int) -> dict[str, Any]:
        members = self.corpus.thread(thread)
        return {
            "id": uuid_of(thread),
            "mailbox_id": uuid_of(0),
            "subject": f"Subject {thread}",
            "folder": "inbox",
            "message_count": len(members),
            "last_message_at": timestamp(self.corpus.times[members[-1]]),
            "created_at": timestamp(self.corpus.times[members[0]]),
        }


def _page(rows: Sequence[bytes], size: int, query: Query) -> bytes:
    """The latest rows first; a cursor is how many are left."""
    left = int(query.get("cursor", min(size, len(rows))))
    rest = max(0, left - limit_of(query, 50, 100))
    head = {"next_cursor": str(rest) if rest else None, "has_more": rest > 0}
    return b'{"items":[' + b",".join(rows[rest:left][::-1]) + b"]," + dumps(head)[1:]


def _listed(letter: Letter) -> dict[str, Any]:
    return {
        "id": uuid_of(letter.number),
        "mailbox_id": uuid_of(0),
        "thread_id": uuid_of(letter.thread),
        "message_id": message_name(letter.number),
        "from_address": letter.sender,
        "to_addresses": [letter.recipient],
        "cc_addresses": None,
        "subject": letter.subject,
        "snippet": letter.text[:200],
        "direction": "inbound" if letter.inbound else "outbound",
        "status": "received" if letter.inbound else "delivered",
        "is_read": True,
        "is_starred": False,
        "has_attachments": letter.has_attachment,
        "created_at": letter.at,
    }


def _body(letter: Letter) -> dict[str, Any]:
    attachment = {"filename": "bill.pdf", "content_type": "application/pdf", "size": 20_480}
    return {
        "body_text": letter.text,
        "body_html": letter.html,
        "bcc_addresses": None,
        "in_reply_to": letter.references[-1] if letter.references else None,
        "references": letter.references or None,
        "attachment_metadata": [attachment] if letter.has_attachment else None,
        "ses_message_id": None,
        "updated_at": letter.at,
    }


def _identity(parts: list[str], _: Query) -> Answer:
    """Who has a mailbox and a phone number of the size that the handle says."""
    size, times = number_in(parts[3]), {"created_at": SINCE, "updated_at": SINCE}
    mailbox = {"id": uuid_of(0), "email_address": mailbox_of(size), **times}
    number = {
        "id": uuid_of(size),
        "number": "+12125550100",
        "type": "local",
        "status": "active",
        "incoming_call_action": "auto_reject",
        **times,
    }
    identity = {"id": uuid_of(size), "organization_id": "org_bench", "agent_handle": parts[3], **times}
    return 200, dumps(identity | {"mailbox": mailbox, "phone_number": number, "tunnel": None})
