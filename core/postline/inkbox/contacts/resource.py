"""Endpoints of contacts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal, TypeAlias

from postline.errors import ArgumentError
from postline.inkbox._arguments import OMITTED, Id, Omitted, at, given, stated
from postline.inkbox._record import Items
from postline.inkbox.contacts.access import AccessToContacts
from postline.inkbox.contacts.types import (
    Contact,
    ContactAddress,
    ContactCustomField,
    ContactDate,
    ContactEmail,
    ContactPhone,
    ContactWebsite,
)
from postline.inkbox.contacts.vcards import VCards
from postline.operation import Operation
from postline.resource import C, Resource, endpoint

# Inside a class whose method is called `list`, the type needs another name.
ContactList = list[Contact]
Raw: TypeAlias = Mapping[str, Any]


class Contacts(Resource[C]):
    """The organization's address book. A key sees what its identity may."""

    def __init__(self, client: C) -> None:
        super().__init__(client)
        self.access = AccessToContacts(client)
        self.vcards = VCards(client)

    @endpoint
    def list(
        self,
        *,
        q: str | None = None,
        order: Literal["name", "recent"] | str | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Operation[ContactList]:
        """List contacts; `q` finds part of a name, company, title or note. 50 unless `limit` says otherwise, at most 200."""
        query = {"q": q, "order": order, "limit": limit, "offset": offset}
        return Operation("GET", at("/contacts"), Items[Contact], query)

    @endpoint
    def lookup(
        self,
        *,
        email: str | None = None,
        email_contains: str | None = None,
        email_domain: str | None = None,
        phone: str | None = None,
        phone_contains: str | None = None,
    ) -> Operation[ContactList]:
        """Find the contacts with an address or a number, or with part of one. Give exactly one argument.

        Raises:
            ValueError: None was given, or several.
        """
        query = stated(
            email=email, email_contains=email_contains, email_domain=email_domain,
            phone=phone, phone_contains=phone_contains,
        )  # fmt: skip
        if len(query) != 1:
            raise ArgumentError(
                "lookup() requires exactly one of: email, email_contains, email_domain, phone, phone_contains."
            )
        return Operation("GET", at("/contacts/lookup"), Items[Contact], query)

    @endpoint
    def get(self, contact_id: Id) -> Operation[Contact]:
        """Fetch one contact."""
        return Operation("GET", at("/contacts/{}", contact_id), Contact)

    @endpoint
    def create(
        self,
        *,
        preferred_name: str | None = None,
        name_prefix: str | None = None,
        given_name: str | None = None,
        middle_name: str | None = None,
        family_name: str | None = None,
        name_suffix: str | None = None,
        company_name: str | None = None,
        job_title: str | None = None,
        birthday: date | str | None = None,
        notes: str | None = None,
        emails: Sequence[ContactEmail | Raw] | None = None,
        phones: Sequence[ContactPhone | Raw] | None = None,
        websites: Sequence[ContactWebsite | Raw] | None = None,
        dates: Sequence[ContactDate | Raw] | None = None,
        addresses: Sequence[ContactAddress | Raw] | None = None,
        custom_fields: Sequence[ContactCustomField | Raw] | None = None,
        access_identity_ids: Sequence[Id] | Literal["wildcard"] | None = "wildcard",
    ) -> Operation[Contact]:
        """Add a contact; a name or a company is needed.

        By default every identity sees it; with a list of identities only those, with `[]` none.
        """
        fields = stated(
            preferred_name=preferred_name, name_prefix=name_prefix, given_name=given_name, middle_name=middle_name,
            family_name=family_name, name_suffix=name_suffix, company_name=company_name, job_title=job_title,
            birthday=birthday, notes=notes, emails=_wire(emails), phones=_wire(phones), websites=_wire(websites),
            dates=_wire(dates), addresses=_wire(addresses), custom_fields=_wire(custom_fields),
        )  # fmt: skip
        access = given(access_identity_ids=OMITTED if access_identity_ids == "wildcard" else access_identity_ids)
        return Operation("POST", at("/contacts"), Contact, body={**fields, **access})

    @endpoint
    def update(
        self,
        contact_id: Id,
        *,
        preferred_name: str | Omitted | None = OMITTED,
        name_prefix: str | Omitted | None = OMITTED,
        given_name: str | Omitted | None = OMITTED,
        middle_name: str | Omitted | None = OMITTED,
        family_name: str | Omitted | None = OMITTED,
        name_suffix: str | Omitted | None = OMITTED,
        company_name: str | Omitted | None = OMITTED,
        job_title: str | Omitted | None = OMITTED,
        birthday: date | str | Omitted | None = OMITTED,
        notes: str | Omitted | None = OMITTED,
        emails: Sequence[ContactEmail | Raw] | Omitted | None = OMITTED,
        phones: Sequence[ContactPhone | Raw] | Omitted | None = OMITTED,
        websites: Sequence[ContactWebsite | Raw] | Omitted | None = OMITTED,
        dates: Sequence[ContactDate | Raw] | Omitted | None = OMITTED,
        addresses: Sequence[ContactAddress | Raw] | Omitted | None = OMITTED,
        custom_fields: Sequence[ContactCustomField | Raw] | Omitted | None = OMITTED,
    ) -> Operation[Contact]:
        """Change what is given; `None` clears a field, and a list replaces the whole old one."""
        body = given(
            preferred_name=preferred_name, name_prefix=name_prefix, given_name=given_name, middle_name=middle_name,
            family_name=family_name, name_suffix=name_suffix, company_name=company_name, job_title=job_title,
            birthday=birthday, notes=notes, emails=_wire(emails), phones=_wire(phones), websites=_wire(websites),
            dates=_wire(dates), addresses=_wire(addresses), custom_fields=_wire(custom_fields),
        )  # fmt: skip
        return Operation("PATCH", at("/contacts/{}", contact_id), Contact, body=body, repeatable=True)

    @endpoint
    def delete(self, contact_id: Id) -> Operation[None]:
        """Delete a contact."""
        return Operation("DELETE", at("/contacts/{}", contact_id), None)


def _wire(entries: Any) -> Any:
    if entries is None or entries is OMITTED:
        return entries
    return [dict(entry) if isinstance(entry, Mapping) else entry.to_wire() for entry in entries]
