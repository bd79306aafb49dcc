"""Text worth indexing: mail as clean documents with stable ids and flat metadata. Knows no framework and needs no extra.

What a service sends is cleaned here; reading it from a service belongs to channels, and storing it to the integrations.
"""

from postline.documents._document import Document, TextMode, email_document
from postline.documents._html import html_to_text
from postline.documents._quotes import Parts, new_text, split_text

__all__ = ["Document", "Parts", "TextMode", "email_document", "html_to_text", "new_text", "split_text"]
