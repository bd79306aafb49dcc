"""The sandbox as a whole: built from its parts, served on a thread, ended with everything it began."""

import asyncio
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from postline_sandbox.commune.accounts import first_account as first_commune_account
from postline_sandbox.commune.control import CommuneControl
from postline_sandbox.commune.service import Commune
from postline_sandbox.control.app import application
from postline_sandbox.control.old_mail import OldMailControl
from postline_sandbox.control.operation import Portal
from postline_sandbox.control.shared import SharedControl
from postline_sandbox.front import Front
from postline_sandbox.inkbox.accounts import first_account as first_inkbox_account
from postline_sandbox.inkbox.control import InkboxControl
from postline_sandbox.inkbox.phone.control import PhoneControl
from postline_sandbox.inkbox.service import Inkbox
from postline_sandbox.server import ServerThread
from postline_sandbox.world import World


@dataclass(frozen=True)
class Access:
    """How a client reaches one service."""

    base_url: str
    api_key: str = field(repr=False)


class Control(SharedControl, OldMailControl, CommuneControl, InkboxControl, PhoneControl):
    """The sandbox's control side: what only the outside world, an operator or a test could do."""

    def __init__(self, world: World, portal: Portal, base_url: str) -> None:
        self.world = world
        self.portal = portal
        self.base_url = base_url


class Sandbox:
    """A local twin of the services, on loopback, for as long as it is open.

    Use it as a context manager, in plain or asynchronous code; it runs on a thread of its own.

    Args:
        host: The address to listen at.
        port: The port to listen at; 0 takes a free one.
        data: An SQLite file that keeps everything; without one, everything is forgotten at the end.
        seed: What keys and identifiers are derived from; a file that was used before keeps its own.
        now: Where the clock stands until it is advanced; without it the machine's time is used.

    Raises:
        StorageError: The file is in use, or is not a sandbox's.
        OSError: The port is taken.
    """

    commune: Access
    inkbox: Access
    control: Control

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        data: str | Path | None = None,
        seed: str = "postline",
        now: datetime | None = None,
    ) -> None:
        self._place = (host, port)
        self._data = None if data is None else Path(data)
        self._seed = seed
        self._now = now
        self._thread: ServerThread | None = None
        self._world: World | None = None

    def start(self) -> Self:
        """Serve; needed only where the sandbox is not used as a context manager."""
        self._world = World(data=self._data, seed=self._seed, now=self._now)
        try:
            self._thread = ServerThread(*self._place)
            self._serve(self._world, self._thread)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """End everything: requests under way, webhooks, the thread, the database."""
        world, self._world, thread, self._thread = self._world, None, self._thread, None
        if thread is not None and world is not None:
            thread.stop(world.closing)
        if world is not None:
            world.storage.close()

    def _serve(self, world: World, thread: ServerThread) -> None:
        world.base_url = thread.base_url
        path = f"/control-{secrets.token_hex(16)}"
        commune, inkbox = Commune(world), Inkbox(world)
        world.services |= {commune.name: commune, inkbox.name: inkbox}
        self.commune = Access(thread.base_url, first_commune_account(commune))
        self.inkbox = Access(thread.base_url, first_inkbox_account(inkbox))
        self.control = Control(world, thread, thread.base_url + path)
        thread.start(Front(world, application(self.control, path), f"{path}/"), world.hooks.run, world.closing)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        return await asyncio.to_thread(self.start)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self.stop)
