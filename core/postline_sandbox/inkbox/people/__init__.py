"""Contacts and notes, and which agents see them."""
