"""postline's `Inkbox`."""

from collections.abc import Iterator
from functools import partial

from bench.clients import postline_ways
from bench.clients.inkbox import MAILBOX, ids
from bench.names import KEY, mailbox_of, uuid_of
from postline import Inkbox
from postline.inkbox.mail.messages import Messages
from postline.inkbox.mail.types import MessageDetail


def construct(url: str) -> Inkbox:
    return Inkbox(KEY, base_url=url)


def first(client: Inkbox) -> str:
    with client:
        return client.messages.get(MAILBOX, uuid_of(0)).body_text or ""


def reads(client: Inkbox, count: int, width: int = 1) -> list[MessageDetail]:
    call, build = partial(client.messages.get, MAILBOX), partial(Messages.get, MAILBOX)
    return postline_ways.read(client, call, build, ids(count), width)


def texts(answers: list[MessageDetail]) -> Iterator[tuple[str, str]]:
    return ((message.message_id, message.body_text or "") for message in answers)


def inbox(client: Inkbox, size: int) -> Iterator[tuple[str, str]]:
    from postline import InkboxMail

    for message in postline_ways.stream(client, InkboxMail(client, mailbox_of(size)).messages()):
        yield message.message_id or "", message.text or ""


def calls(client: Inkbox, size: int) -> Iterator[tuple[str, str]]:
    from postline.channels.inkbox_phone import InkboxPhone

    for call in postline_ways.stream(client, InkboxPhone(client, f"agent-{size}").calls()):
        yield call.id, "\n".join(turn.text for turn in call.turns or ())


def unlock(client: Inkbox, vault_key: str) -> object:
    with client:
        return client.vault.unlock(vault_key)
