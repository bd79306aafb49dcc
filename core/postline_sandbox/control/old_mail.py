"""The control operation that fills an inbox with mail of the past."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from postline_sandbox import mailfiles
from postline_sandbox.control.operation import ControlError, Operations, operation
from postline_sandbox.mime import MalformedMailError, parse
from postline_sandbox.service import Importer


class OldMailControl(Operations):
    """What can be brought along from elsewhere."""

    @operation
    def import_mail(self, path: str, inbox: str) -> dict[str, Any]:
        """Bring old mail into the inbox of an address: an `.mbox` or `.eml` file, a Maildir, or a folder of those.

        A Message-ID seen before is brought up to date in place; what cannot be read is skipped and reported. Mail
        from the inbox's own address counts as sent. Nothing is screened, limited or announced.
        """
        importers = (service.importer(inbox) for service in self.world.services.values())
        importer = next((one for one in importers if one is not None), None)
        if importer is None:
            raise ControlError(f"import_mail: no inbox here has the address {inbox}")
        try:
            with self.world.transaction():
                return self._import(mailfiles.messages(Path(path)), importer)
        except OSError as error:
            raise ControlError(f"import_mail: {error}") from error

    def _import(self, found: Iterator[tuple[str, bytes]], importer: Importer) -> dict[str, Any]:
        counts = {"imported": 0, "updated": 0}
        skipped: list[dict[str, str]] = []
        for source, raw in found:
            try:
                with self.world.transaction():
                    new = importer(parse(raw))
            except MalformedMailError as error:
                skipped.append({"source": source, "reason": str(error)})
            else:
                counts["imported" if new else "updated"] += 1
        return {**counts, "skipped": skipped}
