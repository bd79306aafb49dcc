"""Contacts: the organization's address book."""
