"""Approval: a person, or a program, decides on each call before it has its effect."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeAlias

from postline.channels import Draft, Message
from postline.operation import Offload, Steps
from postline.tools.call import Call, Layer, Proceed
from postline.tools.declare import Effect
from postline.tools.outgoing import Outgoing, outgoing
from postline.tools.rendering import clean, inline
from postline.tools.result import Result, ToolError
from postline.tools.toolbox import Toolbox


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRequest:
    """What is about to happen."""

    tool: str
    effect: Effect
    arguments: Mapping[str, Any] = field(repr=False)
    """As the model gave them; an edited call replaces them all."""
    summary: str = field(repr=False)
    """For a person: what happens if it is approved."""
    draft: Draft | None = field(default=None, repr=False)
    """The mail as it will go out, recipients of answers included; `None` for tools that send no mail."""
    recipients: tuple[str, ...] = field(default=(), repr=False)
    """Everybody whom the mail, text or call will reach: their addresses, or the number."""


@dataclass(frozen=True, slots=True)
class Deny:
    """Do not do it. The reason is told to the model."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """Do it with these arguments instead. They are checked, and every other policy judges the call anew."""

    arguments: Mapping[str, Any] = field(repr=False)


Decision: TypeAlias = bool | Deny | Edit
Ask: TypeAlias = Callable[[ApprovalRequest], Decision | Awaitable[Decision]]


class _EditedError(ToolError):
    """Ends a call in favour of an edited one."""

    def __init__(self, arguments: Mapping[str, Any], by: Layer) -> None:
        super().__init__("The call was edited; the edited one was made instead.")
        self.arguments = arguments
        self.by = by


def approve(
    toolbox: Toolbox, ask: Ask, *, effects: Collection[Effect] = ("write", "send", "spend", "secret")
) -> Toolbox:
    """Ask before a call has its effect. A mail is shown as it would go out, with the recipients that it would really get.

    Args:
        toolbox: What to restrict.
        ask: Returns `True`, `Deny(reason)` or `False`, or `Edit(arguments)`; anything else denies. A coroutine function serves
            callers that await.
        effects: The effects that need approval.
    """

    def consult(call: Call, leaving: Outgoing | None = None) -> Steps[None]:
        request = ApprovalRequest(
            tool=call.tool.name,
            effect=call.tool.effect,
            arguments=dict(call.arguments),
            summary=_summary(call, leaving),
            draft=leaving.draft if leaving else None,
            recipients=leaving.recipients if leaving else (),
        )
        decision: object = yield from Offload(partial(ask, request))
        match decision:
            case True:
                return
            case Edit(arguments=arguments):
                raise _EditedError(arguments, layer)
            case Deny(reason=str(reason)) if reason:
                raise ToolError(f"The call was not approved: {inline(reason)}")
        raise ToolError("The call was not approved.")

    def layer(call: Call, proceed: Proceed) -> Steps[Result]:
        def door(act: Callable[..., Steps[Any]], *given: Any, **options: Any) -> Steps[Any]:
            yield from consult(call, outgoing(call.tool.gate, given, options))
            return (yield from act(*given, **options))

        if call.tool.effect not in effects or call.cleared is layer:
            return (yield from proceed(call))
        try:
            if call.tool.gate:
                return (yield from proceed(call.around(call.tool.gate, door)))
            yield from consult(call)
            return (yield from proceed(call))
        except _EditedError as edited:
            if edited.by is not layer:
                raise
            return (yield from call.again(edited.arguments, layer))

    return toolbox.under(layer)


def _summary(call: Call, leaving: Outgoing | None) -> str:
    if leaving is None:
        lines = [f"{name}: {inline(str(value))}" for name, value in call.arguments.items()]
        return "\n".join([call.tool.name, *lines])
    if leaving.draft:
        return _mail_summary(call, leaving.draft)
    lines = [call.tool.name, f"to: {inline(', '.join(leaving.recipients))}"]
    return "\n".join(lines if leaving.text is None else [*lines, "", clean(leaving.text)])


def _mail_summary(call: Call, draft: Draft) -> str:
    people = {"to": draft.to, "cc": draft.cc, "bcc": draft.bcc}
    lines = [f"{kind}: {inline(', '.join(map(str, some)), 5_000)}" for kind, some in people.items() if some]
    passed_on = _passed_on(draft.forwards) if draft.forwards else None
    body = "\n\n".join(filter(None, (draft.text, draft.html, passed_on)))
    return "\n".join([call.tool.name, *lines, f"subject: {inline(draft.subject)}", "", clean(body)])


def _passed_on(message: Message) -> str:
    files = [f"attachment: {inline(each.filename)}" for each in message.attachments]
    head = [f"forwarded from: {message.sender}", f"subject: {inline(message.subject)}", *files]
    return "\n".join([*head, "", message.text or message.html or ""])
