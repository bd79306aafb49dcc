"""The operations of mailboxes, messages, threads and their contact rules."""

from postline_sandbox.inkbox.call import Route

ROUTES: list[tuple[str, str, Route]] = []
