"""Mailboxes and what is in them."""
