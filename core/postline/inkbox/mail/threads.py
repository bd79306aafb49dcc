"""Endpoints of threads."""

from __future__ import annotations

from postline.errors import ArgumentError
from postline.inkbox._arguments import Id, at, stated
from postline.inkbox.mail._pages import pages
from postline.inkbox.mail.types import Thread, ThreadDetail, ThreadFolder
from postline.operation import Listing, Operation
from postline.resource import C, Resource, endpoint, listing

# Inside a class whose method is called `list`, the type needs another name.
Folders = list[ThreadFolder]


class Threads(Resource[C]):
    """Conversations."""

    @listing
    def list(
        self, email_address: str, *, folder: ThreadFolder | str | None = None, page_size: int = 50
    ) -> Listing[Thread]:
        """List a mailbox's threads, by their newest message; by default of all folders that the key may see."""
        return pages(_of(email_address), Thread, {"limit": page_size, "folder": folder})

    @endpoint
    def list_folders(self, email_address: str) -> Operation[Folders]:
        """List the folders that are not empty."""
        return Operation("GET", _of(email_address, "/folders"), Folders)

    @endpoint
    def get(self, email_address: str, thread_id: Id) -> Operation[ThreadDetail]:
        """Fetch a thread with its messages, oldest first, without their bodies."""
        return Operation("GET", _of(email_address, "/{}", thread_id), ThreadDetail)

    @endpoint
    def update(
        self, email_address: str, thread_id: Id, *, folder: ThreadFolder | str | None = None
    ) -> Operation[Thread]:
        """Move a thread to another folder.

        Raises:
            ValueError: The folder is `blocked`, which is the service's own.
        """
        if folder == ThreadFolder.BLOCKED:
            raise ArgumentError("only the service puts threads into the folder 'blocked'")
        where = _of(email_address, "/{}", thread_id)
        return Operation("PATCH", where, Thread, body=stated(folder=folder), repeatable=True)

    @endpoint
    def delete(self, email_address: str, thread_id: Id) -> Operation[None]:
        """Delete a thread and its messages."""
        return Operation("DELETE", _of(email_address, "/{}", thread_id), None)


def _of(email_address: str, template: str = "", *segments: Id) -> str:
    return at(f"/mail/mailboxes/{{}}/threads{template}", email_address, *segments)
