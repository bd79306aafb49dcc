"""What an agent can do with an address or a number, whatever the service: neutral records, and one protocol per channel.

One service's words stop here: adapters translate. A tool or a reader names the protocol it needs, never a service.
"""

from postline.channels.mail import Mail
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

__all__ = ["Address", "Attachment", "Draft", "Hit", "Mail", "Message", "Page", "Sent", "Thread"]
