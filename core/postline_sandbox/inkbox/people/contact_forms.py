"""What a contact may hold."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, Field, field_validator

from postline_sandbox.inkbox.e164 import normalized
from postline_sandbox.inkbox.forms import Form
from postline_sandbox.inkbox.mail.rules import ADDRESS
from postline_sandbox.web import Json

_NAMES = ("preferred_name", "given_name", "middle_name", "family_name", "company_name")


def _email(value: str) -> str:
    if not ADDRESS.fullmatch(value.strip()):
        raise ValueError("not an email address")
    return value.strip()


def _phone(value: str) -> str:
    number = normalized(value)
    if number is None:
        raise ValueError("not a phone number")
    return number


class _Labelled(Form):
    label: str | None = None


class Email(_Labelled):
    """An address of mail."""

    value: Annotated[str, AfterValidator(_email)]
    is_primary: bool = False


class Phone(_Labelled):
    """A phone number; it is kept in E.164."""

    value_e164: Annotated[str, AfterValidator(_phone)]
    is_primary: bool = False


class Website(_Labelled):
    """A page on the web."""

    url: str = Field(min_length=1)


class Day(_Labelled):
    """A day that matters."""

    date: date


class Address(_Labelled):
    """A postal address."""

    street: str | None = None
    city: str | None = None
    region: str | None = None
    country: str | None = None
    postal: str | None = None


class CustomField(Form):
    """Anything else."""

    label: str
    value: str


class ContactFields(Form):
    """The fields of a contact, each of which may be left out."""

    preferred_name: str | None = Field(None, max_length=255)
    name_prefix: str | None = Field(None, max_length=32)
    given_name: str | None = Field(None, max_length=128)
    middle_name: str | None = Field(None, max_length=128)
    family_name: str | None = Field(None, max_length=128)
    name_suffix: str | None = Field(None, max_length=32)
    company_name: str | None = Field(None, max_length=255)
    job_title: str | None = Field(None, max_length=255)
    notes: str | None = None
    birthday: date | None = None
    emails: list[Email] | None = Field(None, max_length=50)
    phones: list[Phone] | None = Field(None, max_length=50)
    websites: list[Website] | None = Field(None, max_length=25)
    dates: list[Day] | None = Field(None, max_length=25)
    addresses: list[Address] | None = Field(None, max_length=10)
    custom_fields: list[CustomField] | None = Field(None, max_length=50)

    @field_validator("emails")
    @classmethod
    def _emails_differ(cls, emails: list[Email] | None) -> list[Email] | None:
        _check_unique([one.value.lower() for one in emails or ()], [one.is_primary for one in emails or ()])
        return emails

    @field_validator("phones")
    @classmethod
    def _phones_differ(cls, phones: list[Phone] | None) -> list[Phone] | None:
        _check_unique([one.value_e164 for one in phones or ()], [one.is_primary for one in phones or ()])
        return phones

    def fields(self) -> Json:
        """Return the fields that were given as they are kept; a list that is null is empty."""
        given = self.model_dump(mode="json", include=self.model_fields_set & set(ContactFields.model_fields))
        return {name: [] if value is None and name in LISTS else value for name, value in given.items()}


class NewContact(ContactFields):
    """The body of a new contact: its fields and who sees it, everybody where nothing is said."""

    access_identity_ids: list[str] | None = Field(None, max_length=500)


LISTS = frozenset({"emails", "phones", "websites", "dates", "addresses", "custom_fields"})


def name_of(contact: Json) -> str | None:
    """Return what to call a contact: its preferred name, or one made from what else is known."""
    preferred, *parts, company = (contact.get(name) for name in _NAMES)
    return preferred or " ".join(part for part in parts if part) or company or None


def _check_unique(values: Sequence[Any], primary: Sequence[bool]) -> None:
    if any(count > 1 for count in Counter(values).values()):
        raise ValueError("an entry is there twice")
    if sum(primary) > 1:
        raise ValueError("only one entry can be the primary one")
