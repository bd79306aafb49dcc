"""What the clients of Inkbox are asked for: messages of one mailbox."""

from typing import Any

from bench.names import mailbox_of, uuid_of

MAILBOX = mailbox_of(1000)


def ids(count: int) -> list[str]:
    return [uuid_of(number) for number in range(count)]


def target(message_id: str) -> str:
    return f"/api/v1/mail/mailboxes/{MAILBOX}/messages/{message_id}"


def text(answer: Any) -> tuple[str, str]:
    return answer["message_id"], answer["body_text"]
