"""Text worth indexing: mail, calls and text messages as clean documents with stable ids and flat metadata.

Knows no framework and needs no extra. What a service sends is cleaned here; reading it from a service belongs to channels, and
storing it to the integrations.
"""

from postline.documents._calls import call_document
from postline.documents._document import Document
from postline.documents._html import html_to_text
from postline.documents._mail import TextMode, email_document
from postline.documents._quotes import Parts, new_text, split_text
from postline.documents._reading import read_calls, read_mail, read_texts
from postline.documents._texts import text_documents

__all__ = [
    "Document",
    "Parts",
    "TextMode",
    "call_document",
    "email_document",
    "html_to_text",
    "new_text",
    "read_calls",
    "read_mail",
    "read_texts",
    "split_text",
    "text_documents",
]
