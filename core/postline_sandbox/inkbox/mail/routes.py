"""The operations of mailboxes, messages, threads and their contact rules."""

from postline_sandbox.inkbox.call import Route, route
from postline_sandbox.inkbox.mail import attachments, forward, mailboxes, messages, send, threads
from postline_sandbox.inkbox.mail.rules import RULES

_MAILBOX = "/api/v1/mail/mailboxes/{}"
_MESSAGES = f"{_MAILBOX}/messages"
_THREADS = f"{_MAILBOX}/threads"
_RULES = f"{_MAILBOX}/contact-rules"

ROUTES: list[tuple[str, str, Route]] = [
    ("GET", "/api/v1/mail/mailboxes", route(mailboxes.list_mailboxes)),
    ("GET", _MAILBOX, route(mailboxes.get_mailbox)),
    ("PATCH", _MAILBOX, route(mailboxes.update_mailbox)),
    ("GET", f"{_MAILBOX}/search", route(mailboxes.search)),
    ("GET", _MESSAGES, route(messages.list_messages)),
    ("POST", _MESSAGES, route(send.send_message)),
    ("GET", f"{_MESSAGES}/{{}}", route(messages.get_message)),
    ("PATCH", f"{_MESSAGES}/{{}}", route(messages.update_flags)),
    ("DELETE", f"{_MESSAGES}/{{}}", route(messages.delete_message)),
    ("POST", f"{_MESSAGES}/{{}}/forward", route(forward.forward_message)),
    ("GET", f"{_MESSAGES}/{{}}/attachments/{{*}}", route(attachments.get_attachment)),
    ("GET", "/api/files/{}", route(attachments.download, is_open=True)),
    ("GET", _THREADS, route(threads.list_threads)),
    ("GET", f"{_THREADS}/folders", route(threads.list_folders)),
    ("GET", f"{_THREADS}/{{}}", route(threads.get_thread)),
    ("PATCH", f"{_THREADS}/{{}}", route(threads.update_thread)),
    ("DELETE", f"{_THREADS}/{{}}", route(threads.delete_thread)),
    ("GET", _RULES, route(RULES.list_own)),
    ("POST", _RULES, route(RULES.create)),
    ("GET", f"{_RULES}/{{}}", route(RULES.get)),
    ("PATCH", f"{_RULES}/{{}}", route(RULES.update, admin=True)),
    ("DELETE", f"{_RULES}/{{}}", route(RULES.delete, admin=True)),
    ("GET", "/api/v1/mail/contact-rules", route(RULES.list_all, admin=True)),
]
