"""Records of contacts. The entries of a contact's lists are also how users write them."""

from __future__ import annotations

from dataclasses import field
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BeforeValidator, Field

from postline.inkbox._arguments import stated
from postline.inkbox._record import null_as, record

__all__ = [
    "Contact",
    "ContactAccess",
    "ContactAddress",
    "ContactCustomField",
    "ContactDate",
    "ContactEmail",
    "ContactImportResult",
    "ContactImportResultItem",
    "ContactPhone",
    "ContactWebsite",
]


@record(kw_only=False)
class ContactEmail:
    """An email address."""

    label: str | None
    value: str
    is_primary: bool = False

    def to_wire(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return stated(label=self.label, value=self.value, is_primary=self.is_primary or None)


@record(kw_only=False)
class ContactPhone:
    """A telephone number, E.164."""

    label: str | None
    value: Annotated[str, Field(validation_alias="value_e164")]
    is_primary: bool = False

    def to_wire(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return stated(label=self.label, value_e164=self.value, is_primary=self.is_primary or None)


@record(kw_only=False)
class ContactWebsite:
    """A web address."""

    label: str | None
    value: Annotated[str, Field(validation_alias="url")]

    def to_wire(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return stated(label=self.label, url=self.value)


@record(kw_only=False)
class ContactDate:
    """A day that matters."""

    label: str | None
    value: Annotated[date, Field(validation_alias="date")]

    def to_wire(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return stated(label=self.label, date=self.value)


@record(kw_only=False)
class ContactAddress:
    """A postal address."""

    label: str | None = None
    street: str | None = None
    city: str | None = None
    region: str | None = None
    postal_code: Annotated[str | None, Field(validation_alias="postal")] = None
    country: str | None = None

    def to_wire(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return stated(
            label=self.label, street=self.street, city=self.city,
            region=self.region, postal=self.postal_code, country=self.country,
        )  # fmt: skip


@record(kw_only=False)
class ContactCustomField:
    """Anything else, under a name of its own."""

    label: str
    value: str

    def to_wire(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return stated(label=self.label, value=self.value)


@record
class ContactAccess:
    """Who sees a contact: one identity, or with `identity_id=None` all of them."""

    id: UUID
    contact_id: UUID
    identity_id: UUID | None = None
    created_at: datetime


def _entries(value: Any) -> Any:
    """Read null as no entries, and an entry without a label as one whose label is null."""
    if value is None:
        return []
    return [{"label": None, **each} if isinstance(each, dict) else each for each in value]


_AreEntries = BeforeValidator(_entries)


@record
class Contact:
    """A person or a company."""

    id: UUID
    preferred_name: str | None = None
    name_prefix: str | None = None
    given_name: str | None = None
    middle_name: str | None = None
    family_name: str | None = None
    name_suffix: str | None = None
    company_name: str | None = None
    job_title: str | None = None
    birthday: date | None = None
    notes: str | None = None
    emails: Annotated[list[ContactEmail], _AreEntries] = field(default_factory=list)
    phones: Annotated[list[ContactPhone], _AreEntries] = field(default_factory=list)
    websites: Annotated[list[ContactWebsite], _AreEntries] = field(default_factory=list)
    dates: Annotated[list[ContactDate], _AreEntries] = field(default_factory=list)
    addresses: Annotated[list[ContactAddress], _AreEntries] = field(default_factory=list)
    custom_fields: Annotated[list[ContactCustomField], null_as(list)] = field(default_factory=list)
    access: Annotated[list[ContactAccess], null_as(list)] = field(default_factory=list)
    organization_id: str | None = None
    status: str | None = None
    created_at: datetime
    updated_at: datetime


@record
class ContactImportResultItem:
    """What became of one card."""

    index: int
    """From 0, in the order of the import."""
    status: str
    """`created` or `error`."""
    contact: Contact | None = None
    error: str | None = None


@record
class ContactImportResult:
    """What became of an import, card by card."""

    created_count: int
    error_count: int
    results: Annotated[list[ContactImportResultItem], null_as(list)] = field(default_factory=list)

    @property
    def created_ids(self) -> list[UUID]:
        """The ids of the contacts that were made."""
        return [item.contact.id for item in self.results if item.contact]

    @property
    def errors(self) -> list[ContactImportResultItem]:
        """The cards that could not be imported."""
        return [item for item in self.results if item.status == "error"]
