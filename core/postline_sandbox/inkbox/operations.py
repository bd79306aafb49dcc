"""What the groups of Inkbox control operations share."""

from typing import TYPE_CHECKING, cast

from postline_sandbox.control.operation import ControlError, Operations
from postline_sandbox.inkbox.tables import ORGANIZATIONS

if TYPE_CHECKING:
    from postline_sandbox.inkbox.service import Inkbox


class InkboxOperations(Operations):
    """A group of operations on the Inkbox half."""

    @property
    def _inkbox(self) -> "Inkbox":
        return cast("Inkbox", self.world.services["inkbox"])

    def _inkbox_organization(self, organization_id: str | None) -> str:
        """Return the id of an organization that exists; None is the first one."""
        where = {} if organization_id is None else {"id": organization_id}
        found = ORGANIZATIONS.many(self.world.storage, where, limit=1)
        if not found:
            raise ControlError(f"there is no organization {organization_id}")
        return str(found[0]["id"])
