"""What an agent can do with an address or a number, whatever the service: neutral records, and one protocol per channel.

One service's words stop here: adapters translate. A tool or a reader names the protocol that it needs, never a service.
"""

from postline.channels.base import Channel
from postline.channels.bundle import Channels
from postline.channels.credentials import Credential, Credentials, Part, Secret
from postline.channels.mail import Mail
from postline.channels.people import Account, Contacts
from postline.channels.phone import Phone, Texts
from postline.channels.phone_records import (
    Call,
    Consent,
    Contact,
    Conversation,
    Identity,
    PlacedCall,
    Text,
    Turn,
)
from postline.channels.records import (
    Address,
    Attachment,
    Draft,
    Hit,
    Message,
    Page,
    Sent,
    Thread,
)

__all__ = [
    "Account",
    "Address",
    "Attachment",
    "Call",
    "Channel",
    "Channels",
    "Consent",
    "Contact",
    "Contacts",
    "Conversation",
    "Credential",
    "Credentials",
    "Draft",
    "Hit",
    "Identity",
    "Mail",
    "Message",
    "Page",
    "Part",
    "Phone",
    "PlacedCall",
    "Secret",
    "Sent",
    "Text",
    "Texts",
    "Thread",
    "Turn",
]
