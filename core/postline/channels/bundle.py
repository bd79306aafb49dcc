"""All that one identity has."""

from __future__ import annotations

from dataclasses import dataclass

from postline.channels.credentials import Credentials
from postline.channels.mail import Mail
from postline.channels.people import Account, Contacts
from postline.channels.phone import Phone, Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """The channels of one identity; what is `None` it does not have, and no tool for it is there."""

    mail: Mail | None = None
    phone: Phone | None = None
    texts: Texts | None = None
    contacts: Contacts | None = None
    account: Account | None = None
    credentials: Credentials | None = None
