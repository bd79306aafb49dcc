"""Mail: mailboxes, messages, threads, contact rules, sending domains."""

from postline.inkbox.exceptions import InkboxAPIError, InkboxError
from postline.inkbox.mail.types import Mailbox, Message, MessageDetail, Thread, ThreadDetail
from postline.inkbox.signing_keys import SigningKey

__all__ = [
    "InkboxAPIError",
    "InkboxError",
    "Mailbox",
    "Message",
    "MessageDetail",
    "SigningKey",
    "Thread",
    "ThreadDetail",
]
