"""`AgentIdentity`: an agent's own mail, calls and texts, on a client."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from postline.errors import PostlineError
from postline.hidden import Hidden
from postline.inkbox._arguments import OMITTED, Id, Omitted, listed
from postline.inkbox._borrowed import borrowed
from postline.inkbox._private import private
from postline.inkbox.credentials import Credentials
from postline.inkbox.exceptions import InkboxError
from postline.inkbox.identities.resource import Identities
from postline.inkbox.identities.types import IdentityDetail, IdentityMailbox, IdentityPhoneNumber
from postline.inkbox.mail.messages import Messages
from postline.inkbox.mail.threads import Threads
from postline.inkbox.phone.calls import Calls, Transcripts
from postline.inkbox.phone.numbers import PhoneNumbers
from postline.inkbox.phone.texts import Texts
from postline.inkbox.phone.types import PhoneCallWithRateLimit, TextMessage
from postline.inkbox.tunnels.types import Tunnel
from postline.inkbox.vault.opened import Opened
from postline.inkbox.vault.payloads import SecretPayload
from postline.inkbox.vault.resource import Vault, opened_by
from postline.inkbox.vault.totp import TOTPConfig
from postline.inkbox.vault.types import VaultSecret
from postline.operation import Steps, Work
from postline.resource import C, Resource, endpoint, listing

__all__ = ["AgentIdentity"]


def _handle(self: AgentIdentity[C]) -> str:
    return self.agent_handle


def _address(self: AgentIdentity[C]) -> str:
    if self.mailbox is None:
        raise InkboxError(f"Identity '{self.agent_handle}' has no mailbox; identities made with one have it for good.")
    return self.mailbox.email_address


def _number(self: AgentIdentity[C]) -> IdentityPhoneNumber:
    if self.phone_number is None:
        raise InkboxError(
            f"Identity '{self.agent_handle}' has no phone number assigned. Call provision_phone_number()."
        )
    return self.phone_number


def _number_id(self: AgentIdentity[C]) -> UUID:
    return _number(self).id


def _opened(self: AgentIdentity[C]) -> Opened:
    return opened_by(self._client)


class AgentIdentity(Resource[C]):
    """An agent with a handle, a mailbox, a tunnel, and perhaps a number; from `get_identity` or `create_identity`.

    What it knows of itself is as of then, and of `refresh` and the changes made through it.
    """

    def __init__(self, data: IdentityDetail, inkbox: C) -> None:
        super().__init__(inkbox)
        self._data = data

    @property
    def agent_handle(self) -> str:
        """The name that is unique to it."""
        return self._data.agent_handle

    @property
    def id(self) -> UUID:
        """Its id."""
        return self._data.id

    @property
    def display_name(self) -> str | None:
        """What people see."""
        return self._data.display_name

    @property
    def description(self) -> str | None:
        """What outsiders never see."""
        return self._data.description

    @property
    def email_address(self) -> str | None:
        """Its address; not to be computed from the handle."""
        return self._data.email_address

    @property
    def mailbox(self) -> IdentityMailbox | None:
        """Its mailbox."""
        return self._data.mailbox

    @property
    def phone_number(self) -> IdentityPhoneNumber | None:
        """Its number, if it has one."""
        return self._data.phone_number

    @property
    def tunnel(self) -> Tunnel | None:
        """Its tunnel."""
        return self._data.tunnel

    send_email = endpoint(borrowed("send_email", _address, Messages.send))
    forward_email = endpoint(borrowed("forward_email", _address, Messages.forward))
    iter_emails = listing(borrowed("iter_emails", _address, Messages.list))
    iter_unread_emails = listing(borrowed("iter_unread_emails", _address, Messages.list_unread))
    get_message = endpoint(borrowed("get_message", _address, Messages.get))
    get_thread = endpoint(borrowed("get_thread", _address, Threads.get))

    @endpoint
    def mark_emails_read(self, message_ids: Sequence[Id]) -> Steps[None]:
        """Mark messages read, one request after the other; an error leaves the rest as it was."""
        for message_id in listed("message_ids", message_ids):
            yield from Messages.mark_read(_address(self), message_id)

    list_calls = endpoint(borrowed("list_calls", _number_id, Calls.list))
    list_transcripts = endpoint(borrowed("list_transcripts", _number_id, Transcripts.list))
    send_text = endpoint(borrowed("send_text", _number_id, Texts.send))
    list_texts = endpoint(borrowed("list_texts", _number_id, Texts.list))
    get_text = endpoint(borrowed("get_text", _number_id, Texts.get))
    list_text_conversations = endpoint(borrowed("list_text_conversations", _number_id, Texts.list_conversations))
    get_text_conversation = endpoint(borrowed("get_text_conversation", _number_id, Texts.get_conversation))

    @endpoint
    def place_call(self, *, to_number: str, client_websocket_url: str | None = None) -> Work[PhoneCallWithRateLimit]:
        """Call an E.164 number, at once; see `calls.place`."""
        number = _number(self).number
        return Calls.place(from_number=number, to_number=to_number, client_websocket_url=client_websocket_url)

    @endpoint
    def mark_text_read(self, text_id: Id) -> Work[TextMessage]:
        """Mark a text read."""
        return Texts.update(_number_id(self), text_id, is_read=True)

    @endpoint
    def mark_text_conversation_read(self, remote_number: str) -> Work[dict[str, Any]]:
        """Mark all texts with a remote number read; `updated_count` says how many were not."""
        return Texts.update_conversation(_number_id(self), remote_number, is_read=True)

    @endpoint
    def provision_phone_number(
        self, *, type: str = "toll_free", state: str | None = None
    ) -> Steps[IdentityPhoneNumber]:
        """Get a number: `toll_free`, which sends no texts, or `local` in a US state. It costs money."""
        yield from PhoneNumbers.provision(agent_handle=self.agent_handle, type=type, state=state)
        self._data = yield from Identities.get(self.agent_handle)
        return _number(self)

    @endpoint
    def release_phone_number(self) -> Steps[None]:
        """Give the number back, for good."""
        _number(self)
        yield from Identities.release_phone_number(self.agent_handle)
        self._data.phone_number = None

    list_access = endpoint(borrowed("list_access", _handle, Identities.list_access))
    grant_access = endpoint(borrowed("grant_access", _handle, Identities.grant_access))
    revoke_access = endpoint(borrowed("revoke_access", _handle, Identities.revoke_access))

    @property
    def credentials(self) -> Credentials:
        """What it can log in with, of the open vault: all that the client's API key may read.

        Raises:
            VaultLockedError: The vault is not open.
        """
        return Credentials(_opened(self).secrets())

    @endpoint
    def create_secret(self, name: str, payload: SecretPayload, *, description: str | None = None) -> Steps[VaultSecret]:
        """Store a secret, and let this identity read it. The vault must be open, as for the other secrets' methods.

        Where the secret was stored and the rest failed, a note on the error has its id.
        """
        secret = yield from _opened(self).create_secret(name, payload, description=description)
        try:
            yield from Vault.grant_access(secret.id, self.id)
        except PostlineError as error:
            if getattr(error, "status_code", None) != 409:  # else it may read it already
                error.add_note(f"the secret was stored, with the id {secret.id}; grant access to it, or delete it")
                raise
        return secret

    get_secret = endpoint(borrowed("get_secret", _opened, Opened.get_secret))
    delete_secret = endpoint(borrowed("delete_secret", _opened, Opened.delete_secret))
    remove_totp = endpoint(borrowed("remove_totp", _opened, Opened.remove_totp))
    get_totp_code = endpoint(borrowed("get_totp_code", _opened, Opened.get_totp_code))

    @private
    def set_totp(self, secret_id: Id, totp: TOTPConfig | str) -> Steps[VaultSecret]:
        """Give a login one-time codes, by what makes them or by an `otpauth` address, in place of those that it has."""
        return self._setting_totp(secret_id, Hidden(totp))

    def _setting_totp(self, secret_id: Id, totp: Hidden[TOTPConfig | str]) -> Steps[VaultSecret]:
        return (yield from _opened(self).set_totp(secret_id, totp))

    @endpoint
    def revoke_credential_access(self, secret_id: Id) -> Work[None]:
        """Take a vault secret away from this identity."""
        return Vault.revoke_access(secret_id, self.id)

    @endpoint
    def update(
        self,
        *,
        new_handle: str | None = None,
        display_name: str | Omitted | None = OMITTED,
        description: str | Omitted | None = OMITTED,
        status: str | None = None,
    ) -> Steps[None]:
        """Change what is given; `None` clears a name or description, `status` is `active` or `paused`.

        Raises:
            HandleUnavailableError: The new handle is taken or reserved.
        """
        summary = yield from Identities.update(
            self.agent_handle, new_handle=new_handle, display_name=display_name, description=description, status=status
        )
        self._data = replace(self._data, **vars(summary))
        if new_handle is not None and self.tunnel is not None:
            self._data = yield from Identities.get(self.agent_handle)

    @endpoint
    def refresh(self) -> Steps[AgentIdentity[C]]:
        """Read anew what the service knows of it; returns itself."""
        self._data = yield from Identities.get(self.agent_handle)
        return self

    delete = endpoint(borrowed("delete", _handle, Identities.delete))

    def __repr__(self) -> str:
        return f"{type(self).__name__}(agent_handle={self.agent_handle!r}, id={str(self.id)!r})"
