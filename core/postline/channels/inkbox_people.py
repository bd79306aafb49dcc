"""`Account` and `Contacts` on Inkbox, and everything that an identity has, at once."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from postline.async_client import AsyncClient
from postline.channels.bundle import Channels
from postline.channels.inkbox import InkboxMail
from postline.channels.inkbox_credentials import InkboxCredentials
from postline.channels.inkbox_identity import IdentitySource
from postline.channels.inkbox_phone import InkboxPhone, InkboxTexts
from postline.channels.phone_records import Contact, Identity
from postline.channels.records import Page
from postline.client import Client
from postline.inkbox.contacts import types
from postline.inkbox.contacts.resource import Contacts
from postline.inkbox.contacts.types import ContactEmail, ContactPhone
from postline.inkbox.identities.resource import Identities
from postline.inkbox.phone.types import SmsStatus
from postline.inkbox.vault.resource import is_open
from postline.operation import Gather, Steps
from postline.resource import C

Entry = TypeVar("Entry", ContactEmail, ContactPhone)


class InkboxAccount(Generic[C]):
    """What one Inkbox identity is.

    Args:
        client: An `Inkbox` or an `AsyncInkbox`.
        handle: The identity's; it is looked up each time, since what it has can change.
    """

    service = "Inkbox"
    lacks: frozenset[str] = frozenset()

    def __init__(self, client: C, handle: str) -> None:
        self.client = client
        self.handle = handle

    def __repr__(self) -> str:
        return f"InkboxAccount({self.handle!r})"

    def whoami(self) -> Steps[Identity]:
        """Tell the identity's name, address and number."""
        found = yield from Identities.get(self.handle)
        number = found.phone_number
        return Identity(
            service=self.service,
            handle=found.agent_handle,
            name=found.display_name,
            description=found.description,
            email=found.mailbox.email_address if found.mailbox else found.email_address,
            phone=number.number if number else None,
            can_text=number.sms_status == SmsStatus.READY and number.type == "local" if number else None,
        )


class InkboxContacts(Generic[C]):
    """The address book, as far as the client's key may see it."""

    service = "Inkbox"
    lacks: frozenset[str] = frozenset()

    def __init__(self, client: C) -> None:
        self.client = client

    def __repr__(self) -> str:
        return "InkboxContacts()"

    def find_contacts(self, query: str, *, limit: int = 20) -> Steps[Page[Contact]]:
        """Find people: by address or number where the query looks like one, else by name, company, title or note."""
        found = yield from _lookups(query, limit)
        return Page(tuple(map(_contact, found[:limit])), note="there are more" if len(found) > limit else None)

    def save_contact(self, contact: Contact) -> Steps[Contact]:
        """Add somebody, or change them: addresses and numbers are added to those that are there."""
        known = (yield from Contacts.get(contact.id)) if contact.id else None
        emails = [*(known.emails if known else ()), *(ContactEmail(None, each) for each in contact.emails)]
        phones = [*(known.phones if known else ()), *(ContactPhone(None, each) for each in contact.phones)]
        texts = {
            "preferred_name": contact.name,
            "company_name": contact.company,
            "job_title": contact.job_title,
            "notes": contact.notes,
        }
        fields: dict[str, Any] = {name: text for name, text in texts.items() if text}
        # What is there already goes first and keeps its label.
        if contact.emails:
            fields["emails"] = _distinct(emails)
        if contact.phones:
            fields["phones"] = _distinct(phones)
        work = Contacts.update(contact.id, **fields) if contact.id else Contacts.create(**fields)
        return _contact((yield from work))


def inkbox_channels(client: Client[Any] | AsyncClient[Any], handle: str) -> Steps[Channels]:
    """Look an identity up and return what it has.

    No mail without a mailbox, no phone and no texts without a number, no credentials unless the client has the vault open.
    """
    found = yield from IdentitySource(handle).detail()
    number = found.phone_number
    return Channels(
        mail=InkboxMail(client, found.mailbox.email_address) if found.mailbox else None,
        phone=InkboxPhone(client, found) if number else None,
        texts=InkboxTexts(client, found) if number and number.type == "local" else None,
        contacts=InkboxContacts(client),
        account=InkboxAccount(client, found.agent_handle),
        credentials=InkboxCredentials(client, found) if is_open(client) else None,
    )


def _lookups(query: str, limit: int) -> Steps[list[types.Contact]]:
    digits = "".join(each for each in query if each.isdigit())
    ways = [Contacts.list(q=query, limit=min(limit + 1, 200))]
    if "@" in query:
        ways.append(Contacts.lookup(email_contains=query))
    elif len(digits) >= 4 and not any(each.isalpha() for each in query):
        ways.append(Contacts.lookup(phone_contains=digits))
    answers = yield from Gather(ways)
    return list({each.id: each for answer in answers for each in answer}.values())


def _distinct(entries: list[Entry]) -> list[Entry]:
    first: dict[str, Entry] = {}
    for each in entries:
        first.setdefault(each.value.lower(), each)
    return list(first.values())


def _contact(found: types.Contact) -> Contact:
    names = (found.given_name, found.middle_name, found.family_name)
    return Contact(
        id=str(found.id),
        name=found.preferred_name or " ".join(each for each in names if each),
        company=found.company_name or "",
        job_title=found.job_title or "",
        emails=tuple(each.value for each in found.emails),
        phones=tuple(each.value for each in found.phones),
        notes=found.notes or "",
    )
