"""Every tool that ships, in the order in which a model sees them."""

from __future__ import annotations

from postline.tools import mail
from postline.tools.declare import Tool

CATALOGUE: tuple[Tool, ...] = (
    mail.list_emails,
    mail.search_emails,
    mail.read_email,
    mail.list_threads,
    mail.read_thread,
    mail.get_attachment,
    mail.send_email,
    mail.reply_to_email,
)
