"""Control operations that concern every service: time, faults, mail from outside, webhooks."""

import base64
import binascii
import re
from dataclasses import replace
from typing import Any

from postline_sandbox.control.operation import ControlError, Operations, operation
from postline_sandbox.faults import Fault, FaultKind
from postline_sandbox.mime import File, Mail, MalformedMailError, bare_address, parse


class SharedControl(Operations):
    """What an operator can do whatever the service."""

    @operation
    def now(self) -> str:
        """Return the sandbox's time."""
        return self.world.clock.iso()

    @operation
    def advance(self, seconds: float) -> str:
        """Move the sandbox's time forward and return it; what falls due meanwhile happens at once."""
        if not 0 <= seconds <= 10**9:
            raise ControlError("advance: seconds must be between 0 and 1000000000")
        self.world.clock.advance(seconds)
        with self.world.transaction():
            self.world.keep_clock()
        self.world.hooks.wake()
        return self.world.clock.iso()

    @operation
    def fault(
        self,
        kind: FaultKind,
        *,
        method: str | None = None,
        path: str = "",
        service: str | None = None,
        times: int | None = 1,
        seconds: float = 1,
        status: int = 503,
    ) -> dict[str, Any]:
        """Make the next requests go wrong.

        `kind` is `latency` (wait `seconds`, then answer), `rate_limit` (429 with a `Retry-After` of `seconds`),
        `server_error` (`status`, any from 400 on; nothing is done), `not_json` (200 with a page instead),
        `dropped_reply` (the work is done, the connection closes without an answer), `truncated_body` (the work is
        done, half the answer arrives), `closed_connection` (nothing is done). `path` is a regular expression that
        the path must contain; `times` is for how many requests, null for all until `clear_faults`.
        """
        if times is not None and times < 1:
            raise ControlError("fault: times must be at least 1, or null")
        if not 0 <= seconds <= 3600:
            raise ControlError("fault: seconds must be between 0 and 3600")
        if not 400 <= status <= 599:
            raise ControlError("fault: status must be between 400 and 599")
        if service not in {None, *self.world.services}:
            raise ControlError(f"fault: service must be one of {', '.join(self.world.services)}")
        try:
            pattern = re.compile(path)
        except re.error as error:
            raise ControlError(f"fault: path is not a regular expression: {error}") from error
        status = 429 if kind == "rate_limit" else status
        fault_id = self.world.ids.secret(f"fault {self.world.faults.count}", 12)
        verb = method.upper() if method else None
        self.world.faults.add(Fault(fault_id, kind, service, verb, pattern, times, seconds, status))
        return {"fault_id": fault_id, "kind": kind}

    @operation
    def clear_faults(self) -> int:
        """Take back all faults and return how many there were."""
        return self.world.faults.clear()

    @operation
    def deliver(
        self,
        to: str | list[str] = "",
        sender: str = "",
        subject: str = "",
        text: str = "",
        *,
        html: str | None = None,
        cc: list[str] | None = None,
        reply_to: str | None = None,
        attachments: list[dict[str, Any]] | None = None,
        in_reply_to: str | None = None,
        references: list[str] | None = None,
        message_id: str | None = None,
        headers: dict[str, str] | None = None,
        raw: str | bytes | None = None,
    ) -> list[dict[str, Any]]:
        """Deliver a mail from the outside world and return what became of it, one entry per inbox.

        Give the parts, or the whole mail as `raw` (then `to` may be left out: its own recipients get it).
        An attachment is `{"filename", "content", "mime_type"}`, the content base64 (or bytes, from Python).
        """
        mail = self._raw(raw) if raw is not None else None
        recipients = [to] if isinstance(to, str) and to else list(to)
        if mail is None:
            mail = self._mail(recipients, sender, subject, text, message_id)
            files = tuple(_file(one) for one in attachments or ())
            replies, copies = (reply_to,) if reply_to else (), tuple(cc or ())
            mail = replace(mail, html=html, cc=copies, reply_to=replies, attachments=files, in_reply_to=in_reply_to)
            more = {key.lower(): one for key, one in (headers or {}).items()}
            mail = replace(mail, references=tuple(references or ()), headers={**mail.headers, **more})
        reports = self.world.post(mail, recipients or [*mail.to, *mail.cc])
        missing = [one["to"] for one in reports if one.get("reason") == "no such inbox"]
        if not reports or len(missing) == len(reports):
            names = ", ".join(map(str, missing)) or ", ".join(recipients) or "its recipients"
            raise ControlError(f"deliver: no inbox here has the address {names}")
        return reports

    @operation
    def webhook_deliveries(self, *, state: str | None = None) -> list[dict[str, Any]]:
        """List webhook deliveries of all services, newest first; `state` is pending, retrying, delivered or dead."""
        if state is None:
            return self.world.hooks.listing("1")
        return self.world.hooks.listing("state = ?", state)

    @operation
    async def settle(self) -> None:
        """Wait until every webhook that is due has been posted."""
        await self.world.hooks.settle()

    def _raw(self, raw: str | bytes) -> Mail:
        try:
            return parse(raw.encode() if isinstance(raw, str) else raw)
        except MalformedMailError as error:
            raise ControlError(f"deliver: {error}") from error

    def _mail(self, recipients: list[str], sender: str, subject: str, text: str, message_id: str | None) -> Mail:
        if not recipients:
            raise ControlError("deliver: to is missing")
        if "@" not in bare_address(sender):
            raise ControlError("deliver: sender must be an address or `Name <address>`")
        with self.world.transaction():
            own_id = message_id or f"<{self.world.ids.hex()}@{bare_address(sender).rpartition('@')[2]}>"
        if not (own_id.startswith("<") and own_id.endswith(">")):
            raise ControlError("deliver: message_id needs its angle brackets")
        head = {"from": sender, "to": ", ".join(recipients), "subject": subject, "message-id": own_id}
        now = self.world.clock.now()
        return Mail(sender, own_id, tuple(recipients), subject=subject, text=text, sent_at=now, headers=head)


def _file(given: dict[str, Any]) -> File:
    content, filename = given.get("content", b""), given.get("filename")
    if not isinstance(filename, str) or not filename:
        raise ControlError("deliver: an attachment needs a filename")
    try:
        data = content if isinstance(content, bytes) else base64.b64decode(content, validate=True)
    except (binascii.Error, TypeError, ValueError) as error:
        raise ControlError(f"deliver: the content of {filename} is not base64") from error
    return File(filename, str(given.get("mime_type") or "application/octet-stream"), data)
