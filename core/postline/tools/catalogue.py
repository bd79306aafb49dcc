"""Every tool that ships, in the order in which a model sees them."""

from __future__ import annotations

from postline.tools import credentials, mail, people, phone, texts
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
    mail.forward_email,
    mail.mark_emails_read,
    phone.list_calls,
    phone.read_call_transcript,
    phone.search_transcripts,
    phone.place_call,
    texts.list_texts,
    texts.list_text_conversations,
    texts.read_text_conversation,
    texts.check_text_consent,
    texts.send_text,
    texts.mark_texts_read,
    people.find_contact,
    people.save_contact,
    people.whoami,
    credentials.list_credentials,
    credentials.use_credential,
    credentials.get_one_time_code,
)
