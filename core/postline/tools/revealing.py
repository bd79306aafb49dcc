"""The one policy that lets a toolbox do more: secrets in place of handles."""

from __future__ import annotations

from typing import Any, cast

from postline.channels import Part
from postline.operation import Steps
from postline.tools.handles import Lending, Loan
from postline.tools.toolbox import Toolbox


def reveal_secrets(toolbox: Toolbox) -> Toolbox:
    """Show a model the secrets themselves in place of handles. From then on they are in its context, and in every log of it.

    Only for places that no handle can be passed to; where secrets may be used is judged as ever.
    """
    return toolbox.over(lambda channel: _Revealing(channel) if hasattr(channel, "lend") else channel)


class _Revealing:
    """A lending channel whose loans are the secrets themselves."""

    def __init__(self, lending: Any) -> None:
        self._lending = lending

    def __getattr__(self, name: str) -> Any:
        return getattr(self._lending, name)

    def lend(self, credential_id: str, part: Part, destination: str) -> Steps[Loan]:
        """Lend the secret itself."""
        loan = yield from cast("Lending", self._lending).lend(credential_id, part, destination)
        return Loan(self._lending.redeem(loan.handle, loan.destination).reveal(), loan.destination, 0)
