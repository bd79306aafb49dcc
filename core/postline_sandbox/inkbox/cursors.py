"""Pages that are read by cursor: newest first, a position being the last row that was shown."""

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any

from pydantic import Field

from postline_sandbox.inkbox.call import Call
from postline_sandbox.inkbox.forms import Form, invalid
from postline_sandbox.storage import Row
from postline_sandbox.web import Json, Reply, dumps


class CursorPage(Form):
    """The query of a list that is read by cursor."""

    limit: int = Field(50, ge=1, le=100)
    cursor: str | None = None


def page(call: Call, query: CursorPage, select: str, where: Json, order: Sequence[str]) -> Reply:
    """Answer with one page of records that are kept as JSON.

    Args:
        call: The request.
        query: How much of the list is wanted, and from where.
        select: A SELECT of the record and then of the columns of `order`.
        where: Conditions, as in `Storage.select`.
        order: Two columns that put the list in order, the latter unique.
    """
    position = _read(query.cursor) if query.cursor else None
    names = ", ".join(order)
    conditions = [f"{name if ' ' in name else f'{name} IS'} ?" for name in where]
    conditions += [f"({names}) < (?, ?)"] if position else []
    descending = ", ".join(f"{name} DESC" for name in order)
    sql = f"{select} WHERE {' AND '.join(conditions)} ORDER BY {descending} LIMIT {query.limit + 1}"
    rows = call.inkbox.storage.rows(sql, (*where.values(), *(position or ())))
    return call.raw(_envelope(rows, query.limit))


def _envelope(rows: list[Row], limit: int) -> bytes:
    more = len(rows) > limit
    tail = {"next_cursor": _write(rows[limit - 1][1:]) if more else None, "has_more": more}
    return b'{"items":[' + b",".join([row[0] for row in rows[:limit]]) + b"]," + dumps(tail)[1:]


def _write(position: Sequence[Any]) -> str:
    return base64.urlsafe_b64encode(dumps(list(position))).rstrip(b"=").decode()


def _read(cursor: str) -> list[Any]:
    try:
        value = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True))
    except (ValueError, binascii.Error) as error:
        raise invalid("Not a cursor", "query", "cursor") from error
    if not isinstance(value, list) or [type(one) for one in value] != [str, int]:
        raise invalid("Not a cursor", "query", "cursor")
    return value
