"""Who the agent is, and whom it knows."""

from __future__ import annotations

from typing import Protocol

from postline.channels.base import Channel
from postline.channels.phone_records import Contact, Identity
from postline.channels.records import Page
from postline.operation import Steps


class Account(Channel, Protocol):
    """What the agent's own identity is."""

    def whoami(self) -> Steps[Identity]:
        """Tell the agent's name, address and number."""


class Contacts(Channel, Protocol):
    """The address book that the agent may see."""

    def find_contacts(self, query: str, *, limit: int = 20) -> Steps[Page[Contact]]:
        """Find people by name, company, email address or phone number."""

    def save_contact(self, contact: Contact) -> Steps[Contact]:
        """Add somebody, or change them where `contact.id` is given.

        What is not empty replaces what was there, but addresses and numbers are added.
        """
