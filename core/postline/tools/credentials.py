"""The tools for logging in. A model gets handles, never secrets, unless its operator says `reveal_secrets`."""

from __future__ import annotations

from postline.channels import Credential, Credentials, Part
from postline.errors import PostlineError
from postline.operation import Steps
from postline.tools.arguments import Cursor, Id, Limit, Line
from postline.tools.call import Call
from postline.tools.declare import tool
from postline.tools.entries import Entry, described
from postline.tools.failures import failure
from postline.tools.handles import Lending
from postline.tools.paging import listing, unpaged
from postline.tools.rendering import inline
from postline.tools.result import Result


@tool(effect="read", scope="vault:read")
def list_credentials(
    credentials: Credentials, call: Call, *, limit: Limit = 20, cursor: Cursor | None = None
) -> Steps[Result]:
    """List what you can log in with: names, kinds and descriptions, and which parts each kind has.

    No passwords or keys are shown.

    Args:
        limit: How many at most.
        cursor: Reads on where an earlier result of the same call ended.
    """
    return listing(
        call,
        "credentials",
        unpaged(lambda size: credentials.list_credentials(limit=size)),
        _entry,
        limit=limit,
        cursor=cursor,
        onward="a toolbox with a larger budget",
    )


@tool(effect="secret", scope="vault:read", idempotent=True, needs="lend")
def use_credential(
    credentials: Lending, call: Call, *, credential_id: Id, part: Part, destination: Line
) -> Steps[Result]:
    """Get a handle for one part of a credential, such as a login's password.

    You never see the value: pass the handle, unchanged, to what logs in at the destination. It works once, only there, and only
    for minutes.

    Args:
        credential_id: Which credential, as list_credentials gave it.
        part: Which part of it.
        destination: Where the handle will be used: the address of a web site, or a program as program:name.
    """
    return _lend(credentials, call, credential_id, part, destination)


@tool(effect="secret", scope="vault:read", idempotent=True, needs="lend")
def get_one_time_code(credentials: Lending, call: Call, *, credential_id: Id, destination: Line) -> Steps[Result]:
    """Get a handle for a login's one-time code.

    You never see the code: pass the handle, unchanged, to what logs in at the destination, and the code of that moment is used.
    It works once, only there, and only for minutes.

    Args:
        credential_id: Which login, as list_credentials gave it.
        destination: Where the handle will be used: the address of a web site, or a program as program:name.
    """
    return _lend(credentials, call, credential_id, "code", destination)


def _lend(credentials: Lending, call: Call, credential_id: str, part: Part, destination: str) -> Steps[Result]:
    try:
        loan = yield from credentials.lend(credential_id, part, destination)
    except PostlineError as error:  # nothing was changed, whatever the error
        raise failure(call.tool, error) from error
    if not loan.seconds:
        return Result(
            f"The {part}, for {loan.destination}: {loan.handle}",
            {"value": loan.handle, "destination": loan.destination},
        )
    minutes = f"{loan.seconds / 60:.0f} minutes" if loan.seconds >= 120 else f"{loan.seconds:.0f} seconds"
    text = f"A handle for the {part}: {loan.handle}\nIt works once, at {loan.destination}, within {minutes}."
    return Result(text, {"handle": loan.handle, "destination": loan.destination, "expires_in_seconds": loan.seconds})


def _entry(credential: Credential) -> Entry:
    return described(
        {"name": inline(credential.name, 255), "description": inline(credential.description)},
        id=credential.id,
        kind=credential.kind,
        parts=list(credential.parts),
    )
