"""What the services share: time, identifiers, the database, faults, webhooks, and mail between them."""

import asyncio
import contextlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from postline_sandbox.clock import Clock, instant_ms
from postline_sandbox.faults import Faults
from postline_sandbox.hooks import Hooks
from postline_sandbox.ids import Ids
from postline_sandbox.mime import Mail, bare_address
from postline_sandbox.service import Service
from postline_sandbox.storage import Storage


class World:
    """The state of one sandbox. Everything here runs on the sandbox's own thread.

    A file that was used before brings its own seed, counter and clock along.
    """

    def __init__(self, *, data: Path | None, seed: str, now: datetime | None) -> None:
        self.storage = Storage(data)
        self.seed: str = self.storage.recall("seed") or seed
        self.ids = Ids(self.seed, self.storage.recall("counter") or 0)
        self.clock = _clock(self.storage.recall("clock"), now)
        self.faults = Faults()
        self.hooks = Hooks(self.storage, self.clock, self.seed)
        self.services: dict[str, Service] = {}
        self.base_url = ""
        self.closing = asyncio.Event()
        self._counted = self.ids.counter
        with self.storage.transaction():
            self.storage.keep("seed", self.seed)
            self.keep_clock()

    def keep_clock(self) -> None:
        """Store how the clock was moved, so that a restart goes on from there."""
        self.storage.keep("clock", {"offset_ms": self.clock.offset_ms, "still_ms": self.clock.still_ms})

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit the block as a whole, the identifiers it used up included."""
        try:
            with self.storage.transaction():
                yield
                if self.ids.counter != self._counted:
                    self.storage.keep("counter", self.ids.counter)
                    self._counted = self.ids.counter
        except BaseException:
            self._counted = -1
            raise

    def post(self, mail: Mail, recipients: list[str]) -> list[dict[str, Any]]:
        """Bring mail to those of the recipients that live here, and report what became of each.

        A recipient may be written with a name.
        """
        addresses = [bare_address(one) for one in recipients]
        reports: list[dict[str, Any]] = []
        for service in self.services.values():
            own = [address for address in addresses if service.has_address(address)]
            reports += service.receive(mail, own) if own else []
        return reports

    async def pause(self, seconds: float) -> None:
        """Wait in real time, but not past the sandbox's end."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.closing.wait(), seconds)


def _clock(kept: dict[str, Any] | None, now: datetime | None) -> Clock:
    if now is not None:
        return Clock(still_ms=instant_ms(now))
    return Clock(**kept) if kept else Clock()
