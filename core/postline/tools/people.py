"""The tools for the address book, and for who the agent is. Their docstrings are what a model reads."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from postline.channels import Account, Contact, Contacts
from postline.operation import Steps
from postline.tools.arguments import Cursor, EmailAddress, Id, Limit, Line, Note, PhoneNumber
from postline.tools.call import Call
from postline.tools.declare import tool
from postline.tools.entries import facts
from postline.tools.paging import listing, unpaged
from postline.tools.phone_entries import contact_entry, identity_entry
from postline.tools.result import Result, ToolArgumentError
from postline.tools.showing import result, room, show

Emails = Annotated[list[EmailAddress], Field(max_length=20)]
Phones = Annotated[list[PhoneNumber], Field(max_length=20)]


@tool(effect="read", scope="contacts:read")
def find_contact(
    contacts: Contacts, call: Call, *, query: Id, limit: Limit = 20, cursor: Cursor | None = None
) -> Steps[Result]:
    """Find people in the address book, with their addresses and numbers.

    Args:
        query: A name, company, email address or phone number, or part of one.
        limit: How many at most.
        cursor: Reads on where an earlier result of the same call ended.
    """
    return listing(
        call,
        "contacts",
        unpaged(lambda size: contacts.find_contacts(query, limit=size)),
        contact_entry,
        limit=limit,
        cursor=cursor,
        onward="a toolbox with a larger budget",
    )


@tool(effect="write", scope="contacts:write")
def save_contact(
    contacts: Contacts,
    call: Call,
    *,
    contact_id: Id | None = None,
    name: Line | None = None,
    company: Line | None = None,
    job_title: Line | None = None,
    emails: Emails | None = None,
    phones: Phones | None = None,
    notes: Note | None = None,
) -> Steps[Result]:
    """Add somebody to the address book, or change them. Look with find_contact first, so that nobody is there twice.

    Args:
        contact_id: Whom to change, as find_contact gave it; without it, somebody new is added, by name or company.
        name: The person's name.
        company: Where they work.
        job_title: What they do there.
        emails: Email addresses, added to those that are there.
        phones: Phone numbers in E.164 form, added to those that are there.
        notes: What else to know about them; it replaces the note that is there.
    """
    if not (contact_id or name or company):
        raise ToolArgumentError("Somebody new needs a name or a company.")
    wanted = Contact(
        id=contact_id or "",
        name=name or "",
        company=company or "",
        job_title=job_title or "",
        emails=tuple(emails or ()),
        phones=tuple(phones or ()),
        notes=notes or "",
    )
    saved = contact_entry((yield from contacts.save_contact(wanted)))
    return result("The contact was saved.", [show(saved, room(call))], {"contact": saved})


@tool(effect="read", scope="account:read")
def whoami(account: Account) -> Steps[Result]:
    """Tell this agent's own name, email address and phone number, and whether that number can send texts."""
    identity = yield from account.whoami()
    entry = identity_entry(identity)
    return Result("\n".join(["This agent's own identity.", *facts(entry)]), {"identity": entry})
